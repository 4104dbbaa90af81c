"""P6: one entry, one vote, one login, one credential, whatever comes at once to several processes.

Every race goes over HTTP to two worker processes on one SQLite file, each request over a connection
of its own. Scans of doors without network are in test_p6_merged_scans.
"""

import itertools
import secrets
import threading
from collections import Counter
from typing import Any

import httpx
import pytest

from credentials.formats import base64url
from credentials.formats.credential import IssuedCredential
from tests.attacks.city import Call, City, slug
from tests.attacks.wallet import Wallet, calm_slot, enrol

MANY = 200
SEVERAL = 60


def checkin(
    city: City, door: str, code: str, *, direction: str = "in", scan_id: bytes | None = None
) -> Call:
    """One scan as a request."""
    body: dict[str, Any] = {"code": code, "direction": direction}
    if scan_id is not None:
        body["scan_id"] = base64url.encode(scan_id)
    return ("POST", f"/doors/{door}/checkins", body, city.bearer(door))


def verdicts(answers: list[httpx.Response]) -> Counter[str]:
    """How often each verdict was given; every scan is answered with status 200."""
    assert {answer.status_code for answer in answers} == {200}
    return Counter(str(answer.json()["verdict"]) for answer in answers)


def outcomes(answers: list[httpx.Response]) -> Counter[tuple[int, str]]:
    """How often each status and problem was given."""
    return Counter((answer.status_code, slug(answer)) for answer in answers)


def movements(city: City, *codes: str) -> list[tuple[Any, ...]]:
    """(n, direction, door) of every counted movement of the member whose codes these are."""
    return city.rows(
        "SELECT n, direction, door FROM door_scans WHERE n IS NOT NULL AND pseudonym = "
        "(SELECT pseudonym FROM door_scans WHERE code_hash = ? LIMIT 1) ORDER BY n",
        code_hash(codes[0]),
    )


def code_hash(code: str) -> bytes:
    """The hash under which a door knows a code."""
    import hashlib

    from credentials.formats.qr import from_qr_text

    return hashlib.sha256(from_qr_text(code)).digest()


# --- doors


def test_p6_one_code_scanned_200_times_at_once_lets_one_in(city: City, mia: Wallet) -> None:
    calm_slot(seconds=8)
    code = mia.code("gate")
    before = city.answered_by_worker("/doors/{door}/checkins")
    doors = itertools.cycle(("gate", "back-gate"))
    answers = city.at_once(checkin(city, next(doors), code) for _ in range(MANY))
    assert verdicts(answers) == {"admitted": 1, "already_in": MANY - 1}
    after = city.answered_by_worker("/doors/{door}/checkins")
    took_part = [name for name in after if after[name] > before.get(name, 0)]
    assert len(took_part) >= 2, "the race must go through several processes"
    assert [n for n, *_ in movements(city, code)] == [0]


@pytest.mark.parametrize("door", ["gate", "daily"])
def test_p6_different_codes_of_neighbouring_slots_let_one_in(
    city: City, mia: Wallet, door: str
) -> None:
    slot = calm_slot(seconds=10)
    codes = [mia.code(door, slot=slot + number % 3 - 1) for number in range(MANY)]
    assert len(set(codes)) == MANY
    answers = city.at_once(checkin(city, door, code) for code in codes)
    assert verdicts(answers) == {"admitted": 1, "already_in": MANY - 1}
    firsts = {str(answer.json()["first"]) for answer in answers if answer.json()["first"]}
    assert len(firsts) == 1, "all others are told of the same entry"


def test_p6_a_members_only_door_takes_one_code_once(city: City, mia: Wallet) -> None:
    calm_slot(seconds=8)
    code = mia.code("lounge")
    answers = city.at_once(checkin(city, "lounge", code) for _ in range(MANY))
    assert verdicts(answers) == {"admitted": 1, "replayed": MANY - 1}


