"""A poll as a member meets it: the manifest checked, and said in words before anything is marked.

Source of what is said: the manifest alone, never what a server says beside it, but for the closing
time as extensions have moved it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from client.errors import ClientError
from client.history import addresses_before
from client.polls import PollsClient
from credentials.errors import EncodingError, HeadRefused, PolicyError
from credentials.formats import vote
from credentials.formats.head import Head
from credentials.formats.lot import BY_OPENING
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Metadata
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.vote import Marks
from credentials.log.checkpoint import log_origin
from credentials.polls import Withdrawal, roll_bounds, withdrawals
from credentials.sealing.trustees import check_sealing
from credentials.sealing.words import SIGNED_BY_KEYS
from credentials.times import in_words

OPEN = "open"
ENDED = frozenset({"certified", "cancelled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll with its manifest, and the registry head that is its roll: both the community's.

    `state`, `closes_at` (Unix seconds, extensions counted in) and `withdrawn` are as the server
    says.
    """

    id: str
    manifest: Manifest
    head: Head
    state: str
    closes_at: int
    withdrawn: tuple[Withdrawal, ...] = ()


def read_poll(poll: str, *, polls: PollsClient, metadata: Metadata, past: bool = False) -> Poll:
    """Fetch a poll; ballot paper, log and roll must be this community's.

    The log is named by the community's address. Who only looks back (`past`) also sees polls that
    ended at an address where the community was before; nobody votes or opens votes there, as no
    community moves while a poll goes on. Raises ClientError, PolicyError, HeadRefused.
    """
    paper = polls.poll(poll)
    manifest = read_manifest(paper.manifest, metadata=metadata)
    addresses = {metadata.address}
    if past and paper.state in ENDED and manifest.origin != log_origin(metadata.address, poll=poll):
        addresses |= addresses_before(metadata, service=polls)
    if manifest.origin not in {log_origin(address, poll=poll) for address in addresses}:
        manifest.check_origin(metadata.address)
    if manifest.poll != poll:
        raise ClientError("The server sent the ballot paper of another poll.")
    head = paper.head.open(metadata_key=metadata.metadata_key)
    if head.hash != manifest.head:
        raise HeadRefused("the poll has another roll than the registry head beside it")
    return Poll(
        id=poll,
        manifest=manifest,
        head=head,
        state=paper.state,
        closes_at=paper.closes_at,
        withdrawn=_withdrawn(paper.withdrawals, manifest=manifest),
    )


def _withdrawn(octets: Sequence[bytes], *, manifest: Manifest) -> tuple[Withdrawal, ...]:
    try:
        events = [PollEvent.from_cbor(each) for each in octets]
    except (EncodingError, PolicyError):
        raise ClientError("The server sent a withdrawal that cannot be read.") from None
    found = withdrawals(events, manifest=manifest)
    if len(found) != len(events) or any(one.option > len(manifest.options) for one in found):
        raise ClientError("The server says that an option was withdrawn which the poll lacks.")
    return found


def read_manifest(octets: bytes, *, metadata: Metadata) -> Manifest:
    """A manifest that is this community's; whose address its log has is for `read_poll`.

    Raises ClientError for one that cannot be read, PolicyError, SealingRefused.
    """
    try:
        manifest = Manifest.from_cbor(octets)
    except (EncodingError, PolicyError):
        raise ClientError("That poll is of a kind that this version does not know.") from None
    manifest.check(metadata)
    if manifest.sealing is not None:
        check_sealing(manifest.sealing)
    return manifest


def answer_in_words(manifest: Manifest, marks: Marks) -> str:
    """What a vote says. Raises BallotRefused for marks that the paper does not allow."""
    manifest.paper.check(marks)
    if not marks:
        return "abstain"
    options = manifest.options
    if manifest.ballot_type in (vote.SINGLE_CHOICE, vote.APPROVAL):
        return ", ".join(options[mark - 1] for mark in marks)
    if manifest.ballot_type == vote.RANKED:
        ranks = (" = ".join(options[k - 1] for k in rank) for rank in vote.ranking(marks))
        return ", ".join(f"{place}. {rank}" for place, rank in enumerate(ranks, start=1))
    return ", ".join(f"{option}: {mark}" for option, mark in zip(options, marks, strict=True))


def poll_in_words(poll: Poll) -> tuple[tuple[str, str], ...]:
    """(title, text): how to vote, how it is counted, who can read votes, how many may vote."""
    manifest = poll.manifest
    return (
        ("Ballot", ballot_in_words(manifest)),
        *withdrawn_in_words(poll),
        ("Counted", counted_in_words(manifest)),
        ("Sealed", sealed_in_words(manifest)),
        *trustees_in_words(manifest),
        ("Witnesses", witnesses_in_words(manifest)),
        ("Voters", roll_in_words(poll.head)),
        ("Closes", in_words(poll.closes_at, timezone=manifest.timezone)),
    )


