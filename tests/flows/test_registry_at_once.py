"""The registry under races: one head of many publishers, one removal, no witness too late."""

import multiprocessing
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import httpx

from credentials.formats import base64url
from credentials.formats.credential import IssuedCredential, IssuedWitness
from credentials.formats.head import SignedHead
from credentials.holder import accept
from server.keystore import Keystore
from tests.flows.conftest import make_organiser
from tests.flows.service import Organiser, Served, Wallet
from tests.flows.town import Town, open_publisher

PROCESSES = 4
NAMES = ["Ana", "Bo", "Cy", "Di"]


def test_of_several_publishers_one_makes_the_head_that_is_due(tmp_path: Path) -> None:
    town = Town(tmp_path)
    town.join("Ana")
    town.clock.now = town.head.next_at
    context = multiprocessing.get_context("spawn")
    outcomes, start = context.SimpleQueue(), context.Barrier(PROCESSES)
    arguments = (town.file, town.keystore.to_octets(), town.clock.now, start, outcomes)
    publishers = [context.Process(target=_publish, args=arguments) for _ in range(PROCESSES)]
    for publisher in publishers:
        publisher.start()
    assert Counter(outcomes.get() for _ in publishers) == {1: 1, None: PROCESSES - 1}
    for publisher in publishers:
        publisher.join()
    assert town.head.epoch == 1


def _publish(file: Path, keystore: bytes, now: int, start: Barrier, outcomes: Any) -> None:
    """In a process of its own: the epoch that it published, or None."""
    publisher = open_publisher(file, Keystore.from_octets(keystore), clock=lambda: now)
    start.wait(timeout=60)
    head = publisher.publish_due()
    outcomes.put(None if head is None else head.epoch)


def test_a_handle_is_removed_once_and_never_gets_a_witness_afterwards(tmp_path: Path) -> None:
    organiser = make_organiser(tmp_path)
    rows = "".join(f"{name},{name.lower()}@example.org,member\n" for name in NAMES)
    (tmp_path / "attendees.csv").write_text("name,email,pass\n" + rows)
    organiser.ask("attendees", "import", str(tmp_path / "attendees.csv"))
    codes = {name: link.code for name, link in organiser.claim_links().items()}
    ids = {one["name"]: one["id"] for one in organiser.ask("attendees", "list")}
    token = organiser.ask("organiser", "token")["token"]
    with Served(organiser, workers=2) as served:
        wallets = {name: Wallet(served) for name in NAMES}
        for name, wallet in wallets.items():
            wallet.claim(codes[name])
        calls = [
            *((_ask, wallets[name]) for name in NAMES for _ in range(12)),
            *((_remove, (organiser, token, ids[name])) for name in NAMES for _ in range(3)),
        ]
        calls = [calls[number * 7 % len(calls)] for number in range(len(calls))]  # well mixed
        with ThreadPoolExecutor(12) as threads:
            answers = list(threads.map(lambda call: call[0](call[1]), calls))
        metadata = served.metadata()
        secrets = {wallet.secrets.prover_nym: wallet.secrets for wallet in wallets.values()}
    given = [answer for answer in answers if "credential" in answer]
    refused = {answer["type"].rpartition(":")[2] for answer in answers if "type" in answer}
    assert refused <= {"credential-revoked", "attendee-not-current"}
    assert sum("state" in answer for answer in answers) == len(NAMES), "each is removed once"
    with sqlite3.connect(organiser.data / "symbolon.db") as database:
        log = dict(database.execute("SELECT handle, position FROM registry_removals").fetchall())
    assert sorted(log.values()) == list(range(len(NAMES)))
    for answer in given:
        issued = IssuedCredential.from_cbor(base64url.decode(answer["credential"]))
        witness = IssuedWitness.from_cbor(base64url.decode(answer["witness"]))
        head = SignedHead.from_json(answer["head"]).open(metadata_key=metadata.metadata_key)
        assert head.removals <= log[issued.handle.to_bytes(32, "big")]
        credential = accept(issued, secrets=secrets[answer["prover_nym"]], metadata=metadata)
        credential.at(head, witness=witness.point)


def _ask(wallet: Wallet) -> dict[str, Any]:
    """What the service says to one who asks for a known credential, over its own connection."""
    with httpx.Client(base_url=wallet.served.organiser.address, timeout=40) as http:
        answer = wallet.ask(None, http=http).json()
    return {**answer, "prover_nym": wallet.secrets.prover_nym}


def _remove(arguments: tuple[Organiser, str, str]) -> dict[str, Any]:
    organiser, token, attendee = arguments
    answer = httpx.post(
        f"{organiser.address}/organiser/attendees/{attendee}/remove",
        json={"when": "now"},
        headers={"authorization": f"Bearer {token}"},
        timeout=40,
    )
    told: dict[str, Any] = answer.json()
    return told
