"""P8: no log, metric, error, header, URL or row of the database says who did what.

A small festival is played over HTTP, with every way to do it wrong; then all that the service wrote
is searched. Each search is shown to find what is planted for it.
"""

import csv
import json
import secrets
import socket
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from credentials.curve.scalars import encode_scalar
from credentials.formats import base64url
from credentials.formats.claim_link import ClaimLink
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from tests.attacks import leaks
from tests.attacks.city import PASSPHRASE, City
from tests.attacks.wallet import Wallet, cast

HERE = "127.0.0.77"
"""The address that the festival's guests come from; the service listens on another."""

PEOPLE = [
    (f"Guest{number} Quillfeather", f"guest{number}@mailbox-{number}.example")
    for number in range(8)
]
LATE_NAME, LATE_EMAIL = "Zephyrine Overmorrow", "zephyrine@overmorrow.example"


@dataclass
class Festival:
    """What was played, with every secret of it, and all that the service answered."""

    city: City
    members: list[Wallet] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    octets: set[bytes] = field(default_factory=set)
    answers: list[httpx.Response] = field(default_factory=list)
    commands: str = ""
    metrics: bytes = b""
    fault: httpx.Response | None = None

    def note(self, presentation: Presentation) -> Presentation:
        """Remember what a presentation shows, as something to search for."""
        self.octets |= {presentation.pseudonym, presentation.proof} - {b""}
        return presentation


@pytest.fixture(scope="module")
def festival(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Festival]:
    """The festival, played once."""
    city = City(tmp_path_factory.mktemp("festival")).found()
    for door, mode in {"gate": "once", "yard": "re_entry", "lounge": "members_only"}.items():
        city.add_door(door, mode)
    city.add_app("cafe", "https://cafe.example/answer")
    played = Festival(city)
    city.client = httpx.Client(
        base_url=city.address,
        transport=httpx.HTTPTransport(
            local_address=HERE, limits=httpx.Limits(max_keepalive_connections=0)
        ),
        timeout=60,
        headers={
            "user-agent": PEOPLE[0][1],
            "referer": f"https://mail.example/?to={PEOPLE[1][1]}",
            "x-forwarded-for": "203.0.113.77",
            "cookie": f"who={PEOPLE[2][1]}",
        },
        event_hooks={"response": [lambda answer: (answer.read(), played.answers.append(answer))]},
    )
    city.serve()
    try:
        _play(played)
        _do_it_wrong(played)
        played.metrics = _read_metrics(played)
        _break_the_database(played)
        yield played
    finally:
        city.stop()


def _play(festival: Festival) -> None:
    """Everybody claims, enters, votes and shows the app a membership."""
    city = festival.city
    attendees = city.directory / "attendees.csv"
    rows = [f"{name},{email},resident" for name, email in PEOPLE]
    bad = [f"{LATE_NAME},not an address,resident", f"{LATE_NAME},{LATE_EMAIL},emperor"]
    attendees.write_text(
        "\n".join(["name,email,pass,nickname", *(f"{row},owl" for row in rows + bad)])
    )
    imported = city.command("attendees", "import", str(attendees))
    links = city.directory / "links.csv"
    written = city.command("attendees", "links", f"--out={links}")
    festival.commands = imported.stdout + imported.stderr + written.stdout + written.stderr
    manifest = city.open_poll("anthem", options=("old", "new"))
    with links.open() as file:
        claims = [ClaimLink.parse(row["link"]) for row in csv.DictReader(file)]
    assert len(claims) == len(PEOPLE)
    for claim in claims:
        member = Wallet(city)
        body, point = member.commitment()
        member.keep(city.post("/issuance/credential", {**body, "claim_code": claim.code}))
        festival.members.append(member)
        festival.texts.add(claim.code)
        festival.octets |= {base64url.decode(text) for text in body.values()}
        festival.octets |= {point, member.seed, member.issued.signature}
        festival.octets |= {encode_scalar(member.issued.handle)}
    # In another order than that of the claims.
    for number, member in enumerate(sorted(festival.members, key=lambda one: one.seed)):
        for door, direction in (("gate", "in"), ("yard", "out"), ("lounge", "in")):
            festival.note(member.presentation(door))
            assert member.enter(door, direction=direction) in ("admitted", "checked_out")
        shown = festival.note(member.ballot(manifest, number % 3).presentation)
        assert member.vote(manifest, number % 3).status_code == 201
        festival.octets.add(base64url.decode(member.pseudonym_at("cafe")))
        asked = city.post(
            "/presentations/requests",
            {"policy": {"purpose": "login", "disclose": ["pass"]}},
            bearer="cafe",
        ).json()
        nonce = base64url.decode(asked["nonce"])
        policy = Policy(purpose="login", disclose=("pass",))
        shown = festival.note(member.shown_to("cafe", nonce=nonce, policy=policy))
        body = {"presentation": base64url.encode(shown.to_cbor())}
        told = city.post(f"/presentations/requests/{asked['id']}", body, bearer="cafe")
        assert told.json()["verdict"] == "verified"
        festival.octets.add(nonce)
    festival.texts |= {part for person in PEOPLE for part in person}
    festival.texts |= {LATE_NAME, LATE_EMAIL, PASSPHRASE, HERE, "203.0.113.77"}
    festival.texts |= set(city.tokens.values())
    festival.texts.add((city.data / "metrics-token").read_text().strip())
    key = city.session.keystore
    festival.octets |= {key.metadata_seed, key.link_key, encode_scalar(key.issuer.x)}
    festival.octets |= {encode_scalar(key.issuer.alpha), encode_scalar(key.issuer.xi)}


