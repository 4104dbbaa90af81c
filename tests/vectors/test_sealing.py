"""The vector of sealed ballots holds for the product and for py_ecc, and comes out again."""

import base64
import hashlib
import json

import pytest

from credentials.curve.scalars import ORDER
from credentials.errors import SealBroken
from credentials.sealing import check_opening, check_share, combine, open_sealed
from tests.vectors import second_sealing as second
from tests.vectors.symbolon import load, octets, scalar
from tests.vectors.vector_sealing import sealing_file

VECTOR = load("sealing.json")
DIGEST, KEY, OPENING = octets(VECTOR["digest"]), octets(VECTOR["key"]), octets(VECTOR["opening"])
PSEUDONYM = octets(VECTOR["pseudonym"])
BALLOTS = pytest.mark.parametrize("ballot", VECTOR["ballots"], ids=lambda one: one["name"])


def test_the_generator_writes_the_same_file() -> None:
    assert json.loads(json.dumps(sealing_file())) == VECTOR


@BALLOTS
def test_the_product_opens_the_ballots(ballot: dict) -> None:
    place = {"opening": OPENING, "digest": DIGEST, "pseudonym": PSEUDONYM}
    sealed = octets(ballot["sealed"])
    opened = open_sealed(sealed, sequence=ballot["sequence"], **place)
    assert opened == octets(ballot["plaintext"])
    with pytest.raises(SealBroken):
        open_sealed(sealed, sequence=ballot["sequence"] + 1, **place)


def test_the_product_accepts_shares_and_opening() -> None:
    check_opening(OPENING, key=KEY, digest=DIGEST)
    shares = {}
    for trustee in VECTOR["trustees"]:
        number, share = trustee["number"], octets(trustee["share"])
        check_share(share, trustee=number, key=octets(trustee["key"]), digest=DIGEST)
        shares[number] = share
    assert combine(shares, threshold=VECTOR["threshold"]) == OPENING
    del shares[1]
    assert combine(shares, threshold=VECTOR["threshold"]) == OPENING


def test_py_ecc_makes_the_same_keys_and_values() -> None:
    secret = scalar(VECTOR["secret"])
    point = second.sealing_point(DIGEST)
    assert second.g1_octets(point) == octets(VECTOR["sealingPoint"])
    assert second.g2_octets(second.ecc.multiply(second.ecc.G2, secret)) == KEY
    assert second.g1_octets(second.ecc.multiply(point, secret)) == OPENING
    for trustee in VECTOR["trustees"]:
        share = scalar(trustee["secret"])
        assert second.g1_octets(second.ecc.multiply(point, share)) == octets(trustee["share"])
        assert second.g2_octets(second.ecc.multiply(second.ecc.G2, share)) == octets(trustee["key"])
    # The line through the shares of 1 and 2 meets 0 at the secret.
    first, other, _ = (scalar(trustee["secret"]) for trustee in VECTOR["trustees"])
    assert (2 * first - other) % ORDER == secret


def test_py_ecc_pairs_the_generators_to_the_same_octets() -> None:
    assert second.pairing(second.ecc.G1, second.ecc.G2) == octets(VECTOR["pairingOfGenerators"])


@BALLOTS
def test_py_ecc_seals_to_the_same_octets(ballot: dict) -> None:
    context = DIGEST + PSEUDONYM + ballot["sequence"].to_bytes(8, "big")
    shared, key, sealed = second.seal(
        octets(ballot["plaintext"]), key=KEY, rho=scalar(ballot["rho"]), context=context
    )
    assert shared == octets(ballot["pairing"])
    assert key == octets(ballot["sealingKey"])
    assert sealed == octets(ballot["sealed"])


def test_a_trustee_is_known_by_a_hundred_bits_of_the_verification_keys_hash() -> None:
    for one in VECTOR["fingerprints"]:
        hashed = hashlib.sha256(
            b"symbolon/trustee-fingerprint/1\0" + octets(one["verificationKey"])
        )
        text = base64.b32encode(hashed.digest()[:15]).decode()[:20]
        groups = [text[at : at + 4] for at in range(0, 20, 4)]
        assert "-".join(groups) == one["fingerprint"]
