"""Sealed polls: nobody counts before they are opened, and who opens them."""

from dataclasses import replace
from pathlib import Path
from secrets import token_bytes

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.curve.scalars import ORDER, random_scalar
from credentials.errors import BallotRefused
from credentials.formats.lot import BY_NONE
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind
from credentials.formats.sealing import Sealing
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.polls import State
from credentials.sealing import ServerOpener, check_opening, share_of
from server.polls.poll import Draft
from server.problems import (
    OperatorError,
    PollCancelled,
    PollNotClosed,
    PollNotWitnessed,
    PollSealed,
    PollStillOpen,
    ShareRefused,
)
from tests.community import Community, Member
from tests.flows.standing import Standing
from tests.poll_papers import signed_sealing

NAMES = ("Solon", "Kleisthenes", "Aspasia")
DRAFT = Draft(question="Who?", options=("Ana", "Bo"), closes_after=7200)


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def secrets() -> list[int]:
    """The line whose values the trustees hold: any two of them find its value at 0."""
    return [random_scalar(), random_scalar()]


@pytest.fixture
def manifest(city: Standing, secrets: list[int]) -> Manifest:
    """The manifest of an open poll, sealed to three trustees of whom two open it."""
    return city.open_poll("who", replace(DRAFT, sealing=sealing_to(secrets)))


def sealing_to(secrets: list[int]) -> Sealing:
    """By the three trustees."""
    shares = [share_key(secrets, number) for number in (1, 2, 3)]
    return signed_sealing(secrets[0], shares=shares, threshold=2, names=NAMES)


def share_key(secrets: list[int], trustee: int) -> int:
    """What a trustee holds: the value of the line at the trustee's number."""
    return (secrets[0] + secrets[1] * trustee) % ORDER


def share(secrets: list[int], trustee: int, manifest: Manifest) -> bytes:
    return share_of(share_key(secrets, trustee), digest=manifest.manifest_hash)


def kinds(city: Standing) -> list[Kind]:
    return [entry.event.kind for entry in city.polls.logs.events(city.polls.poll("who"))]


def test_a_poll_sealed_by_the_server_is_opened_by_whoever_notices_the_close(
    city: Standing, ana: Member, bo: Member
) -> None:
    sealing = Sealing(key=ServerOpener(secret=city.keystore.opening_secret).key)
    manifest = city.open_poll("who", replace(DRAFT, sealing=sealing))
    assert manifest.tie_rule == BY_NONE
    city.vote(ana, 2, manifest=manifest)
    city.vote(bo, 2, manifest=manifest)
    with pytest.raises(PollStillOpen):
        city.polls.result(city.polls.poll("who"))
    city.clock.now = manifest.closes_at + 30
    poll = city.polls.poll("who")
    assert poll.state is State.UNSEALED
    closing, opening = city.polls.logs.events(poll)
    assert (closing.event.kind, closing.event.at) == (Kind.CLOSING, manifest.closes_at)
    assert (opening.event.kind, opening.event.at) == (Kind.OPENING, city.clock.now)
    check_opening(opening.event.value, key=sealing.key, digest=manifest.manifest_hash)
    _, tally = city.poll_office.certify("who")
    assert (tally.winners, tally.rounds[0].scores, tally.invalid) == ((2,), (0, 2), 0)