def test_p6_a_scan_sent_again_and_again_has_one_answer_and_one_entry(
    city: City, mia: Wallet
) -> None:
    calm_slot(seconds=8)
    code, scan_id = mia.code("gate"), secrets.token_bytes(16)
    answers = city.at_once(checkin(city, "gate", code, scan_id=scan_id) for _ in range(SEVERAL))
    assert verdicts(answers) == {"admitted": SEVERAL}
    assert len(movements(city, code)) == 1
    assert mia.enter("gate") == "already_in"


def test_p6_in_and_in_and_out_and_out_at_a_re_entry_door(city: City, mia: Wallet) -> None:
    passed = []
    for direction, verdict in (("in", "admitted"), ("out", "checked_out"), ("in", "admitted")):
        calm_slot(seconds=8)
        codes = [mia.code("yard") for _ in range(SEVERAL)]
        answers = city.at_once(
            checkin(city, "yard", code, direction=direction) for code in [*codes, *codes]
        )
        counted = verdicts(answers)
        assert counted[verdict] == 1
        assert set(counted) <= {verdict, "already_in", "not_inside", "replayed"}
        passed.append(codes[0])
    rows = city.rows(
        "SELECT n, direction FROM door_scans WHERE pseudonym = ? ORDER BY n",
        mia.presentation("yard").pseudonym,
    )
    assert rows == [(0, "in"), (1, "out"), (2, "in")]


