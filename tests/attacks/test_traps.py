"""Traps 11, 13, 14 and 15, into which systems of this kind fell, tried on the served city.

Trap 12 is in test_trap_12, trap 16 in test_trap_16. What several processes make of them at once is
in test_p6, re-issues in every order (trap 14) in test_p10, what error paths write (15) in test_p8.
"""

import secrets
import time
from dataclasses import replace

import pytest

from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.qr import to_qr_text
from tests.attacks.city import LOGIN, City, slug
from tests.attacks.wallet import Wallet, ballot_octets, calm_slot, cast, enrol, verify

# --- trap 11: another ballot paper, hidden options


def test_trap_11_a_ballot_for_another_polls_id_is_refused_there(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    other = city.open_poll(f"other-{secrets.token_hex(4)}", options=poll.options)
    ballot = mia.ballot_octets(poll, 1)
    answer = cast(city, other.poll, ballot)
    assert (answer.status_code, slug(answer)) == (400, "ballot-refused")
    assert slug(cast(city, "no-such-poll", ballot)) == "poll-unknown"
    # Nor with the other poll's name written over it, in one place or in all of them.
    shown = mia.ballot(poll, 1).presentation
    renamed = replace(shown, instance=other.manifest_hash, freshness=other.manifest_hash)
    for presentation in (shown, renamed):
        octets = ballot_octets(other.manifest_hash, 1, 1, presentation)
        assert slug(cast(city, other.poll, octets)) == "ballot-refused"
    assert cast(city, poll.poll, ballot).status_code == 201
    assert mia.vote(other, 1).status_code == 201, "and both votes are still the member's to cast"


def test_trap_11_no_hidden_option_can_be_voted_for(city: City, mia: Wallet, poll: Manifest) -> None:
    hidden = (4, 5, 23, 24, 63, 64, 65, 255, 256, 65_535, 65_536, 2**32, 2**63, 2**64 - 1)
    for choice in hidden:
        answer = mia.vote(poll, choice)
        assert answer.status_code == 400, choice
    assert mia.vote(poll, 3).status_code == 201
    assert city.votes(poll) == ([0, 0, 1], 0)


def test_trap_11_nought_abstains_and_votes_for_nothing(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    assert mia.vote(poll, 0).status_code == 201
    assert slug(mia.vote(poll, 1)) == "sequence-wrong"
    assert city.votes(poll) == ([0, 0, 0], 1)


def test_trap_11_options_23_and_24_on_either_side_of_an_encoding_are_two_options(
    city: City, mia: Wallet, leo: Wallet
) -> None:
    options = tuple(f"option {number}" for number in range(1, 25))
    wide = city.open_poll(f"wide-{secrets.token_hex(4)}", options=options)
    # A vote is one octet a mark; 23 in two octets is no second spelling of it.
    shown = mia.ballot(wide, 23).presentation
    ballot = Ballot(
        manifest_hash=wide.manifest_hash, sequence=1, content=b"\x00\x17", presentation=shown
    )
    assert slug(cast(city, wide.poll, ballot.to_cbor())) == "ballot-refused"
    assert enrol(city).vote(wide, 25).status_code == 400
    assert mia.vote(wide, 23).status_code == 201
    assert leo.vote(wide, 24).status_code == 201
    assert city.votes(wide) == ([0] * 22 + [1, 1], 0)


def test_trap_11_a_choice_changed_on_its_way_is_not_counted(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    shown = mia.ballot(poll, 1).presentation
    for choice in (0, 2, 3):
        octets = ballot_octets(poll.manifest_hash, 1, choice, shown)
        assert slug(cast(city, poll.poll, octets)) == "ballot-refused"


def test_trap_11_a_ballot_on_a_swapped_paper_is_refused(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    """Whoever was shown other options, another question or roll has voted in no poll of ours."""
    papers = [
        replace(poll, options=("red", "green", "blue", "black")),
        replace(poll, options=("green", "red", "blue")),
        replace(poll, question="Another question?"),
        replace(poll, closes_at=poll.closes_at + 1),
        replace(poll, require=(("reissued", 0), ("pass", "resident"))),
    ]
    for paper in papers:
        assert slug(mia.vote(paper, 1)) == "ballot-refused"
        # The genuine paper's name over a proof that was made for the swapped one.
        shown = mia.ballot(paper, 1).presentation
        named = replace(shown, instance=poll.manifest_hash, freshness=poll.manifest_hash)
        octets = ballot_octets(poll.manifest_hash, 1, 1, named)
        assert slug(cast(city, poll.poll, octets)) == "ballot-refused"
    assert city.votes(poll) == ([0, 0, 0], 0)


def test_trap_11_after_the_close_nothing_is_counted_and_a_counted_ballot_is_still_known(
    city: City, mia: Wallet, leo: Wallet, poll: Manifest
) -> None:
    early, late = mia.ballot_octets(poll, 1), leo.ballot_octets(poll, 1)
    assert cast(city, poll.poll, early).status_code == 201
    assert city.votes(poll) == ([1, 0, 0], 0)
    answer = cast(city, poll.poll, late)
    assert (answer.status_code, slug(answer)) == (409, "poll-not-open")
    assert cast(city, poll.poll, early).status_code == 200
    assert city.get(f"/polls/{poll.poll}/result").json()["ballots"] == 1
    assert (
        len([entry for entry in city.log_entries(poll.poll) if b"symbolon/ballot/" in entry]) == 1
    )


def test_trap_11_a_poll_closes_by_its_own_time(city: City, mia: Wallet) -> None:
    brief = city.open_poll(f"brief-{secrets.token_hex(4)}", seconds=1)
    time.sleep(max(0, brief.closes_at - time.time()) + 0.05)
    assert slug(mia.vote(brief, 1)) == "poll-not-open"
    assert city.get(f"/polls/{brief.poll}/result").json()["ballots"] == 0


# --- trap 13: screenshots, and times that nobody checks


def test_trap_13_a_screenshot_admits_nobody_a_second_time(
    city: City, mia: Wallet, leo: Wallet
) -> None:
    calm_slot(seconds=6)
    for door, again in (("gate", "already_in"), ("daily", "already_in"), ("lounge", "replayed")):
        code = mia.code(door)
        assert mia.enter(door, code=code) == "admitted"
        assert [mia.enter(door, code=code) for _ in range(3)] == [again] * 3
    assert mia.enter("back-gate", code=mia.code("gate")) == "already_in"
    # At a re-entry door the picture of the code that let in lets neither out nor in again.
    first, second = leo.code("yard"), leo.code("yard")
    assert leo.enter("yard", code=first) == "admitted"
    assert leo.enter("yard", code=first, direction="out") == "replayed"
    assert leo.enter("yard", code=second, direction="out") == "checked_out"
    assert leo.enter("yard", code=first) == "replayed"
    assert leo.enter("yard", code=second) == "replayed"


@pytest.mark.parametrize("door", ["gate", "daily", "yard", "lounge"])
def test_trap_13_the_time_in_a_code_is_checked_and_cannot_be_rewritten(
    city: City, mia: Wallet, door: str
) -> None:
    slot = calm_slot(seconds=4)
    for wrong, verdict in (
        (slot - 2, "code_too_old"),
        (slot - 3, "code_too_old"),
        (0, "code_too_old"),
        (slot + 2, "clock_wrong"),
        (slot + 10_000, "clock_wrong"),
        (2**40, "clock_wrong"),
    ):
        if door == "daily" and wrong in (0, 2**40):
            continue  # their days cannot all be written down
        assert mia.enter(door, code=mia.code(door, slot=wrong)) == verdict
    old = mia.presentation(door, slot=slot - 20)
    for redated in (slot - 1, slot, slot + 1):
        # At a daily door the day is written anew too, as it must be just after midnight.
        instance = mia.presentation(door, slot=redated).instance
        code = to_qr_text(replace(old, freshness=redated, instance=instance).to_cbor())
        assert mia.enter(door, code=code) == "invalid"
    assert mia.enter(door) == "admitted"


def test_trap_13_a_queued_screenshot_is_judged_at_the_time_of_its_scan(
    city: City, mia: Wallet
) -> None:
    slot = calm_slot(seconds=4)
    now = int(time.time())
    scans = [
        {"code": mia.code("gate", slot=slot - 10), "scanned_at": now},
        {"code": mia.code("gate", slot=slot), "scanned_at": now - 600},
        {"code": mia.code("gate", slot=slot + 20), "scanned_at": now},
    ]
    body = {
        "scans": [
            {**scan, "scan_id": base64url.encode(secrets.token_bytes(16)), "direction": "in"}
            for scan in scans
        ]
    }
    results = city.post("/doors/gate/sync", body, bearer="gate").json()["results"]
    assert [result["verdict"] for result in results] == [
        "code_too_old",
        "clock_wrong",
        "clock_wrong",
    ]
    assert mia.enter("gate") == "admitted"


# --- trap 14: a reset that gives a second vote


def test_trap_14_a_new_wallet_with_the_old_link_gets_nothing(city: City) -> None:
    ticket = city.invite()
    Wallet(city).claim(ticket.code)
    for code in (ticket.code, None):
        assert Wallet(city).ask(code).status_code in (404, 409)


# --- trap 15: secrets sent to a server because the requester asked for them


def test_trap_15_no_address_takes_a_members_secret(city: City) -> None:
    """Every field of a request body, by name: proofs and commitments, never seeds or scalars."""
    schemas = city.get("/openapi.json").json()["components"]["schemas"]
    requests = {
        name: body for name, body in schemas.items() if body.get("additionalProperties") is False
    }
    assert {field for body in requests.values() for field in body.get("properties", {})} == {
        *("nonce", "commitment", "claim_code"),
        *("code", "direction", "scan_id", "scans", "scanned_at"),
        *("ballot", "policy", "presentation", "request", "asked_at"),
        *("trustee", "share"),  # of one poll's opening value, after its close
        *("name", "email", "keep_link", "when", "attributes", "emergency"),  # the organiser's
    }


# --- requirements that cannot be


@pytest.mark.parametrize(
    "wish",
    [
        {"require": ["valid_until >= today"]},  # not in this city's schema
        {"require": ["serial <= 10"]},
        {"require": ["handle >= 1"]},
        {"require": ["pass >= 1"]},
        {"require": [["serial", "<=", 10]]},
        {"require": {"pass": "resident"}},
        {"require": "reissued"},
        {"max_head_age": 0},
        {"max_head_age": "3600"},
    ],
    ids=str,
)
def test_a_policy_with_requirements_is_refused_and_never_ignored(
    city: City, mia: Wallet, wish: dict[str, object]
) -> None:
    policy = {**LOGIN, **wish}
    answer = city.post("/presentations/requests", {"policy": policy}, bearer="cafe")
    assert (answer.status_code, slug(answer)) == (400, "policy-refused")
    nonce = secrets.token_bytes(32)
    shown = mia.shown_to("cafe", nonce=nonce).to_cbor()
    body = {
        "policy": policy,
        "nonce": base64url.encode(nonce),
        "presentation": base64url.encode(shown),
    }
    assert slug(city.post("/presentations/verify", body, bearer="cafe")) == "policy-refused"
    assert verify(city, "cafe", shown, nonce=nonce).json()["verdict"] == "verified"


def test_a_poll_that_requires_a_value_refuses_members_with_another(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    manifest = city.open_poll(f"week-{secrets.token_hex(4)}", require=(("pass", "week"),))
    assert slug(mia.vote(manifest, 1)) == "ballot-refused"
