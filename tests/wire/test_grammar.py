"""docs/wire.md is one CDDL grammar, of every object, and matches what the parsers take.

The relation is held both ways. What a parser takes matches the grammar, so the grammar is never too
strict; and a spoilt object that matches is refused by the parser, and only where the document has a
sentence for what CDDL cannot say.
"""

import re
from collections.abc import Iterator
from typing import Any

import cbor2
import pytest

from credentials import domain_tags
from credentials.errors import SymbolonError
from tests.vectors import symbolon
from tests.vectors.objects.readers import READERS
from tests.wire import grammar
from tests.wire.mutations import (
    EXTRA,
    FOREIGN,
    HUGE,
    LABEL,
    MISSING,
    NUMBER,
    WRONG_LENGTH,
    WRONG_TYPE,
    mutants,
)

FILES = symbolon.names("objects")
PARSED = [name for name in FILES if symbolon.load(f"objects/{name}.json")["form"] == "cbor"]
COMPUTED = {"cast-ballot", "scope"}  # these are verified or compared, and not only read

# What the document says in sentences: order, uniqueness, what refers to what, and sizes by steps.
# (element of the rule, kinds of change that the grammar does not see there)
BEYOND: dict[str, dict[str, set[str]]] = {
    "schema": {"attributes": {EXTRA}},
    "head": {
        "epoch": {NUMBER},
        "previous": {WRONG_LENGTH},
        "published-at": {NUMBER},
        "next-at": {NUMBER},
    },
    "metadata": {
        "version": {NUMBER},
        "previous": {WRONG_LENGTH},
        "events": {EXTRA, MISSING},
        "doors": {EXTRA, MISSING, NUMBER, WRONG_TYPE},  # values that a door admits by
        "apps": {EXTRA},
        "crowd": {EXTRA, MISSING, NUMBER},
    },
    "policy": {"pseudonym": {NUMBER}, "disclose": {EXTRA, MISSING}, "require": {EXTRA}},
    "request": {"policy": {EXTRA, NUMBER}},
    "showing": {
        "disclosed": {EXTRA, NUMBER},
        "pseudonym": {NUMBER},
        "": {WRONG_LENGTH},
    },
    "poll": {
        "options": {EXTRA},
        "beacon": {NUMBER},
        "equal-ranks": {NUMBER},
        "witnesses": {EXTRA, MISSING},
        "witnesses-needed": {NUMBER},
        "limit": {NUMBER},
        "seats": {NUMBER},
        "threshold": {NUMBER},
        "opens-at": {NUMBER},
        "closes-at": {NUMBER},
        "sealing": {EXTRA, MISSING, NUMBER},
        "live": {NUMBER},
        "require": {EXTRA},
    },
    "poll-event": {"": {WRONG_LENGTH}},
    "tally": {
        "ballots": {NUMBER},
        "abstentions": {NUMBER},
        "winners": {EXTRA, MISSING, NUMBER},
        "tied": {EXTRA, MISSING, NUMBER},
        "rounds": {EXTRA, MISSING, NUMBER},
        "matrix": {EXTRA, MISSING},
        "paths": {EXTRA, MISSING},
    },
    "ceremony-result": {"threshold": {NUMBER}, "trustees": {EXTRA, MISSING}},
    "door": {"": {EXTRA, MISSING}, "disclose": {EXTRA, MISSING}},
}
# Elements that are lists of large arrays, whose own elements are named instead.
INNER = {("wallet-contents", "memberships"): "membership"}
# What the grammar sees and the parser leaves to whoever opens the nested object, or knows the poll.
LATER: dict[str, set[str]] = {
    "ballot": {"content"},
    "poll-bundle": {"metadata", "roll"},
    "trustee-deal": {"dealer", "commitments", "shares"},
    "wallet-contents": {"heads"},
}


def load(name: str) -> dict[str, Any]:
    return symbolon.load(f"objects/{name}.json")


def rule_of(name: str) -> str:
    return str(load(name)["rule"])


def encoded(name: str, case: dict[str, Any]) -> bytes:
    """The case as a CBOR item: an object as it is, other octets, texts and JSON as one value."""
    form = load(name)["form"]
    if form == "cbor":
        return bytes.fromhex(case["octets"])
    return cbor2.dumps(bytes.fromhex(case["octets"]) if form == "octets" else case[form])


