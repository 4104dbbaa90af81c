"""Recovery phrases, and the secrets that a wallet derives from its seed."""

import hashlib

from client.wallet.phrase import to_words
from credentials.curve.scalars import encode_scalar
from credentials.issuance import derive_secrets
from tests.vectors.objects.object_file import (
    Accepted,
    ObjectFile,
    Refused,
)
from tests.vectors.vector_community import Holder, VectorCommunity


def files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    return {"phrase": _phrase(holder), "wallet-secrets": _secrets(community, holder)}


def _phrase(holder: Holder) -> ObjectFile:
    own = to_words(holder.seed)
    words = own.split()

    def refused(name: str, why: str, value: str) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="WalletError")

    return ObjectFile(
        about="the recovery phrase of a seed, as people write it",
        rule="phrase",
        form="text",
        accepted=[
            *(
                Accepted(name=name, value=to_words(seed), gives={"seed": seed.hex()})
                for name, seed in (
                    ("the vectors' own", holder.seed),
                    ("zeros", bytes(16)),
                    ("ones", b"\xff" * 16),
                )
            ),
            Accepted(
                name="in capitals and on three lines",
                value="\n ".join(" ".join(words[at : at + 4]).upper() for at in (0, 4, 8)),
                gives={"seed": holder.seed.hex()},
            ),
        ],
        refused=[
            refused("eleven words", "twelve", " ".join(words[:11])),
            refused("thirteen words", "twelve", f"{own} {words[0]}"),
            refused("no words", "twelve", ""),
            refused(
                "a word that is not in the list",
                "BIP-39, English",
                own.replace(words[3], "symbolon"),
            ),
            refused("a wrong checksum", "four bits check the seed", "abandon " * 11 + "abandon"),
            refused(
                "two words change places",
                "the checksum",
                " ".join([words[1], words[0], *words[2:]]),
            ),
        ],
    )


def _secrets(community: VectorCommunity, holder: Holder) -> ObjectFile:
    issuer = community.metadata.keys.issuer_id
    cases = {
        "the vectors' own": (holder.seed, issuer, 0),
        "the next credential": (holder.seed, issuer, 1),
        "of another issuer": (holder.seed, hashlib.sha256(b"another").digest(), 0),
        "a count of two octets": (bytes(16), issuer, 300),
    }

    def gives(seed: bytes, issuer_id: bytes, count: int) -> dict[str, str]:
        made = derive_secrets(seed, issuer_id=issuer_id, count=count)
        return {
            "proverNym": encode_scalar(made.prover_nym).hex(),
            "secretProverBlind": encode_scalar(made.secret_prover_blind).hex(),
        }

    def refused(name: str, value: bytes, issuer_id: bytes) -> Refused:
        return Refused(
            name=name,
            why="a seed has 16 octets and an issuer id 32",
            value=value,
            refusal="EncodingError",
            given={"issuerId": issuer_id.hex()},
        )

    return ObjectFile(
        about="the secrets of one credential, from a wallet's seed",
        rule="seed",
        form="octets",
        given={"issuerId": issuer.hex(), "count": 0},
        accepted=[
            Accepted(
                name=name,
                value=seed,
                gives=gives(seed, issuer_id, count),
                given={"issuerId": issuer_id.hex(), "count": count},
            )
            for name, (seed, issuer_id, count) in cases.items()
        ],
        refused=[
            refused("a seed of 15 octets", holder.seed[:15], issuer),
            refused("a seed of 64 octets", bytes(64), issuer),
            refused("an issuer id of 31 octets", holder.seed, issuer[:31]),
        ],
    )
