"""Revoking, told as days in a town: who is removed when, who passes till then, and what is said."""

from dataclasses import replace
from pathlib import Path

import pytest

from credentials.days import day_of, event_day
from credentials.errors import MemberRevoked, RequirementNotMet
from credentials.formats.metadata import Event, Metadata
from server.registry.publisher import When
from tests.flows.town import Town, TownWallet, slug

LOGIN = {"purpose": "login"}
REVOKED = (410, "credential-revoked")


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_a_claim_brings_a_witness_that_holds_at_the_newest_head(town: Town) -> None:
    ana = town.join("Ana")
    assert ana.enter() == "admitted"
    assert ana.show(LOGIN)["verdict"] == "verified"


def test_who_is_revoked_is_refused_from_the_next_scheduled_head_on_after_its_grace(
    town: Town,
) -> None:
    ana, bo = town.join("Ana"), town.join("Bo")
    town.entitlements.remove([town.id("Bo")], when=When.SCHEDULED)
    assert town.states() == {"Ana": "claimed", "Bo": "removed"}
    assert slug(bo.ask()) == REVOKED
    assert bo.show(LOGIN)["verdict"] == "verified"  # nothing has happened yet
    head = town.to_next_head()
    assert (head.epoch, head.removals, head.grace) == (1, 1, 3600)
    with pytest.raises(MemberRevoked):
        bo.update()
    # Wallets that have not heard of the head pass for an hour, the removed one too.
    assert ana.show(LOGIN)["verdict"] == bo.show(LOGIN)["verdict"] == "verified"
    town.go_on(3599)
    assert bo.enter("members-only") == "admitted"
    town.go_on(1)
    assert bo.enter("members-only") == "not_current"
    assert bo.enter() == "not_current"
    refused = bo.show(LOGIN)
    assert (refused["verdict"], refused["pseudonym"]) == ("refused", None)
    assert "value of the registry that is not accepted" in refused["reason"]
    assert ana.enter() == "not_current"
    ana.update()
    assert ana.enter() == "admitted"
    assert ana.show(LOGIN)["verdict"] == "verified"


def test_an_emergency_ends_everything_that_was_made_before(town: Town) -> None:
    ana, bo = town.join("Ana"), town.join("Bo")
    town.go_on(60)
    town.entitlements.remove([town.id("Bo")], when=When.EMERGENCY)
    assert (town.head.epoch, town.head.grace) == (1, 0)
    for member in (ana, bo):
        assert member.enter() == "not_current"
        assert member.show(LOGIN)["verdict"] == "refused"
    ana.update()
    assert ana.enter() == "admitted"


def test_several_are_removed_with_one_head_in_the_order_of_their_handles(town: Town) -> None:
    members = [town.join(name) for name in ("Ana", "Bo", "Cy", "Di")]
    ids = [town.id(name) for name in ("Cy", "Ana", "Bo")]
    town.entitlements.remove(ids, when=When.NOW)
    assert (town.head.epoch, town.head.removals) == (1, 3)
    removed = [removal.handle for removal in members[3]._removals()]
    assert removed == sorted(member.issued.handle for member in members[:3])
    members[3].update()
    assert members[3].enter() == "admitted"


def test_heads_without_removals_trouble_nobody(town: Town) -> None:
    ana = town.join("Ana")
    for _ in range(3):
        town.go_on(10)
        assert town.publisher.publish().grace == 0
        assert ana.show(LOGIN)["verdict"] == "verified"
    town.to_next_head()
    assert ana.show(LOGIN)["verdict"] == "verified"


def test_a_head_without_removals_leaves_the_grace_of_the_one_before_as_it_is(town: Town) -> None:
    ana, _ = town.join("Ana"), town.join("Bo")
    town.entitlements.remove([town.id("Bo")], when=When.NOW)
    town.go_on(600)
    assert town.publisher.publish().grace == 3000
    town.go_on(2999)
    assert ana.show(LOGIN)["verdict"] == "verified"
    town.go_on(1)
    assert ana.show(LOGIN)["verdict"] == "refused"


def test_an_attendee_revoked_before_the_claim_cannot_claim(town: Town) -> None:
    town.invite("Ana")
    code = town.code("Ana")
    town.entitlements.remove([town.id("Ana")], when=When.SCHEDULED)
    assert slug(TownWallet(town).ask(code)) == REVOKED
    assert town.to_next_head().removals == 0


