"""The JSON of doors: what a scanner sends, and what it shows."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from credentials.door_words import instruction
from credentials.doors import VERDICT_SIGNS
from credentials.formats import base64url
from server.doors.service import CheckIn, First
from server.doors.settled import Settled
from server.doors.sync import Entry
from server.registry.bodies import SignedHeadBody

ScanId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$", description="16 octets, base64url")]
CodeText = Annotated[str, Field(min_length=1, max_length=2048, description="the text of the QR")]
DirectionField = Annotated[Literal["in", "out"], Field(description="`out` at re-entry doors only")]


class FirstBody(BaseModel):
    """The entry that stands against a scan: Unix seconds, and the door's id."""

    at: int
    door: str


class CheckInRequest(BaseModel):
    """One scan; the same `scan_id` again gives the same answer, if the first was lost."""

    model_config = ConfigDict(extra="forbid")

    code: CodeText
    direction: DirectionField = "in"
    scan_id: ScanId | None = None


class CheckInBody(BaseModel):
    """A verdict with everything a volunteer needs to act on it.

    The instruction begins with what the code is where the verdict alone would mislead: a claim
    letter, the code of another door.
    """

    verdict: str
    colour: str
    symbol: str
    sound: str
    instruction: str
    first: FirstBody | None
    disclosed: dict[str, str | int]

    @classmethod
    def of(cls, check_in: CheckIn) -> "CheckInBody":
        """The verdict with its sign."""
        sign = VERDICT_SIGNS[check_in.verdict]
        return cls(
            verdict=check_in.verdict.value,
            colour=sign.colour,
            symbol=sign.symbol,
            sound=sign.sound,
            instruction=instruction(check_in.verdict, explanation=check_in.explanation),
            first=_first(check_in.first),
            disclosed=check_in.disclosed,
        )


class QueuedScanBody(BaseModel):
    """A scan that waited: as it was made, with its time in Unix seconds."""

    model_config = ConfigDict(extra="forbid")

    scan_id: ScanId
    code: CodeText
    direction: DirectionField = "in"
    scanned_at: Annotated[int, Field(ge=0, le=2**40)]


class SyncRequest(BaseModel):
    """The queue of a door, or a part of it; it may be sent again."""

    model_config = ConfigDict(extra="forbid")

    scans: Annotated[list[QueuedScanBody], Field(max_length=500)]


class SyncResultBody(BaseModel):
    """What became of one scan. Only `recorded` and `conflict` are settled: the door keeps others.

    `conflict` is the scan that was earlier, where one was; `reason` a sentence for people, where
    the scan was not recorded.
    """

    scan_id: str
    outcome: Literal["recorded", "conflict", "later", "refused"]
    verdict: str
    conflict: FirstBody | None
    reason: str | None

    @classmethod
    def of(cls, scan_id: str, settled: Settled) -> "SyncResultBody":
        """The result for the scan of this id."""
        return cls(
            scan_id=scan_id,
            outcome=settled.outcome.value,
            verdict=settled.verdict.value,
            conflict=_first(settled.first),
            reason=settled.reason,
        )


class EntryBody(BaseModel):
    """The last movement of one pseudonym: even `n` is inside, odd is outside."""

    context_id: str
    pseudonym: str
    n: int
    at: int
    door: str

    @classmethod
    def of(cls, entry: Entry) -> "EntryBody":
        """The entry, octets in base64url."""
        return cls(
            context_id=base64url.encode(entry.context_id),
            pseudonym=base64url.encode(entry.pseudonym),
            n=entry.n,
            at=entry.at,
            door=entry.door,
        )


class SyncBody(BaseModel):
    """One result for each scan, who is in at this door's event, and the newest registry heads.

    `now` is the service's clock in Unix seconds, for the door to compare with its own.
    """

    results: list[SyncResultBody]
    entries: list[EntryBody]
    heads: list[SignedHeadBody]
    now: int


class DoorBody(BaseModel):
    """A door, the signed metadata that lists it, and the newest registry heads, the newest last.

    `day_begins` in minutes after midnight at the event; `admits` has the values that the door lets
    in, by attribute, nothing for every pass. `entries` only for the door's own token."""

    door: str
    name: str
    event: str
    mode: str
    disclose: list[str]
    day_begins: int
    admits: dict[str, list[str | int]]
    metadata: str
    signature: str
    heads: list[SignedHeadBody]
    now: int
    entries: list[EntryBody] | None = None


def _first(first: First | None) -> FirstBody | None:
    return None if first is None else FirstBody(at=first.at, door=first.door)
