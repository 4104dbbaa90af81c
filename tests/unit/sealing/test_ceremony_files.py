"""The files of a ceremony: every damage is refused by one of our own errors."""

import json
import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import domain_tags
from credentials.errors import CeremonyRefused
from credentials.formats import base64url
from credentials.formats.ceremony_result import CeremonyResult
from credentials.sealing.cards import TrusteeKeys, read_card
from credentials.sealing.ceremony import merge, part_file, read_ceremony, read_part
from credentials.sealing.deals import read_deal
from credentials.sealing.signed_files import write_file, write_file_of_all
from tests.unit.sealing.circle import Circle

CIRCLE = Circle.of(2, threshold=2)
DEALS = CIRCLE.deals()
RESULT = CIRCLE.finish(DEALS)[1]
PARTS = [part_file(RESULT, keys=one) for one in CIRCLE.trustees]
READERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "card": (CIRCLE.trustees[0].card_file(), read_card),
    "deal": (DEALS[0], lambda text: read_deal(text, participants=CIRCLE.participants)),
    "part": (PARTS[0], read_part),
    "ceremony": (merge(PARTS), read_ceremony),
}
EACH = pytest.mark.parametrize("kind", READERS)


@EACH
def test_a_flipped_bit_is_refused(kind: str) -> None:
    text, read = READERS[kind]
    read(text)
    value = json.loads(text)
    for name in ("octets", "signature", "signatures"):
        if name not in value:
            continue
        listed = isinstance(value[name], list)
        octets = bytearray(base64url.decode(value[name][0] if listed else value[name]))
        for _ in range(25):
            at = secrets.randbelow(len(octets))
            octets[at] ^= (bit := 1 << secrets.randbelow(8))
            damaged = base64url.encode(bytes(octets))
            changed = [damaged, *value[name][1:]] if listed else damaged
            with pytest.raises(CeremonyRefused):
                read(json.dumps({**value, name: changed}))
            octets[at] ^= bit


@EACH
def test_another_kind_of_file_is_named(kind: str) -> None:
    _, read = READERS[kind]
    for other, (text, _) in READERS.items():
        if other != kind:
            with pytest.raises(CeremonyRefused, match=r"is not .*, but "):
                read(text)


@EACH
@pytest.mark.parametrize(
    "change",
    [
        {"octets": ""},
        {"octets": 5},
        {"octets": "===="},
        {"octets": "A" * 60000},
        {"more": 1},
        {"signature": "", "signatures": []},
        {"signature": None, "signatures": [None]},
        {"symbolon": ["card"]},
    ],
    ids=str,
)
def test_other_fields_are_refused(kind: str, change: dict[str, object]) -> None:
    text, read = READERS[kind]
    with pytest.raises(CeremonyRefused):
        read(json.dumps({**json.loads(text), **change}))


@EACH
@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=60) | st.sampled_from(["[" * 60000, "[]", "null", "x" * 70000]))
def test_any_other_text_is_refused(kind: str, text: str) -> None:
    with pytest.raises(CeremonyRefused):
        READERS[kind][1](text)


def test_a_card_is_signed_by_its_own_key() -> None:
    ana, bela = CIRCLE.trustees
    octets = ana.card.to_cbor()
    signature = bela.sign(octets, tag=domain_tags.CARD_SIGNATURE)
    with pytest.raises(CeremonyRefused, match="not signed by its own key"):
        read_card(write_file("trustee-card", octets, signature=signature))


def test_a_name_has_to_be_one_that_can_be_shown() -> None:
    for name in ("", " Ana", "A" * 65, "Ana\n", "A\u202ena"):
        with pytest.raises(Exception, match="trustee's name"):
            TrusteeKeys.generate(name)


def ceremony_of(result: CeremonyResult) -> str:
    """Signed by all its trustees, whatever it says."""
    octets = result.to_cbor()
    return write_file_of_all(
        "ceremony",
        octets,
        signatures=[
            one.sign(octets, tag=domain_tags.CEREMONY_SIGNATURE) for one in CIRCLE.trustees
        ],
    )


def test_keys_that_do_not_belong_together_are_refused_whoever_signed() -> None:
    other = CIRCLE.finish(CIRCLE.deals())[1]
    assert read_ceremony(ceremony_of(RESULT))[0] == RESULT
    first, second = RESULT.trustees
    for wrong in (
        replace(RESULT, key=other.key),
        replace(RESULT, trustees=(first, replace(second, key=other.trustees[1].key))),
        replace(RESULT, trustees=(first, replace(second, key=first.key))),
        replace(RESULT, key=bytes([0xC0]) + bytes(95)),
        replace(RESULT, threshold=1),
    ):
        with pytest.raises(CeremonyRefused, match="is not valid"):
            read_ceremony(ceremony_of(wrong))


def test_one_signature_of_each_trustee_in_order() -> None:
    octets = RESULT.to_cbor()
    ana, bela = (one.sign(octets, tag=domain_tags.CEREMONY_SIGNATURE) for one in CIRCLE.trustees)
    for signatures in ((), (ana,), (bela, ana), (ana, ana), (ana, bela, bela)):
        with pytest.raises(CeremonyRefused, match="not signed by"):
            read_ceremony(write_file_of_all("ceremony", octets, signatures=signatures))
