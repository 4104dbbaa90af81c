"""Traps 8 and 9: identities in any spelling, and points outside the subgroup, in every place.

The attacks are carried out in full: each passes once the one check that stops it is taken out.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from credentials.curve import curve
from credentials.errors import InvalidPoint, MetadataRefused, PresentationRefused
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.requirement import Requirement
from credentials.keys import VerifierKeys
from credentials.presentation import present
from tests.attacks.forger import (
    CAFE,
    NONCE,
    TODAY,
    VISIT,
    OtherDigits,
    OtherWitness,
    digits_of,
    forge,
    put,
    statements_of,
    verify_at_cafe,
)
from tests.community import Community, Member
from tests.unit.curve.odd_points import (
    G2_SMALL_ORDERS,
    g1_octets,
    g1_of_full_order,
    g2_octets,
    g2_of_full_order,
    g2_of_order,
    small_order_points_g1,
)

FULL = replace(
    VISIT,
    require=(Requirement.parse("points >= 60000"), Requirement.parse("valid_until >= today")),
)
VALID = Policy(purpose="visit", require=(Requirement.parse("valid_until >= today"),))
EXPIRED = 21_000
IDENTITY = b"\xc0" + bytes(47)
SPELLINGS = {
    "canonical": IDENTITY,
    "with a one at the end": b"\xc0" + bytes(46) + b"\x01",
    "with a sign": b"\xe0" + bytes(47),
    "with sign and one": b"\xe0" + bytes(46) + b"\x01",
    "with a bit after the flags": b"\xd0" + bytes(47),
    "all ones": b"\xff" * 48,
    "uncompressed flag": b"\x40" + bytes(47),
    "nothing": bytes(48),
}
PLACES = {
    name: at * 48
    for at, name in enumerate(
        ["Abar", "Bbar", "D", "C'", "Cbar"]
        + [
            f"{point}_{digit} of {of}"
            for of, count in (("points", 3), ("date", 2))
            for digit in range(count)
            for point in ("S", "Sbar")
        ]
    )
}


@pytest.fixture(scope="module")
def made(ana: Member) -> Presentation:
    return present(ana.credential, policy=FULL, scope=CAFE, freshness=NONCE, today=TODAY)


@pytest.fixture(scope="module")
def late(community: Community) -> Member:
    return community.enrol(valid_until=EXPIRED)


def with_point(made: Presentation, place: str, octets: bytes) -> Presentation:
    at = PLACES[place]
    return replace(made, proof=made.proof[:at] + octets + made.proof[at + 48 :])


def is_refused(community: Community, shown: Presentation, policy: Policy = FULL) -> None:
    with pytest.raises(PresentationRefused):
        verify_at_cafe(shown, keys=community.verifier, policy=policy)


def test_traps_8_9_all_points_of_a_full_proof_are_named(community: Community, made: Presentation):
    assert verify_at_cafe(made, keys=community.verifier, policy=FULL)["pass"] == "resident"
    for place, at in PLACES.items():
        assert curve.decode_g1(made.proof[at : at + 48]), place
    with pytest.raises(InvalidPoint):
        curve.decode_g1(made.proof[max(PLACES.values()) + 48 :][:48])


@pytest.mark.parametrize("place", PLACES)
def test_trap_8_no_spelling_of_the_identity_is_a_point(
    community: Community, made: Presentation, place: str
):
    for octets in SPELLINGS.values():
        is_refused(community, with_point(made, place, octets))


def test_trap_8_no_spelling_of_the_identity_is_a_pseudonym(
    community: Community, made: Presentation
):
    for octets in SPELLINGS.values():
        is_refused(community, replace(made, pseudonym=octets))


@pytest.mark.parametrize("place", PLACES)
def test_trap_9_no_point_outside_the_subgroup_is_taken(
    community: Community, made: Presentation, place: str
):
    at = PLACES[place]
    for octets in small_order_points_g1(beside=made.proof[at : at + 48]):
        is_refused(community, with_point(made, place, octets))
    is_refused(community, with_point(made, place, g1_octets(g1_of_full_order())))


def test_trap_9_no_pseudonym_outside_the_subgroup_is_taken(
    community: Community, made: Presentation
):
    for octets in small_order_points_g1(beside=made.pseudonym):
        is_refused(community, replace(made, pseudonym=octets))


def test_trap_8_the_other_point_of_the_same_x_is_another_point(
    community: Community, made: Presentation
):
    """The sign bit counts: -P is a point of the subgroup, and nobody proved anything about it."""
    for place, at in PLACES.items():
        octets = bytes([made.proof[at] ^ 0x20]) + made.proof[at + 1 : at + 48]
        assert curve.decode_g1(octets)
        is_refused(community, with_point(made, place, octets))
    is_refused(
        community,
        replace(made, pseudonym=bytes([made.pseudonym[0] ^ 0x20]) + made.pseudonym[1:]),
    )


@pytest.fixture
def identity_passes(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The defence taken out: a decoder that lets the identity through."""
    strict, identity = type(curve).decode_g1, curve.g1_identity

    def let() -> None:
        def lenient(self, octets: bytes):
            return identity if octets == IDENTITY else strict(self, octets)

        monkeypatch.setattr(type(curve), "decode_g1", lenient)

    return let


