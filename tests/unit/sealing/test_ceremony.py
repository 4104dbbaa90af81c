"""A key ceremony without a dealer: all come to one result, and enough of them open a poll."""

import pickle
import secrets
from itertools import combinations

import pytest

from credentials.curve import curve
from credentials.curve.scalars import ORDER
from credentials.errors import CeremonyRefused, OpeningRefused
from credentials.formats.ceremony_result import CeremonyResult
from credentials.sealing import (
    check_opening,
    check_share,
    combine,
    open_sealed,
    seal,
    share_of,
)
from credentials.sealing.cards import TrusteeKeys
from credentials.sealing.ceremony import merge, part_file, read_ceremony
from credentials.sealing.opening import lagrange
from credentials.sealing.participants import Participants
from tests.unit.sealing.circle import Circle
from tests.unit.sealing.sealed_poll import PLAINTEXT, a_point

DIGEST = secrets.token_bytes(32)


@pytest.mark.parametrize(
    ("threshold", "trustees"), [(1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (3, 5)]
)
def test_any_threshold_of_the_trustees_open_a_ballot_and_fewer_do_not(
    threshold: int, trustees: int
) -> None:
    kept, file = Circle.of(trustees, threshold=threshold).hold()
    result, _ = read_ceremony(file)
    place = {"digest": DIGEST, "pseudonym": a_point(), "sequence": 1}
    sealed = seal(PLAINTEXT, key=result.key, **place)
    shares = {one.number: share_of(one.secret, digest=DIGEST) for one in kept}
    for number, share in shares.items():
        check_share(share, trustee=number, key=result.trustees[number - 1].key, digest=DIGEST)
    for chosen in combinations(shares, threshold):
        opening = combine({number: shares[number] for number in chosen}, threshold=threshold)
        check_opening(opening, key=result.key, digest=DIGEST)
        assert open_sealed(sealed, opening=opening, **place) == PLAINTEXT
    for too_few in combinations(shares, threshold - 1):
        some = {number: shares[number] for number in too_few}
        with pytest.raises(OpeningRefused):
            combine(some, threshold=threshold)
        if some:
            with pytest.raises(OpeningRefused):
                check_opening(combine(some, threshold=len(some)), key=result.key, digest=DIGEST)


def test_the_key_is_that_of_the_sum_which_nobody_adds_up() -> None:
    kept, file = Circle.of(3, threshold=2).hold()
    numbers = [1, 3]
    secret = sum(kept[number - 1].secret * lagrange(number, numbers, at=0) for number in numbers)
    point = curve.multiply_g2(curve.g2_generator, secret % ORDER)
    assert curve.encode_g2(point) == read_ceremony(file)[0].key


def test_the_order_of_cards_and_deals_makes_no_difference() -> None:
    circle = Circle.of(3, threshold=2)
    cards = list(reversed(circle.participants.cards))
    assert Participants.of([*cards, cards[0]], threshold=2) == circle.participants
    deals = circle.deals()
    _, result = circle.finish(deals)
    assert circle.finish([*reversed(deals), deals[1]])[1] == result


def test_every_ceremony_makes_another_key() -> None:
    circle = Circle.of(2, threshold=2)
    results = [read_ceremony(circle.hold()[1])[0] for _ in range(2)]
    assert results[0].ceremony == results[1].ceremony
    assert results[0].key != results[1].key
    assert results[0].deals != results[1].deals


def test_trustees_who_saw_different_deals_are_found_out() -> None:
    circle = Circle.of(2, threshold=2)
    parts = [
        part_file(circle.finish(circle.deals(), at=at)[1], keys=circle.trustees[at])
        for at in range(2)
    ]
    with pytest.raises(CeremonyRefused, match="Ana and Bela signed different results"):
        merge(parts)


def test_every_trustee_has_to_sign() -> None:
    circle = Circle.of(3, threshold=2)
    deals = circle.deals()
    parts = [part_file(circle.finish(deals, at=at)[1], keys=circle.trustees[at]) for at in range(3)]
    with pytest.raises(CeremonyRefused, match="the part of Bela is missing"):
        merge([parts[0], parts[2], parts[0]])
    with pytest.raises(CeremonyRefused, match="no part"):
        merge([])
    stranger = TrusteeKeys.generate("Ana")
    with pytest.raises(CeremonyRefused, match="signed by none"):
        merge([part_file(circle.finish(deals)[1], keys=stranger), *parts[1:]])


def test_a_stranger_takes_no_part() -> None:
    circle = Circle.of(2, threshold=2)
    stranger = Circle(trustees=(TrusteeKeys.generate("Ana"),), participants=circle.participants)
    with pytest.raises(CeremonyRefused, match="Ana does not take part"):
        stranger.deals()
    with pytest.raises(CeremonyRefused, match="Ana does not take part"):
        stranger.finish(circle.deals())


@pytest.mark.parametrize("threshold", [0, 3])
def test_the_threshold_is_from_one_to_all(threshold: int) -> None:
    with pytest.raises(CeremonyRefused, match="threshold"):
        Circle.of(2, threshold=threshold)


def test_two_trustees_have_two_names_and_two_keys() -> None:
    ana = TrusteeKeys.generate("Ana")
    with pytest.raises(CeremonyRefused, match="the same name"):
        Circle.with_trustees((ana, TrusteeKeys.generate("Ana")), threshold=2)
    twin = TrusteeKeys(name="Bela", signing=ana.signing, sharing=ana.sharing)
    with pytest.raises(CeremonyRefused, match="the same verification key"):
        Circle.with_trustees((ana, twin), threshold=2)


def test_secrets_are_neither_shown_nor_pickled() -> None:
    circle = Circle.of(1, threshold=1)
    keys = circle.trustees[0]
    share, _ = circle.finish(circle.deals())
    assert str(share.secret) not in repr(share)
    assert repr(keys) == "TrusteeKeys(name='Ana')"
    for secret in (keys, share):
        with pytest.raises(TypeError):
            pickle.dumps(secret)


def test_results_come_back_from_their_octets() -> None:
    circle = Circle.of(3, threshold=2)
    _, result = circle.finish(circle.deals())
    assert CeremonyResult.from_cbor(result.to_cbor()) == result
