"""credentials.formats.policy: what a verifier may ask."""

import dataclasses
from typing import Any

import pytest

from credentials.errors import EncodingError, PolicyError
from credentials.formats.policy import PURPOSES, Policy
from credentials.formats.requirement import Requirement
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
    [
        {"require": [["valid_until", ">=", "today"]]},
        {"require": ["valid_until"]},
        {"require": ["valid_until >= today", "valid_until >= 2026-11-25"]},
        {"require": ["valid_until >= today"], "disclose": ["valid_until"]},
        {"require": ["serial <= 300"]},
        {"require": [f"a{i} >= 1" for i in range(9)]},
        {"max_head_age": 0},
        {"max_head_age": 59},
        {"max_head_age": 2**32},
        {"max_head_age": 3600.0},
        {"max_head_age": True},
        {"max_head_age": "3600"},
    ],
)
def test_invalid_requirements_and_ages_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        Policy.from_json({"purpose": "login", **changes})


def test_requirements_and_the_age_of_the_head_come_back_as_they_were() -> None:
    policy = Policy.from_json(
        {
            "purpose": "login",
            "require": ["valid_until >= 2026-11-25", "level <= 5", "level>=2"],
            "max_head_age": 60,
        }
    )
    assert policy.require == (
        Requirement(attribute="valid_until", operator=">=", bound=20_782),
        Requirement(attribute="level", operator="<=", bound=5),
        Requirement(attribute="level", operator=">=", bound=2),
    )
    assert Policy.from_fields(policy.to_fields()) == policy
    assert Policy.from_json(policy.to_json()) == policy


def test_only_a_poll_bounds_the_number_of_the_enrolment() -> None:
    serial = Requirement.parse("serial <= 300")
    assert Policy(purpose="poll", require=(serial,)).require == (serial,)
    for purpose in ("door", "login", "visit"):
        with pytest.raises(PolicyError, match="only a poll"):
            Policy(purpose=purpose, require=(serial,))


@pytest.mark.parametrize(
    ("at", "value"),
    [(0, 1), (0, b"login"), (1, 2), (2, "pass"), (2, (1,)), (3, "x"), (4, 0), (4, (1,)), (5, 0)],
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
        {"require": ["level <= 5"]},
        {"require": ("level <= 5",)},
        {"max_head_age": False},
    ):
        with pytest.raises(PolicyError):
            dataclasses.replace(Policy(purpose="login"), **changes)
