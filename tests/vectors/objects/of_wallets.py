"""Phrases, the wallet's secrets, its file and contents; claim links."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from client.wallet import sealed_file
from client.wallet.contents import Claim, Enrolment, Membership, SeenLog, Vote, WalletContents
from client.wallet.encoding import encode_contents
from client.wallet.phrase import to_words
from client.wallet.sealed_file import new_key, seal
from credentials.curve.scalars import encode_scalar
from credentials.formats.claim_link import ClaimLink
from credentials.issuance import derive_secrets
from tests.vectors.changes import flipped
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    spoilt,
)
from tests.vectors.objects.of_logs import PollLog
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_randomness import fixed_octets

PASSPHRASE = "\u03c0ass phrase of the ve\u0301ctors"  # not in NFC: it is brought there


def files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    contents = wallets(community, holder)
    return {
        "phrase": _phrase(holder),
        "wallet-secrets": _secrets(community, holder),
        "wallet-contents": _contents(contents),
        "wallet-file": _file(contents),
        "claim-link": _claim_link(community),
    }


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


def wallets(community: VectorCommunity, holder: Holder) -> dict[str, WalletContents]:
    """Contents of a wallet that is new, that has a credential, and that has voted."""
    empty = WalletContents(seed=holder.seed)
    code = hashlib.sha256(b"a claim code").digest()
    claiming = Membership(
        address=community.metadata.address,
        fingerprint=community.metadata.community_id,
        metadata_octets=community.signed.octets,
        metadata_signature=community.signed.signature,
        next_count=1,
        claims=(Claim(code_hash=code, count=0),),
    )
    member = replace(
        claiming,
        claims=(),
        enrolments=(
            Enrolment(
                count=0,
                code_hash=code,
                issued=holder.issued.to_cbor(),
                witness=holder.credential.witness_octets,
                epoch=1,
            ),
        ),
        heads=tuple(community.signed_heads[:2]),
        digits=community.table,
    )
    log = PollLog(community, holder)
    ballot = log.ballots[0]
    promise = log.promise(ballot)
    voter = replace(
        member,
        digits=b"",  # only to keep the vectors short
        votes=(
            Vote(
                poll=log.manifest.poll,
                manifest_hash=ballot.manifest_hash,
                count=0,
                question=log.manifest.question,
                marks=(2,),
                sequence=1,
                answer="Chiang Mai",
                ballot=ballot.to_cbor(),
                leaf_hash=ballot.leaf_hash,
                state="in the log",
                promise=promise.octets,
                signature=promise.signature,
            ),
        ),
        logs=(
            SeenLog(
                manifest_hash=ballot.manifest_hash,
                manifest=log.manifest.to_cbor(),
                checkpoint=log.cosigned(4).to_text(),
            ),
        ),
    )
    return {
        "new": empty,
        "with a claim that has no answer yet": replace(empty, memberships=(claiming,)),
        "with a credential": replace(empty, memberships=(member,)),
        "with a vote": replace(empty, memberships=(voter,)),
    }


def _contents(contents: dict[str, WalletContents]) -> ObjectFile:
    own = encode_contents(contents["with a vote"])
    change = Changes(own, "wallet-contents")
    return ObjectFile(
        about="what a wallet holds, read",
        rule="wallet-contents",
        form="cbor",
        accepted=[
            Accepted(name=name, value=encode_contents(one)) for name, one in contents.items()
        ],
        refused=[
            *spoilt(own),
            change("a seed of 32 octets", "seed", bytes(32), why="it has 16"),
            change("a short fingerprint", 2, bytes(31), 0, 1, why="a hash has 32 octets"),
            change("half a digit table", 2, bytes(6144), 0, 9, why="none, or 12,288 octets"),
            change("a credential in an unknown state", 2, 3, 0, 6, 0, 5, why="0, 1 or 2"),
            change("a vote in an unknown state", 2, 5, 0, 7, 0, 9, why="0 to 4"),
            change("a membership of ten elements", 2, (), 0, why="it has 11"),
        ],
    )


def _sealed(contents: WalletContents, name: str) -> bytes:
    drawn = {
        sealed_file.SALT_LENGTH: fixed_octets(f"wallet/{name}/salt", 16),
        sealed_file.NONCE_LENGTH: fixed_octets(f"wallet/{name}/nonce", 12),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_file, "token_bytes", drawn.__getitem__)
        return seal(encode_contents(contents), key=new_key(PASSPHRASE))


def _file(contents: dict[str, WalletContents]) -> ObjectFile:
    sealed = {
        name: _sealed(contents[name], name)
        for name in ("new", "with a claim that has no answer yet", "with a vote")
    }
    own = sealed["new"]
    magic = len(sealed_file.MAGIC)

    def at(place: int, octet: int) -> bytes:
        return own[:place] + bytes([octet]) + own[place + 1 :]

    def refused(
        name: str, why: str, value: bytes, refusal: str = "WalletError", **given: Any
    ) -> Refused:
        return Refused(name=name, why=why, value=value, refusal=refusal, given=given)

    def spoilt_files() -> Iterator[Refused]:
        yield refused("another file", "it says what it is", b"symbolon/other" + own[14:])
        yield refused("a later version", "readers know one", at(magic - 2, ord("9")))
        yield refused("cut short", "header and tag are there", own[: magic + 40])
        yield refused("scrypt with 2^13", "2^14 to 2^18", at(magic, 13))
        yield refused("scrypt with 2^19", "2^14 to 2^18", at(magic, 19))
        yield refused("scrypt with r 9", "1 to 8", at(magic + 1, 9))
        yield refused("scrypt with p 0", "1 to 4", at(magic + 2, 0))
        for name, value in (
            ("another salt", at(magic + 3, own[magic + 3] ^ 1)),
            ("another nonce", at(magic + 19, own[magic + 19] ^ 1)),
            ("other parameters", at(magic, 14)),
            ("a changed octet", flipped(own)),
            ("an octet more", own + b"\0"),
        ):
            yield refused(name, "the seal is over all of it", value, "WrongPassphrase")
        yield refused(
            "another passphrase",
            "the key is made of it",
            own,
            "WrongPassphrase",
            passphrase="another passphrase",
        )

    return ObjectFile(
        about="a wallet's file, or its backup, opened; `gives` the hash of the contents",
        rule="wallet-file",
        form="octets",
        given={"passphrase": PASSPHRASE},
        accepted=[
            Accepted(
                name=name,
                value=value,
                gives={"contents": hashlib.sha256(encode_contents(contents[name])).hexdigest()},
            )
            for name, value in sealed.items()
        ],
        refused=list(spoilt_files()),
    )


def _claim_link(community: VectorCommunity) -> ObjectFile:
    code = "ABCDEFGHIJKLMNOPQRSTUVWX23"
    own = ClaimLink(
        address="https://agora.example",
        code=code,
        fingerprint=community.metadata.community_id,
    )
    text = own.format()

    def gives(link: ClaimLink) -> dict[str, str]:
        return {
            "address": link.address,
            "code": link.code,
            "fingerprint": link.fingerprint.hex(),
        }

    def refused(name: str, why: str, value: str) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="EncodingError")

    links = {
        "the vectors' own": own,
        "with a port": replace(own, address="https://agora.example:8443"),
        "to this machine": replace(own, address="http://127.0.0.1:8000"),
        "to an IPv6 address": replace(own, address="https://[2001:db8::1]"),
    }
    return ObjectFile(
        about="a claim link, read; `gives` its parts",
        rule="claim-link",
        form="text",
        accepted=[
            *(
                Accepted(name=name, value=one.format(), gives=gives(one))
                for name, one in links.items()
            ),
        ],
        refused=[
            refused("a short code", "26 characters", text.replace(code, code[1:])),
            refused("a code in small letters", "A-Z and 2-7", text.replace(code, code.lower())),
            refused(
                "no fingerprint", "it follows a dot", text.partition(".A")[0].rpartition(".")[0]
            ),
            refused("a fingerprint of 31 octets", "it has 32", text[:-2]),
            refused("a padded fingerprint", "one spelling", text + "="),
            refused("the code in the path", "the fragment is not sent", text.replace("#", "/")),
            refused(
                "a slash before it", "an origin has no path", text.replace("/claim", "//claim")
            ),
            refused("not https", "http is for this machine", text.replace("https", "http")),
            refused(
                "a host in capitals", "one spelling", text.replace("agora.example", "Agora.example")
            ),
        ],
    )
