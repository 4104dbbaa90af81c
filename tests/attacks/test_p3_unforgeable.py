"""P3: nobody passes without a credential of the community; nothing in a presentation can change."""

from dataclasses import replace
from itertools import pairwise

import pytest

from credentials.curve import curve
from credentials.curve.scalars import ORDER, encode_scalar, random_scalar
from credentials.errors import EncodingError, PresentationRefused, SymbolonError
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.schema import HANDLE_INDEX
from credentials.presentation import present, verify_presentation
from credentials.presentation.signature import SignatureStatement
from tests.attacks.forger import (
    CAFE,
    NONCE,
    VISIT,
    NoSignature,
    OtherWitness,
    check_at_cafe,
    forge,
    pretended,
    put,
    statements_of,
)
from tests.community import Community, Member
from tests.unit.curve.odd_points import small_order_points_g1

POLICY = VISIT
SCALARS = (3 + 2) * 48  # where they begin: after Abar, Bbar, D, C', Cbar


@pytest.fixture(scope="module")
def made(ana: Member) -> Presentation:
    return present(ana.credential, policy=POLICY, scope=CAFE, freshness=NONCE)


def verify(community: Community, presentation: Presentation, policy: Policy = POLICY):
    return verify_presentation(
        presentation, verifier=community.verifier, policy=policy, scope=CAFE, freshness=NONCE
    )


def refused(community: Community, presentation: Presentation, policy: Policy = POLICY) -> None:
    with pytest.raises(PresentationRefused):
        verify(community, presentation, policy)


def test_p3_every_octet_of_the_proof_counts(community: Community, made: Presentation):
    for at in range(len(made.proof)):
        changed = bytearray(made.proof)
        changed[at] ^= 1 << (at % 8)
        refused(community, replace(made, proof=bytes(changed)))


def test_p3_every_octet_of_the_pseudonym_counts(community: Community, made: Presentation):
    for at in range(48):
        changed = bytearray(made.pseudonym)
        changed[at] ^= 1 << (at % 8)
        refused(community, replace(made, pseudonym=bytes(changed)))


def test_p3_every_octet_on_the_wire_counts(community: Community, made: Presentation):
    octets = made.to_cbor()
    assert verify(community, Presentation.from_cbor(octets)).disclosed["pass"] == "resident"
    for at in range(len(octets)):
        for flip in (0x01, 0x80):
            changed = bytearray(octets)
            changed[at] ^= flip
            with pytest.raises((EncodingError, PresentationRefused)):
                verify(community, Presentation.from_cbor(bytes(changed)))


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "login"},
        {"instance": bytes(32)},
        {"instance": "agora-2026"},
        {"freshness": b"\x01" * 32},
        {"freshness": 0},
        {"removals": 1},
        {"disclosed": ()},
        {"disclosed": ((2, 0),)},
        {"disclosed": ((2, 1), (3, "resident"))},
        {"disclosed": ((2, 0), (3, "week"))},
        {"disclosed": ((2, 0), (3, "king"))},
        {"disclosed": ((2, 0), (4, 0))},
        {"disclosed": ((2, 0), (3, "resident"), (4, 0))},
        {"disclosed": ((2, "0"), (3, "resident"))},
        {"disclosed": ((2, 0), (3, 0))},
    ],
)
def test_p3_no_field_can_be_changed(community: Community, made: Presentation, change):
    refused(community, replace(made, **change))


def test_p3_a_presentation_discloses_neither_less_nor_more_than_was_asked(
    community: Community, ana: Member
):
    for names in ((), ("reissued",), ("pass",), ("reissued", "pass", "volunteer")):
        policy = replace(POLICY, disclose=names)
        other = present(ana.credential, policy=policy, scope=CAFE, freshness=NONCE)
        refused(community, other)


def test_p3_a_credential_of_another_community_does_not_pass(
    community: Community, other_community: Community
):
    stranger = other_community.enrol()
    refused(community, present(stranger.credential, policy=POLICY, scope=CAFE, freshness=NONCE))


def test_p3_a_credential_under_a_key_of_ones_own_does_not_pass(community: Community):
    """Same schema and header fields, another issuer: the domain differs, and so does the key."""
    forged = Community(signing_key=community.signing_key).enrol()
    refused(community, present(forged.credential, policy=POLICY, scope=CAFE, freshness=NONCE))


def test_p3_parts_of_two_presentations_do_not_mix(
    community: Community, made: Presentation, bo: Member
):
    other = present(bo.credential, policy=POLICY, scope=CAFE, freshness=NONCE)
    ends = [*range(0, SCALARS + 1, 48), *range(SCALARS + 32, len(made.proof) + 1, 32)]
    for start, end in pairwise(ends):
        mixed = made.proof[:start] + other.proof[start:end] + made.proof[end:]
        refused(community, replace(made, proof=mixed))
        refused(community, replace(made, proof=mixed, pseudonym=other.pseudonym))
    for cut in ends[1:-1]:
        refused(community, replace(made, proof=made.proof[:cut] + other.proof[cut:]))