def test_a_removed_attendee_may_be_taken_back_in_with_a_new_serial(town: Town) -> None:
    old = town.join("Ana")
    town.entitlements.remove([town.id("Ana")], when=When.NOW)
    claim = town.entitlements.restore(town.id("Ana"), when=When.NOW)
    assert (claim.attendee.state, town.head.epoch) == ("reissued", 1)  # nothing was pending
    new = TownWallet(town)
    new.claim(claim.code)
    assert new.issued.serial == old.issued.serial + 1
    assert new.credential.attributes["reissued"] == 1
    assert slug(old.ask()) == (410, "commitment-retired")


def test_a_new_credential_is_never_signed_before_the_old_one_is_removed(town: Town) -> None:
    old = town.join("Ana")
    claim = town.entitlements.reissue(town.id("Ana"), when=When.SCHEDULED)
    new = TownWallet(town)
    assert slug(new.ask(claim.code)) == (409, "reissue-pending")
    assert slug(old.ask()) == (410, "commitment-retired")
    town.to_next_head()
    new.claim(claim.code)
    with pytest.raises(MemberRevoked):
        old.update()
    assert new.enter() == "help_desk"


def test_a_lost_wallet_is_replaced_at_once_by_a_head_of_its_own(town: Town) -> None:
    old = town.join("Ana")
    claim = town.entitlements.reissue(town.id("Ana"), when=When.NOW)
    assert (town.head.epoch, town.head.removals, town.head.grace) == (1, 1, 3600)
    TownWallet(town).claim(claim.code)
    with pytest.raises(MemberRevoked):
        old.update()


def test_who_is_issued_anew_during_a_poll_has_no_second_vote_and_no_first_is_lost(
    town: Town,
) -> None:
    ana, bo = town.join("Ana"), town.join("Bo")
    manifest = town.open_poll("place")
    assert town.head.highest_serial == 2
    assert ana.vote(manifest).status_code == 201
    claim = town.entitlements.reissue(town.id("Ana"), when=When.NOW)
    again = TownWallet(town)
    again.claim(claim.code)
    with pytest.raises(RequirementNotMet):
        again.vote(manifest)
    # Who has gone on to a newer head votes at the poll's; so does who was removed after opening.
    bo.update()
    assert bo.vote(manifest).status_code == 201


def test_a_poll_pins_the_newest_head_and_a_fresh_one_where_members_came(town: Town) -> None:
    town.join("Ana")
    town.go_on(1)
    first = town.open_poll("first")
    assert (town.head.epoch, first.head) == (1, town.head.hash)
    assert town.open_poll("second").head == first.head
    town.entitlements.remove([town.id("Ana")], when=When.SCHEDULED)
    third = town.open_poll("third")
    assert third.head == town.head.hash
    assert (town.head.epoch, town.head.removals) == (2, 1)


def test_changed_attributes_keep_serial_and_pseudonyms(town: Town) -> None:
    ana = town.join("Ana")
    before, shown = ana.issued, ana.show(LOGIN)
    assert town.entitlements.change(town.id("Ana"), {"pass": "day"}).state == "claimed"
    assert slug(ana.ask()) == (409, "reissue-pending")
    town.to_next_head()
    with pytest.raises(MemberRevoked):
        ana.update()
    ana.claim()
    assert ana.issued.serial == before.serial
    assert ana.issued.handle != before.handle
    assert ana.credential.attributes["pass"] == "day"
    assert ana.show(LOGIN)["pseudonym"] == shown["pseudonym"]
    again = ana.issued
    ana.claim()
    assert ana.issued == again


def test_a_change_that_changes_nothing_removes_nothing(town: Town) -> None:
    ana = town.join("Ana")
    town.entitlements.change(town.id("Ana"), {"pass": "resident"})
    assert town.to_next_head().removals == 0
    ana.update()