def _do_it_wrong(festival: Festival) -> None:
    """Every way to do it wrong, with something secret in each place."""
    city, client, ana = festival.city, festival.city.client, festival.members[0]
    name, email = PEOPLE[0]
    claim = next(text for text in festival.texts if len(text) == 26)
    manifest = city.open_poll("colour", options=("red", "blue"))
    ballot = ana.ballot(manifest, 1)
    shown = festival.note(ana.shown_to("cafe", nonce=secrets.token_bytes(32)))
    festival.note(ballot.presentation)
    code = ana.code("gate")
    pseudonym = base64url.encode(shown.pseudonym)
    token = city.bearer("gate")
    paths = [
        *("/issuance/nonce", "/issuance/credential", "/doors/gate/checkins", "/doors/gate/sync"),
        *("/polls/colour/ballots", "/presentations/requests", "/presentations/verify"),
    ]
    bodies: list[bytes] = [
        b"",
        b"{",
        f'{{"email": "{email}"'.encode(),
        f'{{"{email}": 1, "{claim}": "{pseudonym}"}}'.encode(),
        json.dumps([name, email, pseudonym]).encode(),
        f'"{email}"'.encode(),
        b'{"code": "' + shown.to_cbor() + b'"}',
        b'{"code": ' + b"9" * 6000 + b"}",
        b"[" * 20_000,
        b'{"code": NaN}',
        json.dumps({"code": [email], "ballot": {claim: email}, "commitment": 7}).encode(),
        json.dumps(
            {"nonce": email, "commitment": pseudonym, "claim_code": claim, "policy": {email: 1}}
        ).encode(),
        json.dumps({"code": email, "ballot": email, "presentation": email}).encode(),
        json.dumps(
            {"policy": {"purpose": email}, "nonce": pseudonym, "presentation": pseudonym}
        ).encode(),
        json.dumps({"policy": {"purpose": "login", "disclose": [email, claim]}}).encode(),
        json.dumps({"scans": [{"scan_id": email, "code": email, "scanned_at": email}]}).encode(),
        email.encode() * 5000,
    ]
    for path in paths:
        for body in bodies:
            for owner in ("gate", "cafe"):
                client.post(path, content=body, headers=city.bearer(owner))
        for kind in ("application/x-www-form-urlencoded", f"text/{claim}", "multipart/form-data"):
            client.post(path, content=f"email={email}".encode(), headers={"content-type": kind})
        client.request("DELETE", path, params={"email": email, "code": claim})
        client.request("ANA", path)
        client.head(path)
        client.options(path)
    for secret in (email, claim, pseudonym, name, code):
        quoted = "/" + quote(secret, safe="")
        for place in ("", "/polls", "/doors", "/presentations/requests", "/claim", "/metrics"):
            client.get(f"{place}{quoted}", params={"q": secret})
            client.post(f"/doors{quoted}/checkins", json={"code": code}, headers=token)
            client.post(f"/polls{quoted}/ballots", json={"ballot": secret})
    for authorization in ("Bearer", f"Bearer {email}", f"Basic {claim}", f"Bearer {pseudonym}"):
        for path in ("/metrics", "/doors/gate", f"/presentations/requests/{claim}"):
            client.get(path, headers={"authorization": authorization})
        body = {"code": code}
        client.post("/doors/gate/checkins", json=body, headers={"authorization": authorization})
    client.post("/doors/yard/checkins", json={"code": code}, headers=token)
    client.post("/doors/gate/checkins", json={"code": code}, headers=city.bearer("cafe"))
    client.post("/doors/gate/checkins", json={"code": code, "direction": "out"}, headers=token)
    for wrong in (claim, claim.lower(), claim[:-1] + "A", email, "A" * 26, claim + "\n"):
        client.post(
            "/issuance/credential", json={**Wallet(city).commitment()[0], "claim_code": wrong}
        )
    for policy in (
        {"purpose": "poll"},
        {"purpose": "login", email: claim},
        {"purpose": "login", "disclose": ["nickname"]},
        {"purpose": "login", "disclose": [email]},
        {"purpose": "login", "require": [email]},
    ):
        client.post("/presentations/requests", json={"policy": policy}, headers=city.bearer("cafe"))
    used = {**ana.commitment()[0], "claim_code": claim}
    for _ in range(2):
        client.post("/issuance/credential", json=used)
    _malformed_proofs(festival, ballot.to_cbor(), shown, code)
    for text in (
        f"GET /?email={email} HTTP/9.9\r\n\r\n",
        f"{email}\r\n\r\n",
        f"POST /polls/colour/ballots HTTP/1.1\r\nhost: {email}\r\n"
        f"content-length: {'9' * 5000}\r\n\r\n",
        f"POST /issuance/credential HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{claim}",
        f"GET / HTTP/1.1\r\nhost: x\r\nbad header {email}\r\n\r\n",
        f"GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        f"sec-websocket-key: {claim}\r\nsec-websocket-version: 13\r\n\r\n",
    ):
        with socket.create_connection(
            ("127.0.0.1", city.port), source_address=(HERE, 0), timeout=5
        ) as connection:
            connection.sendall(text.encode())
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass


