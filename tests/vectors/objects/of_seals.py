"""Sealed votes, and the value that opens them."""

from credentials.curve import curve
from credentials.sealing import seal
from tests.vectors.changes import IDENTITY, flipped
from tests.vectors.objects.object_file import Accepted, ObjectFile, Refused
from tests.vectors.objects.of_polls import opener
from tests.vectors.vector_randomness import fixed_octets, fixed_scalar, randomness

DIGEST = b"\0" + fixed_octets("a sealed poll", 31)
PSEUDONYM = curve.encode_g1(
    curve.multiply_g1(curve.g1_generator, fixed_scalar("agora/sealing/pseudonym"))
)
VOTES = {"a vote": (b"\1\2\0\0", 1), "an abstention": (bytes(4), 2), "a ranking": (b"\3\3\1\2", 3)}


def files() -> dict[str, ObjectFile]:
    return {"sealed-vote": _sealed_vote(), "opening": _opening()}


def _sealed(name: str, *, digest: bytes = DIGEST) -> bytes:
    plaintext, sequence = VOTES[name]
    with randomness(f"sealed vote/{name}"):
        return seal(
            plaintext, key=opener().key, digest=digest, pseudonym=PSEUDONYM, sequence=sequence
        )


def _sealed_vote() -> ObjectFile:
    own = _sealed("a vote")

    def refused(name: str, why: str, value: bytes, **given: object) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="SealBroken", given=given)

    return ObjectFile(
        about="a sealed vote, opened for its poll, pseudonym and number; `gives` the padded vote",
        rule="sealed-vote",
        form="octets",
        given={
            "opening": opener().opening(DIGEST).hex(),
            "digest": DIGEST.hex(),
            "pseudonym": PSEUDONYM.hex(),
            "sequence": 1,
        },
        accepted=[
            Accepted(
                name=name,
                value=_sealed(name),
                gives={"vote": vote.hex()},
                given={"sequence": sequence},
            )
            for name, (vote, sequence) in VOTES.items()
        ],
        refused=[
            refused("under another number", "it is sealed to its number", own, sequence=2),
            refused(
                "under another pseudonym",
                "it is sealed to its pseudonym",
                own,
                pseudonym=curve.encode_g1(curve.g1_generator).hex(),
            ),
            refused(
                "in another poll",
                "it is sealed to its poll",
                own,
                digest=bytes(32).hex(),
                opening=opener().opening(bytes(32)).hex(),
            ),
            refused("a changed octet", "the seal is over all of it", flipped(own)),
            refused("a changed tag of the point", "U is in the key", flipped(own, at=1)),
            refused("U is the identity", "no point is", b"\xc0" + bytes(95) + own[96:]),
            refused("U is the generator", "it is another", _generator() + own[96:]),
            refused("too short", "the tag is there", own[:100]),
        ],
    )


def _generator() -> bytes:
    return curve.encode_g2(curve.g2_generator)


def _opening() -> ObjectFile:
    digests = {"a poll": DIGEST, "another": bytes(32), "a third": b"\xff" * 32}

    def refused(name: str, why: str, value: bytes) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="OpeningRefused")

    return ObjectFile(
        about="the value D that opens a poll, checked under the polls' key Z",
        rule="point-g1",
        form="octets",
        given={"key": opener().key.hex(), "digest": DIGEST.hex()},
        accepted=[
            Accepted(
                name=f"of {name}",
                value=opener().opening(digest),
                given={"digest": digest.hex()},
            )
            for name, digest in digests.items()
        ],
        refused=[
            refused(
                "of another poll", "it is over the manifest's hash", opener().opening(bytes(32))
            ),
            refused("the identity", "no point is", IDENTITY),
            refused("a point of order 3", "every point is in the group", b"\x80" + bytes(47)),
            refused("zeros", "they are no point", bytes(48)),
            refused("the generator", "the pairing says no", curve.encode_g1(curve.g1_generator)),
            refused("too short", "a point has 48 octets", opener().opening(DIGEST)[:-1]),
        ],
    )
