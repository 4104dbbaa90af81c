"""A sealed ballot opens in its own poll, for its own pseudonym and number, and nowhere else."""

import secrets
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.curve import curve
from credentials.errors import EncodingError, InvalidPoint, OpeningRefused, SealBroken
from credentials.formats.vote import SEALED_OVERHEAD
from credentials.sealing import ServerOpener, check_opening
from tests.unit.curve import odd_points
from tests.unit.sealing.sealed_poll import PLAINTEXT, SealedPoll, a_point

POLL = SealedPoll()
SEALED = POLL.seal()


@settings(max_examples=20, deadline=None)
@given(plaintext=st.binary(max_size=300), sequence=st.integers(0, 2**64 - 1))
def test_what_was_sealed_comes_out(plaintext: bytes, sequence: int) -> None:
    poll = replace(POLL, sequence=sequence)
    sealed = poll.seal(plaintext)
    assert len(sealed) == len(plaintext) + SEALED_OVERHEAD
    assert poll.open(sealed) == plaintext


def test_no_two_seals_of_one_vote_look_alike() -> None:
    first, second = POLL.seal(), POLL.seal()
    assert first[:96] != second[:96]
    assert first[96:] != second[96:]


@pytest.mark.parametrize(
    "other",
    [
        replace(POLL, digest=secrets.token_bytes(32)),
        replace(POLL, pseudonym=a_point()),
        replace(POLL, sequence=2),
        replace(POLL, opener=ServerOpener.generate()),
    ],
    ids=["another poll", "another pseudonym", "another number", "another key"],
)
def test_it_does_not_open_elsewhere(other: SealedPoll) -> None:
    with pytest.raises(SealBroken):
        other.open(SEALED)
    if other.digest != POLL.digest:  # not with this poll's opening value either
        with pytest.raises(SealBroken):
            other.open(SEALED, opening=POLL.opening)


def test_a_copied_ballot_does_not_open_under_the_copiers_pseudonym() -> None:
    copier = replace(POLL, pseudonym=a_point())
    assert POLL.open(SEALED) == PLAINTEXT
    with pytest.raises(SealBroken):
        copier.open(SEALED)


def test_no_octet_can_be_changed() -> None:
    for at in range(len(SEALED)):
        changed = bytearray(SEALED)
        changed[at] ^= 1 << secrets.randbelow(8)
        with pytest.raises(SealBroken):
            POLL.open(bytes(changed))


def test_no_end_can_be_cut_off_or_added() -> None:
    for cut in (0, 1, 95, 96, 97, 111, len(SEALED) - 1):
        with pytest.raises(SealBroken):
            POLL.open(SEALED[:cut])
    with pytest.raises(SealBroken):
        POLL.open(SEALED + b"\0")


def test_u_outside_the_subgroup_or_the_identity_is_refused() -> None:
    identity = bytes([0xC0]) + bytes(95)
    stray = odd_points.g2_octets(odd_points.g2_of_order(13))
    mixed = odd_points.g2_octets(odd_points.g2_of_full_order())
    for point_u in (identity, bytes([0xE0]) + bytes(95), stray, mixed):
        with pytest.raises(SealBroken):
            POLL.open(point_u + SEALED[96:])


def test_a_point_of_small_order_added_to_u_is_refused() -> None:
    """e(D, U) would be the same value: only the subgroup check tells the two apart."""
    backend = odd_points.PyEcc()
    moved = backend.decode_g2(SEALED[:96]) + odd_points.g2_of_order(13)
    with pytest.raises(SealBroken):
        POLL.open(backend.encode_g2(moved) + SEALED[96:])


def test_the_key_must_be_a_point_of_the_subgroup() -> None:
    for key in (bytes([0xC0]) + bytes(95), odd_points.g2_octets(odd_points.g2_of_order(13)), b""):
        with pytest.raises(InvalidPoint):
            seal_to(key)


def seal_to(key: bytes) -> bytes:
    from credentials.sealing import seal

    return seal(
        PLAINTEXT, key=key, digest=POLL.digest, pseudonym=POLL.pseudonym, sequence=POLL.sequence
    )


@pytest.mark.parametrize(
    "bad",
    [{"digest": bytes(31)}, {"pseudonym": bytes(47)}, {"sequence": 2**64}, {"sequence": -1}],
    ids=lambda bad: next(iter(bad)),
)
def test_fields_of_another_size_are_refused(bad: dict[str, object]) -> None:
    poll = replace(POLL, **bad)  # type: ignore[arg-type]
    with pytest.raises(EncodingError):
        poll.seal()
    with pytest.raises(EncodingError):
        poll.open(SEALED, opening=POLL.opening)


def test_an_opening_value_is_checked_against_key_and_poll() -> None:
    key = POLL.opener.key
    check_opening(POLL.opening, key=key, digest=POLL.digest)
    other = ServerOpener.generate()
    point = curve.decode_g1(POLL.opening)
    wrong = [
        other.opening(POLL.digest),
        POLL.opener.opening(secrets.token_bytes(32)),
        curve.encode_g1(point + curve.g1_generator),
        curve.encode_g1(-point),
        bytes([0xC0]) + bytes(47),
        *odd_points.small_order_points_g1(beside=POLL.opening),
        b"",
    ]
    for opening in wrong:
        with pytest.raises(OpeningRefused):
            check_opening(opening, key=key, digest=POLL.digest)
    with pytest.raises(OpeningRefused):
        check_opening(POLL.opening, key=other.key, digest=POLL.digest)
    with pytest.raises(OpeningRefused):
        POLL.open(SEALED, opening=bytes([0xC0]) + bytes(47))


def test_the_servers_key_is_not_shown_nor_pickled() -> None:
    import pickle

    assert str(POLL.opener.secret) not in repr(POLL.opener)
    with pytest.raises(TypeError):
        pickle.dumps(POLL.opener)
    for secret in (0, -1, 2**256):
        with pytest.raises(EncodingError):
            ServerOpener(secret=secret)
