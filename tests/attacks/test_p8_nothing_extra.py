"""P8: no log, metric, error, header, file or URL says who did what.

A festival is played; then all that the service wrote is searched. The search is shown to find what
is planted for it. The database is searched in test_p8_database.
"""

import json
from collections.abc import Callable

import pytest

from credentials.curve.scalars import encode_scalar
from credentials.formats import base64url
from tests.attacks import leaks
from tests.attacks.city import PASSPHRASE
from tests.attacks.festival import HERE, PEOPLE, Festival


def test_p8_the_festival_met_every_kind_of_error(festival: Festival) -> None:
    """Otherwise the searches below would prove nothing."""
    statuses = {answer.status_code for answer in festival.answers}
    assert {200, 201, 400, 401, 403, 404, 405, 409, 413, 422, 500} <= statuses
    kinds = {
        str(answer.json()["type"]).rpartition(":")[2]
        for answer in festival.answers
        if answer.status_code >= 400 and answer.content
    }
    assert {
        *("request-malformed", "body-too-large", "not-found", "method-not-allowed"),
        *("token-missing", "token-refused", "encoding-refused", "server-fault"),
        *("nonce-unknown", "commitment-invalid", "claim-code-unknown", "claim-code-used"),
        *("door-unknown", "poll-unknown", "ballot-refused", "policy-refused"),
        *("presentation-malformed", "request-unknown"),
    } <= kinds


def test_p8_logs_hold_event_codes_and_counts_never_who(festival: Festival) -> None:
    said = festival.city.said()
    greeting = b"Agora is served at http://127.0.0.1:"
    lines = [line for line in said.splitlines() if not line.startswith(greeting)]
    assert len(lines) > 250
    log = b"\n".join(lines)
    assert leaks.found_in(log, texts=festival.texts, octets=festival.octets) == []
    assert b"127.0.0" not in log
    assert b"Traceback" not in log
    # Claims and ballots leave no line with a time; only a fault of the service's own does.
    untimed = (b'"credential"', b'"ballot"', b'"/issuance/', b"/ballots")
    assert all(
        json.loads(line).get("status", 0) >= 500
        for line in lines
        if any(word in line for word in untimed)
    )
    known = {
        *("time", "event", "route", "method", "status", "seconds", "outcome", "verdict", "mode"),
        *("count", "kind", "place", "scans", "conflicts"),
    }
    assert {name for line in lines for name in json.loads(line)} <= known


def test_p8_metrics_have_no_label_that_depends_on_a_member(festival: Festival) -> None:
    assert leaks.found_in(festival.metrics, texts=festival.texts, octets=festival.octets) == []
    from prometheus_client.parser import text_string_to_metric_families

    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(festival.metrics.decode()):
        for sample in family.samples:
            for name, value in sample.labels.items():
                labels.setdefault(name, set()).add(value)
    assert set(labels) <= {"event", "outcome", "route", "method", "status", "le"}
    described = set(festival.city.get("/openapi.json").json()["paths"])
    own = {"", "/", "/claim", "/docs", "/openapi.json", "/.well-known/symbolon.json"}
    assert {
        route for route in labels["route"] if not route.startswith("/static")
    } <= described | own


def test_p8_errors_and_headers_repeat_nothing_of_what_was_sent(festival: Festival) -> None:
    searched = []
    for answer in festival.answers:
        searched += [f"{name}: {value}".encode() for name, value in answer.headers.items()]
        searched += [answer.content] if answer.status_code >= 400 else []
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers
    everything = b"\n".join(searched)
    assert leaks.found_in(everything, texts=festival.texts, octets=festival.octets) == []


def test_p8_no_answer_at_all_names_a_person(festival: Festival) -> None:
    named = festival.texts - set(festival.city.tokens.values())
    everything = b"\n".join(answer.content for answer in festival.answers)
    assert leaks.found_in(everything, texts=named) == []


def test_p8_a_fault_tells_nothing_but_where_it_happened(festival: Festival) -> None:
    assert festival.fault is not None
    assert festival.fault.status_code == 500
    assert festival.fault.json()["detail"] == "The service failed; nothing was changed."
    faults = [line for line in festival.city.said().splitlines() if b'"event":"fault"' in line]
    assert faults
    assert all(set(json.loads(line)) == {"time", "event", "kind", "place"} for line in faults)


def test_p8_the_organisers_commands_name_lines_not_people(festival: Festival) -> None:
    assert "Not imported: 2" in festival.commands
    assert leaks.found_in(festival.commands.encode(), texts=festival.texts) == []


def test_p8_no_address_takes_a_person_or_a_proof_in_its_url(festival: Festival) -> None:
    described = festival.city.get("/openapi.json").json()["paths"]
    parameters = {
        (parameter["in"], parameter["name"])
        for path in described.values()
        for operation in path.values()
        for parameter in operation.get("parameters", [])
    }
    # An attendee's name in the organiser's addresses is drawn at random, and is nobody's.
    names = ("door", "poll", "request_id", "attendee", "segment")
    # A leaf hash is public, and `log/leaves` finds a ballot without naming one.
    names += ("leaf_hash",)
    sizes = {("query", name) for name in ("from", "to")}
    assert parameters == {("path", name) for name in names} | sizes


def test_p8_voting_and_entering_need_no_account_cookie_or_session(festival: Festival) -> None:
    ballots = [answer for answer in festival.answers if answer.request.url.path.endswith("ballots")]
    counted = [answer for answer in ballots if answer.status_code == 201]
    assert counted
    assert all("authorization" not in answer.request.headers for answer in counted)


def test_p8_no_secret_lies_in_the_files_of_the_service(festival: Festival) -> None:
    """Claim codes, tokens, the passphrase and secret keys are in no file in the clear."""
    data = festival.city.data
    key = festival.city.session.keystore
    codes = {text for text in festival.texts if len(text) == 26}
    texts = {PASSPHRASE, HERE, *codes, *festival.city.tokens.values()}
    octets = [key.metadata_seed, key.link_key, encode_scalar(key.issuer.x)]
    octets += [member.seed for member in festival.members]
    files = [file for file in data.rglob("*") if file.is_file()]
    assert any(file.name.startswith("symbolon.db") for file in files)
    for file in files:
        assert leaks.found_in(file.read_bytes(), texts=texts, octets=octets) == [], file.name


@pytest.mark.parametrize(
    "planted",
    [
        bytes.hex,
        base64url.encode,
        lambda octets: base64url.encode(b"SYM" + octets),
        lambda octets: base64url.encode(b"x" + octets[5:]),
        repr,
        lambda octets: str(list(octets)),
        lambda octets: base64url.encode(octets[:20]) + "…",
    ],
)
def test_p8_the_search_in_text_finds_octets_in_every_spelling(
    festival: Festival, planted: Callable[[bytes], str]
) -> None:
    pseudonym = festival.members[0].presentation("gate").pseudonym
    line = f'{{"event":"checkin","who":"{planted(pseudonym)}"}}'.encode()
    assert leaks.found_in(line, octets=festival.octets) != []
    assert leaks.found_in(f"mail to {PEOPLE[3][1].upper()}".encode(), texts=festival.texts) != []
