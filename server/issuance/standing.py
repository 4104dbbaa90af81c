"""What can be done to an attendee who stands where this one does; else AttendeeNotCurrent."""

from server.issuance.attendee import Attendee, State
from server.problems import AttendeeNotCurrent

_ENDED = "This pass has ended; change its last day first: attendees change."
_REMOVED = (
    "This attendee was removed; nothing was changed. To take them back in: attendees restore."
)
_DELETED = "This attendee was deleted; nothing is kept that could be changed."


def check_is_member(attendee: Attendee) -> None:
    """Whether there is a membership to hand on or to issue anew."""
    reasons = {State.ENDED: _ENDED, State.REMOVED: _REMOVED, State.DELETED: _DELETED}
    if attendee.state in reasons:
        raise AttendeeNotCurrent(reasons[attendee.state])


def check_may_change(attendee: Attendee) -> None:
    """Whether the next credential can say something else; an ended pass can go on."""
    if attendee.state is State.REMOVED:
        raise AttendeeNotCurrent(_REMOVED)
    check_is_not_deleted(attendee)


def check_is_removed(attendee: Attendee) -> None:
    """Whether there is somebody to take back in."""
    if attendee.state is State.ENDED:
        raise AttendeeNotCurrent(_ENDED)
    check_is_not_deleted(attendee)
    if attendee.state is not State.REMOVED:
        raise AttendeeNotCurrent("This attendee is not removed, so there is nothing to restore.")


def check_can_be_removed(attendee: Attendee, *, hastened: bool) -> None:
    """Whether there is somebody to remove; or a removal that a head now would hasten."""
    check_is_not_deleted(attendee)
    if attendee.state is State.REMOVED and not hastened:
        raise AttendeeNotCurrent("This attendee was removed already.")


def check_is_not_deleted(attendee: Attendee) -> None:
    """Whether anything is known of an attendee."""
    if attendee.state is State.DELETED:
        raise AttendeeNotCurrent(_DELETED)
