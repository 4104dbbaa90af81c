"""P8: no row and no join of the database ties a member to a pseudonym, a ballot or a proof."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.attacks import leaks
from tests.attacks.festival import PEOPLE, Festival


def test_p8_nothing_in_the_database_joins_a_member_to_what_was_shown(festival: Festival) -> None:
    file = festival.city.data / "symbolon.db"
    connection = sqlite3.connect(file)
    for table in ("credentials", "claim_codes", "door_scans", "ballots", "presentation_requests"):
        (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        assert rows >= len(PEOPLE)
    connection.close()
    assert leaks.joins(file) == []


def test_p8_no_used_nonce_and_no_time_of_enrolment_is_kept(festival: Festival) -> None:
    """A nonce with its expiry, beside the commitment that used it, would tell when it was used."""
    connection = sqlite3.connect(festival.city.data / "symbolon.db")
    kept = {octets for (octets,) in connection.execute("SELECT nonce FROM issuance_nonces")}
    connection.close()
    assert not kept & festival.octets


PLANTS: dict[str, tuple[str, str]] = {
    "a foreign key": (
        "ALTER TABLE ballots ADD COLUMN entitlement REFERENCES entitlements (id)",
        "foreign keys lead from issuance to ballots",
    ),
    "a foreign key over a third table": (
        """CREATE TABLE visits (pseudonym REFERENCES door_scans (scan_id),
        who REFERENCES credentials (commitment))""",
        "foreign keys lead from issuance to door_scans",
    ),
    "a table of its own": (
        "CREATE TABLE notes AS SELECT serial, (SELECT 1) AS x FROM credentials",
        "table notes is neither",
    ),
    "a serial in a ballot": (
        "ALTER TABLE ballots ADD COLUMN serial INTEGER",
        "column ballots.serial",
    ),
    "a time in a ballot": (
        "ALTER TABLE ballots ADD COLUMN cast_at INTEGER",
        "column ballots.cast_at may hold a time",
    ),
    "a time of enrolment": (
        "ALTER TABLE credentials ADD COLUMN issued_at INTEGER",
        "column credentials.issued_at tells when",
    ),
    "an order of arrival": (
        """ALTER TABLE ballots RENAME TO old;
        CREATE TABLE ballots AS SELECT * FROM old; DROP TABLE old""",
        "table ballots keeps the order",
    ),
    "a commitment in a scan": (
        "UPDATE door_scans SET code_hash = (SELECT commitment FROM credentials LIMIT 1)",
        "stand both at issuance and in what was shown",
    ),
    "eight octets of a handle in a reason": (
        """UPDATE presentation_requests SET reason =
        (SELECT lower(hex(substr(handle, 5, 8))) FROM credentials LIMIT 1)""",
        "stand both at issuance and in what was shown",
    ),
    "a pseudonym with an entitlement": (
        "UPDATE entitlements SET source = (SELECT pseudonym FROM ballots LIMIT 1) "
        "WHERE id = (SELECT min(id) FROM entitlements)",
        "stand both at issuance and in what was shown",
    ),
}


@pytest.mark.parametrize("plant", PLANTS)
def test_p8_the_search_in_the_database_finds_a_planted_leak(
    festival: Festival, tmp_path: Path, plant: str
) -> None:
    script, expected = PLANTS[plant]
    found = _joins_after(festival, tmp_path, lambda copy: copy.executescript(script))
    assert any(expected in line for line in found), found


def test_p8_the_search_in_the_database_finds_a_planted_hash(
    festival: Festival, tmp_path: Path
) -> None:
    import hashlib

    def plant(copy: sqlite3.Connection) -> None:
        (commitment,) = copy.execute("SELECT commitment FROM credentials LIMIT 1").fetchone()
        digest = hashlib.sha256(commitment).digest()
        copy.execute("UPDATE door_scans SET context_id = ?", (digest,))

    found = _joins_after(festival, tmp_path, plant)
    assert "a hash of a value on one side stands on the other" in found


def _joins_after(
    festival: Festival, directory: Path, plant: Callable[[sqlite3.Connection], Any]
) -> list[str]:
    """What is found in a copy of the database in which something was planted."""
    copy = directory / "copy.db"
    original = sqlite3.connect(festival.city.data / "symbolon.db")
    original.execute("VACUUM INTO ?", (str(copy),))
    original.close()
    assert leaks.joins(copy) == []
    connection = sqlite3.connect(copy)
    plant(connection)
    connection.commit()
    connection.close()
    return leaks.joins(copy)
