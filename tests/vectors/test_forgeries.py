"""Forgeries that only the check of the identity stops, carried out in full.

Each is refused; and each passes once the decoder lets the identity through, so that the tests show
what the check is for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from credentials import bbs
from credentials.bbs.blind import API_ID as BLIND_API_ID
from credentials.bbs.blind import blind_generators_of
from credentials.bbs.ciphersuite import (
    P1,
    calculate_domain,
    create_generators,
    disclosed_octets,
    hash_to_challenge,
    length_prefixed,
    messages_to_scalars,
)
from credentials.bbs.commitment import calculate_blind_challenge
from credentials.bbs.interface import API_ID
from credentials.bbs.pseudonym import API_ID as NYM_API_ID
from credentials.bbs.signature import calculate_b
from credentials.curve import curve
from credentials.curve.scalars import ORDER, encode_scalar, i2osp, invert
from credentials.errors import InvalidPoint
from tests.vectors.changes import IDENTITY

PK = bbs.sk_to_pk(sk=(2024).to_bytes(32, "big"))  # the forger knows only this
G2_IDENTITY = bytes.fromhex("c0") + bytes(95)
MESSAGES = [b"speaker", b"backstage: yes"]


@contextmanager
def identity_is_let_through(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A decoder as it must not be."""
    decode_g1, decode_g2 = curve.decode_g1, curve.decode_g2
    g2_identity = curve.g2_generator + (-curve.g2_generator)
    with monkeypatch.context() as patch:
        patch.setattr(
            curve,
            "decode_g1",
            lambda octets: curve.g1_identity if octets == IDENTITY else decode_g1(octets),
        )
        patch.setattr(
            curve,
            "decode_g2",
            lambda octets: g2_identity if octets == G2_IDENTITY else decode_g2(octets),
        )
        yield


@pytest.mark.py_ecc
def test_invalid_proof_over_the_identity_would_forge_any_attribute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Abar = Bbar = O satisfies the pairing equation for every key, without any signature."""
    scalars = messages_to_scalars(MESSAGES, API_ID)
    generators = create_generators(3, API_ID)
    domain = calculate_domain(
        pk=PK, q_1=generators[0], h_points=generators[1:], header=b"", api_id=API_ID
    )
    # D = r2 * B, T1 = r1~ * D and T2 = r3~ * D, as an honest prover has them for Abar = Bbar = O.
    r2, r1_tilde, r3_tilde = 11, 22, 33
    point_b = calculate_b(generators=generators, scalars=scalars, domain=domain)
    point_d = curve.multiply_g1(point_b, r2)
    moves = [curve.multiply_g1(point_d, tilde) for tilde in (r1_tilde, r3_tilde)]
    octets = disclosed_octets(list(enumerate(scalars))) + IDENTITY * 2
    octets += b"".join(map(curve.encode_g1, (point_d, *moves))) + encode_scalar(domain)
    c = hash_to_challenge(octets + length_prefixed(b""), API_ID)
    responses = (44, r1_tilde, (r3_tilde - c * invert(r2)) % ORDER, c)
    proof = IDENTITY * 2 + curve.encode_g1(point_d) + b"".join(map(encode_scalar, responses))

    arguments: dict[str, Any] = {
        "pk": PK,
        "proof": proof,
        "disclosed_messages": MESSAGES,
        "disclosed_indexes": [0, 1],
    }
    assert not bbs.proof_verify(**arguments)
    with identity_is_let_through(monkeypatch):
        assert bbs.proof_verify(**arguments)


@pytest.mark.py_ecc
def test_invalid_proof_over_the_identity_would_forge_any_pseudonym(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same, with a nym secret of the forger's choice: as many votes as wanted."""
    context_id, nym_secret = b"a poll", 4711
    generators = create_generators(1, NYM_API_ID) + create_generators(2, b"BLIND_" + NYM_API_ID)
    domain = calculate_domain(
        pk=PK,
        q_1=generators[0],
        h_points=generators[1:],
        header=i2osp(1, 8),
        api_id=NYM_API_ID,
    )
    hidden = (55, nym_secret)  # the blind and the nym secret
    tildes = (66, 77)
    r2, r1_tilde, r3_tilde = 11, 22, 33
    point_b = calculate_b(generators=generators, scalars=hidden, domain=domain)
    point_d = curve.multiply_g1(point_b, r2)
    t1 = curve.multiply_g1(point_d, r1_tilde)
    t2 = curve.multiply_g1(point_d, r3_tilde)
    for generator, tilde in zip(generators[1:], tildes, strict=True):
        t2 = t2 + curve.multiply_g1(generator, tilde)
    context = curve.hash_to_g1(context_id, dst=NYM_API_ID)
    nym, u_point = (curve.multiply_g1(context, scalar) for scalar in (nym_secret, tildes[1]))
    octets = disclosed_octets([]) + IDENTITY * 2
    octets += b"".join(map(curve.encode_g1, (point_d, t1, t2, nym, u_point)))
    octets += encode_scalar(domain) + length_prefixed(b"") + length_prefixed(context_id)
    c = hash_to_challenge(octets, NYM_API_ID)
    responses = (
        44,
        r1_tilde,
        (r3_tilde - c * invert(r2)) % ORDER,
        *((tilde + secret * c) % ORDER for tilde, secret in zip(tildes, hidden, strict=True)),
        c,
    )
    proof = IDENTITY * 2 + curve.encode_g1(point_d) + b"".join(map(encode_scalar, responses))

    arguments: dict[str, Any] = {
        "pk": PK,
        "proof": proof,
        "pseudonym": curve.encode_g1(nym),
        "context_id": context_id,
        "length_nym_vector": 1,
    }
    assert not bbs.proof_verify_with_nym(**arguments)
    with identity_is_let_through(monkeypatch):
        assert bbs.proof_verify_with_nym(**arguments)