@pytest.mark.parametrize("scalar", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_p3_scalars_out_of_range_are_refused(community: Community, made: Presentation, scalar: int):
    for at in range(SCALARS, len(made.proof), 32):
        octets = scalar.to_bytes(32, "big")
        refused(community, replace(made, proof=made.proof[:at] + octets + made.proof[at + 32 :]))


def test_p3_a_scalar_plus_the_order_is_not_the_same_scalar(
    community: Community, made: Presentation
):
    for at in range(SCALARS, len(made.proof), 32):
        larger = int.from_bytes(made.proof[at : at + 32], "big") + ORDER
        if larger < 2**256:
            octets = larger.to_bytes(32, "big")
            refused(
                community, replace(made, proof=made.proof[:at] + octets + made.proof[at + 32 :])
            )


def test_p3_lengths_other_than_the_statements_need_are_refused(
    community: Community, made: Presentation
):
    refused(community, replace(made, proof=made.proof[:-32]))
    refused(community, replace(made, proof=made.proof + encode_scalar(1)))
    with_points = made.proof[:SCALARS] + made.pseudonym * 2 + made.proof[SCALARS:]
    refused(community, replace(made, proof=with_points))


def test_p3_trap_9_points_outside_the_subgroup_are_refused(
    community: Community, made: Presentation
):
    for at in range(0, SCALARS, 48):
        for octets in small_order_points_g1(beside=made.proof[at : at + 48]):
            refused(
                community, replace(made, proof=made.proof[:at] + octets + made.proof[at + 48 :])
            )


@pytest.fixture
def stranger(community: Community) -> Presentation:
    """No signature and no witness: Abar = Bbar = O and C' = Cbar = O satisfy the pairings."""
    keys = community.verifier
    nobody = pretended(keys, community.attributes())
    nothing = OtherWitness(keys=keys, witness=curve.g1_identity, rho=0)
    statements = put(statements_of(POLICY, keys=keys), nothing)
    return forge(nobody, statements, keys=keys, policy=POLICY, signature=NoSignature)


def test_p3_trap_9_abar_and_bbar_at_infinity_forge_nothing(
    community: Community, made: Presentation, stranger: Presentation
):
    assert len(stranger.proof) == len(made.proof)
    refused(community, stranger)


def test_p3_trap_9_that_forgery_works_where_the_identity_is_let_through(
    community: Community, stranger: Presentation, monkeypatch: pytest.MonkeyPatch
):
    """The defence taken out: a decoder that lets the identity pass makes the forgery succeed."""
    strict = type(curve).decode_g1
    identity = curve.encode_g1(curve.g1_identity)

    def lenient(self, octets):
        return self.g1_identity if octets == identity else strict(self, octets)

    monkeypatch.setattr(type(curve), "decode_g1", lenient)
    assert verify(community, stranger).disclosed["pass"] == "resident"


def test_p3_a_credential_that_nobody_signed_does_not_pass(community: Community, bo: Member):
    """All is right but the signature: a made-up handle, and a made-up A in the span of B."""
    keys = community.verifier
    nobody = pretended(keys, community.attributes())
    lying = replace(nobody, point_a=nobody.point_b, difference=curve.g1_generator)
    borrowed = put(
        statements_of(POLICY, keys=keys),
        OtherWitness(keys=keys, witness=bo.credential.witness.point),
    )
    refused(community, forge(lying, borrowed, keys=keys, policy=POLICY))
    for e in (2, random_scalar()):
        consistent = replace(
            lying, e=e, difference=lying.point_b + -curve.multiply_g1(lying.point_a, e)
        )
        shown = forge(consistent, borrowed, keys=keys, policy=POLICY)
        assert check_at_cafe(shown, keys=keys, policy=POLICY).equations
        refused(community, shown)


def test_p3_changed_values_under_a_true_signature_do_not_pass(community: Community, ana: Member):
    """Another pass, another handle, another serial or date than the issuer signed."""
    keys = community.verifier
    statements = statements_of(POLICY, keys=keys)
    hidden = SignatureStatement(keys=keys, disclosed=((2, 0), (3, 0))).hidden
    for index in hidden:
        scalars = list(ana.credential.scalars)
        scalars[index] += 1
        lying = replace(ana.credential, scalars=tuple(scalars))
        refused(community, forge(lying, statements, keys=keys, policy=POLICY))
        generator = keys.generators[index]
        fitting = replace(
            lying, point_b=lying.point_b + generator, difference=lying.difference + generator
        )
        shown = forge(fitting, statements, keys=keys, policy=POLICY)
        if index != HANDLE_INDEX:  # the honest registry statement is about the true handle
            assert check_at_cafe(shown, keys=keys, policy=POLICY).equations
        refused(community, shown)
    king = replace(ana.credential, attributes=community.attributes(**{"pass": "week"}))
    refused(community, forge(king, statements, keys=keys, policy=POLICY))


def test_p3_random_proofs_do_not_pass(community: Community, made: Presentation):
    for _ in range(20):
        points = b"".join(
            curve.encode_g1(curve.multiply_g1(curve.g1_generator, random_scalar()))
            for _ in range(5)
        )
        scalars = b"".join(encode_scalar(random_scalar()) for _ in range(13))
        assert len(points + scalars) == len(made.proof)
        refused(community, replace(made, proof=points + scalars))


def test_p3_a_disclosed_value_outside_its_domain_is_an_error_of_ours(
    community: Community, made: Presentation
):
    for value in ("", "x" * 300, 2**24, -1):
        with pytest.raises(SymbolonError):
            verify(community, replace(made, disclosed=((2, 0), (3, value))))
