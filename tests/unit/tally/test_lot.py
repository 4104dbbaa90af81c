"""The lot: an order that everybody computes alike, and that no option is favoured in."""

import hashlib
from collections import Counter

from credentials.tally import lot_order
from credentials.tally.lot import Lot


def test_the_order_is_that_of_the_hashes() -> None:
    seed = bytes(range(32))
    tickets = {
        option: hashlib.sha256(b"symbolon/lot/1\x00" + seed + bytes([0, option])).hexdigest()
        for option in range(1, 65)
    }
    assert lot_order(seed, 64) == tuple(sorted(tickets, key=tickets.__getitem__))


def test_the_order_of_few_options_is_part_of_that_of_more() -> None:
    assert lot_order(b"seed", 3) == tuple(k for k in lot_order(b"seed", 9) if k <= 3)


def test_over_many_seeds_every_option_is_first_about_equally_often() -> None:
    firsts = Counter(lot_order(n.to_bytes(32, "big"), 4)[0] for n in range(4000))
    assert set(firsts) == {1, 2, 3, 4}
    assert all(850 < times < 1150 for times in firsts.values())  # more than five deviations


def test_some_of_the_options_keep_their_order() -> None:
    lot = Lot((3, 1, 2))
    assert lot.sorted({1, 2, 3}) == (3, 1, 2)
    assert lot.sorted([2, 3]) == (3, 2)
