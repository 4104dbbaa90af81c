"""P5 and P1: a removal publishes (handle, V'); no past presentation can be told by it.

Whoever knows everything but the members' own randomness tries all equations of the form
e(point, key) = e(other point, other key) over what is public, what the presentation holds, and what
the issuer knows of each member. An equation that holds for the removed member's presentation must
hold for those of the others alike.
"""

import secrets
from collections.abc import Callable, Mapping

import pytest

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, invert
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.requirement import Requirement
from credentials.presentation import present, registry
from credentials.presentation.pseudonym import scope_point
from credentials.registry.accumulator import Removal
from tests.attacks.forger import CAFE, NONCE, TODAY, scaled, verify_at_cafe
from tests.community import Community, Member

POLICY = Policy(
    purpose="visit",
    disclose=("reissued",),
    require=(Requirement.parse("valid_until >= today"),),
)
POINTS = ("Abar", "Bbar", "D", "C'", "Cbar", "S_0", "Sbar_0", "S_1", "Sbar_1")


class Past:
    """A community in which rex, among others, made presentations and was removed afterwards."""

    def __init__(self) -> None:
        self.community = Community()
        self.rex, self.eve, self.zoe = (self.community.enrol() for _ in range(3))
        self.before = self.community.heads.newest
        self.keys = self.community.keys.at(self.before)
        self.made = {
            name: [self.show(member) for _ in range(3)]
            for name, member in (("rex", self.rex), ("eve", self.eve), ("zoe", self.zoe))
        }
        after = self.community.publish(self.rex.issued.handle)
        (self.removal,) = self.community.removals(after=self.before, upto=after)

    def show(self, member: Member) -> Presentation:
        return present(member.credential, policy=POLICY, scope=CAFE, freshness=NONCE, today=TODAY)


@pytest.fixture(scope="module")
def past() -> Past:
    return Past()


def shown_points(made: Presentation) -> dict[str, G1]:
    points = {
        name: curve.decode_g1(made.proof[at * 48 : at * 48 + 48]) for at, name in enumerate(POINTS)
    }
    return points | {"Nym": curve.decode_g1(made.pseudonym)}


def known_points(past: Past, removal: Removal) -> dict[str, G1]:
    """What everybody has: values, keys, generators, the digit table, the scope's point."""
    community = past.community
    digits = [community.digits[at : at + 48] for at in range(0, len(community.digits), 48)]
    return {
        "V": curve.decode_g1(past.before.value),
        "V'": removal.value,
        "BP1": curve.g1_generator,
        "alpha*BP1": curve.decode_g1(community.metadata.keys.registry_key_g1),
        "H_handle": past.keys.generators[0],
        "P1+Q1": past.keys.constant,
        "OP": scope_point(CAFE.context_id).point,
        "sigma_24": curve.decode_g1(digits[24]),
        "sigma_1": curve.decode_g1(digits[1]),
    }


def with_handle(points: Mapping[str, G1], handle: int) -> dict[str, G1]:
    """Every point, its multiple by the handle, and the sums that the registry's equation has."""
    more = dict(points)
    for name, point in points.items():
        more[f"y*{name}"] = scaled(point, handle)
        more[f"{name}/y"] = scaled(point, invert(handle))
    for one, other in (("C'", "Cbar"), ("Cbar", "C'"), ("Abar", "Bbar"), ("S_0", "Sbar_0")):
        more[f"y*{one}+{other}"] = scaled(points[one], handle) + points[other]
        more[f"y*{one}-{other}"] = scaled(points[one], handle) + -points[other]
    more["V-y*C'"] = points["V"] + -scaled(points["C'"], handle)
    more["V-y*V'"] = points["V"] + -scaled(points["V'"], handle)
    return more


def coincidences(
    past: Past, made: Presentation, removal: Removal, issuers: Mapping[str, G1]
) -> set[tuple[str, str]]:
    """All pairs (point, key) that give the same value in the pairing, among all that can be tried.

    The exponents of the keys are used in the place of pairings: e(P, q * BP2) = e(q * P, BP2).
    """
    secret = past.community.secret
    keys = {
        "BP2": 1,
        "W": secret.x,
        "Q~": secret.alpha,
        "X~": secret.xi,
        "Q~+y*BP2": (secret.alpha + removal.handle) % ORDER,
        "W+y*BP2": (secret.x + removal.handle) % ORDER,
    }
    points = with_handle(
        known_points(past, removal) | shown_points(made) | dict(issuers), removal.handle
    )
    by_value: dict[bytes, list[str]] = {}
    for name, point in points.items():
        for key, exponent in keys.items():
            value = scaled(point, exponent)
            for sign, octets in (("", value), ("-", -value)):
                by_value.setdefault(curve.encode_g1(octets), []).append(f"{sign}e({name}, {key})")
    return {
        (one, other)
        for names in by_value.values()
        for one in names
        for other in names
        if one < other
    }


