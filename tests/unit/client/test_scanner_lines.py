"""Lines of a hand scanner, one of which may be a piece of a code."""

import time
from collections.abc import Iterator

from client.commands.scanner_lines import REST_SECONDS, scanned_codes
from tests.community import Community, Member
from tests.unit.client.door_file import code


def test_a_code_broken_over_lines_is_one_scan(community: Community, ana: Member) -> None:
    shown = code(ana, community=community, door="once")
    lines = ["https://example.org\n", "\n", shown[:500], shown[500:900], shown[900:] + "\n", shown]
    assert list(scanned_codes(lines)) == ["https://example.org", shown, shown]


def test_a_piece_without_its_rest_is_scanned_as_it_is_and_so_is_the_next(
    community: Community, ana: Member
) -> None:
    shown = code(ana, community=community, door="once")
    assert list(scanned_codes([shown[:500], shown])) == [shown[:500], shown]
    assert list(scanned_codes([shown[:500], "hello", "again"])) == [shown[:500], "hello", "again"]
    assert list(scanned_codes([shown[:500]])) == [shown[:500]]


def test_nobody_waits_for_a_rest_that_does_not_come(community: Community, ana: Member) -> None:
    piece = code(ana, community=community, door="once")[:500]

    def slow() -> Iterator[str]:
        yield piece
        time.sleep(5 * REST_SECONDS)
        yield "late"

    codes = scanned_codes(slow())
    begun = time.monotonic()
    assert next(codes) == piece
    assert time.monotonic() - begun < 3 * REST_SECONDS
    assert next(codes) == "late"
