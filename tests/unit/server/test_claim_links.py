"""The list of claim links: mail goes to addresses as they are, and no name is a formula."""

import csv
from pathlib import Path
from types import SimpleNamespace

from server.organiser.claim_links import write_links


def test_addresses_stand_as_they_are_and_names_are_no_formulas(tmp_path: Path) -> None:
    people = [
        ("Plus", "+plus@example.org"),
        ("Dash", "-dash@example.org"),
        ("=1+1", "=equals@example.org"),
        ("@ana", "ana@example.org"),
        ("Zoë", "zoe@example.org"),
    ]
    claims = [
        SimpleNamespace(
            attendee=SimpleNamespace(id=f"id{at}", name=name, email=email), code="A" * 26
        )
        for at, (name, email) in enumerate(people)
    ]
    path = tmp_path / "links.csv"
    write_links(path, claims=claims, address="https://club.example", fingerprint=bytes(32))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["email"] for row in rows] == [email for _, email in people]
    assert [row["name"] for row in rows] == ["Plus", "Dash", "'=1+1", "'@ana", "Zoë"]
