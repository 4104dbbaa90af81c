"""Traps 16 and 17: one frozen roll, one origin and one row of numbers for each poll.

A ballot at another epoch, of a serial beyond the roll, or of a later member who goes back to the
pinned head is refused; so is everything that would give a member a second vote. What the service
refuses the audit names, should the organiser put it into the log all the same.
"""

import itertools
import secrets
from dataclasses import replace

import pytest

from credentials.errors import MemberRevoked
from credentials.formats.manifest import Manifest
from credentials.formats.poll import action_digest
from credentials.presentation import present
from credentials.scope import poll_scope
from server.registry.publisher import When
from tests.attacks.city import City, slug
from tests.attacks.published import Published, failed
from tests.attacks.wallet import Wallet, ballot_octets, cast, enrol
from tests.community import head_named

PROOFS = "ballots' proofs"


def smuggled(city: City, manifest: Manifest, *ballots: bytes) -> dict[str, str]:
    """What the audit says if the organiser signs a log with ballots that were refused."""
    city.certify(manifest.poll)
    published = Published.of(city, manifest.poll)
    changed = published.with_ballots([*published.ballots, *ballots])
    return failed(changed.signed_anew().audited())


def at_newest_head(wallet: Wallet, manifest: Manifest, *, bound: int) -> bytes:
    """A ballot at the newest registry head, proving that its serial is at most `bound`."""
    head = head_named(wallet.city.heads, manifest.head)
    assert head is not None
    named = manifest.manifest_hash
    policy = manifest.policy(head)
    (roll,) = policy.require
    shown = present(
        wallet.current(),
        policy=replace(policy, require=(replace(roll, bound=bound),)),
        scope=poll_scope(manifest.community_id, named),
        freshness=named,
        action=action_digest(named, 1, b"\x01"),
    )
    return ballot_octets(named, 1, 1, shown)


def test_trap_17_a_ballot_at_another_value_is_refused(city: City, mia: Wallet) -> None:
    manifest = city.open_poll(f"epoch-{secrets.token_hex(4)}")
    head = head_named(city.heads, manifest.head)
    assert head is not None
    city.entitlements.remove([enrol(city).entitlement], when=When.NOW)
    assert city.heads.newest.removals > head.removals
    ballot = at_newest_head(mia, manifest, bound=head.highest_serial)
    assert slug(cast(city, manifest.poll, ballot)) == "ballot-refused"
    assert "the proof is refused" in smuggled(city, manifest, ballot)[PROOFS]


def test_trap_17_serial_n_plus_one_is_on_no_roll_at_whatever_head(city: City) -> None:
    manifest = city.open_poll(f"full-{secrets.token_hex(4)}")
    head = head_named(city.heads, manifest.head)
    assert head is not None
    late = enrol(city)
    city.open_poll(f"later-{secrets.token_hex(4)}")
    assert late.issued.serial == head.highest_serial + 1
    # Back at the pinned head, whose accumulator value may even be the same, and at the newest.
    back = late.ballot_octets(manifest, 1)
    ahead = at_newest_head(late, manifest, bound=late.issued.serial)
    for ballot in (back, ahead):
        assert slug(cast(city, manifest.poll, ballot)) == "ballot-refused"
    found = smuggled(city, manifest, back, ahead)
    assert "the proof is refused" in found[PROOFS]


def test_trap_17_who_was_removed_before_the_opening_is_not_on_the_roll(city: City) -> None:
    early, after = enrol(city), enrol(city)
    city.entitlements.remove([early.entitlement], when=When.NOW)
    manifest = city.open_poll(f"left-{secrets.token_hex(4)}")
    with pytest.raises(MemberRevoked):
        early.ballot(manifest, 1)
    old = early.credential
    assert old.keys.head.head.hash != manifest.head
    # At the last head that it had, the proof is good, and of another roll.
    ballot = at_newest_head(early, manifest, bound=early.issued.serial)
    assert slug(cast(city, manifest.poll, ballot)) == "ballot-refused"
    city.entitlements.remove([after.entitlement], when=When.NOW)
    assert after.vote(manifest, 1).status_code == 201, "the roll is frozen at the opening"
    assert "the proof is refused" in smuggled(city, manifest, ballot)[PROOFS]


