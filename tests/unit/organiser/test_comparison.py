"""What a list says beside what is known: one finding for each ticket, told as days of a season."""

from dataclasses import replace

import pytest

from server.issuance.attendee import Decision, State
from server.organiser.finding import Kind
from server.organiser.plan import Wishes
from server.organiser.ticket import SkippedRow, Ticket, TicketState
from tests.unit.organiser.lists import Memory, kinds, listing, said, ticket

CANCELED, PENDING, OTHER = TicketState.CANCELED, TicketState.PENDING, TicketState.OTHER_PRODUCT


def test_a_first_list_is_new_and_again_is_unchanged() -> None:
    memory, monday = Memory(), listing(ticket("A1", "Ana"), ticket("B1", "Bo"))
    assert kinds(memory.take(monday)) == [("Ana", Kind.NEW), ("Bo", Kind.NEW)]
    assert kinds(memory.take(monday)) == [("Ana", Kind.UNCHANGED), ("Bo", Kind.UNCHANGED)]


def test_a_week_of_a_shop_is_told_ticket_by_ticket() -> None:
    """Found by trying the product: two exports of one shop, on Monday and on Friday."""
    memory = Memory()
    memory.take(
        listing(
            ticket("A1", "Ana"),
            ticket("B1", "Bo"),
            ticket("C1", "Dara", "dara@exmaple.org"),
            ticket("D1", "Elio"),
        )
    )
    friday = listing(
        ticket("A1", "Ana", state=CANCELED),
        ticket("C1", "Dara", "dara@example.org"),
        ticket("D1", "Hana"),
    )
    found = memory.compare(friday)
    assert kinds(found) == [
        ("Ana", Kind.CANCELED),
        ("Dara", Kind.CORRECTED),
        ("Elio", Kind.TRANSFERRED),
        ("Bo", Kind.VANISHED),
    ]
    assert found.findings[1].changes == {"email": ("dara@exmaple.org", "dara@example.org")}
    memory.take(friday, Wishes())
    assert [name for name, _, _ in memory.members()] == ["Ana", "Bo", "Dara", "Hana"]
    memory.take(friday)
    assert [name for name, _, _ in memory.members()] == ["Dara", "Hana"]
    assert kinds(memory.take(friday))[1:] == [
        ("Dara", Kind.UNCHANGED),
        ("Hana", Kind.UNCHANGED),
    ]


def test_what_was_removed_by_a_list_is_paid_again() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana"), ticket("B1", "Bo"), ticket("C1", "Cy")))
    memory.take(listing(ticket("A1", "Ana", state=CANCELED), ticket("B1", "Bo", state=PENDING)))
    assert memory.members() == []
    again = memory.take(listing(ticket("A1", "Ana"), ticket("B1", "Bo"), ticket("C1", "Cyrus")))
    assert [kind for _, kind in kinds(again)] == [Kind.PAID_AGAIN] * 3
    assert [name for name, _, _ in memory.members()] == ["Ana", "Bo", "Cyrus"]


def test_a_canceled_or_pending_ticket_that_was_never_known_is_nothing() -> None:
    memory = Memory()
    found = memory.take(
        listing(
            ticket("A1", "Ana", state=CANCELED),
            ticket("B1", "Bo", state=PENDING),
            ticket("C1", "", "cy@example.org", state=OTHER),
        )
    )
    assert [kind for _, kind in kinds(found)] == [Kind.NO_TICKET, Kind.PENDING, Kind.NO_TICKET]
    assert memory.known == []


def test_a_ticket_that_became_a_shirt_is_canceled() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana")))
    found = memory.compare(listing(ticket("A1", "Ana", state=OTHER)))
    assert (kinds(found), said(found)) == ([("Ana", Kind.CANCELED)], ["other product"])


def test_another_product_changes_the_attributes() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana")))
    found = memory.take(listing(ticket("A1", "Ana", **{"pass": "day"})))
    assert found.findings[0].changes == {"pass": ("week", "day")}
    assert kinds(found) == [("Ana", Kind.CHANGED)]


