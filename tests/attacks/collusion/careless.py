"""What a wallet without one of the defences would do: played here, and nowhere in the product."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import partial
from unittest import mock

import httpx

from client.transport import Transport
from credentials.formats.head import Head
from tests.attacks.collusion.festival import Festival
from tests.attacks.collusion.grounds import DAY, HALVES
from tests.attacks.collusion.members import Member
from tests.attacks.collusion.traces import Trace

CARELESS = "careless"
"""The poll of wallets that renew beside their vote."""
SHOWING = "everything, on an old table"
"""The app's visitors who are told the smallest of their groups."""
LATER = 20 * 60
"""Seconds after which no rule of the wallet keeps a vote back."""


def renew_beside_the_vote(festival: Festival) -> None:
    """Every pass is changed; each wallet renews, and votes over the same connection."""
    festival.clock.set(festival.moment("22:00", day=2))
    festival.city.open_poll(CARELESS, seconds=2 * DAY)
    festival.change(*festival.staying)
    festival.clock.set(festival.moment("03:00", day=3))
    festival.city.session.publisher.publish_due()
    festival.through(
        [
            (festival.some_time("04:00", "20:00", day=3), partial(_renew_and_vote, festival, one))
            for one in festival.staying
        ]
    )


def _renew_and_vote(festival: Festival, member: Member) -> None:
    with one_connection(), festival.acting(CARELESS, member):
        assert member.run("renew", "--json").json
        festival.clock.set(festival.clock() + LATER)
        assert member.run("vote", CARELESS, "--choice", "1", "--yes", "--json").json


@contextmanager
def one_connection() -> Iterator[None]:
    """Whatever the wallet does, it does over one connection."""
    with (
        httpx.Client(timeout=60, headers={"User-Agent": "symbolon"}) as client,
        mock.patch.object(Transport, "_client", return_value=client),
        mock.patch.object(Transport, "close", return_value=None),
    ):
        yield


def show_everything(festival: Festival) -> None:
    """Members who stand alone say yes, as they are told the smallest of their groups."""
    festival.clock.set(festival.clock() + LATER)
    policy = {"purpose": "login", "disclose": list(HALVES)}
    for member in festival.alone:
        if member in festival.staying:
            link = festival.apps["forum"].ask(policy)
            festival.visit("forum", member, link, context=SHOWING)


def naming_its_head(trace: Trace, head: Head) -> Trace:
    """The same act, had its presentation named the registry head that the wallet knows."""
    named = copy(trace)
    named.tokens = trace.tokens | {("body head", head.hash)}
    named.numbers = {**trace.numbers, "body epoch": head.epoch}
    return named


def soon_after(trace: Trace, other: Trace, *, seconds: int) -> Trace:
    """The same act, had it come so soon after another one of this member's."""
    moved = copy(trace)
    moved.at = other.at + seconds
    moved.times = [moved.at]
    return moved
