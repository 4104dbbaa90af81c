"""Evidence that a community broke its word in a poll, which anyone can check offline.

Of a broken promise: the promise that a ballot will be in the log by a time, and a checkpoint of the
log, signed by the same key, which is later (or ends the poll) and lacks the ballot, or which is of
a log that begins with another manifest than the promise names. Of a fork: two checkpoints that
cannot be of one log. What a trustee keeps of a closing is one half of a fork: it accuses nobody
before another log of the poll is seen. Source: docs/protocol.md, "Polls".
"""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from client.community import pinned
from client.errors import ClientError
from client.poll_log import ENDINGS, LogView, contradiction, fork, place_of, view_of
from credentials.errors import SymbolonError
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Metadata, SignedMetadata
from credentials.formats.poll_event import PollEvent
from credentials.formats.promise import SignedPromise
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.receipt import Receipt
from credentials.merkle import leaf_hash
from credentials.times import in_words

FORM = "symbolon/poll-evidence/1"


class EvidenceRefused(ClientError):
    """The file does not prove what it should, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Whom evidence is against (name and fingerprint), in which poll, and what it proves."""

    community: str
    fingerprint: bytes
    question: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What stands in the file; nothing is checked before prove().

    manifest: its octets. checkpoint: a signed note; leaves: the leaf hashes under it, 32 octets
    each. With a promise: `ending` is the event that ended the poll, if the checkpoint is not later
    than the promised time, and `receipt` shows that the ballot was added too late. Without: `other`
    is the note of the checkpoint that contradicts, empty while there is none.
    """

    metadata: SignedMetadata = field(repr=False)
    manifest: bytes = field(repr=False)
    checkpoint: str = field(repr=False)
    leaves: bytes = field(repr=False)
    promise: SignedPromise | None = field(default=None, repr=False)
    ending: bytes = field(default=b"", repr=False)
    receipt: str = field(default="", repr=False)
    other: str = field(default="", repr=False)

    def to_json(self) -> str:
        """The file."""
        promise = self.promise
        return json.dumps(
            {
                "form": FORM,
                "metadata": base64url.encode(self.metadata.octets),
                "metadata_signature": base64url.encode(self.metadata.signature),
                "manifest": base64url.encode(self.manifest),
                "promise": base64url.encode(promise.octets) if promise else "",
                "promise_signature": base64url.encode(promise.signature) if promise else "",
                "checkpoint": self.checkpoint,
                "leaves": base64url.encode(self.leaves),
                "ending": base64url.encode(self.ending),
                "receipt": self.receipt,
                "other": self.other,
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, octets: bytes) -> "Evidence":
        """The inverse of to_json. Raises EvidenceRefused."""
        try:
            value = json.loads(octets)
            if not isinstance(value, dict) or value.pop("form", None) != FORM:
                raise EvidenceRefused("That file holds no evidence about a poll.")
            texts = {name: _text(value, name) for name in ("checkpoint", "receipt", "other")}
            octets_of = {
                name: base64url.decode(_text(value, name))
                for name in (
                    *("metadata", "metadata_signature", "manifest", "leaves", "ending"),
                    *("promise", "promise_signature"),
                )
            }
            signature = octets_of["promise_signature"]
            return cls(
                metadata=SignedMetadata(
                    octets=octets_of["metadata"], signature=octets_of["metadata_signature"]
                ),
                manifest=octets_of["manifest"],
                promise=SignedPromise(octets=octets_of["promise"], signature=signature)
                if signature
                else None,
                leaves=octets_of["leaves"],
                ending=octets_of["ending"],
                **texts,
            )
        except EvidenceRefused:
            raise
        except (ValueError, RecursionError, SymbolonError):
            raise EvidenceRefused("That file holds no evidence about a poll.") from None

    def view(self) -> LogView:
        """The log that the file holds, as its community signed it. Raises SymbolonError."""
        manifest = Manifest.from_cbor(self.manifest)
        key = self.metadata.open_unpinned().metadata_key
        return view_of(self.checkpoint, self.leaves, origin=manifest.origin, key=key)

    def against(self, note: str, leaves: bytes) -> "Evidence | None":
        """Evidence of a fork, if another log (a signed note and its leaf hashes) contradicts.

        None while both can be states of one log. Raises SymbolonError.
        """
        manifest = Manifest.from_cbor(self.manifest)
        key = self.metadata.open_unpinned().metadata_key
        found = fork(self.view(), view_of(note, leaves, origin=manifest.origin, key=key))
        if found is None:
            return None
        before, view = found
        return replace(
            self,
            checkpoint=view.signed.to_text(),
            leaves=view.leaves,
            promise=None,
            ending=b"",
            receipt="",
            other=before.signed.to_text(),
        )

    def prove(self, *, fingerprint: bytes | None) -> Proven:
        """What the file proves, against the community with this fingerprint (32 octets).

        Without a fingerprint against whom it names. Raises EvidenceRefused.
        """
        try:
            published = pinned(self.metadata, fingerprint=fingerprint)
            metadata = published.metadata
            # The promise names the manifest, and the manifest the log and its key: nothing that the
            # community has published since, as another address, makes a promise void.
            manifest = Manifest.from_cbor(self.manifest)
            if manifest.community_id != metadata.community_id:
                raise EvidenceRefused("The file proves nothing: the poll is another community's.")
            key = metadata.metadata_key
            view = view_of(self.checkpoint, self.leaves, origin=manifest.origin, key=key)
            if self.promise is None:
                sentence = self._fork(view, manifest=manifest, key=key)
            else:
                sentence = self._broken(self.promise, view, manifest=manifest, metadata=metadata)
        except EvidenceRefused:
            raise
        except SymbolonError as error:
            raise EvidenceRefused(f"The file proves nothing: {error}") from None
        return Proven(
            community=metadata.name,
            fingerprint=published.fingerprint,
            question=manifest.question,
            sentence=sentence,
        )

    def _broken(
        self, signed: SignedPromise, view: LogView, *, manifest: Manifest, metadata: Metadata
    ) -> str:
        promise = signed.open(metadata_key=metadata.metadata_key)
        if promise.manifest_hash != manifest.manifest_hash:
            raise EvidenceRefused("The file proves nothing: the promise is about another poll.")
        if view.checkpoint.size and not view.begins_with(self.manifest):
            return (
                "The community promised to count a ballot under one manifest, and the log of that "
                "poll begins with another manifest."
            )
        if view.place_of(promise.leaf_hash) is not None:
            raise EvidenceRefused("The file proves nothing: the ballot is in the log.")
        by = in_words(promise.merged_by)
        if view.checkpoint.time >= promise.merged_by:
            late = f"the log that it signed at {in_words(view.checkpoint.time)} lacks it"
        elif self.ending and _ends(self.ending, view):
            late = "it ended the poll without it"
        else:
            raise EvidenceRefused("The file proves nothing: the promised time was not over.")
        sentence = f"The community promised a ballot in the log by {by}, and {late}."
        if not self.receipt:
            return sentence
        receipt = Receipt.parse(self.receipt)
        receipt.check(promise.leaf_hash, origin=manifest.origin, key=metadata.metadata_key)
        if receipt.index < view.checkpoint.size:
            raise EvidenceRefused("The file proves nothing: its two logs are not one.")
        return f"{sentence} It was added afterwards, too late, as entry {receipt.index}."

    def _fork(self, view: LogView, *, manifest: Manifest, key: bytes) -> str:
        if not self.other:
            raise EvidenceRefused(_half(view, ending=self.ending))
        before = SignedCheckpoint.parse(self.other).open(origin=manifest.origin, key=key)
        found = contradiction(before, view)
        if not found:
            raise EvidenceRefused("The file proves nothing: its two checkpoints agree.")
        return (
            f"The community signed two logs of one poll: {found} "
            f"({before.size} entries at {in_words(before.time)}, {view.checkpoint.size} at "
            f"{in_words(view.checkpoint.time)})."
        )


def _half(view: LogView, *, ending: bytes) -> str:
    """What one half of a fork says."""
    size, signed_at = view.checkpoint.size, in_words(view.checkpoint.time)
    closing = ""
    if ending and _ends(ending, view):
        closing = f", among them an end of voting at {in_words(PollEvent.from_cbor(ending).at)}"
    return (
        f"The file proves nothing yet: the community signed a log of {size} entries at {signed_at}"
        f"{closing}. Compare it with the log as it is published: --against."
    )


def _ends(octets: bytes, view: LogView) -> bool:
    kind = PollEvent.from_cbor(octets).kind
    return kind in ENDINGS and place_of(leaf_hash(octets), view.leaves) is not None


def _text(value: dict[str, Any], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise EvidenceRefused("That file holds no evidence about a poll.")
    return text
