"""What a wallet holds, as the octets of one CBOR object; they hold every secret.

An object of version 1, from before there was a registry, is read too: its credentials have no
witness, and get one at the next refresh.
"""

from typing import Any

from client.wallet.contents import (
    REMOVED,
    REPLACED,
    SEED_LENGTH,
    Claim,
    Enrolment,
    Membership,
    Vote,
    WalletContents,
)
from credentials.errors import EncodingError
from credentials.formats.cbor import (
    decode,
    encode_labelled,
    take_array,
    take_flag,
    take_octets,
    take_text,
    take_uint,
)
from credentials.formats.head import MAX_EPOCH, MAX_TIME, SignedHead
from credentials.registry.digits import TABLE_LENGTH

LABEL = "symbolon/wallet-contents/2"
LABEL_BEFORE = "symbolon/wallet-contents/1"
CONTENTS_LIMIT = 16 * 1024 * 1024

_ENDS = ("", REMOVED, REPLACED)  # 0, 1 and 2 in the octets


def encode_contents(contents: WalletContents) -> bytes:
    """The octets of a wallet's contents, only ever to be sealed."""
    memberships = [_membership_fields(m) for m in contents.memberships]
    return encode_labelled(LABEL, contents.seed, memberships)


def decode_contents(octets: bytes) -> WalletContents:
    """Decode strictly. Raises EncodingError."""
    label, seed, memberships = take_array(decode(octets, limit=CONTENTS_LIMIT), length=3)
    if label not in (LABEL, LABEL_BEFORE):
        raise EncodingError("the octets are not a wallet's contents")
    # What version 1 lacks stands at the end of its arrays.
    without = label == LABEL_BEFORE
    return WalletContents(
        seed=take_octets(seed, length=SEED_LENGTH),
        memberships=tuple(_membership(m, without=without) for m in take_array(memberships)),
    )


def _membership_fields(m: Membership) -> list[Any]:
    return [
        m.address,
        m.fingerprint,
        m.metadata_octets,
        m.metadata_signature,
        m.next_count,
        [[c.code_hash, c.count] for c in m.claims],
        [
            [
                e.count,
                e.code_hash,
                e.issued,
                e.witness,
                e.epoch,
                _ENDS.index(e.ended),
                e.ended_at,
            ]
            for e in m.enrolments
        ],
        [
            [
                v.poll,
                v.manifest_hash,
                v.count,
                v.question,
                v.choice,
                v.answer,
                v.ballot,
                v.ballot_hash,
                int(v.confirmed),
            ]
            for v in m.votes
        ],
        [head.to_fields() for head in m.heads],
        m.digits,
    ]


def _membership(value: Any, *, without: bool) -> Membership:
    fields = take_array(value, length=8 if without else 10)
    address, fingerprint, octets, signature, next_count, claims, enrolments, votes = fields[:8]
    heads, digits = ((), b"") if without else fields[8:]
    return Membership(
        address=take_text(address, max=2000),
        fingerprint=take_octets(fingerprint, length=32),
        metadata_octets=take_octets(octets, max=CONTENTS_LIMIT),
        metadata_signature=take_octets(signature, length=64),
        next_count=take_uint(next_count, max=2**32),
        claims=tuple(_claim(c) for c in take_array(claims)),
        enrolments=tuple(_enrolment(e, without=without) for e in take_array(enrolments)),
        votes=tuple(_vote(v) for v in take_array(votes)),
        heads=tuple(SignedHead.from_fields(head) for head in take_array(heads)),
        digits=take_octets(digits, length=TABLE_LENGTH, or_empty=True),
    )


def _claim(value: Any) -> Claim:
    code_hash, count = take_array(value, length=2)
    return Claim(code_hash=take_octets(code_hash, length=32), count=take_uint(count, max=2**32))


def _enrolment(value: Any, *, without: bool) -> Enrolment:
    fields = take_array(value, length=3 if without else 7)
    count, code_hash, issued = fields[:3]
    witness, epoch, ended, ended_at = (b"", 0, 0, 0) if without else fields[3:]
    return Enrolment(
        count=take_uint(count, max=2**32),
        code_hash=take_octets(code_hash, max=32),
        issued=take_octets(issued, max=65536),
        witness=take_octets(witness, length=48, or_empty=True),
        epoch=take_uint(epoch, max=MAX_EPOCH),
        ended=_ENDS[take_uint(ended, max=len(_ENDS) - 1)],
        ended_at=take_uint(ended_at, max=MAX_TIME),
    )


def _vote(value: Any) -> Vote:
    row = take_array(value, length=9)
    poll, manifest_hash, count, question, choice, answer, ballot, ballot_hash, confirmed = row
    return Vote(
        poll=take_text(poll, max=2000),
        manifest_hash=take_octets(manifest_hash, length=32),
        count=take_uint(count, max=2**32),
        question=take_text(question, max=10000),
        choice=take_uint(choice, max=65536),
        answer=take_text(answer, max=10000),
        ballot=take_octets(ballot, max=65536),
        ballot_hash=take_octets(ballot_hash, length=32),
        confirmed=take_flag(confirmed),
    )
