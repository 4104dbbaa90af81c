"""Whether a poll has closed, before a trustee hands out a share: proven by its log, not believed.

The poll's log has to begin with the very manifest that the share opens, and to hold a closing
entry, under a checkpoint that the community signed. A community that shows trustees a closing while
voting goes on has then signed two logs, which witnesses and wallets find.
Source: docs/protocol.md, "Polls" and "The trustees' key".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from client.errors import TrusteeError
from client.poll import read_poll
from client.poll_log import ending_of, read_log
from client.polls import PollsClient
from credentials.errors import EncodingError, LogRefused, PolicyError
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Metadata
from credentials.formats.poll_event import Kind, PollEvent
from credentials.log.note import VerifierKey
from credentials.log.receipt import Receipt
from credentials.merkle import leaf_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPoll:
    """A poll whose closing is in its log."""

    manifest: Manifest
    closing: PollEvent


def closed_poll(
    poll: str,
    *,
    polls: PollsClient,
    metadata: Metadata,
    now: int,
    witnesses: Sequence[VerifierKey] = (),
) -> ClosedPoll:
    """Fetch a poll and the proof that it closed; `now` in Unix seconds.

    Each of `witnesses` has to have cosigned the checkpoint under which the closing is.

    Raises TrusteeError for one that is open or was cancelled, and what the parts raise for one that
    is not this community's: ClientError, PolicyError, HeadRefused, SealingRefused, LogRefused.
    """
    manifest = read_poll(poll, polls=polls, metadata=metadata).manifest
    key = metadata.metadata_key
    view = read_log(poll, polls=polls, origin=manifest.origin, key=key)
    if view.place_of(leaf_hash(manifest.to_cbor())) != 0:
        raise LogRefused("the log is not that of this poll: it begins with another manifest")
    octets = ending_of(view, poll=poll, polls=polls)
    index = view.place_of(leaf_hash(octets)) if octets else None
    if index is None:
        raise TrusteeError("The poll is not closed yet: its log has no closing. Nothing was sent.")
    if index != view.checkpoint.size - 1:
        raise TrusteeError(
            "The poll's log goes on after its closing: it was opened or cancelled already and "
            "needs no share. Nothing was sent."
        )
    for witness in witnesses:
        if not view.signed.cosigned_by([witness]):
            raise TrusteeError(
                f"The witness {witness.name} has not cosigned the log with the closing; "
                "try again when it has. Nothing was sent."
            )
    closing = closing_proven(
        octets, receipt=view.receipt(index), manifest=manifest, key=key, now=now
    )
    return ClosedPoll(manifest=manifest, closing=closing)


def closing_proven(
    closing: bytes, *, receipt: Receipt, manifest: Manifest, key: bytes, now: int
) -> PollEvent:
    """The closing, once it is sure that these octets are one and in the poll's log.

    key: the community's metadata key, 32 octets. now: Unix seconds. Raises TrusteeError, and
    LogRefused where the receipt does not prove it.
    """
    try:
        event = PollEvent.from_cbor(closing)
    except (EncodingError, PolicyError):
        raise LogRefused("the closing is not an event of a poll") from None
    receipt.check(leaf_hash(closing), origin=manifest.origin, key=key)
    if event.kind is Kind.CANCELLATION:
        raise TrusteeError("The poll was cancelled; its votes stay sealed. Nothing was sent.")
    if event.kind is not Kind.CLOSING:
        raise TrusteeError("The poll is not closed yet: its log has no closing. Nothing was sent.")
    if event.at > now:
        raise TrusteeError("The poll closes in the future, by this machine's clock.")
    if event.at < manifest.closes_at and not event.reason:
        raise TrusteeError(
            "The poll was closed before its time, and its log gives no reason. Nothing was sent."
        )
    return event