@pytest.fixture
def octets_are_compared(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The prototype's mistake: any spelling is decoded, only the canonical octets are refused."""
    strict, identity = type(curve).decode_g1, curve.g1_identity

    def let() -> None:
        def lenient(self, octets: bytes):
            if octets == IDENTITY:
                raise InvalidPoint("the identity of G1 is not accepted")
            return identity if octets[0] & 0xC0 == 0xC0 else strict(self, octets)

        monkeypatch.setattr(type(curve), "decode_g1", lenient)

    return let


class Rex:
    """A removed member, who proves membership with C' = O and Cbar = O: rho is 0."""

    def __init__(self) -> None:
        self.community = Community()
        self.credential = self.community.enrol().credential
        self.community.publish(self.credential.handle)
        keys = self.community.verifier
        nothing = OtherWitness(keys=keys, witness=curve.g1_identity, rho=0)
        self.forged = forge(
            self.credential, put(statements_of(VISIT, keys=keys), nothing), keys=keys
        )
        assert self.forged.proof[144:240] == IDENTITY * 2

    def is_refused(self, shown: Presentation) -> None:
        is_refused(self.community, shown, VISIT)

    def passes(self, shown: Presentation) -> bool:
        return bool(verify_at_cafe(shown, keys=self.community.verifier))


@pytest.fixture(scope="module")
def rex() -> Rex:
    return Rex()


def test_trap_8_a_removed_member_would_pass_with_identities(rex: Rex, identity_passes):
    rex.is_refused(rex.forged)
    identity_passes()
    assert rex.passes(rex.forged)


def test_trap_8_a_removed_member_would_pass_if_only_octets_were_compared(
    rex: Rex, octets_are_compared
):
    others = [
        replace(rex.forged, proof=rex.forged.proof[:144] + one + two + rex.forged.proof[240:])
        for one in (SPELLINGS["with a one at the end"], SPELLINGS["with a sign"])
        for two in (SPELLINGS["with a one at the end"], SPELLINGS["with sign and one"])
    ]
    for shown in others:
        rex.is_refused(shown)
    octets_are_compared()
    rex.is_refused(rex.forged)
    assert all(rex.passes(shown) for shown in others)


def test_trap_8_an_expired_pass_would_pass_with_an_identity_for_a_digit(
    community: Community, late: Member, identity_passes
):
    """S_0 = Sbar_0 = O stands for any digit at all, such as one that is far below zero."""
    keys = community.verifier
    digits = digits_of(EXPIRED - TODAY, count=2)
    other = OtherDigits(
        keys=keys,
        bound=VALID.bounds(keys.schema, today=TODAY)[0],
        digits=digits,
        signatures=[curve.g1_generator, late.credential.digits.points[digits[1]]],
        rhos=[0, 5],
    )
    statements = put(statements_of(VALID, keys=keys), other)
    forged = forge(late.credential, statements, keys=keys, policy=VALID)
    assert forged.proof[240:336] == IDENTITY * 2
    is_refused(community, forged, VALID)
    identity_passes()
    assert verify_at_cafe(forged, keys=keys, policy=VALID) == {}


@pytest.mark.parametrize("name", ["issuer_key", "registry_key", "registry_key_g1", "digit_key"])
def test_traps_8_9_no_key_of_a_community_is_an_odd_point(community: Community, name: str):
    public = community.metadata.keys
    true = getattr(public, name)
    if len(true) == 48:
        odd = [*SPELLINGS.values(), *small_order_points_g1(beside=true)]
    else:
        odd = [one + bytes(48) for one in SPELLINGS.values()]
        odd += [g2_octets(g2_of_order(prime)) for prime in G2_SMALL_ORDERS]
        odd.append(g2_octets(g2_of_full_order()))
    if name.startswith("registry"):  # both forms must hold one alpha
        odd.append(bytes([true[0] ^ 0x20]) + true[1:])
    for octets in odd:
        keys = replace(public, **{name: octets})
        with pytest.raises(MetadataRefused):
            VerifierKeys.from_metadata(replace(community.metadata, keys=keys))
