"""Who is meant by rows that cannot be used: they have not vanished, though nothing is done."""

from collections.abc import Iterable, Sequence

from credentials.formats.text import fold
from server.email_address import email_key
from server.issuance.attendee import Attendee
from server.issuance.person import person
from server.organiser.ticket import SkippedRow


class Mentioned:
    """Who may be meant by rows that cannot be used and name no ticket: by name or by address."""

    def __init__(self, rows: Iterable[SkippedRow]) -> None:
        said = [text for row in rows if row.key is None and not row.repeated for text in row.whose]
        self._names = {fold(text) for text in said}
        self._addresses = {email_key(text) for text in said if "@" in text}

    def has(self, attendee: Attendee) -> bool:
        """Whether a row has the name or the address, as it is known or as a list had it."""
        return any(
            (bool(who.name) and who.name in self._names) or who.address in self._addresses
            for who in (person(attendee), person(attendee.listed or attendee))
        )

    def apart(
        self, missing: Sequence[tuple[Attendee, bytes | None]]
    ) -> tuple[list[tuple[Attendee, bytes | None]], list[Attendee]]:
        """Those who are missing indeed, and those whose row is there."""
        here = [one for one, key in missing if key == one.key and self.has(one)]
        return [(one, key) for one, key in missing if one not in here], here
