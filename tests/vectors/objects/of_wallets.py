"""What a wallet holds, and the file in which it rests."""

import hashlib
from dataclasses import replace
from functools import partial

from client.clocks import ClockReading
from client.sealed_file import seal
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
from client.wallet.vault import WALLET_FORM
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    spoilt,
)
from tests.vectors.objects.poll_log import PollLog
from tests.vectors.objects.sealed_files import PASSPHRASE, sealed_by, spoilt_files
from tests.vectors.vector_community import Holder, VectorCommunity


def files(community: VectorCommunity, holder: Holder, log: PollLog) -> dict[str, ObjectFile]:
    contents = wallets(community, holder, log)
    return {"wallet-contents": _contents(contents), "wallet-file": _file(contents)}


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
        clock=ClockReading(own=community.heads[1].published_at, server=community.heads[0].next_at),
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


def _file(contents: dict[str, WalletContents]) -> ObjectFile:
    sealed = {
        name: sealed_by(
            WALLET_FORM,
            f"wallet/{name}",
            partial(seal, encode_contents(contents[name])),
        )
        for name in ("new", "with a claim that has no answer yet", "with a vote")
    }
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
        refused=list(spoilt_files(sealed["new"], form=WALLET_FORM)),
    )
