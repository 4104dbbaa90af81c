"""A wallet and the registry: one chain, its own witness, and plain words when a membership ends."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from client.errors import ClientError, WalletError
from client.registry import HEADS_KEPT
from client.wallet.contents import REMOVED, REPLACED, Enrolment, WalletContents
from client.wallet.enrolling import credential_of
from client.wallet.holdings import choose
from client.wallet.standing import current_in_words
from credentials.errors import (
    DigitsRefused,
    HeadRefused,
    MemberRevoked,
    SymbolonError,
    WitnessRefused,
)
from credentials.formats import base64url
from credentials.formats.credential import IssuedWitness
from credentials.formats.head import SignedHead
from credentials.holder import Credential
from tests.community import Community
from tests.served_community import Served, heads_json, serving
from tests.unit.client.member import NOON, Person, member, newcomer

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
    now = NOON + served.community.period
    standing = ana.stand(now=now)
    assert standing.credential.keys.head.head == served.community.heads.newest
    assert standing.note == ""
    assert served.asked == ["/registry/heads", "/registry/log/0"]
    assert ana.enrolment.epoch == 1


def test_a_head_that_a_verifier_names_is_fetched(served: Served, ana: Person) -> None:
    head = served.community.publish()
    assert ana.stand(head=head.hash).chain.newest == head


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
    assert [other.update().enrolments[0].ended for other in others] == [REMOVED, REMOVED]


# --- membership that ends or changes


def test_a_removed_member_is_told_plainly_and_it_is_remembered(served: Served, ana: Person) -> None:
    head = served.remove(0)
    day = time.strftime("%Y-%m-%d", time.gmtime(head.published_at))
    with pytest.raises(MemberRevoked, match=f"membership of Agora was removed on {day}"):
        ana.stand(head=head.hash)
    assert (ana.enrolment.ended, ana.enrolment.ended_at) == (REMOVED, head.published_at)
    served.asked.clear()
    with pytest.raises(MemberRevoked):
        ana.stand(head=head.hash)
    assert served.asked == []


def test_the_day_of_a_removal_is_that_of_its_head(served: Served, ana: Person) -> None:
    head = served.remove(0)
    served.community.publish(at=head.published_at + 10**6)
    ana.update()
    assert ana.enrolment.ended_at == head.published_at


def test_a_replaced_membership_says_so(served: Served, ana: Person) -> None:
    head = served.remove(0, slug="commitment-retired")
    with pytest.raises(MemberRevoked, match="replaced by one issued anew"):
        ana.stand(head=head.hash)
    assert ana.enrolment.ended == REPLACED


def test_changed_attributes_are_fetched_when_the_old_handle_is_removed(
    served: Served, ana: Person
) -> None:
    before = usable(ana)
    served.change(0, **{"pass": "week"})
    ana.update()
    after = ana.stand().credential
    assert (before.attributes["pass"], after.attributes["pass"]) == ("resident", "week")
    assert (before.serial, before.nym_secret) == (after.serial, after.nym_secret)
    assert before.handle != after.handle


def test_a_membership_that_has_ended_gives_way_to_a_new_one(served: Served, ana: Person) -> None:
    served.remove(0)
    ana.update()
    ana.claim()
    assert choose(ana.vault.read()).number == 2
    assert choose(ana.vault.read(), number=1).enrolment.ended == REMOVED


def test_a_wallet_of_before_the_registry_gets_all_of_it_when_it_shows_itself(
    served: Served, ana: Person
) -> None:
    def of_before(now: WalletContents) -> WalletContents:
        old = replace(ana.enrolment, witness=b"", epoch=0)
        return now.with_membership(replace(ana.membership, enrolments=(old,), heads=(), digits=b""))

    ana.vault.change(of_before)
    assert usable(ana).witness is None
    assert ana.stand().credential.witness is not None
    assert ana.membership.digits == served.community.digits


def test_a_wallet_of_before_the_registry_without_network_says_what_to_do(tmp_path: Path) -> None:
    with serving() as served:
        ana = member(served, tmp_path)
    old = replace(ana.enrolment, witness=b"")
    ana.vault.change(lambda now: now.with_membership(ana.membership.with_enrolment(old)))
    with pytest.raises(WalletError, match="wallet refresh"):
        ana.stand()


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
    assert bo.enrolment.ended == REMOVED


def test_who_was_removed_before_the_poll_is_told(served: Served, ana: Person) -> None:
    served.remove(0)
    served.poll()
    with pytest.raises(MemberRevoked, match="was removed on"):
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


def test_a_poll_with_a_roll_off_the_chain_is_refused(served: Served, ana: Person) -> None:
    forked = fork(served)
    told = served.poll().told()
    manifest = served.polls["lunch"].poll.manifest
    other = forked.open(metadata_key=served.community.metadata.metadata_key)
    served.lies["/polls/lunch"] = told | {
        "manifest": base64url.encode(replace(manifest, head=other.hash).to_cbor()),
        "head": forked.to_json(),
    }
    with pytest.raises(HeadRefused, match="two different heads"):
        ana.on_roll()
    served.lies["/polls/lunch"]["head"] = served.community.heads.signed[-1].to_json()
    with pytest.raises(HeadRefused, match="another roll"):
        ana.on_roll()


# --- a registry that lies


def fork(served: Served) -> SignedHead:
    """Another newest head than everybody else's, properly signed."""
    newest = served.community.heads.newest
    other = replace(newest, published_at=newest.published_at + 1, next_at=newest.next_at + 1)
    return SignedHead.sign(other, private_key=served.community.signing_key)


