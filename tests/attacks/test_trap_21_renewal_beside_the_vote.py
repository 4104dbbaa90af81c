"""Trap 21: a server that knows who renews learns nothing of who shows or votes.

On the system as it was, a member whose attributes were changed renewed and voted over one
connection, so that the server learned whose ballot it was.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from client.wallet.contents import GONE
from client.wallet.keeping import next_task
from client.wallet.traffic import QUIET_SECONDS, RENEWAL_SECONDS, TooSoon
from client.wallet.voting import cast, make_vote
from credentials.errors import MemberRevoked
from tests.served_community import Served, serving
from tests.unit.client.member import NOON, Person, member

OTHER = b"another wallet's"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def ana(served: Served, tmp_path: Path) -> Person:
    return member(served, tmp_path)


def vote(person: Person) -> None:
    """Vote as the command does."""
    poll = person.poll()
    made = make_vote(person.on_roll(), poll=poll, marks=(1,), count=person.enrolment.count)
    fingerprint = person.membership.fingerprint
    cast(person.vault, made, poll=poll, fingerprint=fingerprint, polls=person.polls)


def spoke_with_issuance(served: Served) -> list[str]:
    return [path for path in served.asked if path.startswith("/issuance")]


def test_trap_21_a_member_who_was_changed_votes_without_renewing(
    served: Served, ana: Person
) -> None:
    served.poll()
    served.change(0, **{"pass": "week"})
    served.asked.clear()
    vote(ana)
    assert "/polls/lunch/ballots" in served.asked
    assert spoke_with_issuance(served) == []
    with pytest.raises(MemberRevoked, match="wallet renew"):
        ana.stand()
    assert spoke_with_issuance(served) == []
    assert ana.enrolment.ended == GONE


def test_trap_21_looking_for_ballots_asks_for_all_polls_alike(
    served: Served, ana: Person, tmp_path: Path
) -> None:
    from client.wallet.receipts import check_receipts

    served.poll("lunch")
    served.poll("dinner")
    vote(ana)
    idle = member(served, tmp_path, seed=OTHER)
    asked = []
    for person in (ana, idle):
        served.asked.clear()
        fingerprint = person.membership.fingerprint
        check_receipts(person.vault, fingerprint=fingerprint, polls=person.polls, now=NOON)
        asked.append(tuple(served.asked))
    assert asked[0] == asked[1]
    assert {path.split("/")[2] for path in asked[0] if path != "/polls"} == {"lunch", "dinner"}


def test_trap_21_what_is_fetched_around_a_ballot_does_not_tell_where_a_wallet_stands(
    served: Served, ana: Person, tmp_path: Path
) -> None:
    bo, away = (member(served, tmp_path, seed=bytes([n]) * 16) for n in (1, 2))
    served.remove(1)
    ana.update()
    served.poll()
    served.community.publish()
    ana.update()
    asked = []
    for person in (ana, away):  # one is up to date, the other has not looked since the claim
        served.asked.clear()
        person.on_roll()
        asked.append(tuple(served.asked))
    assert asked[0] == asked[1]
    assert bo.membership.fingerprint == ana.membership.fingerprint


@pytest.mark.parametrize("act", ["claim", "renew"])
def test_trap_21_nothing_is_shown_within_a_quarter_of_an_hour_after_the_server_knew_the_member(
    served: Served, tmp_path: Path, act: str
) -> None:
    ana = member(served, tmp_path)
    served.poll()
    if act == "renew":
        ana.renew()
    else:
        now = int(time.time())
        ana.note_named(now)
    named_at = ana.membership.named_at
    served.asked.clear()
    for now in (named_at, named_at + QUIET_SECONDS - 1):
        with pytest.raises(TooSoon) as raised:
            ana.stand(now=now, at_once=False)
        assert raised.value.until == named_at + QUIET_SECONDS
    with pytest.raises(TooSoon):
        ana.on_roll(at_once=False)
    assert served.asked == ["/polls/lunch"], "the paper was read, and nothing was shown"
    assert ana.stand(now=named_at + QUIET_SECONDS, at_once=False)
    assert ana.stand(now=named_at, at_once=True), "the member may decide otherwise"


def test_trap_21_no_renewal_within_a_quarter_of_an_hour_after_showing_or_voting(
    served: Served, ana: Person
) -> None:
    served.poll()
    for show in (lambda: ana.stand(now=int(time.time())), ana.on_roll):
        ana.pass_time()
        show()
        served.asked.clear()
        with pytest.raises(TooSoon, match="showed a pass or voted"):
            ana.renew(at_once=False)
        assert spoke_with_issuance(served) == []
    ana.pass_time()
    ana.renew(at_once=False)
    assert spoke_with_issuance(served)


def test_trap_21_a_renewal_falls_due_at_a_random_time_of_its_own(
    served: Served, tmp_path: Path
) -> None:
    due = set()
    for seed in range(8):
        person = member(served, tmp_path, seed=bytes([seed]) * 16)
        served.change(seed, **{"pass": "week"})
        person.update()
        at = person.membership.renew_at
        assert NOON + QUIET_SECONDS <= at < NOON + QUIET_SECONDS + RENEWAL_SECONDS
        due.add(at)
        task = next_task(person.vault.read())
        assert task is not None
        assert (task.at, task.renewal) == (at, True)
    assert len(due) > 4