def test_the_server_keeps_no_vote_of_a_sealed_poll_in_the_clear(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    first = city.ballot(ana, manifest=manifest, marks=(1,))
    again = city.ballot(ana, manifest=manifest, marks=(1,))
    abstention = city.ballot(ana, manifest=manifest, marks=())
    assert first.content != again.content
    assert len(first.content) == len(again.content) == len(abstention.content)
    short = replace(first, content=first.content[:-1])
    with pytest.raises(BallotRefused, match="length"):
        city.polls.cast("who", short.to_cbor())


def test_enough_good_shares_after_the_close_open_the_votes(
    city: Standing, ana: Member, secrets: list[int], manifest: Manifest
) -> None:
    city.vote(ana, 2, manifest=manifest)
    city.clock.now = manifest.closes_at
    poll = city.polls.poll("who")
    assert poll.state is State.CLOSED
    with pytest.raises(PollSealed):
        city.polls.result(poll)
    with pytest.raises(OperatorError, match="not opened"):
        city.poll_office.certify("who")
    life = city.poll_life
    third, first = (share(secrets, number, manifest) for number in (3, 1))
    poll, number = life.take_share("who", trustee=3, share=third)
    assert (poll.state, number) == (State.CLOSED, 1)
    # The same share again changes nothing.
    poll, number = life.take_share("who", trustee=3, share=third)
    assert (poll.state, number, life.shares(poll)) == (State.CLOSED, 1, {3})
    poll, number = life.take_share("who", trustee=1, share=first)
    assert (poll.state, number) == (State.UNSEALED, 2)
    assert kinds(city) == [Kind.CLOSING, Kind.OPENING]
    _, tally = city.poll_office.certify("who")
    assert tally.rounds[0].scores == (0, 1)
    # A share that comes late is taken, and opens nothing a second time.
    poll, number = life.take_share("who", trustee=2, share=share(secrets, 2, manifest))
    assert (poll.state, number) == (State.CERTIFIED, 3)
    assert kinds(city) == [Kind.CLOSING, Kind.OPENING, Kind.CERTIFICATION]


def test_no_share_is_taken_before_the_close(
    city: Standing, secrets: list[int], manifest: Manifest
) -> None:
    for number in (1, 2, 3):
        with pytest.raises(PollNotClosed):
            city.poll_life.take_share("who", trustee=number, share=share(secrets, number, manifest))
    assert city.rows("poll_shares") == []
    later = manifest.closes_at + 600
    city.poll_office.extend("who", closes_at=later, reason="The network was down.")
    city.clock.now = manifest.closes_at
    with pytest.raises(PollNotClosed):
        city.poll_life.take_share("who", trustee=1, share=share(secrets, 1, manifest))


def test_a_lying_trustee_is_named_and_blocks_nobody(
    city: Standing, secrets: list[int], manifest: Manifest
) -> None:
    city.clock.now = manifest.closes_at
    good = share(secrets, 2, manifest)
    infinity = b"\xc0" + bytes(47)
    for lie in (good, share(secrets, 3, manifest), infinity, bytes(48), token_bytes(48), b""):
        with pytest.raises(ShareRefused, match="Solon"):
            city.poll_life.take_share("who", trustee=1, share=lie)
    for nobody in (0, -1, 4):
        with pytest.raises(ShareRefused, match="no such trustee"):
            city.poll_life.take_share("who", trustee=nobody, share=good)
    assert city.rows("poll_shares") == []
    city.poll_life.take_share("who", trustee=2, share=good)
    poll, _ = city.poll_life.take_share("who", trustee=3, share=share(secrets, 3, manifest))
    assert poll.state is State.UNSEALED


def test_a_share_of_another_poll_is_no_share_of_this_one(
    city: Standing, secrets: list[int], manifest: Manifest
) -> None:
    other = city.open_poll("other", replace(DRAFT, sealing=manifest.sealing))
    city.clock.now = manifest.closes_at
    with pytest.raises(ShareRefused):
        city.poll_life.take_share("who", trustee=1, share=share(secrets, 1, other))


def test_a_cancelled_poll_is_opened_by_nobody(
    city: Standing, secrets: list[int], manifest: Manifest
) -> None:
    city.clock.now = manifest.closes_at
    city.poll_life.take_share("who", trustee=1, share=share(secrets, 1, manifest))
    city.poll_office.cancel("who", reason="The question was wrong.")
    with pytest.raises(PollCancelled):
        city.poll_life.take_share("who", trustee=2, share=share(secrets, 2, manifest))
    assert kinds(city) == [Kind.CLOSING, Kind.CANCELLATION]


def test_trap_20_a_poll_that_trustees_open_closes_early_only_with_witnesses(
    city: Standing, secrets: list[int], manifest: Manifest
) -> None:
    with pytest.raises(OperatorError, match="closes at its time and not before"):
        city.poll_office.close("who", reason="Everybody has voted.")
    assert city.polls.poll("who").is_open
    key = new_witness("owl.example").verifier_key.to_text()
    watched = replace(DRAFT, sealing=sealing_to(secrets), witnesses=(key,), witnesses_needed=1)
    city.open_poll("watched", watched)
    closed = city.poll_office.close("watched", reason="Everybody has voted.")
    assert closed.state is State.CLOSED
    assert manifest.witnesses == ()


def test_no_share_is_taken_before_enough_pinned_witnesses_cosigned_the_closing(
    city: Standing, secrets: list[int]
) -> None:
    witnesses = [new_witness(f"w{number}.example") for number in (1, 2, 3)]
    keys = tuple(one.verifier_key.to_text() for one in witnesses)
    manifest = city.open_poll(
        "who",
        replace(DRAFT, sealing=sealing_to(secrets), witnesses=keys, witnesses_needed=2),
    )
    cosign(city, *witnesses)  # the log before its closing: that does not count
    city.clock.now = manifest.closes_at
    for seen in ((), witnesses[:1]):
        cosign(city, *seen)
        with pytest.raises(PollNotWitnessed):
            city.poll_life.take_share("who", trustee=1, share=share(secrets, 1, manifest))
    assert city.rows("poll_shares") == []
    cosign(city, witnesses[2])
    for number in (1, 2):
        city.poll_life.take_share("who", trustee=number, share=share(secrets, number, manifest))
    assert city.polls.poll("who").state is State.UNSEALED
    city.poll_office.certify("who")


def test_the_server_too_opens_only_what_its_witnesses_have_seen(
    city: Standing, ana: Member
) -> None:
    witness = new_witness("owl.example")
    manifest = city.open_poll(
        "who",
        replace(
            DRAFT,
            sealing=Sealing(key=ServerOpener(secret=city.keystore.opening_secret).key),
            witnesses=(witness.verifier_key.to_text(),),
            witnesses_needed=1,
        ),
    )
    city.vote(ana, 1, manifest=manifest)
    city.clock.now = manifest.closes_at
    assert city.polls.poll("who").state is State.CLOSED
    assert city.poll_life.look_after_all() == 0
    cosign(city, witness)
    assert city.polls.poll("who").state is State.UNSEALED


def new_witness(name: str) -> WitnessKey:
    return WitnessKey(name=name, private_key=Ed25519PrivateKey.generate())


def cosign(city: Standing, *witnesses: WitnessKey) -> None:
    """Cosign the newest checkpoint."""
    poll = city.polls.poll("who")
    text = SignedCheckpoint.parse(city.polls.logs.checkpoint(poll)).note.text
    for witness in witnesses:
        line = witness.cosign(text, time=city.clock.now).to_line()
        city.polls.logs.cosign(poll, line)


def test_a_poll_that_is_not_sealed_has_no_trustees(city: Standing) -> None:
    manifest = city.open_poll("plain", DRAFT)
    city.clock.now = manifest.closes_at
    with pytest.raises(ShareRefused):
        city.poll_life.take_share("plain", trustee=1, share=bytes(48))


def test_trap_18_one_vote_that_does_not_open_is_invalid_and_blocks_nothing(
    city: Standing, ana: Member, bo: Member
) -> None:
    secret = city.keystore.opening_secret
    manifest = city.open_poll(
        "who", replace(DRAFT, sealing=Sealing(key=ServerOpener(secret=secret).key))
    )
    # Sealed to a key that nobody holds, and proven as it should be.
    stray = replace(manifest, sealing=Sealing(key=ServerOpener(secret=random_scalar()).key))
    spoilt = city.ballot(ana, manifest=stray, marks=(1,)).content
    ballot = city.ballot_of(ana, spoilt, manifest=manifest)
    assert city.polls.cast("who", ballot.to_cbor()).new
    city.vote(bo, 2, manifest=manifest)
    city.clock.now = manifest.closes_at
    _, tally = city.poll_office.certify("who")
    assert (tally.ballots, tally.invalid, tally.winners) == (1, 1, (2,))


def test_the_servers_opening_key_is_the_same_after_the_keystore_is_read_again(
    city: Standing,
) -> None:
    again = type(city.keystore).from_octets(city.keystore.to_octets())
    assert again.opening_secret == city.keystore.opening_secret
    assert again.opening_secret not in (0, city.keystore.issuer.x)


def test_a_poll_sealed_to_a_key_that_the_server_does_not_hold_is_not_opened(
    city: Standing,
) -> None:
    city.poll_office.create(
        "who", replace(DRAFT, sealing=Sealing(key=ServerOpener(secret=random_scalar()).key))
    )
    with pytest.raises(OperatorError, match="does not hold the key"):
        city.poll_office.open("who")
    assert city.poll_office.poll("who").state is State.DRAFT
    assert city.rows("poll_events") == []
