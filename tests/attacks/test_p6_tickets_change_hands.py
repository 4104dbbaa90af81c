"""P6, P7: whatever lists and commands do to a ticket, one credential lives and one vote counts."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from credentials.errors import MemberRevoked, RequirementNotMet
from server.issuance.attendee import Attendee
from server.organiser.finding import REMOVABLE
from server.organiser.plan import Wishes
from server.organiser.service import OrganiserService
from server.organiser.ticket import AttendeeList, Ticket, TicketState
from server.problems import AttendeeKnown, OperatorError
from server.registry.publisher import When
from tests.flows.town import Town, TownWallet, slug

EVERYTHING = Wishes(remove=frozenset(REMOVABLE))


class Season:
    """A town whose attendees come by lists."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.office = OrganiserService(community=town.community, entitlements=town.entitlements)

    def listed(self, **tickets: str) -> AttendeeList:
        """A list: by key, a name; a name with a minus is a canceled ticket."""
        rows = [self._ticket(key, name) for key, name in tickets.items()]
        return AttendeeList(
            form="pretix",
            scope="pretix/agora",
            omits_canceled=True,
            tickets=tuple(replace(row, line=line) for line, row in enumerate(rows, start=2)),
            skipped=(),
        )

    def _ticket(self, key: str, name: str) -> Ticket:
        values = {"pass": "resident", "volunteer": 0, "nickname": "owl", "points": 70_000}
        valid = not name.startswith("-")
        name = name.removeprefix("-")
        return Ticket(
            line=0,
            key=key.encode().ljust(32, b"."),
            state=TicketState.VALID if valid else TicketState.CANCELED,
            said="" if valid else "canceled",
            order=key,
            name=name,
            email=f"{name.lower()}@example.org",
            attributes={**values, "valid_until": 40_000} if valid else {},
        )

    def bring(self, *, when: When = When.NOW, **tickets: str) -> Sequence[Attendee]:
        return self.office.carry_out(
            self.office.look(self.listed(**tickets)), EVERYTHING, when=when, most=True
        )

    def claim(self, name: str) -> TownWallet:
        wallet = TownWallet(self.town)
        wallet.claim(self.town.code(name))
        return wallet

    def living(self) -> int:
        """How many credentials the registry holds good."""
        query = "SELECT count(*) FROM credentials WHERE NOT removed AND NOT retired"
        with self.town.database.read() as connection:
            return int(connection.execute(text(query)).scalar_one())


@pytest.fixture
def season(tmp_path: Path) -> Season:
    return Season(Town(tmp_path))


def test_p6_a_ticket_given_away_and_back_has_one_living_credential_at_any_time(
    season: Season,
) -> None:
    old: list[TownWallet] = []
    for name in ("Elio", "Hana", "Elio", "Iva"):
        season.bring(A=name)
        holder = season.claim(name)
        assert season.living() == 1
        for before in old:
            with pytest.raises(MemberRevoked):
                before.update()
            assert slug(before.ask()) == (410, "commitment-retired")
        old.append(holder)
    season.town.go_on(3601)
    verdicts = [holder.enter("members-only") for holder in old]
    assert verdicts == ["not_current", "not_current", "not_current", "admitted"]


def test_p7_a_ticket_that_changes_hands_has_one_vote_in_an_open_poll(season: Season) -> None:
    season.bring(A="Elio", B="Ana", C="Bo")
    elio, ana, _bo = season.claim("Elio"), season.claim("Ana"), season.claim("Bo")
    manifest = season.town.open_poll("place")
    assert elio.vote(manifest).status_code == 201
    season.bring(A="Hana", B="-Ana", C="Bo")
    season.bring(A="Hana", B="Ana", C="Bo")
    season.town.entitlements.remove([season.town.id("Bo")], when=When.NOW)
    claim = season.town.entitlements.restore(season.town.id("Bo"), when=When.NOW)
    bo = TownWallet(season.town)
    bo.claim(claim.code)
    for again in (season.claim("Hana"), season.claim("Ana"), bo):
        with pytest.raises(RequirementNotMet):
            again.vote(manifest)
    # Whoever was on the roll keeps the vote, and nobody has come to it.
    assert ana.vote(manifest).status_code == 201
    assert season.living() == 3


