"""P5 and P3: a removed member passes no more, whatever it combines from what is public."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, invert
from credentials.errors import (
    HeadNotAccepted,
    MemberRevoked,
    PresentationRefused,
    WitnessRefused,
)
from credentials.formats.presentation import Presentation
from credentials.holder import Credential, Witness
from credentials.presentation import present
from credentials.presentation.registry import RegistryStatement
from credentials.registry.accumulator import rewind_witness, update_witness
from tests.attacks.forger import (
    CAFE,
    NONCE,
    VISIT,
    OfOther,
    OtherWitness,
    check_at_cafe,
    forge,
    put,
    scaled,
    statements_of,
    verify_at_cafe,
)
from tests.community import Community, Member


class Removed:
    """A community in which rex was removed between two others, and eve stays and helps him."""

    def __init__(self) -> None:
        self.community = Community()
        self.rex, self.eve, *others = (self.community.enrol() for _ in range(4))
        self.before = self.community.publish(others[0].issued.handle)
        self.rex_before = self.community.current(self.rex.credential)
        self.at = self.community.publish(self.rex.issued.handle)
        self.after = self.community.publish(others[1].issued.handle)
        self.eve_now = self.community.current(self.eve.credential)

    @property
    def keys(self):
        return self.community.verifier

    def point(self, octets: bytes) -> G1:
        return curve.decode_g1(octets)

    def forged(self, witness: G1, **arguments) -> Presentation:
        """Rex's signature with any point as witness, in a proof whose first moves fit."""
        statements = statements_of(VISIT, keys=self.keys)
        other = OtherWitness(keys=self.keys, witness=witness, **arguments)
        return forge(self.rex.credential, put(statements, other), keys=self.keys)


@pytest.fixture(scope="module")
def removed() -> Removed:
    return Removed()


def is_refused(removed: Removed, presentation: Presentation) -> None:
    with pytest.raises(PresentationRefused):
        verify_at_cafe(presentation, keys=removed.keys)


def only_the_pairing_refuses(removed: Removed, presentation: Presentation) -> None:
    """The challenge fits: the forger did all that can be done without a witness."""
    assert check_at_cafe(presentation, keys=removed.keys).equations
    is_refused(removed, presentation)


def test_p5_members_who_stay_pass_at_the_new_head(removed: Removed):
    shown = present(removed.eve_now, policy=VISIT, scope=CAFE, freshness=NONCE)
    assert verify_at_cafe(shown, keys=removed.keys)["pass"] == "resident"


def test_p5_the_removed_members_wallet_is_told(removed: Removed):
    with pytest.raises(MemberRevoked):
        removed.community.current(removed.rex_before)


def test_p5_a_presentation_at_the_value_before_is_not_one_at_the_newest(removed: Removed):
    shown = present(removed.rex_before, policy=VISIT, scope=CAFE, freshness=NONCE)
    assert verify_at_cafe(shown, keys=removed.community.keys.at(removed.before))
    is_refused(removed, shown)
    is_refused(removed, replace(shown, removals=removed.after.removals))
    heads, now = removed.community.heads, removed.after.published_at + 3600
    with pytest.raises(HeadNotAccepted):
        heads.accept(shown.removals, now=now)


def test_p5_a_stale_witness_is_refused(removed: Removed):
    only_the_pairing_refuses(removed, removed.forged(removed.rex_before.witness.point))
    with pytest.raises(WitnessRefused):
        removed.rex_before.at(removed.after, witness=removed.rex_before.witness_octets)


def test_p5_a_wallet_that_checks_nothing_still_does_not_pass(removed: Removed):
    """The product's own prover with a witness that was never checked."""
    witness = removed.rex_before.witness
    value = removed.keys.head.value.point
    for difference in (
        witness.difference,
        value + -scaled(witness.point, removed.rex.credential.handle),
    ):
        lying = replace(
            removed.rex.credential,
            keys=removed.keys,
            witness=Witness(point=witness.point, difference=difference),
        )
        is_refused(removed, present(lying, policy=VISIT, scope=CAFE, freshness=NONCE))


def test_p5_another_members_witness_is_refused(removed: Removed):
    only_the_pairing_refuses(removed, removed.forged(removed.eve_now.witness.point))
    statements = statements_of(VISIT, keys=removed.keys)
    honest = next(one for one in statements if isinstance(one, RegistryStatement))
    borrowed = OfOther(statement=honest, credential=removed.eve_now)
    mixed = [borrowed if one is honest else one for one in statements]
    is_refused(removed, forge(removed.rex.credential, mixed, keys=removed.keys))
    with pytest.raises(WitnessRefused):
        removed.rex.credential.at(removed.after, witness=removed.eve_now.witness_octets)


