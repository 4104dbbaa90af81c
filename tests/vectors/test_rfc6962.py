"""Trees and proofs against the figures of Certificate Transparency's own implementations."""

import json
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import LogRefused
from credentials.merkle import (
    Tree,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)

FOLDER = Path(__file__).parent / "rfc6962"
TREE = json.loads((FOLDER / "tree.json").read_text())
ENTRIES = [bytes.fromhex(entry) for entry in TREE["entries"]]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
# There two equal trees of size one may have roots of any length; here a root has 32 octets.
LEFT_OUT = {"additional/sizes-are-equal-one-and-proof-is-empty"}


def _cases(kind: str) -> list[Any]:
    cases = json.loads((FOLDER / f"{kind}.json").read_text())["cases"]
    return [pytest.param(case, id=case["name"]) for case in cases if case["name"] not in LEFT_OUT]


def test_the_tree_has_the_published_hashes() -> None:
    levels = [[value.hex() for value in level] for level in Tree.over(LEAVES).levels]
    assert levels == TREE["levels"]
    for size, root in enumerate(TREE["roots"]):
        assert root_of(ENTRIES[:size]).hex() == root


@pytest.mark.parametrize("case", _cases("inclusion"))
def test_inclusion(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(value) for value in case["proof"]]
    checked = {"index": case["index"], "size": case["size"], "root": bytes.fromhex(case["root"])}
    leaf = bytes.fromhex(case["leaf"])
    if not case["valid"]:
        with pytest.raises(LogRefused):
            check_inclusion(leaf, **checked, proof=proof)
        return
    check_inclusion(leaf, **checked, proof=proof)
    if leaf in LEAVES:
        assert list(inclusion_proof(LEAVES[: case["size"]], case["index"])) == proof


@pytest.mark.parametrize("case", _cases("consistency"))
def test_consistency(case: dict[str, Any]) -> None:
    proof = [bytes.fromhex(value) for value in case["proof"]]
    checked = {
        "first": case["first"],
        "second": case["second"],
        "first_root": bytes.fromhex(case["first_root"]),
        "second_root": bytes.fromhex(case["second_root"]),
    }
    if not case["valid"]:
        with pytest.raises(LogRefused):
            check_consistency(**checked, proof=proof)
        return
    check_consistency(**checked, proof=proof)
    assert list(consistency_proof(LEAVES, case["first"], case["second"])) == proof