def _malformed_proofs(festival: Festival, ballot: bytes, shown: Presentation, code: str) -> None:
    """One changed octet at many places of everything that proves something."""
    city, ana = festival.city, festival.members[0]
    for at in range(0, len(ballot), 61):
        cast(city, "colour", _flipped(ballot, at))
    octets = shown.to_cbor()
    for at in range(0, len(octets), 61):
        body = {
            "policy": {"purpose": "login"},
            "nonce": base64url.encode(secrets.token_bytes(32)),
            "presentation": base64url.encode(_flipped(octets, at)),
        }
        city.post("/presentations/verify", body, bearer="cafe")
    for at in range(0, len(code), 61):
        changed = code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]
        city.post("/doors/gate/checkins", {"code": changed}, bearer="gate")
    for at in range(0, 144, 12):
        body, _ = ana.commitment()
        changed_proof = _flipped(base64url.decode(body["commitment"]), at)
        city.post("/issuance/credential", {**body, "commitment": base64url.encode(changed_proof)})


def _flipped(octets: bytes, at: int) -> bytes:
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]


def _read_metrics(festival: Festival) -> bytes:
    token = (festival.city.data / "metrics-token").read_text().strip()
    answer = festival.city.client.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return answer.content


def _break_the_database(festival: Festival) -> None:
    """The worst error: a table is gone, while a ballot is on its way into it."""
    city, ana = festival.city, festival.members[0]
    ballot = ana.ballot(city.open_poll("fault"), 1)
    festival.note(ballot.presentation)
    file = sqlite3.connect(city.data / "symbolon.db")
    file.execute("ALTER TABLE ballots RENAME TO ballots_gone")
    festival.fault = cast(city, "fault", ballot.to_cbor())
    file.execute("ALTER TABLE ballots_gone RENAME TO ballots")
    file.close()


# --- what the service wrote


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
    assert len(lines) > 500
    log = b"\n".join(lines)
    assert leaks.found_in(log, texts=festival.texts, octets=festival.octets) == []
    assert b"127.0.0" not in log
    assert b"Traceback" not in log
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
    for answer in festival.answers:
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
        body = answer.content if answer.status_code >= 400 else b""
        searched = headers + b"\n" + body
        found = leaks.found_in(searched, texts=festival.texts, octets=festival.octets)
        assert found == [], (answer.request.method, answer.request.url.path, answer.text)
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers


def test_p8_no_answer_at_all_names_a_person(festival: Festival) -> None:
    named = festival.texts - set(festival.city.tokens.values())
    for answer in festival.answers:
        assert leaks.found_in(answer.content, texts=named) == []


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
    assert parameters == {("path", "door"), ("path", "poll"), ("path", "request_id")}


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


