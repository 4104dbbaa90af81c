"""A deal that is not honest stops the ceremony and names its dealer."""

from dataclasses import replace

import pytest

from credentials.curve import curve
from credentials.curve.scalars import ORDER, random_scalar
from credentials.errors import CeremonyRefused, DealRefused
from credentials.sealing.cards import TrusteeKeys
from credentials.sealing.deals import make_deal
from tests.unit.curve import odd_points
from tests.unit.sealing.circle import Circle, read_without_checks, with_field

CIRCLE = Circle.of(3, threshold=2)
DEALS = CIRCLE.deals()
HONEST = read_without_checks(DEALS[1])  # Bela's
IDENTITY_G2 = bytes([0xC0]) + bytes(95)


def refused_as_belas(deal: str, *, match: str, at: int = 0) -> None:
    with pytest.raises(DealRefused, match=match) as refused:
        CIRCLE.finish([DEALS[0], deal, DEALS[2]], at=at)
    assert refused.value.dealer == "Bela"


def test_a_share_that_was_spoilt_names_its_dealer() -> None:
    shares = (bytes(48), *HONEST.shares[1:])
    deal = CIRCLE.tampered(DEALS[1], with_field("shares", shares))
    refused_as_belas(deal, match="that Bela dealt cannot be opened")
    # Only the one who got it can see it.
    CIRCLE.finish([DEALS[0], deal, DEALS[2]], at=2)


def test_a_share_of_another_polynomial_names_its_dealer() -> None:
    """Sealed and signed as it should be, but not what the commitments say."""
    other = read_without_checks(make_deal(CIRCLE.participants, keys=CIRCLE.trustees[1]))
    deal = CIRCLE.tampered(
        DEALS[1], lambda deal: replace(deal, ephemeral=other.ephemeral, shares=other.shares)
    )
    for at in range(3):
        refused_as_belas(deal, match="not the one that the deal commits to", at=at)


def test_the_share_of_one_trustee_does_not_open_for_another() -> None:
    swapped = (HONEST.shares[2], HONEST.shares[1], HONEST.shares[0])
    deal = CIRCLE.tampered(DEALS[1], with_field("shares", swapped))
    refused_as_belas(deal, match="cannot be opened")


def test_a_rogue_key_without_possession_is_refused() -> None:
    """Bela deals last and takes the others' constants away, so that the sum is a key of Bela's."""
    wanted = random_scalar()
    rogue = curve.multiply_g2(curve.g2_generator, wanted)
    for text in (DEALS[0], DEALS[2]):
        rogue = rogue + -curve.decode_g2(read_without_checks(text).commitments[0])
    constant = curve.encode_g2(rogue)
    deal = CIRCLE.tampered(DEALS[1], with_field("commitments", (constant, *HONEST.commitments[1:])))
    refused_as_belas(deal, match="does not prove to know")


@pytest.mark.parametrize("of", [0, 2])
def test_the_possession_of_another_dealer_proves_nothing(of: int) -> None:
    """Ana's constant and proof, copied: the proof is bound to Ana's number."""
    copied = read_without_checks(DEALS[of])
    deal = CIRCLE.tampered(
        DEALS[1],
        lambda deal: replace(deal, commitments=copied.commitments, possession=copied.possession),
    )
    refused_as_belas(deal, match="does not prove to know")


def test_points_that_are_none_name_their_dealer() -> None:
    stray = odd_points.g2_octets(odd_points.g2_of_order(13))
    for bad in (IDENTITY_G2, stray, bytes(96)):
        for commitments in ((bad, HONEST.commitments[1]), (HONEST.commitments[0], bad)):
            deal = CIRCLE.tampered(DEALS[1], with_field("commitments", commitments))
            refused_as_belas(deal, match="is not valid")
    for bad in (bytes([0xC0]) + bytes(47), bytes(48)):
        deal = CIRCLE.tampered(DEALS[1], with_field("possession", bad))
        refused_as_belas(deal, match="is not valid")


def test_an_ephemeral_key_of_small_order_names_its_dealer() -> None:
    deal = CIRCLE.tampered(DEALS[1], with_field("ephemeral", bytes(32)))
    refused_as_belas(deal, match="cannot be opened")


@pytest.mark.parametrize("count", [1, 3])
def test_the_polynomial_has_exactly_the_degree_of_the_threshold(count: int) -> None:
    commitments = (HONEST.commitments * 2)[:count]
    deal = CIRCLE.tampered(DEALS[1], with_field("commitments", commitments))
    refused_as_belas(deal, match="another number of trustees")


@pytest.mark.parametrize("count", [2, 4])
def test_there_is_one_share_for_each_trustee(count: int) -> None:
    shares = (HONEST.shares * 2)[:count]
    deal = CIRCLE.tampered(DEALS[1], with_field("shares", shares))
    refused_as_belas(deal, match="another number of trustees")


def test_two_deals_of_one_trustee_name_the_dealer() -> None:
    second = make_deal(CIRCLE.participants, keys=CIRCLE.trustees[1])
    with pytest.raises(DealRefused, match="Bela signed two different deals") as refused:
        CIRCLE.finish([*DEALS, second])
    assert refused.value.dealer == "Bela"


def test_a_deal_replayed_from_another_ceremony_is_refused() -> None:
    with_another = Circle.with_trustees(
        (*CIRCLE.trustees[:2], TrusteeKeys.generate("Chloë")), threshold=2
    )
    of_all = Circle.with_trustees(CIRCLE.trustees, threshold=3)
    for other in (with_another, of_all):
        with pytest.raises(CeremonyRefused, match="another ceremony"):
            CIRCLE.finish([DEALS[0], other.deals()[1], DEALS[2]])


def test_a_replayed_deal_under_the_new_ceremonys_name_is_refused() -> None:
    other = Circle.with_trustees((*CIRCLE.trustees[:2], TrusteeKeys.generate("Chloë")), threshold=2)
    deal = CIRCLE.tampered(other.deals()[1], with_field("ceremony", CIRCLE.participants.id))
    refused_as_belas(deal, match="does not prove to know")


def test_nobody_deals_in_anothers_name() -> None:
    forged = CIRCLE.signed(HONEST, by=CIRCLE.trustees[0])
    with pytest.raises(CeremonyRefused, match="not signed by Bela") as refused:
        CIRCLE.finish([DEALS[0], forged, DEALS[2]])
    assert not isinstance(refused.value, DealRefused)  # it is no fault of Bela's


def test_a_dealer_outside_the_circle_is_refused() -> None:
    deal = CIRCLE.signed(replace(HONEST, dealer=4), by=CIRCLE.trustees[1])
    with pytest.raises(CeremonyRefused, match="does not take part"):
        CIRCLE.finish([DEALS[0], deal, DEALS[2]])


def test_missing_deals_are_named() -> None:
    with pytest.raises(CeremonyRefused, match="the deal of Ana, Chloë is missing"):
        CIRCLE.finish([DEALS[1]])


def test_shares_add_up_to_the_committed_key() -> None:
    share, result = CIRCLE.finish(DEALS, at=1)
    key = curve.encode_g2(curve.multiply_g2(curve.g2_generator, share.secret % ORDER))
    assert key == result.trustees[1].key
    assert share.number == 2
