"""What a wallet holds, as the octets of one CBOR object; they hold every secret.

Older objects are read too. In version 1, from before there was a registry, credentials have no
witness, and get one at the next refresh. In versions 1 and 2, from before polls had logs, votes
have no leaf hash and no promise, and are kept as history.
"""

from typing import Any

from client.wallet.contents import (
    EARLIER,
    IN_LOG,
    MISSING,
    PROMISED,
    REMOVED,
    REPLACED,
    SEED_LENGTH,
    SENT,
    Claim,
    Enrolment,
    Membership,
    SeenLog,
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
from credentials.formats.manifest import MANIFEST_LIMIT
from credentials.formats.poll_bundle import CHECKPOINT_LIMIT
from credentials.formats.promise import PROMISE_LIMIT, SIGNATURE_LENGTH
from credentials.registry.digits import TABLE_LENGTH

LABEL = "symbolon/wallet-contents/3"
LABEL_WITHOUT_LOGS = "symbolon/wallet-contents/2"
LABEL_WITHOUT_REGISTRY = "symbolon/wallet-contents/1"
CONTENTS_LIMIT = 16 * 1024 * 1024

_ENDS = ("", REMOVED, REPLACED)  # 0, 1 and 2 in the octets
_STATES = (SENT, PROMISED, IN_LOG, MISSING, EARLIER)  # 0 to 4 in the octets
_VERSIONS = {LABEL_WITHOUT_REGISTRY: 1, LABEL_WITHOUT_LOGS: 2, LABEL: 3}
_MEMBERSHIP_FIELDS = {1: 8, 2: 10, 3: 11}


def encode_contents(contents: WalletContents) -> bytes:
    """The octets of a wallet's contents, only ever to be sealed."""
    memberships = [_membership_fields(m) for m in contents.memberships]
    return encode_labelled(LABEL, contents.seed, memberships)


def decode_contents(octets: bytes) -> WalletContents:
    """Decode strictly. Raises EncodingError."""
    label, seed, memberships = take_array(decode(octets, limit=CONTENTS_LIMIT), length=3)
    version = _VERSIONS.get(take_text(label, max=64))
    if version is None:
        raise EncodingError("the octets are not a wallet's contents")
    return WalletContents(
        seed=take_octets(seed, length=SEED_LENGTH),
        memberships=tuple(_membership(m, version=version) for m in take_array(memberships)),
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
                v.marks,
                v.sequence,
                v.answer,
                v.ballot,
                v.leaf_hash,
                _STATES.index(v.state),
                v.promise,
                v.signature,
                v.missed,
            ]
            for v in m.votes
        ],
        [head.to_fields() for head in m.heads],
        m.digits,
        [[log.manifest_hash, log.manifest, log.checkpoint] for log in m.logs],
    ]


def _membership(value: Any, *, version: int) -> Membership:
    fields = take_array(value, length=_MEMBERSHIP_FIELDS[version])
    address, fingerprint, octets, signature, next_count, claims, enrolments, votes = fields[:8]
    # What an older version lacks stands at the end of its arrays.
    later: list[Any] = [(), b"", ()]
    later[: len(fields) - 8] = fields[8:]
    heads, digits, logs = later
    return Membership(
        address=take_text(address, max=2000),
        fingerprint=take_octets(fingerprint, length=32),
        metadata_octets=take_octets(octets, max=CONTENTS_LIMIT),
        metadata_signature=take_octets(signature, length=64),
        next_count=take_uint(next_count, max=2**32),
        claims=tuple(_claim(c) for c in take_array(claims)),
        enrolments=tuple(_enrolment(e, version=version) for e in take_array(enrolments)),
        votes=tuple(map(_vote if version == 3 else _earlier_vote, take_array(votes))),
        heads=tuple(SignedHead.from_fields(head) for head in take_array(heads)),
        digits=take_octets(digits, length=TABLE_LENGTH, or_empty=True),
        logs=tuple(_log(log) for log in take_array(logs)),
    )


def _claim(value: Any) -> Claim:
    code_hash, count = take_array(value, length=2)
    return Claim(code_hash=take_octets(code_hash, length=32), count=take_uint(count, max=2**32))


def _enrolment(value: Any, *, version: int) -> Enrolment:
    fields = take_array(value, length=3 if version == 1 else 7)
    count, code_hash, issued = fields[:3]
    witness, epoch, ended, ended_at = (b"", 0, 0, 0) if version == 1 else fields[3:]
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
    fields = take_array(value, length=13)
    poll, manifest_hash, count, question, marks, sequence, answer, ballot, leaf_hash = fields[:9]
    state, promise, signature, missed = fields[9:]
    return Vote(
        poll=take_text(poll, max=2000),
        manifest_hash=take_octets(manifest_hash, length=32),
        count=take_uint(count, max=2**32),
        question=take_text(question, max=10000),
        marks=tuple(take_uint(mark, max=65536) for mark in take_array(marks)),
        sequence=take_uint(sequence, max=2**32),
        answer=take_text(answer, max=20000),
        ballot=take_octets(ballot, max=65536),
        leaf_hash=take_octets(leaf_hash, length=32, or_empty=True),
        state=_STATES[take_uint(state, max=len(_STATES) - 1)],
        promise=take_octets(promise, max=PROMISE_LIMIT),
        signature=take_octets(signature, length=SIGNATURE_LENGTH, or_empty=True),
        missed=take_text(missed, max=CHECKPOINT_LIMIT),
    )


def _earlier_vote(value: Any) -> Vote:
    fields = take_array(value, length=9)
    poll, manifest_hash, count, question, choice, answer, ballot, ballot_hash, confirmed = fields
    take_octets(ballot_hash, length=32)
    take_flag(confirmed)
    choice = take_uint(choice, max=65536)
    return Vote(
        poll=take_text(poll, max=2000),
        manifest_hash=take_octets(manifest_hash, length=32),
        count=take_uint(count, max=2**32),
        question=take_text(question, max=10000),
        marks=(choice,) if choice else (),
        sequence=1,
        answer=take_text(answer, max=10000),
        ballot=take_octets(ballot, max=65536),
        leaf_hash=b"",
        state=EARLIER,
    )


def _log(value: Any) -> SeenLog:
    manifest_hash, manifest, checkpoint = take_array(value, length=3)
    return SeenLog(
        manifest_hash=take_octets(manifest_hash, length=32),
        manifest=take_octets(manifest, max=MANIFEST_LIMIT),
        checkpoint=take_text(checkpoint, max=CHECKPOINT_LIMIT),
    )
