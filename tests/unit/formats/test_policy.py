"""credentials.formats.policy: what a verifier may ask."""

import dataclasses
from typing import Any

import pytest

from credentials.errors import EncodingError, PolicyError
from credentials.formats.policy import PURPOSES, Policy
from tests.unit.formats.samples import SCHEMA


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_policy_comes_back_as_it_was(purpose: str) -> None:
    policy = Policy(purpose=purpose, disclose=("pass", "nickname"), identifying=True)
    assert Policy.from_fields(policy.to_fields()) == policy
    assert Policy.from_json(policy.to_json()) == policy


def test_json_needs_the_purpose_only() -> None:
    assert Policy.from_json({"purpose": "login"}) == Policy(purpose="login")
    assert Policy.from_json({"purpose": "login", "require": [], "max_head_age": None}) == Policy(
        purpose="login"
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "login",
        {},
        {"purpose": "party"},
        {"purpose": 1},
        {"purpose": ["login"]},
        {"purpose": "login", "disclosed": []},
        {"purpose": "login", 1: 2},
        {"purpose": "login", "pseudonym": 1},
        {"purpose": "login", "pseudonym": None},
        {"purpose": "login", "identifying": "no"},
        {"purpose": "login", "disclose": "pass"},
        {"purpose": "login", "disclose": [1]},
        {"purpose": "login", "disclose": ["Pass"]},
        {"purpose": "login", "disclose": ["pass", "pass"]},
        {"purpose": "login", "disclose": [f"a{i}" for i in range(17)]},
        {"purpose": "login", "require": {}},
        {"purpose": "poll", "pseudonym": False},
    ],
)
def test_invalid_json_is_refused(value: object) -> None:
    with pytest.raises(PolicyError):
        Policy.from_json(value)


@pytest.mark.parametrize(
    "changes",
    [{"require": [["valid_until", ">=", "today"]]}, {"max_head_age": 0}, {"max_head_age": 3600}],
)
def test_what_needs_the_registry_is_refused_with_the_reason(changes: dict[str, Any]) -> None:
    with pytest.raises(PolicyError, match="needs the registry, which this version does not have"):
        Policy.from_json({"purpose": "login", **changes})


def test_what_needs_the_registry_cannot_be_built() -> None:
    changes: dict[str, Any]
    for changes in ({"require": (("valid_until", ">=", 5),)}, {"max_head_age": 0}):
        with pytest.raises(PolicyError, match="needs the registry"):
            Policy(purpose="login", **changes)


@pytest.mark.parametrize("at", [4, 5])
def test_what_needs_the_registry_is_refused_in_octets_too(at: int) -> None:
    fields = list(Policy(purpose="login").to_fields())
    fields[at] = (1,)
    with pytest.raises(PolicyError, match="needs the registry"):
        Policy.from_fields(tuple(fields))


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, 1), (0, b"login"), (1, 2), (2, "pass"), (2, (1,)), (3, "x"), (4, 0), (5, 0)],
)
def test_fields_of_a_wrong_type_are_refused(at: int, value: Any) -> None:
    fields = list(Policy(purpose="login").to_fields())
    fields[at] = value
    with pytest.raises(EncodingError):
        Policy.from_fields(tuple(fields))


def test_indexes_are_ascending_whatever_the_order_of_names() -> None:
    policy = Policy(purpose="door", disclose=("speaker", "reissued", "pass"))
    assert policy.disclosed_indexes(SCHEMA) == (2, 3, 4)
    assert Policy(purpose="door").disclosed_indexes(SCHEMA) == ()


def test_an_attribute_that_the_schema_lacks_is_refused() -> None:
    with pytest.raises(PolicyError, match="no attribute 'age'"):
        Policy(purpose="login", disclose=("age",)).check(SCHEMA)


@pytest.mark.parametrize("name", ["valid_until", "level", "nickname"])
def test_only_choices_and_flags_are_shown_unless_the_policy_says_that_it_identifies(
    name: str,
) -> None:
    with pytest.raises(PolicyError, match="identify"):
        Policy(purpose="login", disclose=(name,)).disclosed_indexes(SCHEMA)
    identifying = Policy(purpose="login", disclose=(name,), identifying=True)
    assert identifying.disclosed_indexes(SCHEMA) == (SCHEMA.index_of(name),)


def test_a_policy_cannot_be_built_wrong() -> None:
    changes: dict[str, Any]
    for changes in (
        {"pseudonym": 1},
        {"identifying": None},
        {"disclose": ["pass"]},
        {"disclose": (None,)},
        {"purpose": None},
        {"require": None},
    ):
        with pytest.raises(PolicyError):
            dataclasses.replace(Policy(purpose="login"), **changes)
