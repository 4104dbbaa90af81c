"""What a wallet keeps apart, so that neither times nor connections tell whose a showing is.

Source: docs/protocol.md, "Traffic". Claims, renewals and restores tell the community which member
it speaks with; showing and voting must not be laid beside them. That they never share a connection
is a matter of types: nothing that shows or votes holds an `IssuanceClient`. That a quarter of an
hour lies between them is kept here, and so is when a wallet fetches what is new: at times of its
own, drawn at random, and not because somebody asks.
"""

from dataclasses import replace
from secrets import randbelow

from client.errors import WalletError
from client.wallet.contents import Membership
from credentials.formats.head import Head
from credentials.times import in_words

QUIET_SECONDS = 900
"""Between an act that names the member to the community, and one that must not."""

RENEWAL_SECONDS = 3600
"""After the quiet, a renewal falls due at some time within so long."""

UPDATE_SECONDS = 1800
"""After a head was due, a wallet looks for it at some time within so long: half of its grace."""


class TooSoon(WalletError):
    """Two acts that should not be laid beside each other; `until` is in Unix seconds."""

    def __init__(self, message: str, *, until: int) -> None:
        super().__init__(message)
        self.until = until


def check_before_showing(membership: Membership, *, now: int) -> None:
    """Raise TooSoon within a quarter of an hour after a claim, renewal or restore."""
    if _is_near(membership.named_at, now=now):
        raise _too_soon(
            membership.named_at,
            f"On {{at}}, this wallet told {membership.metadata.name} who it is, to get its "
            "credential. What you show or vote so soon after could be laid to you.",
        )


def check_before_naming(membership: Membership, *, now: int) -> None:
    """Raise TooSoon within a quarter of an hour after showing or voting."""
    if _is_near(membership.shown_at, now=now):
        raise _too_soon(
            membership.shown_at,
            f"On {{at}}, this wallet showed a pass or voted. {membership.metadata.name} will know "
            "who asks for a credential, and so soon after could lay what was shown to you.",
        )


def named(membership: Membership, *, now: int) -> Membership:
    """The same, about to tell the community which member it is."""
    return replace(membership, named_at=now)


def shown(membership: Membership, *, now: int) -> Membership:
    """The same, about to show or vote."""
    return replace(membership, shown_at=now)


def renewal_due(membership: Membership, *, now: int) -> Membership:
    """The same, with a time at which to ask what became of a credential, unless it has one."""
    if membership.renew_at:
        return membership
    return replace(membership, renew_at=now + QUIET_SECONDS + randbelow(RENEWAL_SECONDS))


def next_update(newest: Head, *, now: int) -> int:
    """When to look for the head after `newest`: after it is due, at a time that nobody else has."""
    period = newest.next_at - newest.published_at
    return max(newest.next_at, now) + randbelow(min(UPDATE_SECONDS, period // 4) + 1)


def _is_near(moment: int, *, now: int) -> bool:
    # A moment in the future is one that a clock was wrong about.
    return moment != 0 and abs(now - moment) < QUIET_SECONDS


def _too_soon(moment: int, why: str) -> TooSoon:
    until = moment + QUIET_SECONDS
    at, then = (in_words(each // 60 * 60) for each in (moment, until + 59))
    return TooSoon(f"{why.format(at=at)} Wait until {then}, or add --at-once.", until=until)