def test_after_the_events_a_reissued_credential_is_settled_on_the_same_commitment(
    town: Town,
) -> None:
    town.join("Ana")
    claim = town.entitlements.reissue(town.id("Ana"), when=When.NOW)
    ana = TownWallet(town)
    ana.claim(claim.code)
    assert ana.enter() == "help_desk"
    assert town.entitlements.change(town.id("Ana"), {}, settle=True).state == "claimed"
    town.to_next_head()
    ana.claim()
    assert ana.credential.attributes["reissued"] == 0
    assert ana.enter() == "admitted"


def test_a_pass_that_ends_is_removed_at_the_next_scheduled_head_by_itself(town: Town) -> None:
    today = day_of(town.clock())
    ana, bo = town.join("Ana", valid_until=today), town.join("Bo", valid_until=today + 1)
    town.invite("Cy", valid_until=today - 1)
    code = town.code("Cy")
    town.publisher.publish()
    assert town.states() == {"Ana": "claimed", "Bo": "claimed", "Cy": "invited"}
    head = town.to_next_head()
    assert day_of(head.published_at) == today + 1
    assert town.states() == {"Ana": "ended", "Bo": "claimed", "Cy": "ended"}
    with pytest.raises(MemberRevoked):
        ana.update()
    assert slug(ana.ask()) == REVOKED
    assert slug(TownWallet(town).ask(code)) == REVOKED
    bo.update()
    assert bo.show({**LOGIN, "require": ["valid_until >= today"]})["verdict"] == "verified"
    # Ana comes for longer: the same serial and pseudonyms.
    serial = ana.issued.serial
    town.entitlements.change(town.id("Ana"), {"valid_until": today + 9})
    ana.claim()
    assert ana.issued.serial == serial
    assert town.states()["Ana"] == "claimed"


def test_a_pass_does_not_end_while_its_last_day_goes_on_at_an_event(town: Town) -> None:
    """At 03:00 UTC, when the head comes, it is still the day before in Honolulu."""
    today = day_of(town.clock())
    surf = Event(id="surf", name="Surf", timezone="Pacific/Honolulu")

    def with_surf(metadata: Metadata) -> Metadata:
        return replace(metadata, events=(*metadata.events, surf))

    with town.database.write() as connection:
        town.community.publish(with_surf, connection=connection)
    ana = town.join("Ana", valid_until=today)
    head = town.to_next_head()
    assert day_of(head.published_at) == today + 1
    assert event_day(surf, at=head.published_at) == today
    assert town.states()["Ana"] == "claimed"
    ana.update()
    assert ana.enter() == "admitted"
    town.to_next_head()
    assert town.states()["Ana"] == "ended"


def test_today_is_the_day_on_which_the_app_asked(town: Town) -> None:
    ana = town.join("Ana", valid_until=day_of(town.clock()))
    policy = {**LOGIN, "require": ["valid_until >= today"]}
    assert ana.show(policy)["verdict"] == "verified"
    asked_at = town.clock()
    town.clock.now += 86_400 - 3600  # past midnight, before the next head
    assert ana.show(policy, asked_at=asked_at)["verdict"] == "verified"
    with pytest.raises(RequirementNotMet):
        ana.show(policy)
    for wrong in (town.clock() + 61, town.clock() - 86_401):
        assert ana.show(LOGIN, asked_at=wrong)["type"].endswith("request-malformed")


def test_a_policy_may_ask_for_a_younger_head(town: Town) -> None:
    ana = town.join("Ana")
    policy = {**LOGIN, "max_head_age": 600}
    assert ana.show(policy)["verdict"] == "verified"
    town.go_on(601)
    refused = ana.show(policy)
    assert refused["verdict"] == "refused"
    assert "older than the policy allows" in refused["reason"]


def test_the_schedule_goes_on_whatever_happened_and_is_never_caught_up(town: Town) -> None:
    first = town.head
    assert first.next_at % 86_400 == 3 * 3600
    assert town.go_on(first.next_at - town.clock() - 1) is None
    assert town.go_on(1) is not None
    assert town.go_on(0) is None
    late = town.go_on(5 * 86_400 + 7)
    assert late is not None
    assert (late.epoch, late.next_at) == (2, first.next_at + 6 * 86_400)


def test_time_that_goes_back_does_not_take_a_head_back(town: Town) -> None:
    town.clock.now -= 5000
    head = town.publisher.publish()
    assert head.published_at == town.registry.chain().first.published_at
