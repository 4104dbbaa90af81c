"""What a wallet holds, as the octets of one CBOR object; they hold every secret."""

from typing import Any

from client.clocks import ClockReading
from client.wallet.contents import (
    GONE,
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
from credentials.formats.cbor import (
    decode_labelled,
    encode_labelled,
    take_array,
    take_octets,
    take_text,
    take_uint,
)
from credentials.formats.head import MAX_EPOCH, MAX_TIME, SignedHead
from credentials.formats.manifest import MANIFEST_LIMIT
from credentials.formats.poll_bundle import CHECKPOINT_LIMIT
from credentials.formats.promise import PROMISE_LIMIT, SIGNATURE_LENGTH
from credentials.registry.digits import TABLE_LENGTH

LABEL = "symbolon/wallet-contents/5"
CONTENTS_LIMIT = 16 * 1024 * 1024

_ENDS = ("", REMOVED, REPLACED, GONE)  # 0 to 3 in the octets
_STATES = (SENT, PROMISED, IN_LOG, MISSING)  # 0 to 3 in the octets


def encode_contents(contents: WalletContents) -> bytes:
    """The octets of a wallet's contents, only ever to be sealed."""
    memberships = [_membership_fields(m) for m in contents.memberships]
    return encode_labelled(LABEL, contents.seed, memberships)


def decode_contents(octets: bytes) -> WalletContents:
    """Decode strictly. Raises EncodingError."""
    seed, memberships = decode_labelled(octets, label=LABEL, fields=2, limit=CONTENTS_LIMIT)
    return WalletContents(
        seed=take_octets(seed, length=SEED_LENGTH),
        memberships=tuple(_membership(m) for m in take_array(memberships)),
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
        [m.named_at, m.shown_at, m.renew_at, m.update_at],
        [] if m.clock is None else [m.clock.own, m.clock.server],
    ]


def _membership(value: Any) -> Membership:
    fields = take_array(value, length=13)
    address, fingerprint, octets, signature, next_count, claims, enrolments, votes = fields[:8]
    heads, digits, logs, times, clock = fields[8:]
    named_at, shown_at, renew_at, update_at = (
        take_uint(moment, max=MAX_TIME) for moment in take_array(times, length=4)
    )
    return Membership(
        address=take_text(address, max=2000),
        fingerprint=take_octets(fingerprint, length=32),
        metadata_octets=take_octets(octets, max=CONTENTS_LIMIT),
        metadata_signature=take_octets(signature, length=64),
        next_count=take_uint(next_count, max=2**32),
        claims=tuple(_claim(c) for c in take_array(claims)),
        enrolments=tuple(_enrolment(e) for e in take_array(enrolments)),
        votes=tuple(_vote(vote) for vote in take_array(votes)),
        heads=tuple(SignedHead.from_fields(head) for head in take_array(heads)),
        digits=take_octets(digits, length=TABLE_LENGTH, or_empty=True),
        logs=tuple(_log(log) for log in take_array(logs)),
        named_at=named_at,
        shown_at=shown_at,
        renew_at=renew_at,
        update_at=update_at,
        clock=_clock(clock),
    )


def _clock(value: Any) -> ClockReading | None:
    read = take_array(value, max=2)
    if not read:
        return None
    own, server = take_array(read, length=2)
    return ClockReading(own=take_uint(own, max=MAX_TIME), server=take_uint(server, max=MAX_TIME))


def _claim(value: Any) -> Claim:
    code_hash, count = take_array(value, length=2)
    return Claim(code_hash=take_octets(code_hash, length=32), count=take_uint(count, max=2**32))


def _enrolment(value: Any) -> Enrolment:
    count, code_hash, issued, witness, epoch, ended, ended_at = take_array(value, length=7)
    return Enrolment(
        count=take_uint(count, max=2**32),
        code_hash=take_octets(code_hash, max=32),
        issued=take_octets(issued, max=65536),
        witness=take_octets(witness, length=48),
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
        leaf_hash=take_octets(leaf_hash, length=32),
        state=_STATES[take_uint(state, max=len(_STATES) - 1)],
        promise=take_octets(promise, max=PROMISE_LIMIT),
        signature=take_octets(signature, length=SIGNATURE_LENGTH, or_empty=True),
        missed=take_text(missed, max=CHECKPOINT_LIMIT),
    )


def _log(value: Any) -> SeenLog:
    manifest_hash, manifest, checkpoint = take_array(value, length=3)
    return SeenLog(
        manifest_hash=take_octets(manifest_hash, length=32),
        manifest=take_octets(manifest, max=MANIFEST_LIMIT),
        checkpoint=take_text(checkpoint, max=CHECKPOINT_LIMIT),
    )
