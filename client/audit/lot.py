"""The lot of a poll that takes it from a beacon: its round, and who knew what before it was out."""

from collections.abc import Sequence

from client.audit.reading import Entries
from client.audit.report import Checks
from client.poll_log import root_of_first
from credentials.beacon import verify
from credentials.errors import LogRefused, SymbolonError
from credentials.formats.manifest import Manifest
from credentials.formats.poll_bundle import BundleHead
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.note import VerifierKey
from credentials.polls import State
from credentials.polls.in_time import seen_in_time
from credentials.times import in_words

UNSEEN = "nobody witnessed that the log was closed before the lot was known"


def check_lot(
    bundle: BundleHead,
    found: Entries,
    *,
    manifest: Manifest,
    key: bytes,
    demanded: Sequence[tuple[Sequence[VerifierKey], int]],
    checks: Checks,
) -> None:
    """Check the beacon's round, and that enough witnesses saw the end of voting before it.

    `demanded` are the witnesses whom the poll pins and those whom the auditor trusts, each with the
    number of them that is needed. `key` is the community's, 32 octets. Polls whose lot is no
    beacon's have nothing to check here.
    """
    beacon, signature = found.replay.beacon, found.replay.signature
    if beacon is None:
        return
    if found.replay.state is State.CANCELLED:
        checks.passed("lot", "none was drawn")
    elif signature is None:
        checks.open("lot", "the log does not get as far as the beacon's round")
    else:
        try:
            verify(beacon.number, signature)
            due = in_words(beacon.due_at, timezone=manifest.timezone)
            checks.passed("lot", f"round {beacon.number} of drand's quicknet, due on {due}")
        except SymbolonError as error:
            checks.failed("lot", error)
    try:
        signed = _earlier(bundle, bytes(found.leaves), origin=manifest.origin, key=key)
        named = [VerifierKey.parse(text) for text in bundle.witnesses]
        unseen = [
            reason
            for witnesses, needed in demanded
            for reason in _missing(signed, found, witnesses=witnesses, needed=needed)
        ]
        by_community = _missing(signed, found, witnesses=named, needed=1)
    except (LogRefused, UnicodeDecodeError) as error:
        checks.failed("closed before the lot", error)
        return
    if any(needed for _, needed in demanded):
        checks.decide("closed before the lot", unseen, good="witnessed in time")
    elif by_community or not named:
        checks.open("closed before the lot", UNSEEN)
    else:
        checks.open("closed before the lot", "witnessed in time, by whom the community names later")


def _earlier(
    bundle: BundleHead, leaves: bytes, *, origin: str, key: bytes
) -> list[tuple[int, SignedCheckpoint]]:
    """The checkpoints beside the log, each of them of exactly this log; raises LogRefused."""
    found = []
    closing = (bundle.closing,) if bundle.closing else ()
    for note in (*bundle.earlier, *closing, bundle.checkpoint):
        signed = SignedCheckpoint.parse(note.decode())
        checkpoint = signed.open(origin=origin, key=key)
        if root_of_first(checkpoint.size, leaves) != checkpoint.root:
            raise LogRefused(f"the community signed another log with {checkpoint.size} entries")
        found.append((checkpoint.size, signed))
    return found


def _missing(
    signed: Sequence[tuple[int, SignedCheckpoint]],
    found: Entries,
    *,
    witnesses: Sequence[VerifierKey],
    needed: int,
) -> list[str]:
    """What too few of the witnesses had seen in time; raises LogRefused."""
    states = [(size, each.cosigned_by(witnesses)) for size, each in signed]
    wrong = []
    for decided in found.decided:
        seen = seen_in_time(states, decided=decided)
        if len(seen) < needed:
            due = in_words(decided.before)
            wrong.append(
                f"{len(seen)} of the {needed} witnesses that are needed had seen entry "
                f"{decided.size - 1} before {due}, when the lot was known"
            )
    return wrong