def test_p6_ways_in_and_out_raced_against_each_other_alternate(city: City, mia: Wallet) -> None:
    calm_slot(seconds=10)
    answers = city.at_once(
        checkin(city, "yard", mia.code("yard"), direction=("in", "out")[number % 2])
        for number in range(MANY // 2)
    )
    counted = verdicts(answers)
    rows = city.rows(
        "SELECT n, direction FROM door_scans WHERE pseudonym = ? ORDER BY n",
        mia.presentation("yard").pseudonym,
    )
    assert rows == [(n, ("in", "out")[n % 2]) for n in range(len(rows))]
    # Each person who passed is a movement, and the other way round.
    assert counted["admitted"] + counted["checked_out"] == len(rows) >= 1


# --- ballots


def test_p6_200_ballots_of_one_member_with_different_choices_count_one(
    city: City, mia: Wallet
) -> None:
    poll = f"race-{secrets.token_hex(4)}"
    options = tuple(f"option {number}" for number in range(1, 65))
    manifest = city.open_poll(poll, options=options)
    ballots = [mia.ballot(manifest, number % 65).to_cbor() for number in range(MANY)]
    before = city.answered_by_worker("/polls/{poll}/ballots")
    answers = city.at_once(
        ("POST", f"/polls/{poll}/ballots", {"ballot": base64url.encode(ballot)}, {})
        for ballot in ballots
    )
    assert outcomes(answers) == {(201, ""): 1, (409, "sequence-wrong"): MANY - 1}
    after = city.answered_by_worker("/polls/{poll}/ballots")
    assert sum(after[name] > before.get(name, 0) for name in after) >= 2
    won = next(number for number, answer in enumerate(answers) if answer.status_code == 201) % 65
    votes, abstentions = city.votes(manifest)
    cast_for = [number for number, count in enumerate(votes, start=1) if count]
    assert (cast_for, abstentions) == (([won], 0) if won else ([], 1))
    assert sum(votes) + abstentions == 1


def test_p6_the_same_ballot_over_many_connections_counts_once_with_one_answer(
    city: City, mia: Wallet, leo: Wallet
) -> None:
    poll = f"same-{secrets.token_hex(4)}"
    manifest = city.open_poll(poll)
    assert leo.vote(manifest, 2).status_code == 201
    body = {"ballot": base64url.encode(mia.ballot(manifest, 1).to_cbor())}
    answers = city.at_once(("POST", f"/polls/{poll}/ballots", body, {}) for _ in range(SEVERAL))
    assert outcomes(answers) == {(201, ""): 1, (200, ""): SEVERAL - 1}
    assert len({answer.text for answer in answers}) == 1
    assert city.votes(manifest) == ([1, 1], 0)


def test_p6_a_poll_closed_in_the_middle_of_a_rush_counts_what_it_confirmed(city: City) -> None:
    poll = f"rush-{secrets.token_hex(4)}"
    members = [enrol(city) for _ in range(20)]
    manifest = city.open_poll(poll)
    bodies = [{"ballot": base64url.encode(m.ballot(manifest, 1).to_cbor())} for m in members]
    closing = threading.Timer(0.12, city.close_poll, args=[poll])
    closing.start()
    answers = city.at_once(("POST", f"/polls/{poll}/ballots", body, {}) for body in bodies)
    closing.join()
    counted = outcomes(answers)
    assert set(counted) <= {(201, ""), (409, "poll-not-open")}
    assert city.get(f"/polls/{poll}/result").json()["ballots"] == counted[(201, "")]


# --- apps


def asked(city: City, app: str) -> tuple[str, bytes]:
    """A new request of an app: its id and its nonce."""
    body = {"policy": {"purpose": "login"}}
    answer = city.post("/presentations/requests", body, bearer=app).json()
    return answer["id"], base64url.decode(answer["nonce"])


def handed_over(city: City, app: str, request: str, shown: bytes) -> Call:
    """A wallet's answer, handed over by the app."""
    body = {"presentation": base64url.encode(shown)}
    return ("POST", f"/presentations/requests/{request}", body, city.bearer(app))


def single_check(city: City, app: str, nonce: bytes, shown: bytes) -> Call:
    """A presentation for a nonce that the app drew, as a request."""
    body = {
        "policy": {"purpose": "login"},
        "nonce": base64url.encode(nonce),
        "presentation": base64url.encode(shown),
    }
    return ("POST", "/presentations/verify", body, city.bearer(app))


def test_p6_a_request_answered_many_times_at_once_is_verified_once(
    city: City, mia: Wallet, leo: Wallet
) -> None:
    request, nonce = asked(city, "cafe")
    shown = [
        member.shown_to("cafe", nonce=nonce).to_cbor()
        for member in (mia, leo)
        for _ in range(SEVERAL // 2)
    ]
    answers = city.at_once(handed_over(city, "cafe", request, octets) for octets in shown)
    assert outcomes(answers) == {(200, ""): 1, (409, "request-used"): SEVERAL - 1}
    (won,) = (answer for answer in answers if answer.status_code == 200)
    assert won.json()["verdict"] == "verified"
    kept = city.get(f"/presentations/requests/{request}", bearer="cafe").json()
    assert kept["result"]["pseudonym"] == won.json()["pseudonym"]


def test_p6_a_nonce_checked_many_times_at_once_is_verified_once(city: City, mia: Wallet) -> None:
    nonce = secrets.token_bytes(32)
    shown = mia.shown_to("cafe", nonce=nonce).to_cbor()
    answers = city.at_once(single_check(city, "cafe", nonce, shown) for _ in range(SEVERAL))
    assert outcomes(answers) == {(200, ""): 1, (409, "nonce-used"): SEVERAL - 1}


def test_p6_the_nonce_of_a_request_is_not_verified_a_second_time_by_another_way(
    city: City, mia: Wallet
) -> None:
    for _ in range(3):
        request, nonce = asked(city, "cafe")
        shown = mia.shown_to("cafe", nonce=nonce).to_cbor()
        answers = city.at_once(
            call
            for _ in range(10)
            for call in (
                handed_over(city, "cafe", request, shown),
                single_check(city, "cafe", nonce, shown),
            )
        )
        assert outcomes(answers)[(200, "")] == 1


# --- credentials


def test_p6_one_claim_code_raced_by_many_wallets_brings_one_credential(city: City) -> None:
    ticket = city.invite()
    wallets = [Wallet(city) for _ in range(SEVERAL)]
    bodies = [{**wallet.commitment()[0], "claim_code": ticket.code} for wallet in wallets]
    answers = city.at_once(("POST", "/issuance/credential", body, {}) for body in bodies)
    assert outcomes(answers) == {(200, ""): 1, (409, "claim-code-used"): SEVERAL - 1}
    of_ticket = "SELECT serial, retired FROM credentials WHERE entitlement_id = ?"
    assert len(city.rows(of_ticket, ticket.entitlement)) == 1
    for wallet, answer in zip(wallets, answers, strict=True):
        assert wallet.ask().status_code == (200 if answer.status_code == 200 else 404)


def test_p6_one_commitment_asked_for_many_times_at_once_has_one_credential(city: City) -> None:
    ticket, wallet = city.invite(), Wallet(city)
    bodies = [{**wallet.commitment()[0], "claim_code": ticket.code} for _ in range(SEVERAL)]
    answers = city.at_once(("POST", "/issuance/credential", body, {}) for body in bodies)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    issued = IssuedCredential.from_cbor(base64url.decode(answers[0].json()["credential"]))
    assert city.rows(
        "SELECT serial FROM credentials WHERE entitlement_id = ?", ticket.entitlement
    ) == [(issued.serial,)]


def test_p6_one_nonce_is_good_for_one_commitment(city: City) -> None:
    ticket, wallet = city.invite(), Wallet(city)
    body = {**wallet.commitment()[0], "claim_code": ticket.code}
    answers = city.at_once(("POST", "/issuance/credential", body, {}) for _ in range(SEVERAL))
    assert outcomes(answers) == {(200, ""): 1, (400, "nonce-unknown"): SEVERAL - 1}


def test_p6_one_commitment_with_many_claim_codes_takes_one_entitlement(city: City) -> None:
    """The other codes stay good: nothing is lost, and nothing is counted twice."""
    tickets, wallet = [city.invite() for _ in range(20)], Wallet(city)
    answers = city.at_once(
        (
            "POST",
            "/issuance/credential",
            {**wallet.commitment()[0], "claim_code": ticket.code},
            {},
        )
        for ticket in tickets
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    taken = [
        city.rows("SELECT count(*) FROM credentials WHERE entitlement_id = ?", ticket.entitlement)
        for ticket in tickets
    ]
    assert sorted(taken) == [[(0,)]] * 19 + [[(1,)]]
    unused = next(ticket for ticket, rows in zip(tickets, taken, strict=True) if rows == [(0,)])
    assert Wallet(city).ask(unused.code).status_code == 200


def test_p6_many_claims_at_once_get_different_serials_and_handles(city: City) -> None:
    tickets = [city.invite() for _ in range(SEVERAL)]
    wallets = [Wallet(city) for _ in tickets]
    answers = city.at_once(
        ("POST", "/issuance/credential", {**w.commitment()[0], "claim_code": t.code}, {})
        for w, t in zip(wallets, tickets, strict=True)
    )
    members = [wallet.keep(answer) for wallet, answer in zip(wallets, answers, strict=True)]
    assert len({member.issued.serial for member in members}) == SEVERAL
    assert len({member.issued.handle for member in members}) == SEVERAL


def test_p6_a_claim_raced_with_a_reissue_leaves_at_most_one_living_credential(city: City) -> None:
    for delay in (0.0, 0.02, 0.05):
        ticket = city.invite()
        bodies = [{**Wallet(city).commitment()[0], "claim_code": ticket.code} for _ in range(20)]
        reissue = threading.Timer(delay, city.reissue, args=[ticket.entitlement])
        reissue.start()
        answers = city.at_once(("POST", "/issuance/credential", body, {}) for body in bodies)
        reissue.join()
        assert set(outcomes(answers)) <= {(200, ""), (409, "claim-code-used")}
        living = "SELECT count(*) FROM credentials WHERE entitlement_id = ? AND retired = 0"
        assert city.rows(living, ticket.entitlement) == [(0,)]
        late = Wallet(city).ask(ticket.code)
        assert slug(late) == "claim-code-used"
