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
        ("epoch", head.epoch + 1),
        ("removals", 7),
        ("root", bytes(32)),
        ("highest_serial", 3),
        ("published_at", head.published_at + 1),
        ("next_at", head.next_at + 1),
        ("grace", 9),
    ):
        previous = bytes(32) if name == "epoch" else head.previous
        changed = replace(head, previous=previous, **{name: value})
        changes[f"head.{name}"] = {"registry": mine.at(changed).registry}
    return changes


def test_p3_every_public_key_and_every_field_of_the_head_counts(
    community: Community, other_community: Community, made
):
    for change in changed_keys(community, other_community).values():
        with pytest.raises(PresentationRefused):
            verify_at_cafe(made, keys=replace(community.verifier, **change), policy=POLICY)


def test_p3_the_heads_own_words_are_not_enough(
    community: Community, other_community: Community, made
):
    """Where the presentation names the changed head too, the challenge refuses it."""
    for name, change in changed_keys(community, other_community).items():
        if name.startswith("head."):
            keys = replace(community.verifier, **change)
            renamed = replace(made, head=keys.head.head.hash)
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
    "no pseudonym": {"policy": replace(POLICY, pseudonym=False)},
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


@pytest.mark.parametrize("name", INPUTS)
def test_p3_every_public_input_counts(community: Community, made, name: str):
    arguments = {
        "verifier": community.verifier,
        "policy": POLICY,
        "scope": CAFE,
        "freshness": NONCE,
        "today": TODAY,
    }
    assert verify_presentation(made, **arguments)
    arguments |= INPUTS[name]
    scope = arguments["scope"]
    claims = {
        "purpose": scope.purpose,
        "instance": scope.instance,
        "freshness": arguments["freshness"],
    }
    for shown in (made, replace(made, **claims)):
        with pytest.raises(PresentationRefused):
            verify_presentation(shown, **arguments)
