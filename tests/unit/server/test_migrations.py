"""From the tables of the first version to the registry, with a removal that was noted there."""

import hashlib
import json
from pathlib import Path

import sqlalchemy
from alembic import command

from credentials.curve.scalars import decode_scalar
from credentials.formats import cbor
from credentials.issuance import draw_handle
from server.community.service import CommunityService
from server.database import Database
from server.issuance.attendee import Invitation
from server.issuance.enrolments import Enrolments
from server.issuance.person import source_of
from server.migrations import configuration, upgrade
from server.registry.publisher import Publisher
from server.registry.service import RegistryService
from tests.community import Community

NOW = 1_790_000_100

ENTITLEMENTS = """
INSERT INTO entitlements (id, source, name, email, attributes, generation, reissued)
VALUES (:id, :source, :name, :email, :attributes, 1, 0)
"""
CREDENTIALS = """
INSERT INTO credentials (commitment, entitlement_id, handle, serial, issued, retired)
VALUES (:commitment, :id, :handle, :serial, x'00', :retired)
"""


def first_version(file: Path) -> Database:
    """A database as the first version made it, with nothing in it."""
    database = Database(f"sqlite:///{file}")
    settings = configuration()
    with database.write() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
    return database


def test_a_removal_that_was_pending_is_published_with_the_first_head_after_the_first(
    community: Community, tmp_path: Path
) -> None:
    file = tmp_path / "old.db"
    database = first_version(file)
    old, current = (draw_handle().to_bytes(32, "big") for _ in range(2))
    with database.write() as connection:
        for name, handle, retired in (("Ana", old, 1), ("Bo", current, 0)):
            row = {
                "id": name.lower(),
                "source": name.encode().ljust(32),
                "name": name,
                "email": f"{name}@example.org",
                "attributes": json.dumps(community.attributes()),
                "commitment": name.encode().ljust(48),
                "handle": handle,
                "serial": len(name),
                "retired": retired,
            }
            connection.execute(sqlalchemy.text(ENTITLEMENTS), row)
            connection.execute(sqlalchemy.text(CREDENTIALS), row)
        connection.execute(
            sqlalchemy.text("INSERT INTO pending_removals (handle) VALUES (:handle)"),
            {"handle": old},
        )
    database.close()

    database = Database(f"sqlite:///{file}")
    upgrade(database)
    published = CommunityService(
        database, signing_key=lambda: community.signing_key, clock=lambda: NOW
    )
    registry = RegistryService(database, published)
    publisher = Publisher(
        database,
        community=published,
        registry=registry,
        enrolments=Enrolments(registry),
        secret_key=lambda: community.secret,
        signing_key=lambda: community.signing_key,
        clock=lambda: NOW,
    )
    with database.write() as connection:
        published.publish_first(community.metadata, connection=connection)
        kept = connection.exec_driver_sql(
            "SELECT id, standing, valid_until FROM entitlements ORDER BY id"
        ).all()
        removed = connection.exec_driver_sql(
            "SELECT handle FROM credentials WHERE removed"
        ).scalars()
        assert list(removed) == [old]
    last_day = community.attributes()["valid_until"]
    assert [tuple(row) for row in kept] == [
        ("ana", "current", last_day),
        ("bo", "current", last_day),
    ]

    first = publisher.publish_due()
    assert first is not None
    assert (first.epoch, first.removals, first.highest_serial) == (0, 0, 3)
    assert publisher.publish_due() is None
    assert registry.status().pending == 1
    assert publisher.publish().removals == 1
    (removal,) = [registry.log_segment(0)[0][:32]]
    assert decode_scalar(removal) == int.from_bytes(old, "big")


def test_people_of_plain_lists_are_known_by_address_and_all_others_by_their_ticket(
    tmp_path: Path,
) -> None:
    database = first_version(tmp_path / "old.db")
    plain = cbor.encode(("symbolon/attendee/1", "plain", "ana@example.org", "ana"))
    with database.write() as connection:
        for name, source in (("Ana", hashlib.sha256(plain).digest()), ("Bo", bytes(32))):
            row = {"id": name.lower(), "name": name, "email": f"{name.lower()}@example.org"}
            connection.execute(
                sqlalchemy.text(ENTITLEMENTS), {**row, "source": source, "attributes": "{}"}
            )
    upgrade(database)
    with database.read() as connection:
        query = "SELECT name, has_id, scope, email_key, source FROM entitlements ORDER BY name"
        ana, bo = connection.execute(sqlalchemy.text(query)).all()
    named = Invitation(name="ANA", email="Ana@example.org", attributes={})
    assert tuple(ana) == ("Ana", 0, "plain", "ana@example.org", source_of(named, scope="plain"))
    assert tuple(bo) == ("Bo", 1, "", "bo@example.org", bytes(32))
