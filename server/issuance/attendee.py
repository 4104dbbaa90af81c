"""An attendee as the organiser sees one, and what a list said of them last; no secrets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Values = Mapping[str, str | int]

BY_HAND = ""
"""The scope of attendees whom no list brought."""

VALID = "valid"
"""What a list says of a ticket that gives a membership."""


class State(StrEnum):
    """Where an attendee stands."""

    INVITED = "invited"
    CLAIMED = "claimed"
    REISSUED = "reissued"
    """Has been given a new link after a credential was issued; the next one says so too."""
    REMOVED = "removed"
    ENDED = "ended"
    """The pass is over: its last day was before the last scheduled head."""
    DELETED = "deleted"
    """Removed, and name, address and attributes are erased."""


class Decision(StrEnum):
    """What the organiser decided by hand and against the list, which imports leave as it is."""

    NONE = ""
    REMOVED = "removed"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the newest list said of an attendee; `state` as in ticket.TicketState, or `vanished`.

    A later list changes only what it says otherwise than this one, so that what the organiser
    mended by hand is not undone every day.
    """

    state: str
    name: str
    email: str
    attributes: Values

    def __repr__(self) -> str:
        return f"Listed(state={self.state!r})"

    def to_json(self) -> str:
        """As it is kept."""
        return json.dumps(
            [self.state, self.name, self.email, dict(self.attributes)], sort_keys=True
        )

    @classmethod
    def from_json(cls, text: str) -> "Listed":
        """From the text that `to_json` made."""
        state, name, email, attributes = json.loads(text)
        return cls(state=state, name=name, email=email, attributes=attributes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """One entitlement.

    key: 32 octets that name the ticket for ever, where the list has ids. scope: which list it came
    in with. claimed: whether the current link was used. link_written: whether the current link was
    written into a file; when is not kept, so that no time stands beside a member.
    """

    id: str
    name: str
    email: str
    state: State
    claimed: bool = False
    reissued: bool = False
    key: bytes | None = None
    scope: str = BY_HAND
    order: str = ""
    attributes: Values
    listed: Listed | None = None
    decision: Decision = Decision.NONE
    link_written: bool = False

    def __repr__(self) -> str:
        return f"Attendee(id={self.id!r}, state={self.state.value!r})"

    @property
    def is_member(self) -> bool:
        """Whether link or credential are good."""
        return self.state in (State.INVITED, State.CLAIMED, State.REISSUED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One person to be entitled: what the list, or the organiser, says of them."""

    key: bytes | None = None
    scope: str = BY_HAND
    order: str = ""
    name: str
    email: str
    attributes: Values

    def __repr__(self) -> str:
        return "Invitation(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An attendee's current claim code. Whoever has the code can claim."""

    attendee: Attendee
    code: str
    generation: int

    def __repr__(self) -> str:
        return f"Claim({self.attendee!r})"