def what_the_issuer_knows(member: Member) -> dict[str, G1]:
    """The signature and the witness that were issued to a member."""
    credential = member.credential
    return {
        "A": credential.point_a,
        "e*A": scaled(credential.point_a, credential.e),
        "C": credential.witness.point,
    }


def test_p5_no_equation_tells_the_removed_members_presentations_from_the_others(past: Past):
    issuers = what_the_issuer_knows(past.rex)
    of_rex, of_eve, of_zoe = (
        [coincidences(past, made, past.removal, issuers) for made in past.made[name]]
        for name in ("rex", "eve", "zoe")
    )
    # The search is not blind: it finds what holds for every presentation.
    assert ("e(Abar, W)", "e(Bbar, BP2)") in of_rex[0]
    assert ("e(C', Q~)", "e(Cbar, BP2)") in of_rex[0]
    assert ("e(S_0, X~)", "e(Sbar_0, BP2)") in of_rex[0]
    assert ("e(V', Q~+y*BP2)", "e(V, BP2)") in of_rex[0]
    assert all(found == of_rex[0] for found in (*of_rex, *of_eve, *of_zoe))


@pytest.mark.parametrize("rho", [1, 2**254])
def test_p5_the_same_search_finds_a_witness_that_is_not_randomised(
    past: Past, monkeypatch: pytest.MonkeyPatch, rho: int
):
    """The defence taken out: with rho = 1 the removed handle tells whose C' it was."""
    with monkeypatch.context() as patch:
        patch.setattr(registry, "random_scalar", lambda: rho)
        leaky = {name: past.show(member) for name, member in (("rex", past.rex), ("eve", past.eve))}
    assert verify_at_cafe(leaky["rex"], keys=past.keys, policy=POLICY)
    issuers = what_the_issuer_knows(past.rex)
    found = {name: coincidences(past, made, past.removal, issuers) for name, made in leaky.items()}
    # An unknown but constant rho would show between presentations; the plain one shows at once.
    assert (found["rex"] != found["eve"]) == (rho == 1)


def test_p5_every_handle_explains_every_presentation(past: Past):
    """For any handle there is a rho (unknown to all) with C' = rho * V / (handle + alpha) and the
    very same Cbar and responses: the registry statement holds no information about the handle."""
    alpha = past.community.secret.alpha
    value = curve.decode_g1(past.before.value)
    for made in past.made["rex"]:
        c_prime, cbar = (shown_points(made)[name] for name in ("C'", "Cbar"))
        assert scaled(c_prime, alpha) == cbar
        for member in (past.rex, past.eve, past.zoe):
            handle = member.issued.handle
            rho_value = scaled(c_prime, handle + alpha)
            assert rho_value == scaled(c_prime, handle) + cbar
            assert rho_value not in (value, curve.g1_identity)


def test_p5_a_removal_holds_no_octets_of_a_past_presentation(past: Past):
    told = b"".join(past.community.entries) + past.community.heads.newest.to_cbor()
    windows = {told[at : at + 8] for at in range(len(told) - 7)}
    windows -= {past.before.value[at : at + 8] for at in range(41)}
    for made in past.made["rex"]:
        octets = made.pseudonym + made.proof
        assert not any(octets[at : at + 8] in windows for at in range(len(octets) - 7))


def test_p5_those_who_stay_present_as_before(past: Past):
    """After the removal the others' presentations have the same form, and the same search finds
    the same equations in them."""
    newest = past.community.heads.newest
    members = [past.community.current(one.credential) for one in (past.eve, past.zoe)]
    keys = past.community.keys.at(newest)
    found = []
    for credential in members:
        made = present(credential, policy=POLICY, scope=CAFE, freshness=NONCE, today=TODAY)
        assert verify_at_cafe(made, keys=keys, policy=POLICY)
        assert len(made.proof) == len(past.made["rex"][0].proof)
        found.append(coincidences(past, made, past.removal, {}))
    assert found[0] == found[1]


def test_p5_a_guessed_handle_is_no_better_than_the_removed_one(past: Past):
    """Trying handles tells nothing: a guess, the true one and another member's look alike."""
    made = past.made["rex"][0]
    guesses: list[Callable[[], int]] = [
        lambda: past.rex.issued.handle,
        lambda: past.eve.issued.handle,
        lambda: secrets.randbelow(ORDER - 1) + 1,
    ]
    found = []
    for guess in guesses:
        handle = guess()
        value = scaled(
            curve.decode_g1(past.before.value), invert(handle + past.community.secret.alpha)
        )
        found.append(coincidences(past, made, Removal(handle=handle, value=value), {}))
    assert found[0] == found[1] == found[2]
