"""Every wire object and file against its vectors: what is accepted is, what is refused is refused.

The class is compared exactly, so that a refusal for another reason does not pass for this one.
"""

import json
from typing import Any

import pytest

from client import errors as client_errors
from client.evidence import EvidenceRefused
from credentials import errors
from credentials.errors import SymbolonError
from tests.vectors import symbolon
from tests.vectors.objects.readers import READERS

FILES = symbolon.names("objects")
FORMS = {"cbor": "octets", "octets": "octets", "text": "text", "json": "json"}
LEAST = 3


def load(name: str) -> dict[str, Any]:
    return symbolon.load(f"objects/{name}.json")


def cases(kind: str) -> pytest.MarkDecorator:
    found = [(name, case) for name in FILES for case in load(name)[kind]]
    ids = [f"{name}: {case['name']}" for name, case in found]
    return pytest.mark.parametrize(("name", "case"), found, ids=ids)


def value_of(name: str, case: dict[str, Any]) -> Any:
    value = case[FORMS[load(name)["form"]]]
    return bytes.fromhex(value) if "octets" in case else value


def given_to(name: str, case: dict[str, Any]) -> dict[str, Any]:
    return {**load(name)["given"], **case.get("given", {})}


def class_of(name: str) -> type[SymbolonError]:
    found = getattr(errors, name, None) or getattr(client_errors, name, None)
    return found or {"EvidenceRefused": EvidenceRefused}[name]


@cases("accepted")
def test_an_accepted_one_is_read_and_gives_what_it_should(name: str, case: dict[str, Any]) -> None:
    gives = READERS[name](value_of(name, case), given_to(name, case))
    assert json.loads(json.dumps(gives)) == case.get("gives")


@cases("refused")
def test_a_refused_one_is_refused_with_its_class(name: str, case: dict[str, Any]) -> None:
    with pytest.raises(SymbolonError) as raised:
        READERS[name](value_of(name, case), given_to(name, case))
    assert type(raised.value) is class_of(case["class"])


@pytest.mark.parametrize("name", FILES)
def test_every_object_has_three_of_each_and_no_name_twice(name: str) -> None:
    for kind in ("accepted", "refused"):
        names = [case["name"] for case in load(name)[kind]]
        assert len(names) >= LEAST
        assert len(set(names)) == len(names)


def test_every_file_has_a_reader_and_every_reader_a_file() -> None:
    assert sorted(READERS) == FILES