def withdrawn_in_words(poll: Poll) -> tuple[tuple[str, str], ...]:
    """(title, text): the options that do not stand any more, and what becomes of votes for them."""
    zone = poll.manifest.timezone
    told = [
        f"“{poll.manifest.options[one.option - 1]}”, {in_words(one.at, timezone=zone)}: "
        f"{one.in_words}"
        for one in poll.withdrawn
    ]
    if not told:
        return ()
    what = "All votes are counted as they are, and once more without what was withdrawn."
    return (("Withdrawn", "\n".join([*told, what])),)


def ballot_in_words(manifest: Manifest) -> str:
    """What a voter marks."""
    limit = manifest.limit
    match manifest.ballot_type:
        case vote.APPROVAL:
            return f"approve up to {limit} options" if limit else "approve any number of options"
        case vote.SCORE:
            return f"give each option a score from 0 to {limit}"
        case vote.RANKED:
            most = f"up to {limit} options" if limit else "as many options as you like"
            alike = "; several may have one rank: 1=2>3" if manifest.equal_ranks else ""
            return f"rank {most}, the one you like best first{alike}"
        case vote.QUADRATIC:
            return (
                f"spend up to {limit} credits: one vote for an option costs 1, two cost 4, three 9"
            )
        case _:
            return "choose one option"


_COUNTED = {
    "plurality/1": "the option with the most votes wins",
    "approval/1": "the option that most voters approve wins",
    "score/1": "the option with the highest total score wins",
    "irv/1": "instant run-off: the weakest option drops out and its votes move on, round by round",
    "schulze/1": "Schulze: each option is compared with each other one",
    "stv/1": "single transferable vote for {seats} seat(s): surpluses and dropped votes move on",
    "stv/2": "single transferable vote for {seats} seat(s): surpluses and dropped votes move on",
    "quadratic/1": "the option with the most votes wins",
}


def method_in_words(method: str, *, seats: int) -> str:
    """How a method counts."""
    return _COUNTED[method].format(seats=seats)


def counted_in_words(manifest: Manifest) -> str:
    """How votes become a result, with quorum, threshold and ties."""
    parts = [method_in_words(manifest.tally, seats=manifest.seats)]
    if manifest.quorum:
        parts.append(f"at least {manifest.quorum} must vote")
    numerator, denominator = manifest.threshold
    if numerator:
        parts.append(f"more than {numerator}/{denominator} is needed to win")
    return "; ".join([*parts, ties_in_words(manifest)])


def ties_in_words(manifest: Manifest) -> str:
    """What decides between equals."""
    if manifest.tie_rule == BY_OPENING:
        return "a tie is broken by a lot drawn from the value that opens the votes"
    if manifest.beacon is not None:
        due = in_words(manifest.beacon.due_at, timezone=manifest.timezone)
        return f"a tie is broken by a lot drawn from a public beacon's number of {due} or later"
    return "a tie stays a tie: there is no lot"


def sealed_in_words(manifest: Manifest) -> str:
    """Who can read votes, and when."""
    sealing = manifest.sealing
    if sealing is None:
        live = ", and the count is shown while voting goes on" if manifest.live else ""
        return f"no: the server reads each vote as it comes, though not whose it is{live}"
    if not sealing.trustees:
        return (
            "by the server alone: it can read votes at any time, though not whose they are; all "
            "are opened after the closing"
        )
    return (
        f"until the closing; then any {sealing.threshold} of these {len(sealing.trustees)} "
        "trustees can open all votes; so many together could do so before, too"
    )


def trustees_in_words(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """(title, text): the trustees with the fingerprints of their keys, and what that proves."""
    sealing = manifest.sealing
    if sealing is None or not sealing.trustees:
        return ()
    shown = "\n".join(f"{trustee.name}  {trustee.fingerprint}" for trustee in sealing.trustees)
    return (("Trustees", shown), ("Compare", SIGNED_BY_KEYS))


def witnesses_in_words(manifest: Manifest) -> str:
    """Who must have seen the closing, as all see it, before anybody opens or certifies."""
    names = ", ".join(key.name for key in manifest.witness_keys)
    if names:
        count = len(manifest.witnesses)
        return f"{manifest.witnesses_needed} of {count} must cosign the closing first: {names}"
    return "none is pinned: nobody but the organiser has to see the closing"


def roll_in_words(head: Head) -> str:
    """How many may vote, as far as the roll's registry head says."""
    least, most = roll_bounds(head)
    if least == most:
        return f"{most} on the roll"
    return f"at most {most} on the roll, {most - least} removed or changed since they joined"


def event_in_words(event: PollEvent, *, timezone: str = "UTC") -> str:
    """When an event was, and why; an extension also says until when, a withdrawal of what."""
    more = ""
    if event.kind is Kind.EXTENSION:
        more = f", to {in_words(event.closes_at, timezone=timezone)}"
    if event.kind is Kind.WITHDRAWAL:
        more = f", option {event.option}"
    reason = f": {event.reason}" if event.reason else ""
    return f"{in_words(event.at, timezone=timezone)}{more}{reason}"