def test_a_swap_of_names_between_tickets_keeps_both_memberships() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana"), ticket("B1", "Bo")))
    ids = {one.name: one.id for one in memory.known}
    assert kinds(memory.take(listing(ticket("A1", "Bo"), ticket("B1", "Ana")))) == [
        ("Bo", Kind.MOVED),
        ("Ana", Kind.MOVED),
    ]
    assert {one.name: one.id for one in memory.known} == ids
    assert memory.links == 2


def test_a_round_of_tickets_with_one_newcomer_hands_over_one_only() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana"), ticket("B1", "Bo"), ticket("C1", "Cy")))
    found = memory.take(listing(ticket("A1", "Bo"), ticket("B1", "Cy"), ticket("C1", "Di")))
    assert [kind for _, kind in kinds(found)] == [Kind.MOVED, Kind.MOVED, Kind.TRANSFERRED]
    assert [name for name, _, _ in memory.members()] == ["Bo", "Cy", "Di"]


def test_an_order_that_was_split_moves_the_member() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana"), ticket("A2", "Bo")))
    split = listing(ticket("A1", "Ana"), ticket("A2", "Bo", state=CANCELED), ticket("Z1", "Bo"))
    assert kinds(memory.take(split)) == [
        ("Ana", Kind.UNCHANGED),
        ("Bo", Kind.NO_TICKET),
        ("Bo", Kind.MOVED),
    ]
    assert memory.links == 2


def test_who_gives_a_ticket_away_and_buys_another_stays_a_member() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana")))
    found = memory.take(listing(ticket("A1", "Bo"), ticket("B1", "Ana")))
    assert kinds(found) == [("Bo", Kind.NEW), ("Ana", Kind.MOVED)]
    assert [name for name, _, _ in memory.members()] == ["Ana", "Bo"]


def test_a_ticket_given_away_and_back_is_handed_over_twice() -> None:
    memory = Memory()
    for name, kind in (("Elio", Kind.NEW), ("Hana", Kind.TRANSFERRED), ("Elio", Kind.TRANSFERRED)):
        assert [found for _, found in kinds(memory.take(listing(ticket("A1", name))))] == [kind]
    assert (memory.links, len(memory.known)) == (3, 1)


def test_a_ticket_given_to_a_member_makes_nobody_a_member_twice() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana"), ticket("B1", "Bo")))
    given = listing(ticket("A1", "Bo"), ticket("B1", "Bo"))
    found = memory.compare(given)
    assert kinds(found) == [("Ana", Kind.CANCELED), ("Bo", Kind.UNCHANGED)]
    assert "a member already" in said(found)[0]
    assert kinds(memory.compare(given, several=True))[0] == ("Ana", Kind.TRANSFERRED)
    memory.take(given)
    assert [name for name, _, _ in memory.members()] == ["Bo"]
    assert kinds(memory.take(given))[0] == ("Ana", Kind.DOUBLED)


def test_one_person_with_two_tickets_and_a_shirt_is_one_member() -> None:
    """Found by trying the product: two day tickets and a shirt made three members."""
    memory = Memory()
    orders = listing(ticket("A1", "Ana"), ticket("A2", "Ana"), ticket("A3", "", "ana@example.org"))
    found = memory.take(orders)
    assert [kind for _, kind in kinds(found)] == [Kind.NEW, Kind.DOUBLED, Kind.DOUBLED]
    assert [(one.name, one.count) for one in found.several] == [("Ana", 2)]
    assert len(memory.members()) == 1
    assert [kind for _, kind in kinds(memory.take(orders))][1:] == [Kind.DOUBLED] * 2
    memory.take(orders, Wishes(several=True))
    assert len(memory.members()) == 3