@pytest.mark.py_ecc
def test_invalid_key_that_is_the_identity_would_have_signatures_by_anyone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With W = O the equation asks for e * A = B alone, which needs no secret key."""
    scalars = messages_to_scalars(MESSAGES, API_ID)
    generators = create_generators(3, API_ID)
    domain = calculate_domain(
        pk=G2_IDENTITY, q_1=generators[0], h_points=generators[1:], header=b"", api_id=API_ID
    )
    e = 12345
    point_b = calculate_b(generators=generators, scalars=scalars, domain=domain)
    signature = curve.encode_g1(curve.multiply_g1(point_b, invert(e))) + encode_scalar(e)
    arguments = {"pk": G2_IDENTITY, "signature": signature, "messages": MESSAGES}
    assert not bbs.verify(**arguments)
    with identity_is_let_through(monkeypatch):
        assert bbs.verify(**arguments)


def test_invalid_commitment_to_nothing_is_not_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """C = O is a valid commitment to zeros: the issuer would sign a credential of nobody's."""
    (q_2,) = blind_generators_of(1, BLIND_API_ID)
    s_tilde = 99
    c = calculate_blind_challenge(
        commit=curve.g1_identity,
        cbar=curve.multiply_g1(q_2, s_tilde),
        blind_generators=(q_2,),
        api_id=BLIND_API_ID,
        nonce=None,
    )
    commitment = IDENTITY + encode_scalar(s_tilde) + encode_scalar(c)
    sk = (2024).to_bytes(32, "big")
    with pytest.raises(InvalidPoint):
        bbs.blind_sign(sk=sk, pk=PK, commitment_with_proof=commitment)
    with identity_is_let_through(monkeypatch):
        assert len(bbs.blind_sign(sk=sk, pk=PK, commitment_with_proof=commitment)) == 80


def test_the_generators_and_p1_are_all_different_points() -> None:
    points = [P1, *create_generators(20, API_ID), *create_generators(20, b"BLIND_" + API_ID)]
    points += [*create_generators(20, NYM_API_ID), *create_generators(20, b"BLIND_" + NYM_API_ID)]
    points.append(curve.g1_generator)
    assert len({curve.encode_g1(point) for point in points}) == 1 + 4 * 20 + 1
