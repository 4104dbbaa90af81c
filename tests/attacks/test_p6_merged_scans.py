"""P6 for doors without network: the same rows in whatever order and company their scans arrive."""

import itertools
import secrets
import time
from typing import Any

from credentials.formats import base64url
from tests.attacks.city import Call, City
from tests.attacks.wallet import calm_slot, enrol


def checkin(
    city: City, door: str, code: str, *, direction: str = "in", scan_id: bytes | None = None
) -> Call:
    """One scan as a request."""
    body: dict[str, Any] = {"code": code, "direction": direction}
    if scan_id is not None:
        body["scan_id"] = base64url.encode(scan_id)
    return ("POST", f"/doors/{door}/checkins", body, city.bearer(door))


def queued(code: str, *, at: int, scan_id: bytes | None = None) -> dict[str, Any]:
    """A scan as a door without network keeps it."""
    return {
        "scan_id": base64url.encode(scan_id or secrets.token_bytes(16)),
        "code": code,
        "direction": "in",
        "scanned_at": at,
    }


def sync(city: City, door: str, *scans: dict[str, Any]) -> Call:
    """A queue handed over, as a request."""
    return ("POST", f"/doors/{door}/sync", {"scans": list(scans)}, city.bearer(door))


def scans_of(city: City, pseudonym: bytes) -> list[tuple[Any, ...]]:
    """(door, at, n, verdict, at of the scan that stands against it), in order of time."""
    return city.rows(
        "SELECT one.door, one.at, one.n, one.verdict, other.at FROM door_scans AS one "
        "LEFT JOIN door_scans AS other ON one.against = other.scan_id "
        "WHERE one.pseudonym = ? ORDER BY one.at, one.scan_id",
        pseudonym,
    )


def test_p6_offline_scans_come_to_the_same_rows_in_every_order(city: City) -> None:
    """Earliest wins: two doors' queues and a scan made with network, in all six orders."""
    slot = calm_slot(seconds=5)
    for order in itertools.permutations(("early", "late", "online")):
        member = enrol(city)
        now = int(time.time())
        early, late = now - 40, now - 25
        calls = {
            "early": sync(city, "gate", queued(member.code("gate", slot=slot - 1), at=early)),
            "late": sync(city, "back-gate", queued(member.code("gate", slot=slot), at=late)),
            "online": checkin(city, "back-gate", member.code("gate")),
        }
        for name in order:
            (answer,) = city.at_once([calls[name]])
            assert answer.status_code == 200, answer.text
        rows = scans_of(city, member.presentation("gate").pseudonym)
        assert rows[:2] == [
            ("gate", early, 0, "admitted", None),
            ("back-gate", late, None, "already_in", early),
        ]
        # The scan with network is a row only if it let the member in, before the others came.
        assert len(rows) == (3 if order[0] == "online" else 2)
        assert all(row[2:] == (None, "already_in", early) for row in rows[2:])


def test_p6_offline_scans_raced_with_scans_at_the_door_leave_one_entry(city: City) -> None:
    slot = calm_slot(seconds=10)
    now = int(time.time())
    members = [enrol(city) for _ in range(4)]
    calls: list[Call] = []
    for member in members:
        first = queued(member.code("gate", slot=slot - 1), at=now - 30)
        second = queued(member.code("gate", slot=slot), at=now - 15)
        live = member.code("gate")
        for _ in range(6):
            calls += [
                sync(city, "back-gate", second),
                sync(city, "gate", first),
                checkin(city, "gate", live),
                checkin(city, "back-gate", live),
            ]
    secrets.SystemRandom().shuffle(calls)
    assert {answer.status_code for answer in city.at_once(calls)} == {200}
    for member in members:
        rows = scans_of(city, member.presentation("gate").pseudonym)
        assert rows[0] == ("gate", now - 30, 0, "admitted", None)
        assert rows[1] == ("back-gate", now - 15, None, "already_in", now - 30)
        assert all(row[2:] == (None, "already_in", now - 30) for row in rows[2:])
        assert len(rows) <= 3


def test_p6_scans_of_one_second_are_settled_by_their_id_in_any_order(city: City) -> None:
    slot = calm_slot(seconds=3)
    small, large = sorted(secrets.token_bytes(16) for _ in range(2))
    for smaller_first in (True, False):
        member, now = enrol(city), int(time.time())
        small, large = sorted(secrets.token_bytes(16) for _ in range(2))
        calls = [
            sync(city, "gate", queued(member.code("gate", slot=slot), at=now, scan_id=small)),
            sync(city, "back-gate", queued(member.code("gate", slot=slot), at=now, scan_id=large)),
        ]
        for call in calls if smaller_first else reversed(calls):
            city.at_once([call])
        rows = scans_of(city, member.presentation("gate").pseudonym)
        assert [(door, n) for door, _, n, *_ in rows] == [("gate", 0), ("back-gate", None)]