def test_the_second_ticket_carries_on_when_the_first_is_canceled() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana"), ticket("A2", "Ana")))
    found = memory.take(listing(ticket("A1", "Ana", state=CANCELED), ticket("A2", "Ana")))
    assert [kind for _, kind in kinds(found)] == [Kind.NO_TICKET, Kind.MOVED]
    assert (len(memory.members()), memory.links) == (1, 1)


def test_two_events_of_one_community_do_not_see_each_other_vanish() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana")))
    other = listing(ticket("N1", "Bo"), ticket("N2", "Ana"), scope="pretix/night")
    found = memory.take(other)
    assert kinds(found) == [("Bo", Kind.NEW), ("Ana", Kind.DOUBLED)]
    assert [(one.name, one.count) for one in found.several] == [("Ana", 2)]


def test_an_older_list_after_a_newer_one_goes_back_without_a_second_membership() -> None:
    memory = Memory()
    old = listing(ticket("A1", "Ana"), ticket("B1", "Bo"))
    memory.take(old)
    memory.take(listing(ticket("Z1", "Ana"), ticket("B1", "Bo")))
    assert kinds(memory.take(old)) == [("Ana", Kind.MOVED), ("Bo", Kind.UNCHANGED)]
    assert memory.links == 2


def test_a_list_of_both_events_sees_who_vanished_from_one() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana"), scope="pretix/agora"))
    both = listing(ticket("N1", "Bo"), scope="pretix/agora+night")
    assert kinds(memory.take(both, Wishes())) == [("Bo", Kind.NEW), ("Ana", Kind.VANISHED)]
    assert kinds(memory.compare(listing(ticket("A1", "Ana"), scope="pretix/agora"))) == [
        ("Ana", Kind.UNCHANGED)
    ]
    assert kinds(memory.take(listing(ticket("N1", "Bo"), scope="pretix/night"))) == [
        ("Bo", Kind.UNCHANGED)
    ]
    assert kinds(memory.compare(listing(scope="pretix/night"))) == [("Bo", Kind.VANISHED)]


# --- what was decided by hand


def test_what_was_mended_by_hand_stays_until_the_list_says_something_new() -> None:
    memory, typo = Memory(), listing(ticket("A1", "Dara", "dara@exmaple.org"))
    memory.take(typo)
    memory.set("Dara", email="dara@example.org", attributes={"pass": "staff"})
    assert kinds(memory.take(typo)) == [("Dara", Kind.KEPT)]
    assert memory.members()[0][1] == "dara@example.org"
    found = memory.take(listing(ticket("A1", "Dara", "dara@example.com")))
    assert found.findings[0].changes == {"email": ("dara@example.org", "dara@example.com")}
    assert memory.known[0].attributes == {"pass": "staff"}


def test_whom_the_organiser_removed_no_list_brings_back() -> None:
    memory, always = Memory(), listing(ticket("A1", "Ana"))
    memory.take(always)
    memory.set("Ana", state=State.REMOVED, decision=Decision.REMOVED)
    assert kinds(memory.take(always)) == [("Ana", Kind.KEPT)]
    by_another = memory.take(listing(ticket("A1", "Ana"), ticket("B1", "Ana")))
    assert [kind for _, kind in kinds(by_another)] == [Kind.KEPT, Kind.KEPT]
    assert "whom you removed" in said(by_another)[1]
    assert memory.members() == []


def test_whom_the_organiser_restored_the_same_list_does_not_remove() -> None:
    memory, canceled = Memory(), listing(ticket("A1", "Ana", state=CANCELED))
    memory.take(listing(ticket("A1", "Ana")))
    memory.take(canceled)
    memory.set("Ana", state=State.INVITED, decision=Decision.RESTORED)
    assert kinds(memory.take(canceled)) == [("Ana", Kind.KEPT)]
    memory.take(listing(ticket("A1", "Ana")))
    assert kinds(memory.take(canceled)) == [("Ana", Kind.CANCELED)]