def told_by(served: Served, path: str, lie: object, *, person: Person) -> SymbolonError:
    """How a wallet refuses a lie; nothing of it may be stored."""
    before = person.vault.read()
    served.lies[path] = lie
    with pytest.raises(SymbolonError) as refused:
        person.update()
    assert person.vault.read() == before
    del served.lies[path]
    return refused.value


def test_a_fork_is_refused(served: Served, ana: Person) -> None:
    served.community.publish()
    ana.update()
    heads = heads_json([served.community.heads.signed[0], fork(served)])
    refused = told_by(served, "/registry/heads", heads, person=ana)
    assert isinstance(refused, HeadRefused)
    assert "two different heads" in str(refused)


def test_a_step_back_is_refused(served: Served, ana: Person) -> None:
    served.community.publish()
    ana.update()
    heads = heads_json(served.community.heads.signed[:1])
    assert "older" in str(told_by(served, "/registry/heads", heads, person=ana))


def test_a_gap_that_no_segment_fills_is_refused(served: Served, ana: Person) -> None:
    for _ in range(70):
        served.community.publish()
    known = heads_json(served.community.heads.signed[:1])
    assert "missing" in str(told_by(served, "/registry/heads/0", known, person=ana))


def test_heads_of_another_community_are_refused(
    served: Served, ana: Person, other_community: Community
) -> None:
    heads = heads_json(other_community.heads.signed)
    assert isinstance(told_by(served, "/registry/heads", heads, person=ana), HeadRefused)


def test_a_log_that_does_not_lead_to_its_head_is_refused(
    served: Served, ana: Person, tmp_path: Path
) -> None:
    for number in (1, 2):
        member(served, tmp_path, seed=bytes([number]) * 16)
        served.remove(number)
    first, second = served.community.entries
    for entries in (second + first, first, b"", first + first, first + second[:-1], bytes(160)):
        lie = {"entries": base64url.encode(entries)}
        refused = told_by(served, "/registry/log/0", lie, person=ana)
        assert isinstance(refused, WitnessRefused | ClientError)


def test_a_log_that_falsely_names_the_member_ends_nothing(
    served: Served, ana: Person, tmp_path: Path
) -> None:
    """The issuer still hands out a witness, and the witness proves that nobody was removed."""
    member(served, tmp_path, seed=OTHER)
    served.remove(1)
    entry = served.community.entries[0]
    handle = served.member(0).handle.to_bytes(32, "big")
    served.lies["/registry/log/0"] = {"entries": base64url.encode(handle + entry[32:])}
    ana.update()
    assert (ana.enrolment.ended, ana.enrolment.epoch) == ("", 1)


@pytest.mark.parametrize("what", ["foreign", "one changed", "swapped", "short"])
def test_a_digit_table_that_is_not_the_registry_s_is_refused(
    served: Served, tmp_path: Path, other_community: Community, what: str
) -> None:
    honest = served.community.digits
    tables = {
        "foreign": other_community.digits,
        "one changed": honest[:48] + other_community.digits[48:96] + honest[96:],
        "swapped": honest[48:96] + honest[:48] + honest[96:],
        "short": honest[:-48],
    }
    served.lies["/registry/digits"] = {"digits": base64url.encode(tables[what])}
    person = newcomer(served, tmp_path, seed=bytes(16))
    with pytest.raises(DigitsRefused):
        person.claim()
    assert person.vault.read().memberships[0].enrolments == ()


def test_another_member_s_witness_is_refused(served: Served, ana: Person, tmp_path: Path) -> None:
    bo = newcomer(served, tmp_path, seed=OTHER)
    issuer, head = served.community.issuer, served.community.heads.newest
    foreign = issuer.witness(head, handle=served.member(0).handle)
    honest = served.answer

    def lying(path: str, body: dict[str, object]) -> dict[str, object]:
        answer = honest(path, body)
        if path == "/issuance/credential":
            answer["witness"] = base64url.encode(foreign.to_cbor())
        return answer

    served.answer = lying  # type: ignore[method-assign]
    with pytest.raises(WitnessRefused):
        bo.claim()
    foreign = IssuedWitness(point=foreign.point, head=bytes(32))
    with pytest.raises(WitnessRefused, match="another registry head"):
        bo.claim()
    assert all(m.enrolments == () for m in bo.vault.read().memberships)


def test_another_wallet_s_stored_witness_does_not_work(served: Served, ana: Person) -> None:
    stolen = replace(ana.enrolment, witness=ana.membership.digits[:48])
    with pytest.raises(WitnessRefused):
        credential_of(bytes(16), membership=ana.membership, enrolment=stolen)


def test_an_enrolment_shows_no_secret() -> None:
    shown = repr(Enrolment(count=0, issued=b"issued octets", witness=b"witness octets"))
    assert "octets" not in shown
