"""Witnesses: whose cosignatures are taken, under which state of a log, and who is shown."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.formats.manifest import Manifest
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.polls import State
from server.polls.poll import Draft
from server.problems import CosignatureRefused, OperatorError, WitnessUnknown
from tests.community import Community, Member
from tests.flows.standing import Standing

DRAFT = Draft(question="Where?", options=("Garden", "Roof"), closes_after=7200)


def new_witness(name: str) -> WitnessKey:
    return WitnessKey(name=name, private_key=Ed25519PrivateKey.generate())


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing) -> Manifest:
    return city.open_poll("place", DRAFT)


@pytest.fixture
def owl(city: Standing) -> WitnessKey:
    """A witness whom the community lists as Owl."""
    key = new_witness("owl.example/witness")
    city.witnesses.add("Owl", key.verifier_key.to_text())
    return key


def note(city: Standing) -> SignedCheckpoint:
    return SignedCheckpoint.parse(city.polls.logs.checkpoint(city.polls.poll("place")))


def cosign(city: Standing, *witnesses: WitnessKey, time: int = 1_790_000_001) -> str:
    """The lines of witnesses under the newest checkpoint."""
    text = note(city).note.text
    return "".join(witness.cosign(text, time=time).to_line() for witness in witnesses)


def seen(city: Standing) -> list[tuple[str, int | None]]:
    found = city.polls.logs.witnesses(city.polls.poll("place"))
    assert not [one for one in found if one.pinned]
    return [(one.name, one.at) for one in found]


def test_a_listed_witness_is_shown_with_the_time_of_its_cosignature(
    city: Standing, manifest: Manifest, owl: WitnessKey
) -> None:
    assert seen(city) == [("Owl", None)]
    before = note(city)
    city.polls.logs.cosign(city.polls.poll("place"), cosign(city, owl))
    assert seen(city) == [("Owl", 1_790_000_001)]
    assert note(city).note.text == before.note.text
    opened = note(city).open(origin=manifest.origin, key=city.metadata.metadata_key)
    assert opened.size == 1
    # Seen again later: it counts when the state was seen first.
    city.polls.logs.cosign(city.polls.poll("place"), cosign(city, owl, time=1_790_000_077))
    assert seen(city) == [("Owl", 1_790_000_001)]
    assert len(note(city).note.signatures) == len(before.note.signatures) + 1


def test_an_unknown_witness_is_refused_and_leaves_nothing(
    city: Standing, manifest: Manifest, owl: WitnessKey
) -> None:
    assert manifest
    before = note(city)
    stranger = new_witness("stranger.example/witness")
    namesake = new_witness("owl.example/witness")
    for lines in (cosign(city, stranger), cosign(city, namesake)):
        with pytest.raises(WitnessUnknown):
            city.polls.logs.cosign(city.polls.poll("place"), lines)
    assert note(city) == before
    counts = city.polls.logs.cosign(city.polls.poll("place"), cosign(city, stranger, owl))
    assert counts == (1, 1), "one was taken, and one left out"
    assert len(note(city).note.signatures) == len(before.note.signatures) + 1


def test_a_namesake_is_not_shown_as_the_witness_who_signed(
    city: Standing, manifest: Manifest, owl: WitnessKey
) -> None:
    assert manifest
    namesake = new_witness("owl.example/witness")
    city.witnesses.add("Another owl", namesake.verifier_key.to_text())
    city.polls.logs.cosign(city.polls.poll("place"), cosign(city, owl))
    assert seen(city) == [("Another owl", None), ("Owl", 1_790_000_001)]


def test_a_wrong_cosignature_is_refused(
    city: Standing, ana: Member, manifest: Manifest, owl: WitnessKey
) -> None:
    old = cosign(city, owl)
    city.vote(ana, 1, manifest=manifest)
    city.poll_office.extend("place", closes_at=manifest.closes_at + 60, reason="More time.")
    other = Checkpoint(origin=manifest.origin, size=3, root=bytes(32), time=1_790_000_000)
    fork = owl.cosign(other.to_text(), time=1_790_000_001).to_line()
    for lines in (old, fork):
        with pytest.raises(CosignatureRefused):
            city.polls.logs.cosign(city.polls.poll("place"), lines)
    for malformed in ("", "nonsense", cosign(city, owl)[:-9]):
        with pytest.raises((CosignatureRefused, WitnessUnknown)):
            city.polls.logs.cosign(city.polls.poll("place"), malformed)
    assert seen(city) == [("Owl", None)]


def test_a_new_batch_has_to_be_seen_anew(
    city: Standing, ana: Member, manifest: Manifest, owl: WitnessKey
) -> None:
    city.polls.logs.cosign(city.polls.poll("place"), cosign(city, owl))
    city.vote(ana, 1, manifest=manifest)
    city.clock.now = manifest.closes_at
    assert seen(city) == [("Owl", None)]
    city.polls.logs.cosign(city.polls.poll("place"), cosign(city, owl, time=city.clock.now))
    assert seen(city) == [("Owl", city.clock.now)]


def test_a_witness_that_was_taken_off_the_list_stays_in_the_note_and_is_not_shown(
    city: Standing, manifest: Manifest, owl: WitnessKey
) -> None:
    assert manifest
    city.polls.logs.cosign(city.polls.poll("place"), cosign(city, owl))
    lines = cosign(city, owl)
    city.witnesses.remove("Owl")
    assert seen(city) == []
    assert note(city).cosigned_by([owl.verifier_key])
    with pytest.raises(WitnessUnknown):
        city.polls.logs.cosign(city.polls.poll("place"), lines)
    with pytest.raises(OperatorError, match="No witness"):
        city.witnesses.remove("Owl")


def test_only_keys_for_cosignatures_are_listed_and_each_once(
    city: Standing, manifest: Manifest, owl: WitnessKey
) -> None:
    log_key = note(city).note.signatures[0]
    assert log_key.name == manifest.origin
    for key in ("", "owl", "owl+00000000+AAAA", owl.verifier_key.to_text() + " "):
        with pytest.raises(OperatorError, match="no verifier key"):
            city.witnesses.add("Somebody", key)
    with pytest.raises(OperatorError, match="listed already"):
        city.witnesses.add("Owl again", owl.verifier_key.to_text())
    with pytest.raises(OperatorError, match="listed already"):
        city.witnesses.add("Owl", new_witness("x.example").verifier_key.to_text())
    assert city.witnesses.all() == [("Owl", owl.verifier_key.to_text())]


def test_a_pinned_witness_is_taken_and_shown_whether_or_not_it_is_listed(
    city: Standing, owl: WitnessKey
) -> None:
    cat = new_witness("cat.example")
    keys = tuple(one.verifier_key.to_text() for one in (owl, cat))
    city.open_poll("place", replace(DRAFT, witnesses=keys, witnesses_needed=2))
    city.witnesses.remove("Owl")
    city.polls.logs.cosign(city.polls.poll("place"), cosign(city, owl, cat))
    found = city.polls.logs.witnesses(city.polls.poll("place"))
    assert [(one.name, one.at, one.pinned) for one in found] == [
        ("owl.example/witness", 1_790_000_001, True),
        ("cat.example", 1_790_000_001, True),
    ]


def test_a_result_is_not_certified_before_enough_pinned_witnesses_cosigned_the_closing(
    city: Standing, ana: Member, owl: WitnessKey
) -> None:
    manifest = city.open_poll(
        "place", replace(DRAFT, witnesses=(owl.verifier_key.to_text(),), witnesses_needed=1)
    )
    city.vote(ana, 1, manifest=manifest)
    city.clock.now = manifest.closes_at
    with pytest.raises(OperatorError, match="must have cosigned its closing"):
        city.poll_office.certify("place")
    assert city.polls.poll("place").state is State.CLOSED
    city.polls.logs.cosign(city.polls.poll("place"), cosign(city, owl))
    city.poll_office.certify("place")
    assert city.polls.poll("place").state is State.CERTIFIED