# --- the database


def test_p8_nothing_in_the_database_joins_a_member_to_what_was_shown(festival: Festival) -> None:
    file = festival.city.data / "symbolon.db"
    connection = sqlite3.connect(file)
    for table in ("credentials", "claim_codes", "door_scans", "ballots", "presentation_requests"):
        (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        assert rows >= len(PEOPLE)
    connection.close()
    assert leaks.joins(file) == []


def test_p8_no_used_nonce_and_no_time_of_enrolment_is_kept(festival: Festival) -> None:
    """A nonce with its expiry, beside the commitment that used it, would tell when it was used."""
    connection = sqlite3.connect(festival.city.data / "symbolon.db")
    kept = {octets for (octets,) in connection.execute("SELECT nonce FROM issuance_nonces")}
    connection.close()
    assert not kept & festival.octets


PLANTS: dict[str, tuple[str, str]] = {
    "a foreign key": (
        "ALTER TABLE ballots ADD COLUMN entitlement REFERENCES entitlements (id)",
        "foreign keys lead from issuance to ballots",
    ),
    "a foreign key over a third table": (
        """CREATE TABLE visits (pseudonym REFERENCES door_scans (scan_id),
        who REFERENCES credentials (commitment))""",
        "foreign keys lead from issuance to door_scans",
    ),
    "a table of its own": (
        "CREATE TABLE notes AS SELECT serial, (SELECT 1) AS x FROM credentials",
        "table notes is neither",
    ),
    "a serial in a ballot": (
        "ALTER TABLE ballots ADD COLUMN serial INTEGER",
        "column ballots.serial",
    ),
    "a time in a ballot": (
        "ALTER TABLE ballots ADD COLUMN cast_at INTEGER",
        "column ballots.cast_at may hold a time",
    ),
    "a time of enrolment": (
        "ALTER TABLE credentials ADD COLUMN issued_at INTEGER",
        "column credentials.issued_at tells when",
    ),
    "an order of arrival": (
        """ALTER TABLE ballots RENAME TO old;
        CREATE TABLE ballots AS SELECT * FROM old; DROP TABLE old""",
        "table ballots keeps the order",
    ),
    "a commitment in a scan": (
        "UPDATE door_scans SET code_hash = (SELECT commitment FROM credentials LIMIT 1)",
        "stand both at issuance and in what was shown",
    ),
    "eight octets of a handle in a reason": (
        """UPDATE presentation_requests SET reason =
        (SELECT lower(hex(substr(handle, 5, 8))) FROM credentials LIMIT 1)""",
        "stand both at issuance and in what was shown",
    ),
    "a pseudonym with an entitlement": (
        "UPDATE entitlements SET source = (SELECT pseudonym FROM ballots LIMIT 1) "
        "WHERE id = (SELECT min(id) FROM entitlements)",
        "stand both at issuance and in what was shown",
    ),
}


@pytest.mark.parametrize("plant", PLANTS)
def test_p8_the_search_in_the_database_finds_a_planted_leak(
    festival: Festival, tmp_path: Path, plant: str
) -> None:
    script, expected = PLANTS[plant]
    found = _joins_after(festival, tmp_path, lambda copy: copy.executescript(script))
    assert any(expected in line for line in found), found


def test_p8_the_search_in_the_database_finds_a_planted_hash(
    festival: Festival, tmp_path: Path
) -> None:
    import hashlib

    def plant(copy: sqlite3.Connection) -> None:
        (commitment,) = copy.execute("SELECT commitment FROM credentials LIMIT 1").fetchone()
        digest = hashlib.sha256(commitment).digest()
        copy.execute("UPDATE door_scans SET context_id = ?", (digest,))

    found = _joins_after(festival, tmp_path, plant)
    assert "a hash of a value on one side stands on the other" in found


def _joins_after(
    festival: Festival, directory: Path, plant: Callable[[sqlite3.Connection], Any]
) -> list[str]:
    """What is found in a copy of the database in which something was planted."""
    copy = directory / "copy.db"
    original = sqlite3.connect(festival.city.data / "symbolon.db")
    original.execute("VACUUM INTO ?", (str(copy),))
    original.close()
    assert leaks.joins(copy) == []
    connection = sqlite3.connect(copy)
    plant(connection)
    connection.commit()
    connection.close()
    return leaks.joins(copy)
