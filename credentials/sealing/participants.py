"""Who takes part in a key ceremony, in one order for all, and how many of them open a poll.

Source: docs/protocol.md, "The trustees' key". The id binds every deal to exactly these cards and
this threshold, so that no deal can be carried over from another ceremony.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from credentials import domain_tags
from credentials.errors import CeremonyRefused
from credentials.formats import cbor
from credentials.formats.ceremony_result import MAX_TRUSTEES
from credentials.sealing.cards import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Participants:
    """The cards in ascending order of their names' UTF-8 octets; trustees are numbered from 1.

    Raises CeremonyRefused.
    """

    threshold: int
    cards: tuple[Card, ...]

    @classmethod
    def of(cls, cards: Iterable[Card], *, threshold: int) -> Self:
        """From cards in any order; a card that is there twice counts once."""
        ordered = sorted(set(cards), key=lambda card: card.name.encode())
        return cls(threshold=threshold, cards=tuple(ordered))

    def __post_init__(self) -> None:
        names = [card.name.encode() for card in self.cards]
        if names != sorted(names):
            raise CeremonyRefused("the cards are not in the order of their names")
        for kind, values in (
            ("name", names),
            ("verification key", [card.verification_key for card in self.cards]),
            ("share key", [card.share_key for card in self.cards]),
        ):
            if len(set(values)) != len(values):
                raise CeremonyRefused(f"two cards have the same {kind}")
        if not 1 <= len(self.cards) <= MAX_TRUSTEES:
            raise CeremonyRefused(f"a ceremony has 1 to {MAX_TRUSTEES} trustees")
        if not 1 <= self.threshold <= len(self.cards):
            raise CeremonyRefused(
                f"the threshold is not from 1 to the number of trustees, {len(self.cards)}"
            )

    @property
    def id(self) -> bytes:
        """SHA-256 over the threshold and all cards in order, 32 octets."""
        cards = [card.to_cbor() for card in self.cards]
        return hashlib.sha256(
            cbor.encode_labelled(domain_tags.CEREMONY, self.threshold, cards)
        ).digest()

    def number_of(self, card: Card) -> int:
        """The number of a trustee, from 1; raises CeremonyRefused for who does not take part."""
        if card not in self.cards:
            raise CeremonyRefused(f"{card.name} does not take part in this ceremony")
        return self.cards.index(card) + 1
