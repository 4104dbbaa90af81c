"""P2: one member, one pseudonym in a scope, and no encoding or point gives a second one."""

from dataclasses import replace

import pytest

from credentials.curve import curve
from credentials.errors import PresentationRefused
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.holder import Credential
from credentials.presentation import present, verify_presentation
from credentials.presentation.pseudonym import PseudonymStatement
from credentials.scope import Scope, app_scope
from tests.community import Community, Member
from tests.unit.curve.odd_points import small_order_points_g1

NONCE = bytes(32)
POLICY = Policy(purpose="visit", disclose=("reissued",))
CAFE = app_scope("visit", "https://cafe.example/answer")
FORUM = app_scope("visit", "https://forum.example/answer")


def shown(member: Member, scope: Scope = CAFE) -> Presentation:
    return present(member.credential, policy=POLICY, scope=scope, freshness=NONCE)


def refused(community: Community, presentation: Presentation, scope: Scope = CAFE) -> None:
    with pytest.raises(PresentationRefused):
        verify_presentation(
            presentation,
            verifier=community.verifier,
            policy=POLICY,
            scope=scope,
            freshness=NONCE,
        )


def test_p2_the_pseudonym_of_another_member_does_not_fit(
    community: Community, ana: Member, bo: Member
):
    refused(community, replace(shown(ana), pseudonym=shown(bo).pseudonym))


def test_p2_the_pseudonym_of_another_scope_does_not_fit(community: Community, ana: Member):
    refused(community, replace(shown(ana), pseudonym=shown(ana, FORUM).pseudonym))


def test_p2_a_pseudonym_cannot_be_left_out_or_added(community: Community, ana: Member):
    refused(community, replace(shown(ana), pseudonym=b""))
    without = present(
        ana.credential,
        policy=replace(POLICY, pseudonym=False),
        scope=CAFE,
        freshness=NONCE,
    )
    refused(community, without)
    refused(community, replace(without, pseudonym=shown(ana).pseudonym))


def test_p2_a_multiple_of_the_pseudonym_does_not_fit(community: Community, ana: Member):
    made = shown(ana)
    nym = curve.decode_g1(made.pseudonym)
    for other in (-nym, nym + nym, nym + curve.g1_generator):
        refused(community, replace(made, pseudonym=curve.encode_g1(other)))


def test_p2_trap_16_no_second_encoding_of_a_pseudonym_passes(community: Community, ana: Member):
    made = shown(ana)
    flags = made.pseudonym[0]
    for first in {flags ^ 0x20, flags ^ 0x40, flags ^ 0x80, flags & 0x1F, flags | 0x60} - {flags}:
        refused(community, replace(made, pseudonym=bytes([first]) + made.pseudonym[1:]))
    # x + p is the same number modulo p, where it fits into 381 bits at all.
    x = int.from_bytes(made.pseudonym, "big") % 2**381
    modulus = int(
        "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
        "1eabfffeb153ffffb9feffffffffaaab",
        16,
    )
    shifted = (x + modulus) % 2**384 | (flags & 0xE0) << 376
    refused(community, replace(made, pseudonym=shifted.to_bytes(48, "big")))


@pytest.mark.parametrize("name", ["canonical", "c0 with a one", "e0", "zero"])
def test_p2_trap_8_the_identity_is_no_pseudonym_however_it_is_written(
    community: Community, ana: Member, name: str
):
    identity = {
        "canonical": b"\xc0" + bytes(47),
        "c0 with a one": b"\xc0" + bytes(46) + b"\x01",
        "e0": b"\xe0" + bytes(47),
        "zero": bytes(48),
    }[name]
    refused(community, replace(shown(ana), pseudonym=identity))


def test_p2_trap_9_a_pseudonym_plus_a_point_of_small_order_is_refused(
    community: Community, ana: Member
):
    made = shown(ana)
    for octets in small_order_points_g1(beside=made.pseudonym):
        refused(community, replace(made, pseudonym=octets))


def test_p2_a_wallet_cannot_prove_a_pseudonym_of_a_secret_it_made_up(
    community: Community, ana: Member
):
    """The prover's own code, with another secret in the pseudonym statement alone."""

    class Liar(PseudonymStatement):
        def commit(self, credential: Credential, blindings):
            scalars = (*credential.scalars[:-1], credential.nym_secret + 1)
            return super().commit(replace(credential, scalars=scalars), blindings)

    from credentials.presentation import presentation as module

    honest = module.PseudonymStatement
    module.PseudonymStatement = Liar
    try:
        lie = shown(ana)
    finally:
        module.PseudonymStatement = honest
    assert lie.pseudonym != shown(ana).pseudonym
    refused(community, lie)
