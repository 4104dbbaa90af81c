"""What a door decides from a code alone: the same function at the server and at an offline door.

Source: docs/protocol.md, "Doors". Left out: what only a record of earlier entries can tell
(already in, not inside, replayed), which server and offline door decide from their own tables.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from credentials.days import door_day
from credentials.errors import EncodingError, PresentationRefused
from credentials.formats.attribute import ANONYMOUS_TYPES, MAX_OF_TYPE, Attribute
from credentials.formats.metadata import Door, Event, Metadata
from credentials.formats.names import MAX_TEXT
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.qr import from_qr_text
from credentials.formats.scanned import code_in
from credentials.formats.schema import FIRST_ATTRIBUTE, REISSUED, Schema
from credentials.presentation import (
    PendingPresentation,
    VerifiedPresentation,
    VerifierKeys,
    check_presentation,
    settle,
)
from credentials.registry.chain import HeadChain
from credentials.scope import SLOT_SECONDS, Scope, door_scope, time_slot
from credentials.verdicts import PASSING, VERDICT_SIGNS, Sign, Verdict

__all__ = [
    "MEMBERS_ONLY",
    "ONCE_PER_DAY",
    "PASSING",
    "RE_ENTRY",
    "VERDICT_SIGNS",
    "Judged",
    "Sign",
    "Verdict",
    "door_policy",
    "fitting_doors",
    "judge_code",
    "judge_codes",
    "largest_code",
    "refused_by_attributes",
]

MEMBERS_ONLY: Final = "members_only"
ONCE_PER_DAY: Final = "once_per_day"
RE_ENTRY: Final = "re_entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the code alone says; `verdict` is None while only the record of entries can refuse.

    `pseudonym` (48 octets, None at a members-only door) and `disclosed` are set only once the proof
    has verified. `code_hash` is the SHA-256 of the presentation's octets, None if it cannot be
    read.
    """

    verdict: Verdict | None
    code_hash: bytes | None = None
    slot: int | None = None
    scope: Scope | None = None
    pseudonym: bytes | None = field(default=None, repr=False)
    disclosed: dict[str, str | int] = field(default_factory=dict, repr=False)


def door_policy(door: Door, *, schema: Schema) -> Policy:
    """What a door asks: used by the wallet that draws the code and by the door that judges it.

    The date by which passes expire is asked for too, and what the door admits by. The policy counts
    as identifying if it asks for more than choices and flags. A members-only door asks for no
    pseudonym.
    """
    names = door.asks
    types = {schema.attribute(name).type for name in names}
    return Policy(
        purpose="door",
        pseudonym=door.mode != MEMBERS_ONLY,
        disclose=names,
        identifying=not types <= ANONYMOUS_TYPES,
    )


def largest_code(door: Door, *, event: Event, schema: Schema) -> int:
    """Octets of the longest code that this door can be shown; a code holds at most 828."""
    policy = door_policy(door, schema=schema)
    indexes = policy.disclosed_indexes(schema)
    hidden = FIRST_ATTRIBUTE + len(schema.attributes) - len(indexes) + 2
    code = Presentation(
        purpose="door",
        instance=event.id + ("/0000-00-00" if door.mode == "once_per_day" else ""),
        freshness=2**32 - 1,
        removals=2**32 - 1,
        disclosed=tuple((index, _longest(schema.attribute_at(index))) for index in indexes),
        pseudonym=bytes(48) if policy.pseudonym else b"",
        proof=bytes((3 + 2) * 48 + (3 + hidden + 1 + 1) * 32),
    )
    return len(code.to_cbor())


def _longest(attribute: Attribute) -> str | int:
    """The value of an attribute that takes the most octets."""
    if attribute.type == "text":
        return "\U0001f989" * MAX_TEXT
    if attribute.type == "choice":
        return max(attribute.values, key=lambda value: len(value.encode()))
    return MAX_OF_TYPE[attribute.type]


def judge_code(
    code: str | bytes,
    *,
    metadata: Metadata,
    verifier: VerifierKeys,
    heads: HeadChain,
    door: Door,
    now: int,
    up_to_date: bool,
) -> Judged:
    """Judge a door code at `now` (Unix seconds); never raises for anything a code can hold.

    `code` is the QR text ("SYM1:…"), as a scanner may wrap it, or the presentation's octets. The
    scope is computed from the code's own slot, so that a code drawn before midnight is good for the
    day on which it was drawn.
    `heads` are the registry heads that this door knows; `up_to_date` says that there are no newer
    ones, as at the server.
    """
    (judged,) = judge_codes(
        [(code, now)],
        metadata=metadata,
        verifier=verifier,
        heads=heads,
        door=door,
        up_to_date=up_to_date,
    )
    return judged


def judge_codes(
    codes: Sequence[tuple[str | bytes, int]],
    *,
    metadata: Metadata,
    verifier: VerifierKeys,
    heads: HeadChain,
    door: Door,
    up_to_date: bool,
    at_any_head: bool = False,
) -> list[Judged]:
    """Judge many codes, each with its own `now`, in their order; one product of pairings for all.

    `at_any_head` is for scans with which a door without network let people pass, at the heads that
    it knew: they came in, whatever has been published since. Otherwise as judge_code.
    """
    examined = [
        _examine(
            code,
            metadata=metadata,
            verifier=verifier,
            heads=heads,
            door=door,
            now=now,
            up_to_date=up_to_date,
            at_any_head=at_any_head,
        )
        for code, now in codes
    ]
    event = metadata.event(door.event)
    outcomes = iter(settle([pending for _, pending in examined if pending is not None]))
    return [
        judged if pending is None else _conclude(judged, next(outcomes), door=door, event=event)
        for judged, pending in examined
    ]


