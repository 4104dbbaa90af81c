"""What became of a scan that a door without network handed in, and why, where it is not recorded.

Only `recorded` and `conflict` are settled: with every other answer the door keeps the scan. `later`
means that the server, as it is now, cannot place the scan: its door was changed, a registry head is
missing, or it does not know the format. `refused` means that it never will.

Source: docs/protocol.md, "Doors".
"""

from dataclasses import dataclass
from enum import StrEnum

from credentials.door_words import is_of_another_version
from credentials.doors import MEMBERS_ONLY, RE_ENTRY, Judged, Verdict, door_policy
from credentials.errors import EncodingError
from credentials.formats.metadata import Door, Metadata
from credentials.formats.presentation import Presentation
from credentials.formats.qr import from_qr_text
from server.doors.movements import Direction
from server.doors.service import First


class Outcome(StrEnum):
    """Whether a scan stands in the record."""

    RECORDED = "recorded"
    CONFLICT = "conflict"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedScan:
    """A scan as the door made it: scan_id 16 octets, the code's text, Unix seconds."""

    scan_id: bytes
    code: str
    direction: Direction
    scanned_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The answer to one scan. `first` is the earlier scan of a conflict, where there is one.

    `reason` is a sentence for the volunteer, where the scan was not recorded.
    """

    outcome: Outcome
    verdict: Verdict
    first: First | None = None
    reason: str | None = None


def recorded(verdict: Verdict, *, first: First | None, passing: bool) -> Settled:
    """A scan that stands in the record: as it was made, or after an earlier one."""
    outcome = Outcome.RECORDED if passing else Outcome.CONFLICT
    return Settled(outcome=outcome, verdict=verdict, first=first)


def not_recorded(
    scan: QueuedScan, judged: Judged, *, door: Door, metadata: Metadata
) -> Settled | None:
    """Why a scan cannot be placed; None for one that can."""
    if scan.direction == "out" and door.mode != RE_ENTRY:
        return _later(Verdict.INVALID, f"The door {door.id} does not count people out any more.")
    if judged.verdict is None:
        return None
    return _reason(scan, judged.verdict, door=door, metadata=metadata)


def taken_id() -> Settled:
    """For a scan whose id stands for another one."""
    return _refused(Verdict.INVALID, "Another scan was handed in under the same id.")


def _reason(scan: QueuedScan, verdict: Verdict, *, door: Door, metadata: Metadata) -> Settled:
    if verdict is Verdict.NOT_CURRENT:
        return _later(
            verdict, "The server does not know the registry head at which this code was made."
        )
    if verdict in (Verdict.CODE_TOO_OLD, Verdict.CLOCK_WRONG):
        return _refused(verdict, "The code was drawn for another time than that of the scan.")
    if verdict is not Verdict.INVALID:
        return _changed(verdict, door)
    return _reason_of_invalid(scan.code, door=door, metadata=metadata)


def _reason_of_invalid(code: str, *, door: Door, metadata: Metadata) -> Settled:
    verdict, octets = Verdict.INVALID, b""
    try:
        octets = from_qr_text(code)
        shown = Presentation.from_cbor(octets)
    except EncodingError:
        if is_of_another_version(octets):
            return _later(verdict, "The server does not know the format of this code; update it.")
        return _refused(verdict, "That is not a code of a member.")
    if metadata.event(door.event) is None or not _answers(shown, door=door, metadata=metadata):
        return _changed(verdict, door)
    return _refused(verdict, "The code's proof is wrong.")


def _answers(shown: Presentation, *, door: Door, metadata: Metadata) -> bool:
    """Whether a presentation shows what the door asks now."""
    asked = door_policy(door, schema=metadata.schema).disclosed_indexes(metadata.schema)
    with_pseudonym = door.mode != MEMBERS_ONLY
    return (
        tuple(index for index, _ in shown.disclosed) == tuple(asked)
        and bool(shown.pseudonym) == with_pseudonym
    )


def _changed(verdict: Verdict, door: Door) -> Settled:
    return _later(
        verdict,
        f"The door {door.id} was changed since: its event, its mode, or what it asks for.",
    )


def _later(verdict: Verdict, reason: str) -> Settled:
    return Settled(outcome=Outcome.LATER, verdict=verdict, reason=reason)


def _refused(verdict: Verdict, reason: str) -> Settled:
    return Settled(outcome=Outcome.REFUSED, verdict=verdict, reason=reason)