def accepted() -> Iterator[Any]:
    for name in FILES:
        for case in load(name)["accepted"]:
            yield pytest.param(name, case, id=f"{name}: {case['name']}")


def is_read(name: str, octets: bytes) -> bool:
    try:
        READERS[name](octets, load(name)["given"])
    except SymbolonError:
        return False
    return True


def element_at(rule: str, path: tuple[int, ...]) -> str:
    """The name of the element to which a path leads, "" for one without."""
    try:
        names = grammar.elements(rule)
    except AssertionError:
        return ""
    name = names[path[0]] if path and path[0] < len(names) else ""
    inner = INNER.get((rule, name))
    return element_at(inner, path[2:]) if inner else name


@pytest.mark.parametrize(("name", "case"), list(accepted()))
def test_what_is_accepted_matches_its_rule(name: str, case: dict[str, Any]) -> None:
    result = grammar.validator().validate(encoded(name, case), root_type=rule_of(name))
    assert result.valid, [str(one) for one in result.diagnostics]


@pytest.mark.parametrize("name", [name for name in PARSED if name not in COMPUTED])
def test_a_spoilt_object_does_not_match_or_is_refused_for_what_the_grammar_cannot_say(
    name: str,
) -> None:
    rule = rule_of(name)
    first, *_, last = (bytes.fromhex(case["octets"]) for case in load(name)["accepted"])
    for mutant in (*mutants(first), *mutants(last, after=first)):
        if mutant.octets in (first, last) or mutant.kind in (FOREIGN, LABEL):
            continue
        matches, taken = grammar.matches(rule, mutant.octets), is_read(name, mutant.octets)
        element = element_at(rule, mutant.path)
        if taken:
            assert matches or element in LATER.get(rule, ()), f"too strict: {mutant}"
        elif matches:
            seen = BEYOND.get(rule, {}).get(element, set())
            assert mutant.kind in seen, f"not seen: {mutant} in {element}"


@pytest.mark.parametrize("name", [name for name in PARSED if name not in COMPUTED])
def test_no_object_takes_what_no_object_has(name: str) -> None:
    """Other kinds of CBOR, another label, numbers that no field can hold: the grammar sees all."""
    rule = rule_of(name)
    octets = bytes.fromhex(load(name)["accepted"][-1]["octets"])
    for mutant in mutants(octets):
        free = rule == "tally" and mutant.kind == HUGE  # a score may be any number
        if mutant.kind in (LABEL, FOREIGN, HUGE) and not free:
            assert not grammar.matches(rule, mutant.octets), str(mutant)


def test_policies_as_people_write_them_match_too() -> None:
    for case in load("policy")["accepted"]:
        assert grammar.matches("policy-json", cbor2.dumps(case["gives"]))


def test_every_label_of_a_wire_object_is_in_the_grammar() -> None:
    labels = {
        value
        for value in vars(domain_tags).values()
        if isinstance(value, str) and value.startswith("symbolon/")
    }
    assert len(labels) > 20
    found = set(re.findall(r'"(symbolon/[a-z-]+/[0-9]+)"', grammar.text()))
    own = {"symbolon/wallet-contents/5", "symbolon/poll-evidence/1"}  # of the client alone
    assert found == labels | own


def test_every_other_label_is_in_the_document() -> None:
    document = grammar.DOCUMENT.read_text(encoding="utf-8")
    for value in vars(domain_tags).values():
        if isinstance(value, bytes) and value.startswith(b"symbolon/"):
            assert f"`{value.rstrip(bytes(1)).decode()}`" in document, value


def test_every_labelled_object_has_vectors_and_a_place_among_the_wire_objects() -> None:
    rules = {rule_of(name) for name in PARSED}
    hashed = {
        "bound-nonce",
        "presentation-header",
        "ballot-action",
        "abstention-action",
        "ceremony",
        "ceremony-deals",
        "wallet-derivation",
    }
    labelled = set(re.findall(r'^([a-z-]+) = \[[^"\n]*\n?  ?"symbolon/', grammar.text(), re.M))
    assert labelled - hashed <= rules
    first = grammar.text().partition("\n\n")[0]
    for rule in labelled - hashed - {"scope"}:
        assert re.search(rf"[ /] {rule}( |\n|$)", first), rule


def test_the_rules_of_vectors_exist() -> None:
    assert {rule_of(name) for name in FILES} <= set(grammar.rules())
