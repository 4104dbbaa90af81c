"""P5: one chain of heads for everybody; nothing forged, forked or rewound, nothing old accepted."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.curve import curve
from credentials.curve.scalars import random_scalar
from credentials.errors import HeadNotAccepted, HeadRefused, SymbolonError, WitnessRefused
from credentials.formats.head import Head, SignedHead
from credentials.registry.chain import HeadChain
from tests.attacks.forger import scaled
from tests.community import Community
from tests.unit.curve.odd_points import small_order_points_g1

INFINITIES = [
    bytes.fromhex(first) + bytes(46) + last
    for first in ("c0", "e0", "40")
    for last in (b"\0", b"\1")
]


@pytest.fixture(scope="module")
def town() -> Community:
    """A community with four heads, at the last two of which somebody was removed."""
    made = Community()
    made.publish(serial=2**24 - 1)
    for _ in range(2):
        made.publish(made.enrol().issued.handle)
    return made


def signed(town: Community, head: Head, *, key: Ed25519PrivateKey | None = None) -> SignedHead:
    return SignedHead.sign(head, private_key=key or town.signing_key)


def upto(town: Community, epoch: int) -> HeadChain:
    """The chain as somebody knows it who stopped there."""
    return HeadChain.start(town.heads.signed[: epoch + 1], metadata=town.metadata)


def is_refused(town: Community, *heads: SignedHead, known: int = 2) -> None:
    with pytest.raises(HeadRefused):
        upto(town, known).extended(heads, metadata=town.metadata)


def next_of(town: Community, **changes: object) -> Head:
    """The head after the newest, without a removal, and with changes."""
    newest = town.heads.newest
    after = replace(
        newest,
        epoch=newest.epoch + 1,
        previous=newest.hash,
        published_at=newest.published_at + 1,
        next_at=newest.next_at + 1,
    )
    return replace(after, **changes)


def test_p5_the_next_head_is_taken(town: Community):
    head = next_of(town)
    assert town.heads.extended([signed(town, head)], metadata=town.metadata).newest == head


def test_p5_a_head_with_a_forged_signature_is_refused(town: Community):
    head = next_of(town)
    is_refused(town, signed(town, head, key=Ed25519PrivateKey.generate()), known=3)
    true = signed(town, head)
    for at in range(64):
        signature = bytearray(true.signature)
        signature[at] ^= 1 << (at % 8)
        is_refused(town, replace(true, signature=bytes(signature)), known=3)
    for at in range(len(true.octets)):
        octets = bytearray(true.octets)
        octets[at] ^= 1 << (at % 8)
        is_refused(town, replace(true, octets=bytes(octets)), known=3)


def test_p5_a_signature_over_something_else_signed_with_the_same_key_is_refused(town: Community):
    """Metadata and heads have one key, and each its own label in front."""
    octets = next_of(town).to_cbor()
    for label in (b"", b"symbolon/metadata-signature/1\0"):
        bare = town.signing_key.sign(label + octets)
        is_refused(town, SignedHead(octets=octets, signature=bare), known=3)


def test_p5_a_fork_is_refused(town: Community):
    known = town.heads.heads[2]
    value = curve.encode_g1(scaled(curve.g1_generator, random_scalar()))
    fork = replace(known, value=value)
    is_refused(town, signed(town, fork))
    follower = replace(town.heads.heads[3], previous=fork.hash)
    is_refused(town, signed(town, fork), signed(town, follower))
    is_refused(town, signed(town, follower))
    late = replace(known, published_at=known.published_at + 1)
    is_refused(town, town.heads.signed[1], signed(town, late))


def test_p5_a_fork_before_the_known_heads_is_refused(town: Community):
    """A wallet that keeps only the newest heads is not told another past."""
    short = town.heads.shortened(1)
    first, second, third, newest = town.heads.heads
    other = replace(third, value=second.value, removals=second.removals, root=second.root)
    told = [signed(town, head) for head in (first, second, other)]
    for rest in ([town.heads.signed[3]], [signed(town, replace(newest, previous=other.hash))]):
        with pytest.raises(HeadRefused):
            short.extended([*told, *rest], metadata=town.metadata)
    assert short.extended(town.heads.signed, metadata=town.metadata).first == first


def test_p5_a_rewound_epoch_is_refused(town: Community):
    is_refused(town, *town.heads.signed[:2])
    is_refused(town, town.heads.signed[1])
    again = replace(town.heads.heads[1], previous=town.heads.newest.hash)
    is_refused(town, signed(town, again), known=3)


def test_p5_a_gap_is_refused(town: Community):
    is_refused(town, town.heads.signed[3], known=1)
    is_refused(town, town.heads.signed[1], town.heads.signed[3])
    # One that names the right hash and leaves a number out.
    jump = replace(town.heads.heads[3], epoch=4)
    is_refused(town, signed(town, jump))
    is_refused(town, town.heads.signed[2], signed(town, jump))
    with pytest.raises(HeadRefused):
        HeadChain.start([], metadata=town.metadata)


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": 5},
        {"epoch": 3},
        {"previous": bytes(32)},
        {"removals": 1},
        {"highest_serial": 3},
        {"published_at": 1},
        {"value": b"\x97" * 48},
        {"root": bytes(32)},
        {"registry_id": bytes(32)},
    ],
)
def test_p5_a_head_that_takes_something_back_is_refused(town: Community, change):
    is_refused(town, signed(town, next_of(town, **change)), known=3)


def test_p5_a_head_that_gives_the_old_value_back_is_refused_by_every_wallet(town: Community):
    """Removals cannot be undone by a head that keeps their number; nor by one that raises it."""
    old = town.heads.heads[1]
    is_refused(town, signed(town, next_of(town, value=old.value)), known=3)
    raised = next_of(town, value=old.value, removals=3)
    member = town.enrol().credential
    for removals in ([], town.removals(after=old, upto=town.heads.newest)):
        with pytest.raises(WitnessRefused):
            member.updated(raised, removals=removals)


def test_p5_heads_of_another_community_are_refused(town: Community, other_community: Community):
    strange = other_community.heads.signed[0]
    is_refused(town, strange)
    with pytest.raises(HeadRefused):
        HeadChain.start([strange], metadata=town.metadata)
    with pytest.raises(HeadRefused):
        town.keys.at(other_community.heads.newest)


def test_p5_keys_that_are_at_no_head_verify_nothing(town: Community):
    with pytest.raises(HeadRefused):
        town.keys.head  # noqa: B018


def test_p5_a_value_that_is_no_point_or_the_identity_is_refused(town: Community):
    odd = small_order_points_g1(beside=town.heads.newest.value)
    for value in (*INFINITIES, *odd, bytes(48), b"\xff" * 48):
        with pytest.raises(HeadRefused):
            town.keys.at(next_of(town, value=value, removals=3))


# Which values are accepted: the newest, the one before within its grace, none after an emergency.


def removing(town: Community, **changes: object) -> Head:
    """The head after the newest, with one removal more."""
    value = curve.encode_g1(scaled(curve.g1_generator, random_scalar()))
    return next_of(
        town, value=value, removals=town.heads.newest.removals + 1, root=bytes(32), **changes
    )


def test_p5_the_value_before_is_accepted_until_its_grace_is_over(town: Community):
    newest = town.heads.newest
    changed = next(head for head in town.heads.heads if head.removals == newest.removals)
    before = town.heads.heads[changed.epoch - 1]
    for seconds, accepted in ((0, True), (3599, True), (3600, False), (10**6, False)):
        now = changed.published_at + seconds
        chain = upto(town, changed.epoch)
        assert (before in chain.accepted(now=now)) == accepted
        assert chain.accept(changed.removals, now=now) == changed
        with pytest.raises(HeadNotAccepted):
            chain.accept(before.removals - 1, now=now)


@pytest.mark.parametrize("seconds", [-(10**6), -1, 0, 1, 3599])
def test_p5_an_emergency_head_ends_every_value_before_whatever_a_clock_says(
    town: Community, seconds: int
):
    """Also at a verifier whose clock is behind the issuer's, or where the issuer's was ahead."""
    for emergency in (removing(town, grace=0), next_of(town, grace=0)):
        heads = town.heads.extended([signed(town, emergency)], metadata=town.metadata)
        assert heads.accepted(now=emergency.published_at + seconds) == (emergency,)


def test_p5_a_head_dated_far_ahead_does_not_keep_older_ones_alive(town: Community):
    """The issuer's clock was once a year ahead; heads never go back in time."""
    year = 365 * 86_400
    ahead = removing(
        town,
        published_at=town.heads.newest.published_at + year,
        next_at=town.heads.newest.next_at + year,
        grace=3600,
    )
    heads = town.heads.extended([signed(town, ahead)], metadata=town.metadata)
    assert heads.accepted(now=town.heads.newest.published_at + 60) == (ahead,)


