"""Whether a poll has closed, before a trustee hands out a share: proven by its log, not believed.

The log has to begin with the very manifest that the share opens and to end with a closing, under a
checkpoint that the community signed. That is not enough: a community can sign a closing that it
shows to trustees alone, while voting goes on elsewhere. So nothing is opened before the poll's own
closing time, by this machine's clock and with the extensions in the log, unless the witnesses that
the manifest pins have cosigned that closing and the trustee agrees; and where witnesses are pinned,
nothing at all without them. Source: docs/protocol.md, "Polls" and "Who opens".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from client.community import PinnedMetadata
from client.errors import TrusteeError
from client.evidence import Evidence
from client.poll import read_poll
from client.poll_log import LogView, PlacedEvent, events_of, read_log
from client.polls import PollsClient
from credentials.errors import LogRefused, PollLogRefused
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import PollEvent
from credentials.log.note import VerifierKey
from credentials.polls import Replay, State, closing_seen_by
from credentials.times import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPoll:
    """A poll and its log, as the server shows them: nothing says yet that it has closed."""

    manifest: Manifest
    view: LogView
    events: tuple[PlacedEvent, ...]
    evidence: Evidence = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPoll:
    """A poll whose closing is in its log.

    closes_at: its own closing time, with extensions, Unix seconds. early: whether that is still to
    come. seen_by: the pinned witnesses who cosigned the closing.
    """

    manifest: Manifest
    closing: PollEvent
    closes_at: int
    early: bool
    seen_by: tuple[str, ...]

    def in_words(self) -> tuple[tuple[str, str], ...]:
        """(title, text): what a trustee should know before a share leaves the house."""
        manifest, keys = self.manifest, self.manifest.witness_keys
        closed = in_words(self.closing.at, timezone=manifest.timezone)
        reason = self.closing.reason
        seen = "\n".join(key.to_text() for key in keys if key.name in self.seen_by)
        return (
            ("Poll", f"{manifest.question} ({manifest.poll})"),
            ("Should close", in_words(self.closes_at, timezone=manifest.timezone)),
            ("Closed", f"{closed}, because: {reason}" if reason else closed),
            (
                "Witnesses",
                seen or "none is pinned: only the organiser's signature says that voting is over",
            ),
        )


def shown_poll(poll: str, *, polls: PollsClient, published: PinnedMetadata) -> ShownPoll:
    """Fetch a poll and its log.

    Raises what the parts raise for one that is not this community's: ClientError, PolicyError,
    HeadRefused, SealingRefused, LogRefused.
    """
    metadata = published.metadata
    manifest = read_poll(poll, polls=polls, metadata=metadata).manifest
    view = read_log(poll, polls=polls, origin=manifest.origin, key=metadata.metadata_key)
    if not view.begins_with(manifest.to_cbor()):
        raise LogRefused("the log is not that of this poll: it begins with another manifest")
    events = tuple(events_of(view, poll=poll, polls=polls))
    return ShownPoll(
        manifest=manifest,
        view=view,
        events=events,
        evidence=Evidence(
            metadata=published.signed,
            manifest=manifest.to_cbor(),
            checkpoint=view.signed.to_text(),
            leaves=view.leaves,
            ending=events[-1].octets if events else b"",
        ),
    )


def closed_poll(shown: ShownPoll, *, now: int, witnesses: Sequence[VerifierKey] = ()) -> ClosedPoll:
    """The closing of a poll, once it is sure that a share may be given; `now` in Unix seconds.

    Each of `witnesses`, whom the trustee knows, has to have cosigned it, besides those that the
    manifest pins. An early closing is for the trustee to agree to: see ClosedPoll.early. Raises
    TrusteeError, and LogRefused for a cosignature that is wrong.
    """
    manifest, view = shown.manifest, shown.view
    replay = Replay(manifest)
    try:
        for one in shown.events:
            replay.take_event(one.event)
    except PollLogRefused as error:
        raise TrusteeError(f"The poll's log breaks the rules: {error}. Nothing was sent.") from None
    if replay.state is State.OPEN:
        raise TrusteeError("The poll is not closed yet: its log has no closing. Nothing was sent.")
    if replay.state is State.CANCELLED:
        raise TrusteeError("The poll was cancelled; its votes stay sealed. Nothing was sent.")
    if replay.state is not State.CLOSED or shown.events[-1].place != view.checkpoint.size - 1:
        raise TrusteeError(
            "The poll's log goes on after its closing: the votes were opened already, or the log "
            "is false. Nothing was sent."
        )
    closing = shown.events[-1].event
    if closing.at > now:
        raise TrusteeError(
            "The poll closes in the future, on "
            f"{in_words(closing.at, timezone=manifest.timezone)}, by this machine's clock, which "
            f"says {in_words(now)}. Nothing was sent."
        )
    closed = ClosedPoll(
        manifest=manifest,
        closing=closing,
        closes_at=replay.closes_at,
        early=now < replay.closes_at,
        seen_by=closing_seen_by(view.signed, manifest=manifest),
    )
    _check_seen(closed)
    for witness in witnesses:
        if not view.signed.cosigned_by([witness]):
            raise TrusteeError(
                f"The witness {witness.name} has not cosigned the log with the closing; "
                "try again when it has. Nothing was sent."
            )
    return closed


def _check_seen(closed: ClosedPoll) -> None:
    """Raise TrusteeError unless enough of the pinned witnesses cosigned the closing."""
    manifest = closed.manifest
    if len(closed.seen_by) >= manifest.witnesses_needed:
        return
    missing = ", ".join(key.name for key in manifest.witness_keys if key.name not in closed.seen_by)
    raise TrusteeError(
        f"{manifest.witnesses_needed} of the witnesses that the poll pins must have cosigned its "
        f"closing, and {len(closed.seen_by)} have; not yet: {missing}. Try again when they have. "
        "Nothing was sent."
    )
