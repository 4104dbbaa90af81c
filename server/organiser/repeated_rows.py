"""Several rows of one ticket: which of them counts, and why the others do not.

Ids tell what is one ticket; without ids, person and address. In a form that can be answered again
it is the address, unless the name is wholly another.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import reduce

from credentials.formats.text import fold
from server.email_address import email_key
from server.organiser.answer_times import AnswerTimes
from server.organiser.likeness import are_wholly_different
from server.organiser.ticket import SkippedRow, Ticket, TicketState


def one_of_each(tickets: Iterable[Ticket]) -> tuple[list[Ticket], list[SkippedRow]]:
    """Each ticket once, and the rows that are left out."""
    rows: dict[object, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        rows[ticket.key or (email_key(ticket.email), fold(ticket.name))].append(ticket)
    kept: list[Ticket] = []
    skipped: list[SkippedRow] = []
    for same in rows.values():
        counts = reduce(_which_counts, same)
        kept.append(counts)
        skipped += _left_out(same, counts, reason="the same ticket is on line")
    return kept, skipped


def newest_of_each(
    tickets: Iterable[Ticket], *, times: AnswerTimes
) -> tuple[list[Ticket], list[SkippedRow]]:
    """The newest answer of each person; none where it is not clear which that is."""
    kept: list[Ticket] = []
    skipped: list[SkippedRow] = []
    for answers in _by_person(tickets):
        counts = _newest(answers, times=times)
        if counts is None:
            skipped += _unclear(answers)
        else:
            kept.append(counts)
            skipped += _left_out(answers, counts, reason="the same address answered again on line")
    return kept, skipped


def _which_counts(earlier: Ticket, later: Ticket) -> Ticket:
    """Of two rows of one ticket: the one that counts.

    Where ids say that they are one, a cancellation wins; a person without an id may have canceled
    and come back, so that there what is valid wins.
    """
    order = [
        TicketState.CANCELED,
        TicketState.PENDING,
        TicketState.OTHER_PRODUCT,
        TicketState.VALID,
    ]
    if earlier.key is None:
        order.reverse()
    return later if order.index(later.state) < order.index(earlier.state) else earlier


def _by_person(tickets: Iterable[Ticket]) -> list[list[Ticket]]:
    persons: list[list[Ticket]] = []
    at: dict[object, list[list[Ticket]]] = defaultdict(list)
    for ticket in tickets:
        here = at[ticket.key or email_key(ticket.email)]
        for answers in here:
            if not all(are_wholly_different(ticket.name, one.name) for one in answers):
                answers.append(ticket)
                break
        else:
            persons.append([ticket])
            here.append(persons[-1])
    return persons


def _newest(answers: Sequence[Ticket], *, times: AnswerTimes) -> Ticket | None:
    if len({_says(one) for one in answers}) == 1:
        return answers[-1]
    line = times.newest([one.line for one in answers])
    return next((one for one in answers if one.line == line), None)


def _says(ticket: Ticket) -> object:
    values = sorted(ticket.attributes.items())
    return (ticket.state, ticket.name, ticket.order, tuple(values))


def _unclear(answers: Sequence[Ticket]) -> list[SkippedRow]:
    lines = [str(one.line) for one in answers]
    told = f"{', '.join(lines[:-1])} and {lines[-1]}"
    reason = f"lines {told} are answers of one address, and which is newer is not clear"
    return [
        SkippedRow(line=one.line, reason=reason, key=one.key, whose=(one.name, one.email))
        for one in answers
    ]


def _left_out(same: Iterable[Ticket], counts: Ticket, *, reason: str) -> list[SkippedRow]:
    why = f"{reason} {counts.line}"
    return [
        SkippedRow(line=one.line, reason=why, key=counts.key, repeated=True)
        for one in same
        if one is not counts
    ]