def test_p5_the_points_of_another_members_presentation_are_refused(removed: Removed):
    shown = present(removed.eve_now, policy=VISIT, scope=CAFE, freshness=NONCE)
    for with_cbar in (False, True):
        end = 240 if with_cbar else 192
        lying = removed.forged(removed.rex_before.witness.point)
        proof = lying.proof[:144] + shown.proof[144:end] + lying.proof[end:]
        is_refused(removed, replace(lying, proof=proof))
        rho_hat = -64  # the last scalar before the challenge
        proof = proof[:rho_hat] + shown.proof[rho_hat:-32] + proof[-32:]
        is_refused(removed, replace(lying, proof=proof))


def _values(removed: Removed) -> tuple[G1, G1, G1, G1]:
    """V of the four epochs."""
    return tuple(removed.point(head.value) for head in removed.community.heads.heads)


COMBINATIONS: dict[str, Callable[[Removed], G1]] = {
    "the newest value": lambda it: it.point(it.after.value),
    "the value after the own removal": lambda it: it.point(it.at.value),
    "the value before the own removal": lambda it: it.point(it.before.value),
    "an update that leaves the own removal out": lambda it: update_witness(
        it.rex_before.witness.point,
        handle=it.rex.credential.handle,
        removals=_others(it),
    ),
    "an update under another handle": lambda it: update_witness(
        it.rex_before.witness.point,
        handle=it.rex.credential.handle + 1,
        removals=_all(it),
    ),
    "a way back from the newest value": lambda it: rewind_witness(
        it.point(it.after.value), handle=it.rex.credential.handle, removals=_all(it)
    ),
    "a way back from another member's witness": lambda it: rewind_witness(
        it.eve_now.witness.point, handle=it.rex.credential.handle, removals=_all(it)
    ),
    "the value after, divided by the difference to a later removal": lambda it: scaled(
        it.point(it.at.value) + -it.point(it.after.value),
        invert((_all(it)[1].handle - it.rex.credential.handle) % ORDER),
    ),
    "a difference of witnesses": lambda it: it.eve_now.witness.point + -it.rex_before.witness.point,
    "a sum of all values": lambda it: sum(_values(it)[1:], _values(it)[0]),
    "another member's, divided by the difference of handles": lambda it: scaled(
        it.point(it.after.value) + -it.eve_now.witness.point,
        invert((it.eve.credential.handle - it.rex.credential.handle) % ORDER),
    ),
    "alpha * BP1": lambda it: it.point(it.community.metadata.keys.registry_key_g1),
    "BP1": lambda it: curve.g1_generator,
    "a digit's signature": lambda it: it.rex.credential.digits.points[0],
    "the own signature": lambda it: it.rex.credential.point_a,
}


def _all(removed: Removed):
    return removed.community.removals(after=removed.before, upto=removed.after)


def _others(removed: Removed):
    return [one for one in _all(removed) if one.handle != removed.rex.credential.handle]


@pytest.mark.parametrize("name", COMBINATIONS)
def test_p5_no_combination_of_public_values_is_a_witness(removed: Removed, name: str):
    witness = COMBINATIONS[name](removed)
    only_the_pairing_refuses(removed, removed.forged(witness))
    with pytest.raises(WitnessRefused):
        removed.rex.credential.at(removed.after, witness=curve.encode_g1(witness))


def test_p5_the_own_removal_makes_a_witness_for_the_head_before_it_only(removed: Removed):
    """V' is the removed member's witness at V (who is removed later may still vote in a poll)."""
    rex, value = removed.rex.credential, removed.at.value
    assert rex.at(removed.before, witness=value).witness_octets == value
    for head in (removed.at, removed.after):
        with pytest.raises(WitnessRefused):
            rex.at(head, witness=value)


def test_p5_another_heads_value_in_the_proof_is_refused(removed: Removed):
    """A true witness for the head before, proven there, under the newest head's name."""
    old = removed.community.keys.at(removed.before)
    statements = statements_of(VISIT, keys=removed.keys)
    for put_in in (RegistryStatement(keys=old), _of_two_heads(removed, old)):
        mixed = put(statements, put_in)
        is_refused(removed, forge(removed.rex_before, mixed, keys=removed.keys))


def _of_two_heads(removed: Removed, old) -> RegistryStatement:
    """Epoch and id of the newest head, V of the one before."""
    head = replace(removed.after, value=removed.before.value)
    return RegistryStatement(keys=removed.community.keys.at(head))


def test_p5_rho_of_zero_needs_no_witness_and_is_refused(removed: Removed):
    """C' = O and Cbar = O fit everything but the check of the identity; see trap 8 too."""
    with pytest.raises(PresentationRefused):
        check_at_cafe(removed.forged(curve.g1_identity), keys=removed.keys)


def test_p5_a_later_member_passes_at_an_old_head_which_is_why_those_are_not_accepted(
    removed: Removed,
):
    late: Member = removed.community.enrol()
    back: Credential = late.credential.rewound(removed.before, removals=_all(removed))
    shown = present(back, policy=VISIT, scope=CAFE, freshness=NONCE)
    assert verify_at_cafe(shown, keys=removed.community.keys.at(removed.before))
    is_refused(removed, shown)
