"""A wallet and the registry: one chain, its own witness, and plain words when a membership ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client.errors import WalletError
from client.registry import HEADS_KEPT
from client.wallet.contents import GONE, REMOVED, REPLACED, Enrolment
from client.wallet.enrolling import credential_of
from client.wallet.holdings import choose
from client.wallet.standing import current_in_words
from client.wallet.traffic import QUIET_SECONDS
from credentials.errors import (
    MemberRevoked,
)
from credentials.holder import Credential
from credentials.issuance import draw_handle
from credentials.times import in_words
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


def usable(person: Person) -> Credential:
    return credential_of(
        person.vault.read().seed, membership=person.membership, enrolment=person.enrolment
    )


# --- what is kept, and when it is fetched


def test_a_claim_stores_witness_heads_and_digits(served: Served, ana: Person) -> None:
    assert ana.membership.digits == served.community.digits
    assert ana.membership.heads == served.community.heads.signed
    assert (ana.enrolment.epoch, len(ana.enrolment.witness)) == (0, 48)
    credential = usable(ana)
    assert credential.witness is not None
    assert credential.digits is not None
    assert "registry head 0" in current_in_words(ana.enrolment, membership=ana.membership)


def test_nothing_is_fetched_while_the_newest_head_is_not_due(served: Served, ana: Person) -> None:
    served.remove(0)  # a newer head is there, and the wallet does not ask
    served.asked.clear()
    assert ana.stand().credential.keys.head.head.epoch == 0
    assert served.asked == []


def test_a_head_that_is_due_is_fetched_with_what_was_removed(
    served: Served, ana: Person, tmp_path: Path
) -> None:
    member(served, tmp_path, seed=OTHER)
    served.remove(1)
    served.asked.clear()
    assert ana.stand(now=ana.membership.update_at - 1).chain.newest.epoch == 0
    standing = ana.stand(now=ana.membership.update_at)
    assert standing.credential.keys.head.head == served.community.heads.newest
    assert standing.note == ""
    assert served.asked == ["/registry/heads", "/registry/log/0"]
    assert ana.enrolment.epoch == 1


def test_a_value_that_an_app_names_is_looked_for(served: Served, ana: Person) -> None:
    head = served.community.publish(draw_handle())
    assert ana.stand(value=head.value).chain.newest == head


def test_a_wallet_without_network_goes_on_with_what_it_has(tmp_path: Path) -> None:
    with serving() as served:
        ana = member(served, tmp_path)
    standing = ana.stand(now=NOON + 2**31)
    assert standing.credential.keys.head.head.epoch == 0
    assert "cannot be reached" in standing.note


def test_a_long_absence_is_bridged_by_segments(served: Served, ana: Person, tmp_path: Path) -> None:
    others = [member(served, tmp_path, seed=bytes([n]) * 16) for n in (1, 2)]
    served.remove(1)
    for _ in range(330):
        served.community.publish(at=served.community.heads.newest.published_at)
    served.remove(2)
    assert ana.update().chain is not None
    assert ana.enrolment.epoch == 332
    assert len(ana.membership.heads) == HEADS_KEPT
    assert ana.stand().credential.keys.head.head == served.community.heads.newest
    assert [other.update().enrolments[0].ended for other in others] == [GONE, GONE]


# --- membership that ends or changes


def test_a_removed_member_is_told_plainly_and_it_is_remembered(served: Served, ana: Person) -> None:
    head = served.remove(0)
    day = in_words(head.published_at, timezone="Europe/Athens").partition(",")[0]
    with pytest.raises(MemberRevoked, match=f"membership of Agora was changed or removed on {day}"):
        ana.stand(value=head.value)
    assert (ana.enrolment.ended, ana.enrolment.ended_at) == (GONE, head.published_at)
    served.asked.clear()
    with pytest.raises(MemberRevoked):
        ana.stand(value=head.value)
    assert served.asked == []
    ana.renew()
    assert (ana.enrolment.ended, ana.enrolment.ended_at) == (REMOVED, head.published_at)
    with pytest.raises(MemberRevoked, match=f"membership of Agora was removed on {day}"):
        ana.stand()


def test_the_day_of_a_removal_is_that_of_its_head(served: Served, ana: Person) -> None:
    head = served.remove(0)
    served.community.publish(at=head.published_at + 10**6)
    ana.update()
    assert ana.enrolment.ended_at == head.published_at


def test_a_replaced_membership_says_so(served: Served, ana: Person) -> None:
    served.remove(0, slug="commitment-retired")
    ana.update()
    ana.renew()
    assert ana.enrolment.ended == REPLACED
    with pytest.raises(MemberRevoked, match="replaced by one issued anew"):
        ana.stand()


def test_changed_attributes_are_fetched_by_a_renewal(served: Served, ana: Person) -> None:
    before = usable(ana)
    served.change(0, **{"pass": "week"})
    ana.update()
    assert ana.enrolment.ended == GONE
    assert ana.membership.renew_at >= NOON + QUIET_SECONDS
    ana.renew()
    assert ana.membership.renew_at == 0
    after = ana.stand().credential
    assert (before.attributes["pass"], after.attributes["pass"]) == ("resident", "week")
    assert (before.serial, before.nym_secret) == (after.serial, after.nym_secret)
    assert before.handle != after.handle


def test_an_update_and_a_showing_speak_with_nobody_who_knows_the_member(
    served: Served, ana: Person
) -> None:
    served.poll()
    served.change(0, **{"pass": "week"})
    served.asked.clear()
    ana.update()
    ana.on_roll()
    with pytest.raises(MemberRevoked):
        ana.stand(value=bytes(48))
    assert served.asked
    assert not [path for path in served.asked if path.startswith("/issuance")]


def test_a_membership_that_has_ended_gives_way_to_a_new_one(served: Served, ana: Person) -> None:
    served.remove(0)
    ana.renew()
    ana.claim()
    assert choose(ana.vault.read()).number == 2
    assert choose(ana.vault.read(), number=1).enrolment.ended == REMOVED


# --- polls


def test_a_vote_is_made_at_the_poll_s_head_without_storing_it(
    served: Served, ana: Person, tmp_path: Path
) -> None:
    bo = member(served, tmp_path, seed=OTHER)
    served.community.publish()
    served.poll()
    pinned = served.community.heads.newest
    served.remove(1)
    credential = ana.on_roll()
    assert credential.keys.head.head == pinned
    assert ana.enrolment.epoch == 2
    assert bo.on_roll().keys.head.head == pinned  # removed since, and on the roll still
    assert bo.enrolment.ended == GONE


def test_who_was_removed_before_the_poll_is_told(served: Served, ana: Person) -> None:
    served.remove(0)
    served.poll()
    with pytest.raises(MemberRevoked, match="was changed or removed on"):
        ana.on_roll()


def test_who_changed_since_the_poll_votes_with_the_same_pseudonym(
    served: Served, ana: Person
) -> None:
    served.poll()
    served.change(0, **{"pass": "week"})
    assert ana.on_roll().keys.head.head.epoch == 0


def test_who_enrolled_after_the_poll_is_not_on_the_roll(tmp_path: Path) -> None:
    with serving(roll=1) as served:
        member(served, tmp_path)
        served.poll()
        late = member(served, tmp_path, seed=OTHER)
        with pytest.raises(WalletError, match="not on the roll"):
            late.on_roll()


def test_a_poll_older_than_the_kept_heads_is_reached(served: Served, ana: Person) -> None:
    served.poll()
    for _ in range(HEADS_KEPT + 10):
        served.community.publish(at=served.community.heads.newest.published_at)
    ana.update()
    assert ana.membership.head(0) is None
    assert ana.on_roll().keys.head.head.epoch == 0


def test_an_enrolment_shows_no_secret() -> None:
    shown = repr(Enrolment(count=0, issued=b"issued octets", witness=b"witness octets", epoch=0))
    assert "octets" not in shown
