"""What the registry asks of issuance when it makes a head: who came, who goes, how many there are.

A crowd table is made of a count that changes by many members at a time only, whoever comes and goes
between (`credentials.crowd`): newcomers wait until there are enough of them to be counted, and who
left stays in the count until enough have left. Tables are made with scheduled heads, but for the
first one of all.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from credentials.crowd import Cells, enough_newcomers, sheets_of, told, worth_telling
from credentials.formats.crowd import STEP, Crowd
from credentials.formats.head import Head
from credentials.formats.schema import REISSUED, Schema
from server.issuance import count_store, credential_store, store
from server.issuance.attendee import Decision
from server.issuance.count_store import Count
from server.registry.service import RegistryService


class Enrolments:
    """The members of one community, as the registry's publisher sees them."""

    def __init__(self, registry: RegistryService) -> None:
        self._registry = registry

    def highest_serial(self, connection: Connection) -> int:
        """The highest serial issued so far, 0 before the first.

        Never below what a head has said: the database may have been put back from an older copy.
        """
        return max(
            credential_store.highest_serial(connection), self._registry.announced_serial(connection)
        )

    def count_ending(self, connection: Connection, *, schema: Schema, today: int) -> int:
        """How many members' passes `end_passes` would end now."""
        return store.count_ending(connection, today=today) if schema.ends else 0

    def adopt_removals(self, connection: Connection, handles: Sequence[bytes]) -> list[str]:
        """Mark whose credential the log has removed, as this database did not know.

        Why they were removed is not known; so nothing is signed for them before the organiser says
        so. Gives the ids of their entitlements.
        """
        owners = credential_store.mark_removed(connection, handles)
        store.set_standing(connection, owners, store.REMOVED)
        for owner in owners:  # and no list brings them back
            store.update_entitlement(connection, owner, decision=Decision.REMOVED.value)
        return owners

    def end_passes(self, connection: Connection, *, schema: Schema, today: int) -> None:
        """Note for removal whoever's pass ended before `today`, claimed or not.

        Nobody where the schema has no last day.
        """
        if not schema.ends:
            return
        ended = store.ended(today=today)
        handles = credential_store.take_handles(connection, ended)
        self._registry.note_removals(connection, handles)
        store.set_standing(connection, ended, store.ENDED)

    def is_first_crowd_due(self, connection: Connection, *, schema: Schema, today: int) -> bool:
        """Whether enough have claimed for the first table of all, and nobody's pass is over.

        Whose pass has ended waits for the scheduled head that ends it, and so does the table.
        """
        if count_store.read_count(connection) is not None:
            return False
        rows = store.count_members(connection, counted=False, last_day=None)
        newcomers = sum(members for _, _, members in rows)
        ending = store.count_ending(connection, today=today) if schema.ends else 0
        return not ending and enough_newcomers(newcomers, highest_counted=0)

    def count(
        self, connection: Connection, *, schema: Schema, today: int
    ) -> Callable[[Connection, Head], Crowd | None]:
        """Count who is left of those counted before; what comes back makes the table.

        It is to be called after `end_passes`, with the new head, in the transaction in which that
        is made. It takes newcomers into the count, if they are enough; None as long as nobody was
        counted.
        """
        last_day = today if schema.ends else None
        left_there = _cells(
            store.count_members(connection, counted=True, last_day=last_day), schema=schema
        )
        # Whoever leaves between now and the head is in `left_there`, and in the log after this.
        log_length = self._registry.count_noted(connection)
        if schema.ends:
            log_length += store.count_ending(connection, today=today)

        def make(writing: Connection, head: Head) -> Crowd | None:
            before = count_store.read_count(writing)
            known = before or Count(cells=_cells([], schema=schema), since=head.removals)
            count = _without_leavers(known, left_there=left_there, log_length=log_length)
            count = _with_newcomers(writing, count, schema=schema)
            if count is not known:
                count = replace(count, removals=head.removals)
                count_store.save_count(writing, count)
            elif before is None:
                return None
            if schema.ends:  # whose pass ended before today is in the log now, for good
                return _crowd(replace(count, removals=head.removals), schema=schema, day=today)
            return _crowd(count, schema=schema, day=0)

        return make


def _without_leavers(before: Count, *, left_there: tuple[Cells, ...], log_length: int) -> Count:
    if not worth_telling(before.members - sum(left_there[0].values())):
        return before
    return replace(before, cells=left_there, since=log_length)


def _with_newcomers(writing: Connection, count: Count, *, schema: Schema) -> Count:
    rows = store.count_members(writing, counted=False, last_day=None)
    newcomers = sum(members for _, _, members in rows)
    if not enough_newcomers(newcomers, highest_counted=count.highest_serial):
        return count
    came = _cells(rows, schema=schema)
    return replace(
        count,
        cells=tuple(
            Counter(sheet) + Counter(more) for sheet, more in zip(count.cells, came, strict=True)
        ),
        highest_serial=max(count.highest_serial, count_store.mark_counted(writing)),
    )


def _cells(rows: Iterable[tuple[str, bool, int]], *, schema: Schema) -> tuple[Cells, ...]:
    """The counts of each sheet, exact."""
    sheets = sheets_of(schema)
    places = {
        name: {value: at for at, value in enumerate(schema.attribute(name).values or (0, 1))}
        for names in sheets
        for name in names
    }
    cells: tuple[Counter[tuple[int, ...]], ...] = tuple(Counter() for _ in sheets)
    for attributes, reissued, members in rows:
        values = {**json.loads(attributes), REISSUED: int(reissued)}
        for names, sheet in zip(sheets, cells, strict=True):
            sheet[tuple(places[name][values[name]] for name in names)] += members
    return cells


def _crowd(count: Count, *, schema: Schema, day: int) -> Crowd:
    sheets = [
        told(names, cells) for names, cells in zip(sheets_of(schema), count.cells, strict=True)
    ]
    return Crowd(
        day=day,
        since=count.since,
        removals=count.removals,
        highest_serial=count.highest_serial,
        members=count.members // STEP * STEP,
        sheets=tuple(sheet for sheet in sheets if sheet is not None),
    )