def test_a_deleted_attendee_is_not_brought_back_by_the_same_ticket() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana")))
    memory.set("Ana", name="", email="", attributes={}, state=State.DELETED, listed=None)
    assert [kind for _, kind in kinds(memory.take(listing(ticket("A1", "Ana"))))] == [Kind.KEPT]
    assert memory.known[0].name == ""
    assert memory.known[0].listed is None


def test_a_pass_that_ended_goes_on_when_the_list_says_a_later_day() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana", valid_until=100)))
    memory.set("Ana", state=State.ENDED)
    assert kinds(memory.compare(listing(ticket("A1", "Ana", valid_until=100)))) == [
        ("Ana", Kind.UNCHANGED)
    ]
    assert kinds(memory.compare(listing(ticket("A1", "Ana", valid_until=200)))) == [
        ("Ana", Kind.CHANGED)
    ]
    assert memory.compare(listing(ticket("B1", "Bo"))).count(Kind.VANISHED) == 0


# --- lists without ids


def plain(*people: tuple[str, str]) -> list[Ticket]:
    return [ticket(None, name, email) for name, email in people]


def test_a_plain_list_knows_people_by_address_so_a_corrected_name_is_no_second_vote() -> None:
    memory = Memory()
    memory.take(listing(*plain(("Ana Amaro", "ana@x.org"), ("Bo", "bo@x.org")), scope="plain"))
    found = memory.take(
        listing(*plain(("Ana Amara", "ANA@x.org"), ("BO", "bo@x.org")), scope="plain")
    )
    assert [kind for _, kind in kinds(found)] == [Kind.CORRECTED, Kind.CORRECTED]
    assert memory.links == 2
    found = memory.take(listing(*plain(("Ana Amara", "ana@y.org")), scope="plain"))
    assert [kind for _, kind in kinds(found)] == [Kind.CORRECTED, Kind.VANISHED]


def test_a_family_with_one_address_is_several_people() -> None:
    memory = Memory()
    home = "family@x.org"
    found = memory.take(listing(*plain(("Ana", home), ("Bo", home)), scope="plain"))
    assert [kind for _, kind in kinds(found)] == [Kind.NEW, Kind.NEW]
    found = memory.take(listing(*plain(("Anna", home), ("Bo", home), ("Cy", home)), scope="plain"))
    assert kinds(found) == [
        ("Ana", Kind.CORRECTED),
        ("Bo", Kind.UNCHANGED),
        ("Cy", Kind.NEW),
    ]


def test_an_address_mended_by_hand_is_still_that_of_the_row() -> None:
    memory = Memory()
    rows = listing(*plain(("Ana", "ana@exmaple.org")), scope="plain")
    memory.take(rows)
    memory.set("Ana", email="ana@example.org")
    assert kinds(memory.take(rows)) == [("Ana", Kind.KEPT)]


def test_whoever_was_removed_by_hand_does_not_come_back_under_a_spelling() -> None:
    memory = Memory()
    memory.take(listing(*plain(("Ana Amaro", "ana@x.org")), scope="plain"))
    memory.set("Ana Amaro", state=State.REMOVED, decision=Decision.REMOVED)
    found = memory.take(listing(*plain(("Ana Amaroo", "ana@x.org")), scope="plain"))
    assert [kind for _, kind in kinds(found)] == [Kind.KEPT]


@pytest.mark.parametrize("name", ["Ana Amaro", "A. Ana", "Bo"])
@pytest.mark.parametrize("key", [None, "g3"])
@pytest.mark.parametrize("several", [False, True])
def test_the_address_of_whom_the_organiser_removed_is_never_new(
    name: str, key: str | None, several: bool
) -> None:
    memory, scope = Memory(), "luma" if key else "plain"
    memory.take(listing(ticket(key and "g1", "Ana", "ana@x.org"), scope=scope))
    memory.set("Ana", state=State.REMOVED, decision=Decision.REMOVED)
    rows = listing(ticket(key, name, "ANA@x.org"), scope=scope)
    for _ in range(2):
        found = memory.take(rows, Wishes(several=several))
        (finding,) = [one for one in found.findings if one.ticket is not None]
        assert finding.kind is Kind.KEPT
        assert finding.why == "the address is that of id1, whom you removed"
        assert memory.members() == []


