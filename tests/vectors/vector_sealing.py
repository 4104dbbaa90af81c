"""The vector of sealed ballots: one poll's key, its trustees' shares, and two sealed ballots."""

from typing import Any

from credentials.curve import curve, gt
from credentials.curve.scalars import ORDER, encode_scalar, i2osp
from credentials.formats.ceremony_result import key_fingerprint
from credentials.sealing import ServerOpener, combine, open_sealed, seal, share_of
from credentials.sealing.ballot import sealing_point
from tests.vectors.second_sealing import key_of
from tests.vectors.vector_randomness import fixed_scalar, randomness

THRESHOLD, TRUSTEES = 2, 3
BALLOTS = (("one_vote", 1, b"\x01\x02\x00\x00\x00"), ("an_abstention", 2, bytes(5)))


def octets32(name: str) -> bytes:
    return encode_scalar(fixed_scalar(name))


def sealing_file() -> dict[str, Any]:
    coefficients = [fixed_scalar(f"agora/sealing/a{k}") for k in range(THRESHOLD)]
    opener = ServerOpener(secret=coefficients[0])
    digest = octets32("agora/sealing/manifest")
    pseudonym = curve.encode_g1(
        curve.multiply_g1(curve.g1_generator, fixed_scalar("agora/sealing/pseudonym"))
    )
    shares = {
        number: sum(a * number**k for k, a in enumerate(coefficients)) % ORDER
        for number in range(1, TRUSTEES + 1)
    }
    values = {number: share_of(share, digest=digest) for number, share in shares.items()}
    opening = opener.opening(digest)
    assert combine(values, threshold=THRESHOLD) == opening
    return {
        "about": "a poll's sealing key, shares of it, the opening value, and two sealed ballots",
        "secret": encode_scalar(opener.secret).hex(),
        "key": opener.key.hex(),
        "pairingOfGenerators": _pairing(
            curve.encode_g1(curve.g1_generator), curve.encode_g2(curve.g2_generator)
        ).hex(),
        "digest": digest.hex(),
        "sealingPoint": curve.encode_g1(sealing_point(digest)).hex(),
        "threshold": THRESHOLD,
        "trustees": [
            {
                "number": number,
                "secret": encode_scalar(share).hex(),
                "key": ServerOpener(secret=share).key.hex(),
                "share": values[number].hex(),
            }
            for number, share in shares.items()
        ],
        "fingerprints": [
            {"verificationKey": key.hex(), "fingerprint": key_fingerprint(key)}
            for key in (bytes(range(32)), octets32("agora/sealing/verification-key"))
        ],
        "opening": opening.hex(),
        "pseudonym": pseudonym.hex(),
        "ballots": [
            _ballot(name, sequence, plaintext, opener=opener, digest=digest, pseudonym=pseudonym)
            for name, sequence, plaintext in BALLOTS
        ],
    }


def _ballot(
    name: str,
    sequence: int,
    plaintext: bytes,
    *,
    opener: ServerOpener,
    digest: bytes,
    pseudonym: bytes,
) -> dict[str, Any]:
    place = {"digest": digest, "pseudonym": pseudonym, "sequence": sequence}
    with randomness(f"sealing/{name}") as drawn:
        sealed = seal(plaintext, key=opener.key, **place)  # type: ignore[arg-type]
    (rho,) = drawn.scalars["seal"]
    opening = opener.opening(digest)
    assert open_sealed(sealed, opening=opening, **place) == plaintext  # type: ignore[arg-type]
    shared = _pairing(opening, sealed[:96])
    context = digest + pseudonym + i2osp(sequence, 8)
    return {
        "name": name,
        "sequence": sequence,
        "plaintext": plaintext.hex(),
        "rho": encode_scalar(rho).hex(),
        "pairing": shared.hex(),
        "sealingKey": key_of(shared, sealed[:96], context).hex(),
        "sealed": sealed.hex(),
    }


def _pairing(point_g1: bytes, point_g2: bytes) -> bytes:
    return gt.pairing_octets(gt.decode_g1(point_g1), gt.decode_g2(point_g2))