def test_p5_an_emergency_between_two_heads_ends_what_was_before_it(town: Community):
    newest = town.heads.newest
    emergency = removing(town, grace=0)
    later = replace(
        emergency,
        epoch=emergency.epoch + 1,
        previous=emergency.hash,
        published_at=emergency.published_at + 10,
        grace=3600,
    )
    heads = town.heads.extended(
        [signed(town, emergency), signed(town, later)], metadata=town.metadata
    )
    now = later.published_at + 1
    assert heads.accepted(now=now) == (later,)
    with pytest.raises(HeadNotAccepted):
        heads.accept(newest.removals, now=now)


def test_p5_a_policy_can_ask_for_a_younger_head(town: Community):
    newest = town.heads.newest
    assert town.heads.accept(newest.removals, now=newest.published_at + 60, max_age=60)
    with pytest.raises(HeadNotAccepted):
        town.heads.accept(newest.removals, now=newest.published_at + 61, max_age=60)
    with pytest.raises(HeadNotAccepted):
        town.heads.accept(newest.removals + 1, now=newest.published_at)


def test_p5_every_octet_of_a_signed_heads_envelope_counts(town: Community):
    envelope = town.heads.signed[3].to_json()
    for name, text in envelope.items():
        for at in range(len(text)):
            changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
            with pytest.raises(SymbolonError):
                SignedHead.from_json({**envelope, name: changed}).open(
                    metadata_key=town.metadata.metadata_key
                )