def test_whom_the_organiser_removed_does_not_come_back_by_a_ticket_given_away() -> None:
    memory = Memory()
    memory.take(listing(ticket("A1", "Ana", "ana@x.org"), ticket("B1", "Bo", "bo@x.org")))
    memory.set("Ana", state=State.REMOVED, decision=Decision.REMOVED)
    found = memory.take(listing(ticket("B1", "Ana Amaro", "ana@x.org")), Wishes())
    assert kinds(found) == [("Bo", Kind.CANCELED)]
    assert "whom you removed" in said(found)[0]


def test_others_of_an_address_stay_members_where_one_was_removed() -> None:
    memory, home = Memory(), "home@x.org"
    family = listing(*plain(("Ana", home), ("Bo", home)), scope="plain")
    memory.take(family)
    memory.set("Ana", state=State.REMOVED, decision=Decision.REMOVED)
    assert kinds(memory.take(family)) == [("Ana", Kind.KEPT), ("Bo", Kind.UNCHANGED)]
    found = memory.take(listing(*plain(("Ana Amaro", home), ("Bob", home)), scope="plain"))
    assert kinds(found) == [("Ana", Kind.KEPT), ("Bo", Kind.CORRECTED)]


def test_a_cancellation_under_a_corrected_name_finds_its_member_by_address() -> None:
    memory = Memory()
    people = plain(("Ana", "ana@x.org"), ("Bo", "bo@x.org"), ("Cy", "cy@x.org"))
    memory.take(listing(*people, scope="plain"))
    for state, kind in ((CANCELED, Kind.CANCELED), (PENDING, Kind.PENDING)):
        gone = ticket(None, "Ana A.", "ana@x.org", state=state)
        found = memory.compare(listing(gone, *people[1:], scope="plain"))
        assert kinds(found)[0] == ("Ana", kind)
        assert found.count(Kind.VANISHED) == 0
    memory.take(listing(gone, *people[1:], scope="plain"))
    assert [name for name, _, _ in memory.members()] == ["Bo", "Cy"]


def test_a_cancellation_at_an_address_of_several_is_of_the_one_who_is_left() -> None:
    memory, home = Memory(), "home@x.org"
    memory.take(listing(*plain(("Ana", home), ("Bo", home)), scope="plain"))
    gone = ticket(None, "Ana A.", home, state=CANCELED)
    found = memory.compare(listing(gone, *plain(("Bo", home)), scope="plain"))
    assert kinds(found) == [("Ana", Kind.CANCELED), ("Bo", Kind.UNCHANGED)]
    found = memory.compare(listing(gone, scope="plain"))
    assert found.count(Kind.CANCELED) == 0, "whose it is nobody can tell"


def test_a_cancellation_and_another_name_at_one_address_are_two_people() -> None:
    memory = Memory()
    memory.take(listing(*plain(("Ana", "home@x.org")), scope="plain"))
    gone = ticket(None, "Ana A.", "home@x.org", state=CANCELED)
    found = memory.compare(listing(gone, *plain(("Bo", "home@x.org")), scope="plain"))
    assert kinds(found) == [("Ana", Kind.CANCELED), ("Bo", Kind.NEW)]


