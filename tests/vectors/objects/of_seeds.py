"""Recovery phrases, and the secrets that a wallet derives from its seed."""

from dataclasses import replace

from client.wallet.phrase import to_words
from credentials.curve.scalars import encode_scalar
from credentials.formats.metadata import Metadata
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
    own = community.metadata
    another = replace(own, metadata_key=bytes(32))
    renewed = replace(own, keys=replace(own.keys, issuer_key=own.keys.digit_key))
    cases = {
        "the vectors' own": (holder.seed, own, 0),
        "the next credential": (holder.seed, own, 1),
        "of another community with the same issuer": (holder.seed, another, 0),
        "of another issuer": (holder.seed, renewed, 0),
        "a count of two octets": (bytes(16), own, 300),
    }

    def given(metadata: Metadata, count: int) -> dict[str, str | int]:
        return {
            "communityId": metadata.community_id.hex(),
            "issuerId": metadata.keys.issuer_id.hex(),
            "count": count,
        }

    def gives(seed: bytes, metadata: Metadata, count: int) -> dict[str, str]:
        made = derive_secrets(seed, metadata=metadata, count=count)
        return {
            "proverNym": encode_scalar(made.prover_nym).hex(),
            "secretProverBlind": encode_scalar(made.secret_prover_blind).hex(),
        }

    return ObjectFile(
        about="the secrets of one credential, from a wallet's seed",
        rule="seed",
        form="octets",
        given=given(own, 0),
        accepted=[
            Accepted(
                name=name,
                value=seed,
                gives=gives(seed, metadata, count),
                given=given(metadata, count),
            )
            for name, (seed, metadata, count) in cases.items()
        ],
        refused=[
            Refused(name=name, why="a seed has 16 octets", value=value, refusal="EncodingError")
            for name, value in (
                ("no seed", b""),
                ("a seed of 15 octets", holder.seed[:15]),
                ("a seed of 64 octets, as BIP-39 makes", bytes(64)),
            )
        ],
    )
