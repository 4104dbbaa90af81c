"""What a wallet holds, and the file in which it rests."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from client.wallet.sealed_file import new_key, seal

from client.wallet import sealed_file
from client.wallet.contents import (
    GONE,
    IN_LOG,
    Claim,
    Enrolment,
    Membership,
    SeenLog,
    Vote,
    WalletContents,
)
from client.wallet.encoding import encode_contents
from tests.vectors.changes import flipped
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    spoilt,
)
from tests.vectors.objects.poll_log import PollLog
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_randomness import fixed_octets


def files(community: VectorCommunity, holder: Holder, log: PollLog) -> dict[str, ObjectFile]:
    contents = wallets(community, holder, log)
    return {"wallet-contents": _contents(contents), "wallet-file": _file(contents)}


PASSPHRASE = "\u03c0ass phrase of the ve\u0301ctors"  # not in NFC: it is brought there


def wallets(community: VectorCommunity, holder: Holder, log: PollLog) -> dict[str, WalletContents]:
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
        named_at=community.heads[1].published_at,
        update_at=community.heads[1].next_at + 300,
    )
    gone = replace(
        member,
        digits=b"",  # only to keep the vectors short
        enrolments=tuple(
            replace(one, ended=GONE, ended_at=community.heads[2].published_at)
            for one in member.enrolments
        ),
        renew_at=community.heads[2].published_at + 1800,
    )
    ballot = log.ballots[0]
    promise = log.promise(ballot)
    voter = replace(
        member,
        digits=b"",
        shown_at=log.manifest.opens_at,
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
                state=IN_LOG,
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
        "with a credential whose handle was removed": replace(empty, memberships=(gone,)),
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
            *spoilt(encode_contents(contents["with a claim that has no answer yet"])),
            change("a seed of 32 octets", "seed", bytes(32), why="it has 16"),
            change("a short fingerprint", 2, bytes(31), 0, 1, why="a hash has 32 octets"),
            change("half a digit table", 2, bytes(6144), 0, 9, why="none, or 12,288 octets"),
            change("a credential without witness", 2, b"", 0, 6, 0, 3, why="a point of G1"),
            change("a credential in an unknown state", 2, 4, 0, 6, 0, 5, why="0 to 3"),
            change("a vote without leaf hash", 2, b"", 0, 7, 0, 8, why="a hash has 32 octets"),
            change("a vote in an unknown state", 2, 4, 0, 7, 0, 9, why="0 to 3"),
            change("three times", 2, (0, 0, 0), 0, 11, why="there are four"),
            change("a time after 2^40", 2, 2**40 + 1, 0, 11, 3, why="times end there"),
            change("a membership of no elements", 2, (), 0, why="it has 12"),
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
