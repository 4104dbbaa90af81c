"""Issuance over real HTTP with two workers: one link, one member, however it is tried."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from credentials.formats import base64url
from tests.flows.conftest import make_organiser
from tests.flows.service import Organiser, Served, Wallet, problem

NAMES = ["Ana", "Bo", "Cy", "Di", "Eva", "Fay", "Gus", "Hal", "Ida", "Jo"]


@pytest.fixture(scope="module")
def organiser(tmp_path_factory: pytest.TempPathFactory) -> Organiser:
    """One community for this story; every test uses an attendee of its own."""
    folder: Path = tmp_path_factory.mktemp("issuance")
    organiser = make_organiser(folder)
    rows = "".join(f"{name},{name.lower()}@example.org,member\n" for name in NAMES)
    (folder / "attendees.csv").write_text("name,email,pass\n" + rows)
    organiser.ask("attendees", "import", str(folder / "attendees.csv"))
    return organiser


@pytest.fixture(scope="module")
def codes(organiser: Organiser) -> dict[str, str]:
    return {name: link.code for name, link in organiser.claim_links().items()}


@pytest.fixture(scope="module")
def served(organiser: Organiser) -> Iterator[Served]:
    with Served(organiser, workers=2) as running:
        yield running


def test_a_member_claims_blindly(served: Served, codes: dict[str, str]) -> None:
    issued, credential = Wallet(served).claim(codes["Ana"])
    assert dict(credential.attributes) == {"reissued": 0, "pass": "member"}
    assert 1 <= issued.serial <= len(NAMES)


def test_the_same_commitment_brings_the_same_credential_without_a_code(
    served: Served, codes: dict[str, str]
) -> None:
    wallet = Wallet(served)
    issued, _ = wallet.claim(codes["Bo"])
    again, _ = wallet.claim(None)
    once_more, _ = wallet.claim(codes["Bo"])
    assert issued == again == once_more


def test_a_used_code_signs_no_other_commitment(served: Served, codes: dict[str, str]) -> None:
    Wallet(served).claim(codes["Cy"])
    assert problem(Wallet(served).ask(codes["Cy"])) == (409, "claim-code-used")


def test_unknown_codes_and_commitments_are_told_apart(served: Served) -> None:
    assert problem(Wallet(served).ask("A" * 26)) == (404, "claim-code-unknown")
    assert problem(Wallet(served).ask("no code at all")) == (404, "claim-code-unknown")
    assert problem(Wallet(served).ask(None)) == (404, "commitment-unknown")


def test_a_nonce_is_good_once(served: Served, codes: dict[str, str]) -> None:
    wallet = Wallet(served)
    nonce = base64url.decode(served.http.post("/issuance/nonce", json={}).json()["nonce"])
    commitment = wallet.commit(nonce=nonce)
    assert wallet.send(commitment, nonce=nonce, code=codes["Di"]).status_code == 200
    refused = wallet.send(commitment, nonce=nonce, code=codes["Di"])
    assert problem(refused) == (400, "nonce-unknown")
    invented = bytes(32)
    refused = wallet.send(wallet.commit(nonce=invented), nonce=invented, code=None)
    assert problem(refused) == (400, "nonce-unknown")


def test_a_proof_over_another_nonce_or_changed_octets_binds_nothing(
    served: Served, codes: dict[str, str]
) -> None:
    wallet = Wallet(served)

    def fresh() -> bytes:
        return base64url.decode(served.http.post("/issuance/nonce", json={}).json()["nonce"])

    nonce = fresh()
    foreign = wallet.commit(nonce=bytes(32))
    refused = wallet.send(foreign, nonce=nonce, code=codes["Eva"])
    assert problem(refused) == (400, "commitment-invalid")
    for position in (0, 47, 48, 143):
        nonce = fresh()
        octets = bytearray(wallet.commit(nonce=nonce))
        octets[position] ^= 1
        refused = wallet.send(bytes(octets), nonce=nonce, code=codes["Eva"])
        assert problem(refused) == (400, "commitment-invalid")
    for length in (0, 143, 145):
        refused = wallet.send(bytes(length), nonce=fresh(), code=codes["Eva"])
        assert problem(refused) == (400, "commitment-invalid")
    wallet.claim(codes["Eva"])


def test_of_many_wallets_with_one_code_exactly_one_wins(
    served: Served, codes: dict[str, str]
) -> None:
    def attempt(_number: int) -> int:
        # A connection of its own, so that both workers take part.
        with httpx.Client(base_url=served.organiser.address, timeout=40) as http:
            return Wallet(served).ask(codes["Fay"], http=http).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = Counter(pool.map(attempt, range(24)))
    assert statuses == {200: 1, 409: 23}


def test_one_wallet_asking_many_times_at_once_gets_one_credential(
    served: Served, codes: dict[str, str]
) -> None:
    wallet = Wallet(served)

    def attempt(_number: int) -> str:
        with httpx.Client(base_url=served.organiser.address, timeout=40) as http:
            answer = wallet.ask(codes["Gus"], http=http)
        assert answer.status_code == 200, answer.text
        credential: str = answer.json()["credential"]
        return credential

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(attempt, range(24)))) == 1


def test_who_lost_everything_is_issued_anew_and_the_old_credential_is_dead(
    organiser: Organiser, served: Served, codes: dict[str, str]
) -> None:
    lost = Wallet(served)
    old, _ = lost.claim(codes["Hal"])
    given = organiser.ask("attendees", "reissue", "hal@example.org", "--yes")
    assert given["state"] == "reissued"
    new_code = organiser.claim_links()["Hal"].code
    assert given["link"].endswith(organiser.claim_links()["Hal"].format().rpartition("#")[2])

    assert problem(lost.ask(None)) == (410, "commitment-retired")
    assert problem(lost.ask(new_code)) == (410, "commitment-retired")
    assert problem(Wallet(served).ask(codes["Hal"])) == (409, "claim-code-used")

    new, credential = Wallet(served).claim(new_code)
    assert credential.attributes["reissued"] == 1
    assert new.serial > old.serial
    assert new.handle != old.handle
    assert problem(lost.ask(None)) == (410, "commitment-retired")
    with sqlite3.connect(organiser.data / "symbolon.db") as database:
        noted = database.execute(
            "SELECT handle FROM registry_removals WHERE position IS NOT NULL"
        ).fetchall()
    assert (old.handle.to_bytes(32, "big"),) in noted
    assert (new.handle.to_bytes(32, "big"),) not in noted


def test_a_link_replaced_before_it_was_used_takes_nothing_away(
    organiser: Organiser, served: Served, codes: dict[str, str]
) -> None:
    given = organiser.ask("attendees", "reissue", "ida@example.org", "--yes")
    assert given["state"] == "invited"
    assert problem(Wallet(served).ask(codes["Ida"])) == (409, "claim-code-used")
    _, credential = Wallet(served).claim(organiser.claim_links()["Ida"].code)
    assert credential.attributes["reissued"] == 0


def test_serials_count_up_without_gaps_and_handles_differ(organiser: Organiser) -> None:
    with sqlite3.connect(organiser.data / "symbolon.db") as database:
        rows = database.execute("SELECT serial, handle FROM credentials ORDER BY serial").fetchall()
    assert [serial for serial, _ in rows] == list(range(1, len(rows) + 1))
    assert len({handle for _, handle in rows}) == len(rows)


def test_the_log_names_nobody(served: Served, codes: dict[str, str]) -> None:
    wallet = Wallet(served)
    wallet.claim(codes["Jo"])
    log = served.log.read_text()
    served.http.get("/health")
    assert '"route":"/health"' in served.log.read_text()
    # Serials are given in order: a line for each claim would say when whose was.
    assert "issuance" not in log
    assert "credential" not in log
    commitment = wallet.commit(nonce=bytes(32))[:48]
    for secret in (
        *codes.values(),
        *(f"{name.lower()}@example.org" for name in NAMES),
        "127.0.0.1:",
        base64url.encode(commitment),
        commitment.hex(),
    ):
        assert secret not in log.replace(served.organiser.address, "")
