"""Trustees who hold a key ceremony in memory, and deals that one of them has tampered with."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from credentials import domain_tags
from credentials.formats import base64url
from credentials.formats.ceremony_result import CeremonyResult
from credentials.sealing.cards import TrusteeKeys, read_card
from credentials.sealing.ceremony import TrusteeShare, finish, merge, part_file
from credentials.sealing.deals import Deal, make_deal
from credentials.sealing.participants import Participants
from credentials.sealing.signed_files import write_file

NAMES = ("Ana", "Bela", "Chloë", "Dimitri", "Eleni")


@dataclass(frozen=True)
class Circle:
    """Trustees in the order of their numbers."""

    trustees: tuple[TrusteeKeys, ...]
    participants: Participants

    @classmethod
    def of(cls, count: int, *, threshold: int, names: tuple[str, ...] = ()) -> "Circle":
        trustees = tuple(TrusteeKeys.generate(name) for name in (names or NAMES)[:count])
        return cls.with_trustees(trustees, threshold=threshold)

    @classmethod
    def with_trustees(cls, trustees: tuple[TrusteeKeys, ...], *, threshold: int) -> "Circle":
        cards = [read_card(one.card_file()) for one in trustees]
        return cls(trustees=trustees, participants=Participants.of(cards, threshold=threshold))

    def deals(self) -> list[str]:
        return [make_deal(self.participants, keys=one) for one in self.trustees]

    def finish(self, deals: list[str], *, at: int = 0) -> tuple[TrusteeShare, CeremonyResult]:
        return finish(deals, participants=self.participants, keys=self.trustees[at])

    def hold(self) -> tuple[list[TrusteeShare], str]:
        """All shares, and the whole ceremony's file."""
        deals = self.deals()
        outcomes = [self.finish(deals, at=at) for at in range(len(self.trustees))]
        parts = [
            part_file(result, keys=one)
            for (_, result), one in zip(outcomes, self.trustees, strict=True)
        ]
        return [share for share, _ in outcomes], merge(parts)

    def tampered(self, text: str, change: Callable[[Deal], Deal]) -> str:
        """A deal changed by its dealer, who signs it again."""
        deal = read_without_checks(text)
        return self.signed(change(deal), by=self.trustees[deal.dealer - 1])

    def signed(self, deal: Deal, *, by: TrusteeKeys) -> str:
        octets = deal.to_cbor()
        signature = by.sign(octets, tag=domain_tags.DEAL_SIGNATURE)
        return write_file("trustee-deal", octets, signature=signature)


def read_without_checks(text: str) -> Deal:
    return Deal.from_cbor(base64url.decode(json.loads(text)["octets"]))


def with_field(name: str, value: object) -> Callable[[Deal], Deal]:
    return lambda deal: replace(deal, **{name: value})
