"""The CDDL grammar of docs/wire.md, as one text and ready to match.

The blocks are put one after the other as they stand there. Names of array elements are read from
the text, so that vectors and tests can name a field as the document does and find it again when its
place changes.
"""

import logging
import re
from functools import cache
from pathlib import Path

from cddl_verifier import Validator

DOCUMENT = Path(__file__).parents[2] / "docs" / "wire.md"

# The tool logs every mismatch, which here are most of what it sees.
logging.getLogger("cddl_verifier").setLevel(logging.CRITICAL)

_BLOCK = re.compile(r"^```cddl\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_RULE = re.compile(r"^([a-z0-9-]+) = ", re.MULTILINE)
_ELEMENT = re.compile(r"^  (?:([a-z0-9-]+): )?[\"a-z0-9\[]", re.MULTILINE)


@cache
def text() -> str:
    """The whole grammar."""
    return "\n".join(_BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")))


@cache
def validator() -> Validator:
    """The grammar, parsed; raises SchemaError where it is none."""
    return Validator(text())


def rules() -> list[str]:
    """The names of all rules, in order."""
    return _RULE.findall(text())


def matches(rule: str, octets: bytes) -> bool:
    """Whether the CBOR item in `octets` matches a rule."""
    return bool(validator().validate(octets, root_type=rule).valid)


@cache
def elements(rule: str) -> tuple[str, ...]:
    """The names of an array's elements in order, "" for a label: `rule = [`, one on each line."""
    found = re.search(rf"^{rule} = \[[^\n]*\n(.*?)^\]", text(), re.DOTALL | re.MULTILINE)
    assert found is not None, f"{rule} is not an array with one element on each line"
    return tuple(_ELEMENT.findall(found[1]))


def place(rule: str, name: str) -> int:
    """The index of a named element in the array of a rule."""
    return elements(rule).index(name)
