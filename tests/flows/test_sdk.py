"""Third parties: the sample app checks memberships by itself, under an origin of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from client.wallet.contents import WalletContents
from client.wallet.enrolling import credential_of
from client.wallet.holdings import holdings
from client.wallet.showing import answer_request
from client.wallet.vault import Vault
from credentials.formats import base64url
from credentials.formats.request import PresentationRequest
from tests.flows.conftest import make_organiser
from tests.flows.members import PASSPHRASE, Wallet, refused, run
from tests.flows.service import Organiser, Served, free_port


@contextmanager
def sample_app(community: Path, *, heads: Path, app: str, port: int, log: Path) -> Iterator[str]:
    """The app of examples/app with metadata and heads from files: it never talks to the issuer."""
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "examples.app.main"],
            env={
                **os.environ,
                "COMMUNITY": str(community),
                "HEADS": str(heads),
                "APP_ID": app,
                "PORT": str(port),
            },
            stdout=output,
            stderr=output,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            deadline = time.monotonic() + 40
            while True:
                try:
                    httpx.get(address, timeout=2)
                    break
                except httpx.TransportError:
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < deadline, log.read_text()
                    time.sleep(0.1)
            yield address
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Two apps and two members; the issuer is stopped before the first test."""
    folder = tmp_path_factory.mktemp("apps")
    organiser: Organiser = make_organiser(folder)
    attendees = folder / "attendees.csv"
    attendees.write_text("name,email,pass\nAna,ana@example.org,member\nBo,bo@example.org,guest\n")
    organiser.ask("attendees", "import", str(attendees))
    ports = {"cafe": free_port(), "forum": free_port()}
    for app, port in ports.items():
        organiser.ask(
            *("app", "add", app.title(), "--id", app),
            *("--response-address", f"http://127.0.0.1:{port}/answer"),
        )
    links = organiser.claim_links()
    wallets = {name: Wallet(folder / name) for name in links}
    community, heads = folder / "community.json", folder / "heads.json"
    with ExitStack() as running:
        with Served(organiser, workers=1) as served:
            for name, wallet in wallets.items():
                wallet.ask("claim", links[name].format())
            community.write_text(served.http.get("/.well-known/symbolon.json").text)
            heads.write_text(served.http.get("/registry/heads").text)
        addresses = {
            app: running.enter_context(
                sample_app(community, heads=heads, app=app, port=port, log=folder / f"{app}.log")
            )
            for app, port in ports.items()
        }
        yield {
            "wallets": wallets,
            "addresses": addresses,
            "community": community,
            "heads": heads,
        }


def visit(apps: dict[str, Any], name: str, app: str) -> dict[str, Any]:
    seen: dict[str, Any] = apps["wallets"][name].ask(
        "present", "--at-once", f"{apps['addresses'][app]}/membership", "--yes"
    )
    return seen


def test_p2_an_app_knows_a_member_again_and_another_app_does_not(apps: dict[str, Any]) -> None:
    first, second = visit(apps, "Ana", "cafe"), visit(apps, "Ana", "cafe")
    assert first["pseudonym"] == second["pseudonym"]
    assert first["message"].startswith("Welcome ")
    assert second["message"].startswith("Welcome back ")
    assert visit(apps, "Ana", "forum")["pseudonym"] != first["pseudonym"]
    assert visit(apps, "Bo", "cafe")["pseudonym"] != first["pseudonym"]


def test_p9_a_member_who_says_no_sends_nothing(apps: dict[str, Any]) -> None:
    wallet = apps["wallets"]["Ana"]
    done = wallet.run("present", "--at-once", f"{apps['addresses']['cafe']}/membership", typed="\n")
    assert "nothing was sent" in refused(done)
    assert "pass = member" in done.stderr
    assert apps["addresses"]["cafe"] in done.stderr


def opened(served: dict[str, str]) -> PresentationRequest:
    return PresentationRequest.from_cbor(base64url.decode(served["request"]))


def answer(wallet: Wallet, *, served: dict[str, str]) -> bytes:
    """What a wallet would send to the app that served a request, kept back."""
    contents = Vault.open(wallet.file, passphrase=PASSPHRASE).read()
    (holding,) = holdings(contents)
    credential = credential_of(
        contents.seed, membership=holding.membership, enrolment=holding.enrolment
    )
    request = opened(served)
    app = holding.membership.metadata.app(request.app)
    assert app is not None
    return answer_request(credential, request=request, app=app).to_cbor()


def test_p4_an_answer_is_good_for_one_app_once(apps: dict[str, Any]) -> None:
    cafe, forum = apps["addresses"]["cafe"], apps["addresses"]["forum"]
    served = httpx.get(f"{cafe}/membership").json()
    shown = base64url.encode(answer(apps["wallets"]["Ana"], served=served))
    elsewhere = opened(httpx.get(f"{forum}/membership").json())

    def send(address: str, request: PresentationRequest) -> int:
        body = {"request": request.id, "presentation": shown}
        return httpx.post(f"{address}/answer", json=body).status_code

    assert send(forum, elsewhere) == 403
    assert send(cafe, opened(served)) == 200
    assert send(cafe, opened(served)) == 403


def test_an_answer_can_be_checked_at_the_terminal(apps: dict[str, Any], tmp_path: Path) -> None:
    served = httpx.get(f"{apps['addresses']['cafe']}/membership").json()
    shown = answer(apps["wallets"]["Bo"], served=served)
    (tmp_path / "request.json").write_text(json.dumps(served))

    def check(octets: bytes) -> tuple[int, dict[str, Any]]:
        file = tmp_path / "answer.json"
        file.write_text(json.dumps({"presentation": base64url.encode(octets)}))
        done = run(
            *("verify", file, "--metadata", apps["community"], "--heads", apps["heads"]),
            *("--request", tmp_path / "request.json", "--json"),
        )
        return done.returncode, json.loads(done.stdout)

    status, found = check(shown)
    assert (status, found["genuine"], found["disclosed"]) == (0, True, {"pass": "guest"})
    status, found = check(shown[:-1] + bytes([shown[-1] ^ 1]))
    assert (status, found["genuine"]) == (1, False)


def test_a_stranger_s_wallet_is_told_that_it_is_no_member(
    apps: dict[str, Any], tmp_path: Path
) -> None:
    Vault.create(
        tmp_path / "stranger", passphrase=PASSPHRASE, contents=WalletContents(seed=bytes(16))
    )
    done = Wallet(tmp_path / "stranger").run(
        "present", "--at-once", f"{apps['addresses']['cafe']}/membership", "--yes"
    )
    assert "no credential yet" in refused(done)
