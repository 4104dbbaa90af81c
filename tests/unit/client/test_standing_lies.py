"""A wallet and a registry that lies: forks, gaps, other logs, tables and witnesses are refused."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from client.errors import ClientError
from client.wallet.enrolling import credential_of
from credentials.errors import (
    DigitsRefused,
    HeadRefused,
    SymbolonError,
    WitnessRefused,
)
from credentials.formats import base64url
from credentials.formats.credential import IssuedWitness
from credentials.formats.head import SignedHead
from tests.community import Community
from tests.served_community import Served, heads_json, serving
from tests.unit.client.member import Person, member, newcomer

OTHER = b"another wallet's"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def ana(served: Served, tmp_path: Path) -> Person:
    return member(served, tmp_path)


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
    """The head names the root of the log, so a wallet is told nothing about itself alone."""
    member(served, tmp_path, seed=OTHER)
    served.remove(1)
    entry = served.community.entries[0]
    handle = served.member(0).handle.to_bytes(32, "big")
    served.lies["/registry/log/0"] = {"entries": base64url.encode(handle + entry[32:])}
    with pytest.raises(ClientError, match="not the one that its head names"):
        ana.update()
    assert (ana.enrolment.ended, ana.enrolment.epoch) == ("", 0)


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
