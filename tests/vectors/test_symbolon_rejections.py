"""Each rejection among Symbolon's own vectors is refused, with its class, by both opinions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from credentials import errors
from credentials.errors import SymbolonError
from credentials.formats.credential import IssuedCredential
from credentials.formats.presentation import Presentation
from credentials.formats.qr import from_qr_text
from credentials.formats.requirement import Requirement
from credentials.holder import accept
from credentials.issuance import derive_secrets
from credentials.presentation import VerifierKeys, present, verify_presentation
from credentials.registry.digits import make_digits, open_digits
from credentials.registry.log import read_entries
from tests.vectors import symbolon
from tests.vectors.second_curve import Refused, key, read_point
from tests.vectors.second_opinion import opinion
from tests.vectors.second_registry import holds, is_digit
from tests.vectors.symbolon import load, octets, scalar
from tests.vectors.test_forgeries import identity_is_let_through
from tests.vectors.test_symbolon import CREDENTIAL, REGISTRY, SECRET, held


def cases(name: str) -> pytest.MarkDecorator:
    found = load(f"rejections/{name}.json")["cases"]
    ids = [str(one.get("name", one.get("text", one.get("require")))) for one in found]
    return pytest.mark.parametrize("case", found, ids=ids)


@contextmanager
def refusal(case: dict[str, Any]) -> Iterator[None]:
    """The class is exactly the one that is named, not one above or below it."""
    with pytest.raises(SymbolonError) as raised:
        yield
    assert type(raised.value) is getattr(errors, case["class"])


def holds_at(witness: bytes, *, handle: int, epoch: int) -> bool:
    """What the second opinion says of a witness."""
    head = symbolon.head(epoch)
    try:
        point = read_point(witness)
    except Refused:
        return False
    registry_key = key(symbolon.metadata().keys.registry_key)
    return holds(point, handle=handle, value=read_point(head.value), registry_key=registry_key)


@cases("presentations")
def test_invalid_presentation(case: dict[str, Any]) -> None:
    found = {**load(f"presentations/{case['like']}.json"), **case["instead"]}
    made = octets(case["presentation"])
    with refusal(case):
        verify_presentation(Presentation.from_cbor(made), **symbolon.asked_by(found))
    with pytest.raises(Refused):
        opinion(made, symbolon.expected_by(found))


@cases("witnesses")
def test_invalid_witness(case: dict[str, Any]) -> None:
    credential = replace(held(epoch=1), witness=None)
    witness, epoch = octets(case["witness"]), case["epoch"]
    with refusal(case):
        credential.at(symbolon.head(epoch), witness=witness)
    assert not holds_at(witness, handle=credential.handle, epoch=epoch)


@cases("updates")
def test_invalid_update(case: dict[str, Any]) -> None:
    credential = held(epoch=1)
    # The update looks at handle and witness alone; the keys are the community's.
    scalars = (scalar(case["handle"]), *credential.scalars[1:])
    credential = replace(credential, scalars=scalars)
    credential = credential.at(symbolon.head(case["from"]), witness=octets(case["witness"]))
    removals = read_entries([octets(entry) for entry in case["log"]])
    with refusal(case):
        credential.updated(symbolon.head(case["to"]), removals=removals)


@cases("heads")
def test_invalid_heads(case: dict[str, Any]) -> None:
    known = replace(
        symbolon.chain(),
        signed=symbolon.chain().signed[: case["known"]],
        heads=symbolon.chain().heads[: case["known"]],
    )
    shown = [symbolon.signed_head(one) for one in case["shown"]]
    with refusal(case):
        known.extended(shown, metadata=symbolon.metadata())


@cases("digits")
def test_invalid_digits(case: dict[str, Any]) -> None:
    table = make_digits(SECRET["xi"])
    digit_key = symbolon.metadata().keys.digit_key
    for digit, point in case["points"].items():
        at = 48 * int(digit)
        table = table[:at] + octets(point) + table[at + 48 :]
    with refusal(case):
        open_digits(table, digit_key=digit_key)
    for digit, point in case["points"].items():
        try:
            read_point(octets(point))
        except Refused:
            continue
        assert not is_digit(octets(point), int(digit), digit_key=key(digit_key))


@cases("credentials")
def test_invalid_credential(case: dict[str, Any]) -> None:
    metadata = symbolon.metadata()
    own = derive_secrets(octets(CREDENTIAL["seed"]), metadata=metadata, count=0)
    issued = IssuedCredential.from_cbor(octets(case["issued"]))
    with refusal(case):
        accept(issued, secrets=own, metadata=metadata)


@cases("codes")
def test_invalid_code(case: dict[str, Any]) -> None:
    with refusal(case):
        from_qr_text(case["text"])


@cases("requirements")
def test_invalid_requirement(case: dict[str, Any]) -> None:
    with refusal(case):
        Requirement.parse(case["text"]).check(symbolon.metadata().schema)


@cases("unmet")
def test_invalid_proof_of_what_is_not_met(case: dict[str, Any]) -> None:
    found = load("presentations/registry.json")
    policy = {**found["policy"], "require": [case["require"]]}
    asked = symbolon.asked_by({**found, "policy": policy, "today": case["today"]})
    verifier: VerifierKeys = asked.pop("verifier")
    credential = held(epoch=verifier.head.head.epoch)
    with refusal(case):
        present(credential, **asked)


def test_a_removed_member_would_pass_if_the_identity_were_let_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that the vector shows what the check of the points is for."""
    (case,) = (
        case
        for case in load("rejections/presentations.json")["cases"]
        if case["name"] == "a removed member for whom C' and Cbar are the identity"
    )
    found = load(f"presentations/{case['like']}.json")
    made = Presentation.from_cbor(octets(case["presentation"]))
    with identity_is_let_through(monkeypatch):
        verify_presentation(made, **symbolon.asked_by(found))


def test_the_honest_ones_pass_where_the_refused_ones_are_tried() -> None:
    """So that no rejection is refused for a slip of these tests."""
    credential = held(epoch=1)
    for found in REGISTRY["witnesses"]:
        witness, epoch = octets(found["witness"]), found["epoch"]
        credential.at(symbolon.head(epoch), witness=witness)
        assert holds_at(witness, handle=credential.handle, epoch=epoch)
    for known in range(1, 5):
        chain = replace(
            symbolon.chain(),
            signed=symbolon.chain().signed[:known],
            heads=symbolon.chain().heads[:known],
        )
        extended = chain.extended(symbolon.chain().signed[known:], metadata=symbolon.metadata())
        assert extended == symbolon.chain()
