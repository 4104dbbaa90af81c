"""All rejections among Symbolon's own vectors, by file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import base45

from credentials.formats.qr import to_qr_text
from tests.vectors.changes import IDENTITY
from tests.vectors.rejected_presentations import rejected_presentations
from tests.vectors.rejected_registry import (
    rejected_digits,
    rejected_heads,
    rejected_updates,
    rejected_witnesses,
)
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_presentations import asked
from tests.vectors.vector_randomness import randomness

Rejection = dict[str, Any]


def rejections(community: VectorCommunity, holder: Holder) -> dict[str, Any]:
    """The content of each file."""
    return {
        "presentations": {
            "about": "a verifier refuses each; `like` names the honest one, `instead` what differs",
            "cases": rejected_presentations(community, holder),
        },
        "witnesses": {
            "about": "a wallet refuses each as the witness of the credential at `epoch`",
            "cases": list(rejected_witnesses(community, holder)),
        },
        "updates": {
            "about": "a wallet refuses to bring `witness` from one epoch to another over `log`",
            "cases": list(rejected_updates(community, holder)),
        },
        "heads": {
            "about": "a wallet that knows the first `known` of the heads refuses what it is shown",
            "cases": list(rejected_heads(community)),
        },
        "digits": {
            "about": "a wallet refuses the digit table, changed as `points` says",
            "cases": list(rejected_digits(community)),
        },
        "credentials": {
            "about": "a wallet refuses each as the answer to its commitment",
            "cases": list(_credentials(community, holder)),
        },
        "codes": {
            "about": "no text of a presentation's code",
            "cases": list(_codes(community, holder)),
        },
        "requirements": {
            "about": "no requirement of a policy, or none that the schema can meet",
            "cases": list(_requirements()),
        },
        "unmet": {
            "about": "a wallet refuses to prove what the credential does not meet",
            "cases": list(_unmet()),
        },
    }


def _credentials(community: VectorCommunity, holder: Holder) -> Iterator[Rejection]:
    issued = holder.issued
    values = list(issued.attributes)
    bo = community.holder("bo").issued
    flipped = bytes([issued.signature[0] ^ 0x20]) + issued.signature[1:]
    for name, changed in (
        ("another value", replace(issued, attributes=("0", *values[1:]))),
        ("another flag", replace(issued, attributes=(1, *values[1:]))),
        ("a value outside its domain", replace(issued, attributes=(2, *values[1:]))),
        ("a value too few", replace(issued, attributes=tuple(values[:-1]))),
        ("another serial", replace(issued, serial=issued.serial + 1)),
        ("another handle", replace(issued, handle=issued.handle + 1)),
        ("a changed signature", replace(issued, signature=flipped)),
        (
            "a signature over the identity",
            replace(issued, signature=IDENTITY + issued.signature[48:]),
        ),
        ("the answer to another's commitment", bo),
    ):
        yield {"name": name, "class": "CredentialRefused", "issued": changed.to_cbor().hex()}


def _codes(community: VectorCommunity, holder: Holder) -> Iterator[Rejection]:
    one = asked(community)["door"]
    with randomness("presentation/door"):
        octets = one.present(community.at(holder.credential, one.epoch)).to_cbor()
    text = to_qr_text(octets)
    for name, other in (
        ("another prefix", "SYM2:" + text[5:]),
        ("no prefix", text[5:]),
        ("small letters", text[:5] + text[5:].lower()),
        ("a character that is left over", text + "0" * (1 + (5 - len(text)) % 3)),
        ("a foreign character", text[:-1] + "_"),
        ("a triple above 65535", text[:5] + ":::" + text[8:]),
        ("nothing after the prefix", "SYM1:"),
        ("more than 828 octets", "SYM1:" + base45.b45encode(bytes(829)).decode()),
    ):
        yield {"name": name, "class": "EncodingError", "text": other}


def _requirements() -> Iterator[Rejection]:
    for text in (
        "",
        "points",
        "points > 5",
        "points == 5",
        "points >= -1",
        "points >= 16777216",
        "points >= 1.5",
        "points >= today",
        "Points >= 5",
        " points >= 5",
        "points >= 5 ",
        "points >= 5\n",
        "serial >= today",
        "serial <= 16777216",
        "pass >= 1",
        "nickname >= 1",
        "volunteer >= 1",
        "unknown >= 1",
        "valid_until >= 65536",
        "valid_until >= 2026-02-30",
        "valid_until >= 1969-12-31",
        "valid_until >= 2149-06-07",
        "valid_until >= tomorrow",
        "points >= ٣",
    ):
        yield {"text": text, "class": "PolicyError"}


def _unmet() -> Iterator[Rejection]:
    for require, today in (
        ("valid_until >= today", 20_783),
        ("valid_until <= 2026-11-24", None),
        ("points >= 70001", None),
        ("points <= 69999", None),
        ("points >= 16777215", None),
        ("points <= 0", None),
    ):
        yield {"require": require, "today": today, "class": "RequirementNotMet"}
