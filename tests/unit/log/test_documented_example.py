"""The receipt in docs/protocol.md is a good one, under the keys that stand beside it."""

import re
from pathlib import Path

from credentials.log.note import VerifierKey
from credentials.log.receipt import Receipt

TEXT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")


def found(pattern: str) -> str:
    match = re.search(pattern, TEXT, re.DOTALL)
    assert match is not None
    return match[1]


def test_the_example_holds() -> None:
    text = found("```\n(c2sp.org/tlog-proof@v1\n.*?)```")
    leaf = bytes.fromhex(found("the leaf hash is `([0-9a-f]{64})`"))
    key = bytes.fromhex(found("the community's key `([0-9a-f]{64})`"))
    witness = VerifierKey.parse(found(r"the witness `(\S+)` cosigned a minute later"))
    receipt = Receipt.parse(text)
    assert receipt.to_text() == text
    checkpoint = receipt.check(leaf, origin="city.example/polls/lunch", key=key)
    assert receipt.signed.cosigned_by([witness]) == [(witness.name, checkpoint.time + 60)]
