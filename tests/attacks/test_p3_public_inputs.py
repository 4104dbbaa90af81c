"""P3: every public input counts: keys, head, policy, scope, freshness, day and action."""

from dataclasses import replace

import pytest

from credentials.curve import curve
from credentials.curve.scalars import random_scalar
from credentials.errors import PresentationRefused
from credentials.formats.policy import Policy
from credentials.formats.requirement import Requirement
from credentials.presentation import present, verify_presentation
from credentials.scope import Scope, app_scope
from tests.attacks.forger import CAFE, NONCE, TODAY, scaled, verify_at_cafe
from tests.community import Community, Member

POLICY = Policy(
    purpose="visit",
    disclose=("reissued", "pass"),
    require=(
        Requirement.parse("points >= 60000"),
        Requirement.parse("points <= 90000"),
        Requirement.parse("valid_until >= today"),
    ),
)


@pytest.fixture(scope="module")
def made(ana: Member):
    return present(ana.credential, policy=POLICY, scope=CAFE, freshness=NONCE, today=TODAY)


def changed_keys(community: Community, other: Community) -> dict[str, dict]:
    """The verifier's keys with one thing changed; generators are the same for all communities."""
    mine, theirs = community.verifier, other.verifier
    head = mine.head.head
    names = ("issuer_key", "registry_key", "digit_key", "domain", "constant")
    # What was kept for the true keys goes, as it would with keys read anew.
    changes = {name: {name: getattr(theirs, name), "_disclosing": {}} for name in names}
    swapped = {"tables": mine.tables[::-1], "generators": mine.generators[::-1]}
    changes["generators"] = {**swapped, "_disclosing": {}}
    for name, value in (
        ("value", curve.encode_g1(scaled(curve.g1_generator, random_scalar()))),
        ("removals", 7),
    ):
        changed = replace(head, **{name: value})
        changes[f"head.{name}"] = {"registry": mine.at(changed).registry}
    return changes


def test_p3_every_public_key_and_the_registry_value_count(
    community: Community, other_community: Community, made
):
    for change in changed_keys(community, other_community).values():
        with pytest.raises(PresentationRefused):
            verify_at_cafe(made, keys=replace(community.verifier, **change), policy=POLICY)


def test_p3_naming_the_number_of_removals_is_not_enough(
    community: Community, other_community: Community, made
):
    """V is in the challenge; the number only says which V the verifier is to look at."""
    change = changed_keys(community, other_community)["head.value"]
    keys = replace(community.verifier, **change)
    renamed = replace(made, removals=keys.head.head.removals)
    with pytest.raises(PresentationRefused):
        verify_at_cafe(renamed, keys=keys, policy=POLICY)


FORUM = app_scope("visit", "https://forum.example/answer")
INPUTS = {
    "scope": {"scope": FORUM},
    "instance": {"scope": replace(CAFE, instance=bytes(32))},
    "community as verifier": {"scope": Scope(verifier=bytes(32), purpose="visit", instance=b"")},
    "nonce": {"freshness": bytes(32)},
    "slot": {"freshness": 59_000_000},
    "action": {"action": bytes(32)},
    "tomorrow": {"today": TODAY + 1},
    "yesterday": {"today": TODAY - 1},
    "purpose": {
        "scope": app_scope("login", "https://cafe.example/answer"),
        "policy": replace(POLICY, purpose="login"),
    },
    "more disclosed": {"policy": replace(POLICY, disclose=(*POLICY.disclose, "volunteer"))},
    "less disclosed": {"policy": replace(POLICY, disclose=("pass",))},
    "the other way with a pseudonym": {"policy": replace(POLICY, pseudonym=False)},
    "nothing required": {"policy": replace(POLICY, require=())},
}
INPUTS |= {
    f"without requirement {at}": {
        "policy": replace(POLICY, require=POLICY.require[:at] + POLICY.require[at + 1 :])
    }
    for at in range(3)
}
INPUTS |= {
    f"requirement {at}, {sign:+d}": {
        "policy": replace(
            POLICY,
            require=tuple(
                replace(one, bound=(TODAY if one.bound == "today" else one.bound) + sign)
                if index == at
                else one
                for index, one in enumerate(POLICY.require)
            ),
        )
    }
    for at in range(3)
    for sign in (-1, 1)
}


@pytest.mark.parametrize("named", [True, False], ids=["with a pseudonym", "without one"])
@pytest.mark.parametrize("name", INPUTS)
def test_p3_every_public_input_counts(community: Community, ana: Member, name: str, named: bool):
    """Without a pseudonym too, where the audience stands in the presentation header alone."""
    asked = replace(POLICY, pseudonym=named)
    made = present(ana.credential, policy=asked, scope=CAFE, freshness=NONCE, today=TODAY)
    arguments = {
        "verifier": community.verifier,
        "policy": asked,
        "scope": CAFE,
        "freshness": NONCE,
        "today": TODAY,
    }
    assert verify_presentation(made, **arguments)
    arguments |= INPUTS[name]
    if "policy" in INPUTS[name]:
        other = INPUTS[name]["policy"]
        arguments["policy"] = replace(other, pseudonym=other.pseudonym == named)
    scope = arguments["scope"]
    claims = {
        "purpose": scope.purpose,
        "instance": scope.instance,
        "freshness": arguments["freshness"],
    }
    for shown in (made, replace(made, **claims)):
        with pytest.raises(PresentationRefused):
            verify_presentation(shown, **arguments)