def test_p6_who_moves_to_another_ticket_keeps_the_one_credential(season: Season) -> None:
    season.bring(A="Ana", B="Bo")
    ana, bo = season.claim("Ana"), season.claim("Bo")
    season.bring(A="Bo", B="Ana")
    season.bring(A="-Bo", B="Ana", Z="Bo")
    ana.update()
    bo.update()
    assert (season.living(), season.town.head.removals) == (2, 0)
    assert ana.enter() == bo.enter() == "admitted"


def test_p6_a_new_link_signs_nothing_before_the_old_credential_is_removed(season: Season) -> None:
    season.bring(A="Elio")
    season.claim("Elio")
    season.bring(A="Hana", when=When.SCHEDULED)
    hana = TownWallet(season.town)
    assert slug(hana.ask(season.town.code("Hana"))) == (409, "reissue-pending")
    season.town.to_next_head()
    hana.claim(season.town.code("Hana"))
    assert hana.enter() == "help_desk", "somebody may have come in on this ticket"
    assert season.living() == 1


def test_p6_a_link_that_went_astray_is_dead_when_the_address_is_corrected(season: Season) -> None:
    season.bring(A="Dara")
    stray = season.town.code("Dara")
    me = season.town.id("Dara")
    anew = season.town.entitlements.edit(me, email="dara@example.net")
    assert anew is not None
    assert slug(TownWallet(season.town).ask(stray)) == (409, "claim-code-used")
    TownWallet(season.town).claim(anew.code)


def test_p8_a_deleted_attendee_leaves_no_word_behind(season: Season) -> None:
    season.bring(A="Ana")
    ana = season.claim("Ana")
    season.town.entitlements.delete(season.town.id("Ana"), when=When.NOW)
    with pytest.raises(MemberRevoked):
        ana.update()
    assert slug(ana.ask())[0] == 410
    with season.town.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    held = season.town.file.read_bytes()
    assert b"Ana" not in held
    assert b"ana@example.org" not in held
    assert ana.issued.to_cbor() not in held
    season.bring(A="Ana")
    assert [one.state for one in season.town.entitlements.attendees()] == ["deleted"]


def test_p6_an_import_raced_with_claims_leaves_one_living_credential(season: Season) -> None:
    for number in range(4):
        names = {f"T{number}": f"Old{number}"}
        season.bring(**names)
        code, statuses = season.town.code(f"Old{number}"), []

        def claim(code: str = code, statuses: list[int] = statuses) -> None:
            statuses.append(TownWallet(season.town).ask(code).status_code)

        claiming = threading.Thread(target=claim)
        claiming.start()
        season.bring(**{f"T{number}": f"New{number}"})
        claiming.join()
        assert statuses[0] in (200, 409, 410)
        season.claim(f"New{number}")
        living = season.living()
        assert living == 1, "the ticket before vanished with this list"


def test_p6_two_imports_at_once_make_nobody_a_member_twice(season: Season) -> None:
    looks = [season.office.look(season.listed(A="Ana", B="Bo")) for _ in range(2)]
    outcomes: list[str] = []

    def carry_out(number: int) -> None:
        try:
            season.office.carry_out(looks[number], EVERYTHING, when=When.SCHEDULED)
            outcomes.append("done")
        except (OperatorError, AttendeeKnown):
            outcomes.append("refused")

    threads = [threading.Thread(target=carry_out, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "done" in outcomes
    assert len(season.town.entitlements.attendees()) == 2


def test_p6_nothing_is_done_that_was_not_shown(season: Season) -> None:
    season.bring(A="Ana", B="Bo")
    look = season.office.look(season.listed(A="Ana", B="Cy"))
    season.bring(A="Di", B="Bo")
    with pytest.raises(OperatorError, match="changed meanwhile"):
        season.office.carry_out(look, EVERYTHING, when=When.NOW)
    assert set(season.town.states()) == {"Di", "Bo"}