@pytest.mark.parametrize("key", [None, "A1"])
@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Bo", "Da", Kind.TRANSFERRED),
        ("Bo Berg", "Da Silva", Kind.TRANSFERRED),
        ("Ana de Souza", "Bo de Vries", Kind.TRANSFERRED),
        ("Ana M.", "Bo M.", Kind.TRANSFERRED),
        ("Ana Amaro", "Ana Silva", Kind.CORRECTED),
        ("Jon", "John", Kind.CORRECTED),
        ("Zoë", "Zoe", Kind.CORRECTED),
        ("J. S.", "John Smith", Kind.CORRECTED),
        ("Da", "Da Silva", Kind.CORRECTED),
        ("M.", "Ana M.", Kind.CORRECTED),
        ("Møller, Åse", "Ase Moller", Kind.CORRECTED),
    ],
)
def test_a_wholly_different_name_at_one_address_is_another_person(
    key: str | None, before: str, after: str, kind: Kind
) -> None:
    memory = Memory()
    scope = "luma" if key else "plain"
    memory.take(listing(ticket(key, before, "bo@x.org"), scope=scope))
    found = memory.take(listing(ticket(key, after, "bo@x.org"), scope=scope))
    assert [one for _, one in kinds(found)] == [kind]
    assert memory.links == (2 if kind is Kind.TRANSFERRED else 1)
    assert [name for name, _, _ in memory.members()] == [after]


def test_names_swapped_between_tickets_of_one_address_keep_both_memberships() -> None:
    memory, home = Memory(), "home@x.org"
    memory.take(listing(ticket("A1", "Ana", home), ticket("B1", "Bo", home)))
    found = memory.take(listing(ticket("A1", "Bo", home), ticket("B1", "Ana", home)))
    assert [kind for _, kind in kinds(found)] == [Kind.MOVED, Kind.MOVED]
    assert memory.links == 2


def test_who_has_a_new_address_is_not_taken_for_who_has_the_old_one() -> None:
    memory = Memory()
    memory.take(listing(*plain(("Ana", "home@x.org")), scope="plain"))
    found = memory.take(listing(*plain(("Cy", "home@x.org"), ("Ana", "a@x.org")), scope="plain"))
    assert kinds(found) == [("Cy", Kind.NEW), ("Ana", Kind.CORRECTED)]


def test_who_stands_in_an_unreadable_row_has_not_vanished() -> None:
    memory = Memory()
    people = (("Ana", "ana@x.org"), ("Bo", "bo@x.org"), ("Cy", "cy@x.org"), ("Di", "di@x.org"))
    memory.take(listing(*plain(*people), scope="plain"))
    skipped = (
        SkippedRow(line=2, reason="", whose=("A. Na", "ANA@x.org")),
        SkippedRow(line=3, reason="", whose=("BO", "bo(at)x.org")),
        SkippedRow(line=4, reason="", whose=("Cy",)),
        SkippedRow(line=5, reason="", whose=("Di",), repeated=True),
    )
    found = memory.take(listing(scope="plain", skipped=skipped))
    assert kinds(found) == [
        ("Di", Kind.VANISHED),
        ("Ana", Kind.UNREAD),
        ("Bo", Kind.UNREAD),
        ("Cy", Kind.UNREAD),
    ]
    assert [name for name, _, _ in memory.members()] == ["Ana", "Bo", "Cy"]
    found = memory.take(listing(*plain(("Eva", "bo@x.org")), scope="plain", skipped=skipped))
    assert ("Bo", Kind.UNREAD) in kinds(found), "and the ticket was given to nobody"


def test_nameless_tickets_of_one_buyer_are_asked_about() -> None:
    memory = Memory()
    group = listing(*(ticket(f"A{n}", "", "buyer@x.org") for n in range(4)))
    found = memory.take(group)
    assert [kind for _, kind in kinds(found)] == [Kind.NEW, *[Kind.DOUBLED] * 3]
    memory.take(group, Wishes(several=True))
    named = listing(*(ticket(f"A{n}", f"Guest {n}", f"{n}@x.org") for n in range(4)))
    assert [kind for _, kind in kinds(memory.take(named))] == [Kind.CORRECTED] * 4


def test_findings_show_no_names() -> None:
    memory = Memory()
    found = memory.compare(listing(ticket("A1", "Ana"), ticket("A2", "Ana")))
    text = repr((found, found.findings, found.several, found.several[0], Memory().known))
    assert "Ana" not in text
    assert replace(found) == found