ORDERS = sorted(set(itertools.permutations(("vote", "vote", "reissue"))))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_trap_17_p10_a_reissue_around_votes_and_revotes_leaves_one_vote(
    city: City, order: tuple[str, ...]
) -> None:
    """The old credential is on the roll, the new one is not, in every order of events."""
    ticket = city.invite()
    old = Wallet(city, entitlement=ticket.entitlement).claim(ticket.code)
    manifest = city.open_poll(f"twice-{secrets.token_hex(4)}")
    held, taken = [old], 0
    for event in order:
        if event == "reissue":
            ticket = city.reissue(ticket.entitlement)
            held.append(Wallet(city, entitlement=ticket.entitlement).claim(ticket.code))
            continue
        for wallet in held:
            taken += wallet.vote(manifest, 1, sequence=taken + 1).status_code == 201
    for wallet in held:
        for sequence in (1, 2, 3, 4):
            taken += wallet.vote(manifest, 2, sequence=sequence).status_code == 201
    votes, abstained = city.votes(manifest)
    assert (sum(votes), abstained) == (1, 0)
    published = Published.of(city, manifest.poll)
    assert (len(published.ballots), taken) == (taken, taken)
    report = published.audited()
    assert (report.sound, report.voters) == (True, 1)


# --- trap 16


def test_trap_16_p7_a_number_that_blocks_voting_again_is_no_ballot(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    highest = mia.ballot_octets(poll, 1, sequence=2**64 - 1)
    assert cast(city, poll.poll, highest).status_code == 400
    assert mia.vote(poll, 1).status_code == 201
    beyond = mia.ballot_octets(poll, 2, sequence=3)
    assert slug(cast(city, poll.poll, beyond)) == "sequence-wrong"
    city.certify(poll.poll)
    published = Published.of(city, poll.poll)
    found = failed(published.with_ballots([*published.ballots, highest]).signed_anew().audited())
    assert "it is no ballot" in found[PROOFS]
    found = failed(published.with_ballots([*published.ballots, beyond]).signed_anew().audited())
    assert "gap" in found["order of the log"]


def test_trap_16_p7_a_poll_with_two_origins_is_named(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    """A log of the same poll under another host's name would have witnesses of its own."""
    assert mia.vote(poll, 1).status_code == 201
    city.certify(poll.poll)
    published = Published.of(city, poll.poll)
    assert poll.origin == f"127.0.0.1:{city.port}/polls/{poll.poll}"
    other = replace(poll, origin=f"www.127.0.0.1:{city.port}/polls/{poll.poll}")
    changed = published.with_entries([other.to_cbor(), *published.entries[1:]]).signed_anew()
    assert "another origin" in failed(changed.audited())["manifest"]
    # The same manifest, with its log signed under the other origin.
    foreign = published.with_head(checkpoint=changed.head.checkpoint)
    assert set(failed(foreign.audited())) == {"checkpoint's signature"}


def test_trap_11_p7_a_manifest_of_another_community_or_of_other_keys_is_named(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    assert mia.vote(poll, 1).status_code == 201
    city.certify(poll.poll)
    published = Published.of(city, poll.poll)
    for pin in ("community_id", "issuer_id", "schema_id"):
        other = replace(poll, **{pin: bytes(32)})
        changed = published.with_entries([other.to_cbor(), *published.entries[1:]]).signed_anew()
        assert "another community" in failed(changed.audited())["manifest"]


def test_trap_17_p7_another_roll_beside_the_manifest_is_named(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    """The organiser may sign many heads; the manifest names one."""
    assert mia.vote(poll, 1).status_code == 201
    city.certify(poll.poll)
    published = Published.of(city, poll.poll)
    enrol(city)
    later = city.open_poll(f"later-{secrets.token_hex(4)}")
    signed = city.session.registry.signed_head(later.head)
    assert "another roll" in failed(published.with_head(head=signed).audited())["manifest"]
    forged = replace(signed, signature=bytes(64))
    assert "roll's signature" in failed(published.with_head(head=forged).audited())
