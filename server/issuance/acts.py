"""What an import does to the register, in an order in which its constraints hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.issuance.attendee import Decision, Invitation, Listed
from server.issuance.person import person
from server.issuance.register import Register


class Do(StrEnum):
    """What an import does with one attendee."""

    ADMIT = "admit"
    """Entitle somebody new."""
    REWRITE = "rewrite"
    """The same person: name, address, ticket or attributes are others."""
    HAND_OVER = "hand over"
    """Another person has the ticket now: the old credential is removed."""
    TAKE_BACK = "take back"
    """Removed before, and good again."""
    DISMISS = "dismiss"
    """Remove."""
    NOTE = "note"
    """Nothing but what the list said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that an import does: to the attendee `id`, or with `person` where one is new."""

    do: Do
    id: str = ""
    person: Invitation | None = None
    key: bytes | None = None
    """The key of the attendee's ticket from now on, where it has changed hands."""
    scope: str | None = None
    """The scope from now on, where another list than before says whose the ticket is."""
    listed: Listed | None = None
    decision: Decision | None = None
    """What the organiser decided against the list, where that ends with it."""

    def __repr__(self) -> str:
        return f"Act({self.do.value!r}, id={self.id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """Whose link is a new one, and of whom something may have been taken; by their ids."""

    fresh: tuple[str, ...]
    concerned: tuple[str, ...]


def carry_out(acts: Sequence[Act], register: Register) -> CarriedOut:
    """Do all of it inside the register's transaction.

    Tickets change hands among attendees, so all of them are let go of before any is given.
    """
    register.free_sources([act.id for act in acts if act.do in _REWRITES or act.key is not None])
    fresh = [act.id for act in acts if act.do in _REWRITES and _rewrite(act, register)]
    for act in acts:
        if act.do is Do.DISMISS:
            register.remove([act.id], decision=Decision.NONE)
        if act.do in (Do.DISMISS, Do.NOTE):
            register.note(
                act.id, listed=act.listed, key=act.key, scope=act.scope, decision=act.decision
            )
    new = [(act.person, act.listed) for act in acts if act.person and act.do is Do.ADMIT]
    fresh += register.add(new)
    return CarriedOut(
        fresh=tuple(fresh),
        concerned=tuple(act.id for act in acts if act.do in (*_REWRITES, Do.DISMISS)),
    )


_REWRITES = (Do.REWRITE, Do.HAND_OVER, Do.TAKE_BACK)


def _rewrite(act: Act, register: Register) -> bool:
    """Write what is known of an attendee anew; whether the link is a new one."""
    if act.person is None:
        raise AssertionError("a rewriting act says what is to be written")
    before = register.attendee(act.id)
    register.rewrite(act.id, act.person)
    register.note(act.id, listed=act.listed, decision=act.decision)
    misdirected = person(before).address != person(act.person).address and not before.claimed
    anew = act.do is not Do.REWRITE or (misdirected and before.is_member)
    if anew:
        register.start_anew(act.id)
    return anew
