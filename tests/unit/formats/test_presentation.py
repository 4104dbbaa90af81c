"""credentials.formats.presentation and request: what is asked and what is shown."""

import dataclasses
from typing import Any

import pytest

from credentials.errors import EncodingError, PolicyError
from credentials.formats import cbor
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from tests.unit.formats.samples import DOOR_PRESENTATION, HEAD, REQUEST


@pytest.mark.parametrize(
    "changes",
    [
        {"pseudonym": b""},
        {"removals": 0},
        {"removals": 2**32 - 1},
        {"instance": b""},
        {"instance": b"i" * 32},
        {"freshness": b"n" * 32},
        {"freshness": 0},
        {"disclosed": ()},
        {"disclosed": ((2, 1), (17, "x" * 200))},
        {"proof": b"p" * (144 + 128)},
        {"proof": b"p" * 6128},
    ],
)
def test_every_form_comes_back_as_it_was(changes: dict[str, Any]) -> None:
    presentation = dataclasses.replace(DOOR_PRESENTATION, **changes)
    assert Presentation.from_cbor(presentation.to_cbor()) == presentation


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "party"},
        {"purpose": b"door"},
        {"instance": ""},
        {"instance": "x" * 65},
        {"instance": b"i" * 31},
        {"instance": 1},
        {"instance": None},
        {"freshness": -1},
        {"freshness": 2**40 + 1},
        {"freshness": True},
        {"freshness": b""},
        {"freshness": b"n" * 33},
        {"freshness": "now"},
        {"removals": -1},
        {"removals": 2**32},
        {"removals": True},
        {"removals": bytes(32)},
        {"disclosed": [(2, 0)]},
        {"disclosed": ([2, 0],)},
        {"disclosed": ((0, 1),)},
        {"disclosed": ((1, 1),)},
        {"disclosed": ((2, 0), (2, 0))},
        {"disclosed": ((3, 0), (2, 0))},
        {"disclosed": ((18, 0),)},
        {"disclosed": ((2, 2**24),)},
        {"disclosed": ((2, b"x"),)},
        {"disclosed": ((2, True),)},
        {"disclosed": ((2, "e\u0301"),)},
        {"disclosed": ((2,),)},
        {"pseudonym": b"N" * 47},
        {"pseudonym": b"N" * 96},
        {"pseudonym": bytearray()},
        {"pseudonym": None},
        {"proof": b""},
        {"proof": b"p" * (144 + 96)},
        {"proof": b"p" * (144 + 129)},
        {"proof": b"p" * (144 + 127)},
        {"proof": b"p" * 6160},
        {"proof": bytearray(b"p" * 272)},
    ],
)
def test_a_malformed_presentation_does_not_exist(changes: dict[str, Any]) -> None:
    with pytest.raises(EncodingError):
        dataclasses.replace(DOOR_PRESENTATION, **changes)


def test_a_pseudonym_is_not_read_as_a_proof_nor_a_proof_as_a_pseudonym() -> None:
    """48 octets are one and a half scalars, so the flag cannot be turned without a trace."""
    value = cbor.decode(DOOR_PRESENTATION.to_cbor())
    assert isinstance(value, tuple)
    with pytest.raises(EncodingError):
        Presentation.from_cbor(cbor.encode((*value[:6], 0, value[7])))
    short = cbor.encode((*value[:6], 1, b"N" * 47))
    with pytest.raises(EncodingError, match="ends inside its pseudonym"):
        Presentation.from_cbor(short)


def test_the_octets_of_a_door_code_are_in_the_order_of_the_contract() -> None:
    assert cbor.decode(DOOR_PRESENTATION.to_cbor()) == (
        "symbolon/showing/2",
        "door",
        "summer-2026/2026-09-21",
        59_666_666,
        HEAD.removals,
        ((2, 0), (3, "resident")),
        1,
        b"N" * 48 + b"p" * 688,
    )


@pytest.mark.parametrize("purpose", ["door", "poll"])
def test_an_app_cannot_ask_in_the_name_of_a_door_or_a_poll(purpose: str) -> None:
    with pytest.raises(PolicyError, match="purpose of a request"):
        dataclasses.replace(REQUEST, policy=Policy(purpose=purpose))


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": "a/b"},
        {"id": "a" * 65},
        {"id": "a\n"},
        {"community_id": b"c" * 31},
        {"app": "Forum"},
        {"policy": None},
        {"policy": {"purpose": "login"}},
        {"nonce": b""},
        {"nonce": b"n" * 33},
        {"value": b"V" * 47},
        {"value": b""},
        {"asked_at": -1},
        {"asked_at": 2**40 + 1},
        {"asked_at": None},
        {"expires_at": -1},
        {"expires_at": 2.0},
    ],
)
def test_a_malformed_request_does_not_exist(changes: dict[str, Any]) -> None:
    with pytest.raises(EncodingError):
        dataclasses.replace(REQUEST, **changes)
