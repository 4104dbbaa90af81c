"""P1 as a whole: organiser, doors, apps and polls put together all they have, and find nobody.

A festival is played over real HTTP (`collusion/festival.py`, `programme.py`) with real wallets. The
colluders have every octet that was received, with its time and connection, the whole database and
the service's output (`record.py`, `traces.py`). Matchers that know nothing of the formats look for
whatever two contexts have in common (`matchers.py`); whether they do better than chance is decided
by permutation tests that an honest run fails less than once in 10,000 times (`chance.py`). Then
each defence is taken out, in what the test does alone (`careless.py`), and they find the members.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.attacks.collusion import careless, programme
from tests.attacks.collusion.careless import CARELESS, SHOWING
from tests.attacks.collusion.chance import Finding
from tests.attacks.collusion.festival import MEMBERS, Festival, playing
from tests.attacks.collusion.pairs import Context
from tests.attacks.collusion.programme import EVERYTHING
from tests.attacks.collusion.verdict import contexts, findings, leaking, pairs

pytestmark = pytest.mark.xdist_group("collusion")  # so that one process plays it, once

FAR_BELOW_CHANCE = 0.001
ENOUGH = 10
"""A crowd that a wallet may show without a warning."""


@dataclass
class Played:
    """The festival, and what the colluders know after it and after the careless wallets."""

    festival: Festival
    honest: dict[str, Context]
    found: dict[tuple[str, str], Finding]
    in_the_end: dict[str, Context]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Played once for all tests."""
    with playing(tmp_path_factory.mktemp("collusion") / "festival") as festival:
        programme.play(festival)
        honest = contexts(festival)
        careless.renew_beside_the_vote(festival)
        careless.show_everything(festival)
        ends = contexts(festival, "issuance", EVERYTHING, CARELESS, SHOWING)
        yield Played(festival, honest, findings(honest, pairs(honest)), ends)


def report(found: list[Finding]) -> str:
    """One line for each."""
    return "\n".join(str(one) for one in sorted(found, key=lambda one: one.p))


def test_the_festival_is_large_enough_and_everything_happens_in_it(played: Played):
    sizes = {name: len(context.traces) for name, context in played.honest.items()}
    assert len(played.festival.members) == MEMBERS >= 60
    for everybody in ("issuance", "gate", "yard", "daily-1", "lounge-1", "cafe", "forum"):
        assert sizes[everybody] == MEMBERS
    assert all(0 < sizes[poll] < roll for poll, roll in programme.POLLS.items())
    assert sizes["renewal"] in (programme.CHANGED, programme.CHANGED + 1)  # and one restore
    assert sizes["daily-2"] == sizes["refresh"] + sizes["renewal"] == MEMBERS - programme.REMOVED
    values = {head.value for head in played.festival.city.heads.heads}
    assert len(played.festival.city.heads.heads) > MEMBERS
    assert len(values) == 4  # nobody removed; the second morning; at its noon; the third morning


def test_p1_no_pair_of_contexts_is_matched_better_than_by_chance(
    played: Played, tmp_path_factory: pytest.TempPathFactory
):
    leaks = leaking(played.found, directory=tmp_path_factory.mktemp("again"))
    assert not leaks, report([one for found in leaks for one in found])


def test_p1_no_member_is_found_for_certain_unless_the_crowd_is_one(played: Played):
    certain = [one for one in played.found.values() if one.certain]
    assert not certain, report(certain)


def test_trap_21_everyone_asks_for_the_same_around_a_ballot(played: Played):
    for poll in programme.POLLS:
        asked = Counter(what_was_asked(played, poll).values())
        assert len(asked) == 1, asked


def test_trap_21_everyone_asks_for_the_same_at_a_renewal(played: Played):
    """Or else it would show which of those who renew has looked for news to vote."""
    asked = what_was_asked(played, "renewal")
    asked.pop(played.festival.lost.number, None)  # who restores has to fetch everything
    assert len(set(asked.values())) == 1, Counter(asked.values())


def test_p9_who_is_not_warned_does_not_stand_in_a_small_crowd(played: Played):
    small = [
        member
        for member, size in crowd_of_those_who_showed(played, EVERYTHING).items()
        if size < ENOUGH
    ]
    assert not small, f"{len(small)} members without a warning stand in a crowd below {ENOUGH}"


def test_trap_19_were_heads_named_everyone_would_be_found(played: Played):
    """Each wallet knows the head that was published before its own claim."""
    heads = [head for head in played.festival.city.heads.heads if not head.removals]
    newest = {act.member: act.at for act in played.festival.acts if act.context == "issuance"}
    named = {"issuance": played.honest["issuance"]}
    for name in ("gate", "daily-1", "lounge-1", "forum"):
        named[name] = Context(
            name,
            {
                member: careless.naming_its_head(
                    trace,
                    max(
                        (head for head in heads if head.published_at <= newest[member]),
                        key=lambda head: head.epoch,
                    ),
                )
                for member, trace in played.honest[name].traces.items()
            },
        )
    for one in findings(named, pairs(named)).values():
        assert one.p <= FAR_BELOW_CHANCE, one
        assert one.found > 0.9 * one.members, one


def test_trap_21_were_votes_cast_beside_renewals_everyone_would_be_found(played: Played):
    pair = ("issuance", CARELESS)
    one = findings(played.in_the_end, [pair])[pair]
    assert one.members == len(played.festival.staying)
    assert one.p <= FAR_BELOW_CHANCE, one
    assert one.found == one.certain == one.members, one


def test_trap_21_were_votes_cast_soon_after_renewals_most_would_be_found(played: Played):
    """Over another connection, but within two minutes."""
    renewal = played.honest["renewal"]
    soon = {
        member: careless.soon_after(trace, renewal.traces[member], seconds=60 + member % 60)
        for member, trace in played.honest["daily-2"].traces.items()
        if member in renewal.traces
    }
    pair = ("daily-2", "renewal")
    one = findings({"daily-2": Context("daily-2", soon), "renewal": renewal}, [pair])[pair]
    assert one.p <= FAR_BELOW_CHANCE, one
    assert one.found > 0.5 * one.members, one


def test_trap_25_were_the_smallest_group_told_those_who_stand_alone_would_be_found(
    played: Played,
):
    crowds = crowd_of_those_who_showed(played, SHOWING)
    assert len(crowds) >= 8
    assert set(crowds.values()) == {1}
    told = [
        Counter(values_of_all(played, by=name).values())[values_of_all(played, by=name)[member]]
        for member in crowds
        for name in ("pass", "diet", "tongue", "camp")
    ]
    assert min(told) > 2 * ENOUGH  # and no group was smaller than that


def what_was_asked(played: Played, context: str) -> dict[int, tuple[str, ...]]:
    """By member, the requests of an act in their order."""
    return {
        act.member: tuple(f"{one.method} {one.path}?{one.query}" for one in act.requests)
        for act in played.festival.acts
        if act.context == context
    }


def crowd_of_those_who_showed(played: Played, context: str) -> dict[int, int]:
    """By member who showed all values: how many members have the same."""
    everybody = values_of_all(played)
    often = Counter(everybody.values())
    showed = played.in_the_end[context].traces if context in played.in_the_end else ()
    return {member: often[everybody[member]] for member in showed}


def values_of_all(played: Played, *, by: str = "") -> dict[int, tuple[str, ...]]:
    """What the passes of all current members say, all of it or one attribute."""
    return {
        member.number: tuple(
            value for name, value in played.festival.values_of(member).items() if by in ("", name)
        )
        for member in played.festival.staying
    }
