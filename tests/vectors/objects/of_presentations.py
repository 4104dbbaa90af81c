"""Presentations, read; the text of a code. Whether proofs hold is asked in rejections/."""

from dataclasses import replace

from credentials.formats.presentation import Presentation
from credentials.formats.qr import to_qr_text
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    of_objects,
    spoilt,
)
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_presentations import asked
from tests.vectors.vector_randomness import randomness


def files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    made = _honest(community, holder)
    return {"showing": _showing(made), "qr-text": _qr_text(made)}


def _honest(community: VectorCommunity, holder: Holder) -> dict[str, Presentation]:
    made = {}
    for name, one in asked(community).items():
        with randomness(f"presentation/{name}"):
            made[name] = one.present(community.at(holder.credential, one.epoch))
    return made


def _showing(made: dict[str, Presentation]) -> ObjectFile:
    door, app = made["door"], made["pseudonym"]
    change, app_change = Changes(door.to_cbor(), "showing"), Changes(app.to_cbor(), "showing")
    own = door.pseudonym + door.proof
    last = 7
    return ObjectFile(
        about="a presentation, read; nothing of its proof is looked at",
        rule="showing",
        form="cbor",
        accepted=of_objects(
            **made, the_shortest_proof=replace(made["registry"], proof=bytes(144 + 128))
        ),
        refused=[
            *spoilt(door.to_cbor()),
            change("an unknown purpose", "purpose", "pay", why="there are four purposes"),
            change("an instance that is a number", "instance", 1, why="text or octets"),
            change("an instance of 31 octets", "instance", bytes(31), why="none or 32"),
            change("an empty instance of a door", "instance", "", why="shown text is not empty"),
            change("an instance of 65 characters", "instance", "x" * 65, why="at most 64"),
            change("a slot after 2^40", "freshness", 2**40 + 1, why="slots are at most 2^40"),
            app_change("a short nonce", "freshness", bytes(31), why="a nonce has 32 octets"),
            change("2^32 removals", "removals", 2**32, why="they are below 2^32"),
            change(
                "a head in place of removals", "removals", bytes(32), why="V is named by a number"
            ),
            change("the handle is disclosed", "disclosed", ((0, 5),), why="indexes begin at 2"),
            change("the serial is disclosed", "disclosed", ((1, 5),), why="indexes begin at 2"),
            change("an index of 18", "disclosed", ((18, 5),), why="indexes are at most 17"),
            change("an index twice", "disclosed", ((2, 0), (2, 0)), why="each index once"),
            change("indexes that fall", "disclosed", ((3, "a"), (2, 0)), why="indexes ascend"),
            change("a value that is octets", "disclosed", ((2, b""),), why="text or number"),
            change("a value of 2^24", "disclosed", ((2, 2**24),), why="below 2^24"),
            change("a value without its index", "disclosed", ((2,),), why="pairs"),
            change("a pseudonym that is 2", "pseudonym", 2, why="flags are 0 or 1"),
            change("half a pseudonym", last, own[:40], why="it has 48 octets"),
            change("a pseudonym and no proof", last, own[:48], why="272 octets at least"),
            change("a scalar too short", last, own[:-1], why="points and scalars are whole"),
            change("a proof of three scalars", last, own[: 48 + 144 + 96], why="four at least"),
            change("a proof of 6,176 octets", last, bytes(48 + 6176), why="at most 6,144"),
        ],
    )


def _qr_text(made: dict[str, Presentation]) -> ObjectFile:
    octets = made["door"].to_cbor()
    text = to_qr_text(octets)

    def refused(name: str, value: str, why: str) -> Refused:
        return Refused(name=name, value=value, why=why, refusal="EncodingError")

    return ObjectFile(
        about="the text of a code; `gives` are its octets",
        rule="qr-text",
        form="text",
        accepted=[
            Accepted(name=name, value=to_qr_text(value), gives={"octets": value.hex()})
            for name, value in (
                ("a door code", octets),
                ("one octet", b"\xff"),
                ("an odd number of octets", b"\0\0\0"),
                ("828 octets", bytes(828)),
            )
        ],
        refused=[
            refused("another prefix", "SYM2:" + text[5:], "the prefix has a number"),
            refused("small letters", text[:5] + text[5:].lower(), "the alphabet has capitals only"),
            refused("nothing after the prefix", "SYM1:", "one octet at least"),
            refused("a character more", text[:5] + text[5 : 5 + 3] + "A", "two or three together"),
            refused("a foreign character", "SYM1:A_B", "45 characters"),
            refused("three above 65535", "SYM1::::", "three are below 2^16"),
            refused("two above 255", "SYM1:::", "two at the end are below 2^8"),
            refused("830 octets", "SYM1:" + "000" * 415, "at most 828 octets"),
        ],
    )
