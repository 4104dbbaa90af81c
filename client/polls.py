"""The polls of a service over HTTP, as wallets and auditors ask for them: one method per endpoint.

What the answers mean is decided by those who ask.
"""

from typing import BinaryIO

from client.answers import Cast, PollPaper, PollSummary, SharesSoFar
from client.service import ServiceClient
from credentials.errors import EncodingError
from credentials.formats import base64url
from credentials.formats.manifest_rules import MAX_QUESTION
from credentials.formats.poll_bundle import CHECKPOINT_LIMIT, MAX_ENTRIES
from credentials.formats.promise import SignedPromise
from credentials.merkle import HASH_LENGTH

BUNDLE_LIMIT = 16 * 1024 * 1024 * 1024
EVENTS_LIMIT = 16 * 1024 * 1024


class PollsClient(ServiceClient):
    """Polls and their logs. Raises ClientError, ServerUnreachable, ServerRefused from every
    method."""

    def polls(self) -> tuple[PollSummary, ...]:
        """All polls of the community."""
        answer = self._transport.get(f"{self.address}/polls")
        return tuple(
            PollSummary(
                id=_plain(self._text(row, "id")),
                question=_plain(self._text(row, "question")),
                state=_plain(self._text(row, "state")),
                closes_at=self._number(row, "closes_at"),
                timezone=_plain(self._text(row, "timezone")),
            )
            for row in self._rows(answer, "polls")
        )

    def poll(self, poll: str) -> PollPaper:
        """A poll's manifest, the registry head that it pins, and how it stands."""
        answer = self._transport.get(self._at(poll))
        return PollPaper(
            manifest=self._octets(answer, "manifest"),
            head=self._head(answer.get("head")),
            state=_plain(self._text(answer, "state")),
            closes_at=self._number(answer, "closes_at"),
            withdrawals=tuple(
                self._octets(row, "octets") for row in self._rows(answer, "withdrawals")
            ),
        )

    def cast(self, ballot: bytes, *, poll: str) -> Cast:
        """Hand in a ballot. The same octets may be handed in again."""
        body = {"ballot": base64url.encode(ballot)}
        answer = self._transport.post(f"{self._at(poll)}/ballots", body)
        try:
            promise = SignedPromise(
                octets=self._octets(answer, "promise"), signature=self._octets(answer, "signature")
            )
        except EncodingError:
            raise self._strange() from None
        return Cast(leaf_hash=self._octets(answer, "leaf_hash"), promise=promise)

    def hand_in_share(self, share: bytes, *, poll: str, trustee: int) -> SharesSoFar:
        """Hand in a trustee's share (48 octets) of what opens a poll. May be repeated."""
        body = {"trustee": trustee, "share": base64url.encode(share)}
        answer = self._transport.post(f"{self._at(poll)}/shares", body)
        return SharesSoFar(
            shares=self._number(answer, "shares"),
            needed=self._number(answer, "needed"),
            state=self._text(answer, "state"),
        )

    def checkpoint(self, poll: str) -> str:
        """The newest checkpoint of a poll's log, a signed note with its cosignatures."""
        octets = self._transport.get_octets(
            f"{self._at(poll)}/log/checkpoint", limit=CHECKPOINT_LIMIT
        )
        try:
            return octets.decode()
        except UnicodeDecodeError:
            raise self._strange() from None

    def leaves(self, poll: str) -> bytes:
        """The leaf hashes of all entries of a poll's log, in order, 32 octets each.

        All of them: asking for one would tell whose it is.
        """
        octets = self._transport.get_octets(
            f"{self._at(poll)}/log/leaves", query={"from": 0}, limit=MAX_ENTRIES * HASH_LENGTH
        )
        if len(octets) % HASH_LENGTH:
            raise self._strange()
        return octets

    def events(self, poll: str) -> tuple[bytes, ...]:
        """The octets of each event in a poll's log so far."""
        answer = self._transport.get(f"{self._at(poll)}/log/events", limit=EVENTS_LIMIT)
        return tuple(self._octets(row, "octets") for row in self._rows(answer, "events"))

    def bundle(self, poll: str, file: BinaryIO) -> None:
        """Write the published bundle of a poll that has ended into a file, piece by piece."""
        self._transport.download(f"{self._at(poll)}/bundle", file, limit=BUNDLE_LIMIT)

    def _at(self, poll: str) -> str:
        return f"{self.address}/polls/{poll}"


def _plain(text: str) -> str:
    """A text of the server's that a person will read: no control characters, and no whole page."""
    return "".join(character for character in text if character.isprintable())[:MAX_QUESTION]
