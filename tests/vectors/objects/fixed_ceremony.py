"""A key ceremony of three trustees, of whom two open; keys and draws are fixed by names."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from credentials.formats import base64url
from credentials.sealing import deals as dealing
from credentials.sealing.cards import TrusteeKeys, read_card
from credentials.sealing.ceremony import TrusteeShare, finish, merge, part_file
from credentials.sealing.deals import make_deal
from credentials.sealing.participants import Participants
from credentials.sealing.result import CeremonyResult
from tests.vectors.vector_randomness import fixed_octets, fixed_scalar

NAMES = ("Ana", "Bela", "Chlo\u00eb")


THRESHOLD = 2


@dataclass(frozen=True)
class Ceremony:
    """All that three trustees made."""

    trustees: tuple[TrusteeKeys, ...]
    cards: tuple[str, ...]
    deals: tuple[str, ...]
    parts: tuple[str, ...]
    whole: str
    shares: tuple[TrusteeShare, ...]
    result: CeremonyResult
    participants: Participants


def ceremony(*, name: str = "ceremony") -> Ceremony:
    """The vectors' ceremony; another name gives another one of the same people."""
    trustees = tuple(keys_of(one) for one in NAMES)
    cards = tuple(one.card_file() for one in trustees)
    participants = Participants.of([read_card(one) for one in cards], threshold=THRESHOLD)
    made = []
    for one in trustees:
        with _fixed(f"{name}/{one.name}"):
            made.append(make_deal(participants, keys=one))
    outcomes = [finish(made, participants=participants, keys=one) for one in trustees]
    parts = tuple(
        part_file(result, keys=one) for (_, result), one in zip(outcomes, trustees, strict=True)
    )
    return Ceremony(
        trustees=trustees,
        cards=cards,
        deals=tuple(made),
        parts=parts,
        whole=merge(parts),
        shares=tuple(share for share, _ in outcomes),
        result=outcomes[0][1],
        participants=participants,
    )


def keys_of(name: str) -> TrusteeKeys:
    return TrusteeKeys(
        name=name,
        signing=b"\0" + fixed_octets(f"trustee/{name}/signing", 31),
        sharing=b"\0" + fixed_octets(f"trustee/{name}/sharing", 31),
    )


@contextmanager
def _fixed(case: str) -> Iterator[None]:
    drawn = iter(range(1000))

    class FixedKey(X25519PrivateKey):  # only to be asked for a key; never one itself
        @classmethod
        def generate(cls) -> X25519PrivateKey:
            octets = b"\0" + fixed_octets(f"{case}/ephemeral", 31)
            return X25519PrivateKey.from_private_bytes(octets)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dealing, "random_scalar", lambda: fixed_scalar(f"{case}/{next(drawn)}"))
        patch.setattr(dealing, "X25519PrivateKey", FixedKey)
        yield


def inside(text: str) -> bytes:
    return base64url.decode(json.loads(text)["octets"])


def alone() -> Ceremony:
    keys = keys_of("Ana")
    card = keys.card_file()
    participants = Participants.of([read_card(card)], threshold=1)
    with _fixed("alone"):
        deal = make_deal(participants, keys=keys)
    share, result = finish([deal], participants=participants, keys=keys)
    part = part_file(result, keys=keys)
    return Ceremony(
        trustees=(keys,),
        cards=(card,),
        deals=(deal,),
        parts=(part,),
        whole=merge([part]),
        shares=(share,),
        result=result,
        participants=participants,
    )
