"""What a door remembers for minutes only: answers that may have been lost, and codes seen.

Both are rows with an end, deleted by whoever comes next, so that neither table grows.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from credentials.doors import Verdict
from server.doors.store import door_answers, door_codes_seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A verdict as it was given, under the scan's id; `first_*` name the entry that it named."""

    scan_id: bytes
    door: str
    direction: str
    code_hash: bytes
    verdict: Verdict
    first_at: int | None
    first_door: str | None


def purge(connection: Connection, *, now: int) -> None:
    """Forget what has ended."""
    connection.execute(delete(door_answers).where(door_answers.c.expires_at <= now))
    connection.execute(delete(door_codes_seen).where(door_codes_seen.c.expires_at <= now))


def answer(connection: Connection, scan_id: bytes, *, now: int) -> Answer | None:
    """The answer given to a scan, while it is remembered."""
    row = connection.execute(
        select(
            door_answers.c.scan_id,
            door_answers.c.door,
            door_answers.c.direction,
            door_answers.c.code_hash,
            door_answers.c.verdict,
            door_answers.c.first_at,
            door_answers.c.first_door,
        ).where(door_answers.c.scan_id == scan_id, door_answers.c.expires_at > now)
    ).one_or_none()
    if row is None:
        return None
    fields = dict(row._mapping)
    fields["verdict"] = Verdict(row.verdict)
    return Answer(**fields)


def add_answer(connection: Connection, given: Answer, *, expires_at: int) -> None:
    """Remember an answer; IntegrityError if this scan was answered already."""
    connection.execute(
        insert(door_answers).values(
            scan_id=given.scan_id,
            door=given.door,
            direction=given.direction,
            code_hash=given.code_hash,
            verdict=given.verdict.value,
            first_at=given.first_at,
            first_door=given.first_door,
            expires_at=expires_at,
        )
    )


def add_code(connection: Connection, code_hash: bytes, *, expires_at: int) -> None:
    """Remember a code; IntegrityError if it was seen already."""
    connection.execute(insert(door_codes_seen).values(code_hash=code_hash, expires_at=expires_at))


def note_code(connection: Connection, code_hash: bytes, *, expires_at: int) -> None:
    """Remember a code that a door without network let in, whether or not it was seen before."""
    connection.execute(delete(door_codes_seen).where(door_codes_seen.c.code_hash == code_hash))
    add_code(connection, code_hash, expires_at=expires_at)
