"""Whatever lists come one after the other: what the last one says is what there is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from server.issuance.person import person
from server.organiser.finding import Kind
from server.organiser.plan import Wishes
from server.organiser.ticket import AttendeeList, Ticket, TicketState
from tests.unit.organiser.lists import ALL, Memory, listing, ticket

NAMES = ("Ana", "Bo", "Cy", "Ana B")
ADDRESSES = ("a@x.org", "b@x.org", "A@x.org")
EVERYTHING = Wishes(remove=ALL.remove, several=True)
SAME = {Kind.UNCHANGED, Kind.NO_TICKET, Kind.PENDING, Kind.DOUBLED}

rows = st.builds(
    ticket,
    st.just(None),
    st.sampled_from(NAMES),
    st.sampled_from(ADDRESSES),
    state=st.sampled_from([*TicketState, TicketState.VALID, TicketState.VALID]),
    **{"pass": st.sampled_from(("week", "day"))},
)


@st.composite
def lists_with_ids(draw: st.DrawFn) -> AttendeeList:
    keys = draw(st.lists(st.sampled_from(("A1", "A2", "B1", "C1", "C2")), unique=True))
    tickets = [draw(rows) for _ in keys]
    return listing(*(_with_key(key, one) for key, one in zip(keys, tickets, strict=True)))


def _with_key(key: str, one: Ticket) -> Ticket:
    values = {name: getattr(one, name) for name in one.__slots__}
    return Ticket(**{**values, "key": key.encode().ljust(32, b".")})


plain_lists = st.lists(rows, max_size=5, unique_by=person).map(
    lambda some: listing(*some, scope="plain")
)
seasons = st.one_of(
    st.lists(lists_with_ids(), min_size=1, max_size=4),
    st.lists(plain_lists, min_size=1, max_size=4),
)


def persons(of: AttendeeList) -> set[tuple[str, str]]:
    return {(one.name, one.email.lower()) for one in of.tickets if one.state is TicketState.VALID}


@settings(max_examples=100, deadline=None)
@given(season=st.lists(lists_with_ids(), min_size=1, max_size=4))
def test_the_last_list_with_ids_is_what_there_is(season: list[AttendeeList]) -> None:
    memory = Memory()
    for attendees in season:
        memory.take(attendees, EVERYTHING)
        assert memory.members() == sorted(
            (one.name, one.email, sorted(one.attributes.items()))
            for one in attendees.tickets
            if one.state is TicketState.VALID
        )


@settings(max_examples=100, deadline=None)
@given(season=seasons)
def test_after_any_list_each_person_of_it_is_one_member(season: list[AttendeeList]) -> None:
    memory = Memory()
    for attendees in season:
        memory.take(attendees)
        members = [(name, email.lower()) for name, email, _ in memory.members()]
        assert sorted(members) == sorted(persons(attendees))


@settings(max_examples=100, deadline=None)
@given(season=seasons)
def test_the_same_list_again_changes_nothing(season: list[AttendeeList]) -> None:
    memory = Memory()
    for attendees in season:
        memory.take(attendees)
    before = (memory.members(), memory.links)
    again = memory.take(season[-1])
    assert {finding.kind for finding in again.findings} <= SAME
    assert (memory.members(), memory.links) == before


@settings(max_examples=200, deadline=None)
@given(season=seasons)
def test_every_ticket_has_one_finding_and_so_has_every_member(season: list[AttendeeList]) -> None:
    memory = Memory()
    for attendees in season:
        found = memory.compare(attendees)
        lines = [finding.line for finding in found.findings if finding.line is not None]
        assert sorted(lines) == sorted(one.line for one in attendees.tickets)
        seen = [finding.attendee.id for finding in found.findings if finding.attendee]
        assert len(set(seen)) == len(seen)
        assert {one.id for one in memory.known if one.is_member} <= set(seen)
        memory.take(attendees)


@settings(max_examples=200, deadline=None)
@given(season=seasons)
def test_nobody_is_removed_or_doubled_unless_it_is_wished(season: list[AttendeeList]) -> None:
    memory = Memory()
    for attendees in season:
        before = len(memory.members())
        found = memory.take(attendees, Wishes())
        came = found.count(Kind.NEW) + found.count(Kind.PAID_AGAIN)
        assert len(memory.members()) == before + came
