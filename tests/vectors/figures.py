"""Reads the drafts' figures, corrects their known slips by name, and mocks their random scalars."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from credentials.curve.scalars import EXPAND_LEN, ORDER, expand_message_xmd

HERE = Path(__file__).parent
SUITE = "bls12-381-sha-256"

# Hexadecimal fields with a stray letter at the end, as (file, field); see README.md.
STRAY_LETTERS = {("proof005", "commitmentWithProof"), ("nymSignature001", "B")}
# The trace of this file has a stale B and a domain of 48 octets.
STALE_TRACES = {"blind signature003"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file of figures."""

    folder: str
    name: str
    fields: dict[str, Any]

    @property
    def valid(self) -> bool:
        return bool(self.fields["result"]["valid"])

    @property
    def trace(self) -> "Case":
        return Case(folder=self.folder, name=self.name, fields=self.fields["trace"])

    @property
    def trace_is_stale(self) -> bool:
        return f"{self.folder} {self.name}" in STALE_TRACES

    def octets(self, field: str) -> bytes:
        """The octets of a field; none for null, which stands for an absent argument."""
        text = self.fields[field]
        if text is None:
            return b""
        if (self.name, field) in STRAY_LETTERS and text.endswith("s"):
            text = text[:-1]
        return bytes.fromhex(text)

    def octets_of(self, outer: str, inner: str) -> bytes:
        return bytes.fromhex(self.fields[outer][inner])

    def octet_list(self, field: str) -> list[bytes]:
        """A list of octet strings; empty for null."""
        return [bytes.fromhex(text) for text in self.fields[field] or []]

    def scalars(self, field: str) -> list[bytes]:
        """A list of scalars in 32 octets; some files lack leading zeros."""
        return [bytes.fromhex(text.zfill(64)) for text in self.fields[field]]

    def indexed(self, field: str) -> tuple[list[int], list[bytes]]:
        """Indexes and octets of a table of disclosed messages; empty for null."""
        table = self.fields[field] or {}
        return [int(index) for index in table], [bytes.fromhex(text) for text in table.values()]

    def mocked(self, operation: str) -> Callable[[int], list[int]]:
        """mocked_calculate_random_scalars for `commit` or `proof` of this file."""
        parameters = self.fields["mockRngParameters"]
        seed, tag = parameters["SEED"].encode(), parameters[operation]["DST"].encode()
        return lambda count: seeded_random_scalars(seed, dst=tag, count=count)

    def traced_scalars(self) -> list[int]:
        """The random scalars that the trace names, in the order in which they were drawn."""
        texts: list[str] = []
        for value in self.fields["trace"]["random_scalars"].values():
            texts += value if isinstance(value, list) else [value]
        return [int(text, 16) for text in texts]


def load(path: str) -> Any:
    """The JSON at a path below this folder."""
    return json.loads((HERE / path).read_text())


def cases(folder: str, kind: str, *, valid: bool | None = None) -> list[Case]:
    """All cases of one kind (`signature`, `nymProof`, ...), in the order of their names."""
    paths = sorted((HERE / folder / SUITE / kind).glob("*.json"))
    every = [
        Case(folder=folder, name=path.stem, fields=json.loads(path.read_text())) for path in paths
    ]
    return [case for case in every if valid is None or case.valid is valid]


def each(chosen: list[Case], *, py_ecc: tuple[str, ...] = ()) -> pytest.MarkDecorator:
    """Runs a test with each case; those named also belong to the part for py_ecc."""
    names = {case.name for case in chosen}
    assert names.issuperset(py_ecc), "the part for py_ecc names a case that does not exist"
    return pytest.mark.parametrize(
        "case",
        [
            pytest.param(
                case, id=case.name, marks=pytest.mark.py_ecc if case.name in py_ecc else ()
            )
            for case in chosen
        ],
    )


def seeded_random_scalars(seed: bytes, *, dst: bytes, count: int) -> list[int]:
    """Core draft, section "Mocked Random Scalars"."""
    octets = expand_message_xmd(seed, dst=dst, length=EXPAND_LEN * count)
    return [
        int.from_bytes(octets[at : at + EXPAND_LEN], "big") % ORDER
        for at in range(0, EXPAND_LEN * count, EXPAND_LEN)
    ]