def _examine(
    code: str | bytes,
    *,
    metadata: Metadata,
    verifier: VerifierKeys,
    heads: HeadChain,
    door: Door,
    now: int,
    up_to_date: bool,
    at_any_head: bool,
) -> tuple[Judged, PendingPresentation | None]:
    """A code refused at once, or what is known of it and the proof that is still to be settled."""
    try:
        octets = from_qr_text(code_in(code) or code) if isinstance(code, str) else code
        presentation = Presentation.from_cbor(octets)
    except EncodingError:
        return Judged(verdict=Verdict.INVALID), None
    code_hash = hashlib.sha256(octets).digest()
    event = metadata.event(door.event)
    slot = presentation.freshness
    if presentation.purpose != "door" or not isinstance(slot, int) or event is None:
        return Judged(verdict=Verdict.INVALID, code_hash=code_hash), None
    refused = _outside(presentation.instance, slot=slot, event=event, now=now)
    if refused is not None:
        return Judged(verdict=refused, code_hash=code_hash, slot=slot), None
    scope = door_scope(
        metadata.community_id,
        event=event,
        mode=door.mode,
        time_slot=slot,
        day_begins=door.day_begins,
    )
    head = heads.at(presentation.removals)
    if presentation.instance != scope.instance:
        refused = Verdict.WRONG_EVENT
    elif presentation.removals > heads.newest.removals and not up_to_date:
        refused = Verdict.DOOR_OUT_OF_DATE
    elif head is None or not (at_any_head or head in heads.accepted(now=now)):
        refused = Verdict.NOT_CURRENT
    if head is None or refused is not None:
        return Judged(verdict=refused, code_hash=code_hash, slot=slot), None
    try:
        pending = check_presentation(
            presentation,
            verifier=verifier.at(head),
            policy=door_policy(door, schema=metadata.schema),
            scope=scope,
            freshness=slot,
        )
    except (EncodingError, PresentationRefused):
        fitting = fitting_doors(presentation, metadata=metadata, event=event.id)
        refused = Verdict.WRONG_EVENT if fitting and door not in fitting else Verdict.INVALID
        return Judged(verdict=refused, code_hash=code_hash, slot=slot), None
    return Judged(verdict=None, code_hash=code_hash, slot=slot, scope=scope), pending


def fitting_doors(shown: Presentation, *, metadata: Metadata, event: str) -> list[Door]:
    """The doors of an event that ask for what a code shows, as far as it can be told unproven.

    Doors with one scope that ask for the same cannot be told apart: their codes are the same.
    """
    by_day = "/" in str(shown.instance)
    indexes = tuple(index for index, _ in shown.disclosed)
    return [
        door
        for door in metadata.doors
        if door.event == event
        and (door.mode == ONCE_PER_DAY) == by_day
        and (door.mode != MEMBERS_ONLY) == bool(shown.pseudonym)
        and door_policy(door, schema=metadata.schema).disclosed_indexes(metadata.schema) == indexes
    ]


def _conclude(
    judged: Judged,
    verified: VerifiedPresentation | PresentationRefused,
    *,
    door: Door,
    event: Event | None,
) -> Judged:
    """What the code says now that its proof is settled."""
    if isinstance(verified, PresentationRefused) or event is None:
        return replace(judged, verdict=Verdict.INVALID, scope=None)
    return replace(
        judged,
        verdict=refused_by_attributes(
            verified.disclosed, door=door, event=event, slot=judged.slot or 0
        ),
        pseudonym=verified.pseudonym,
        disclosed=dict(verified.disclosed),
    )


def _outside(instance: str | bytes, *, slot: int, event: Event, now: int) -> Verdict | None:
    """The cheap refusals before the proof: another event, or a slot that is not near `now`."""
    if not isinstance(instance, str) or instance.partition("/")[0] != event.id:
        return Verdict.WRONG_EVENT
    current = time_slot(now)
    if slot < current - 1:
        return Verdict.CODE_TOO_OLD
    if slot > current + 1:
        return Verdict.CLOCK_WRONG
    return None


def refused_by_attributes(
    disclosed: Mapping[str, str | int], *, door: Door, event: Event, slot: int
) -> Verdict | None:
    """What a door says to the values that it is shown in a slot; None where it has nothing to say.

    The wallet asks the same before it shows a code. A pass is good to the end of its last day at
    this door. Raises MetadataRefused where this machine does not know the event's time zone.
    """
    if door.mode != MEMBERS_ONLY and disclosed.get(REISSUED) != 0:
        return Verdict.HELP_DESK
    if door.expires_by:
        last_day = disclosed.get(door.expires_by)
        today = door_day(door, event=event, at=slot * SLOT_SECONDS)
        if not isinstance(last_day, int) or last_day < today:
            return Verdict.EXPIRED
    if any(disclosed.get(one.attribute) not in one.values for one in door.admits):
        return Verdict.WRONG_PASS
    return None
