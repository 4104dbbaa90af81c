"""A member votes at the terminal, changes the vote, finds it in the log, and recounts the poll."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import make_organiser
from tests.flows.members import PASSPHRASE, Relay, Wallet, refused, relaying, run
from tests.flows.service import Organiser, Served, free_port

NAMES = ("Ana", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal", "Ida", "Jon")

IN_A_HURRY = ("--yes", "--at-once")


class Town:
    """A served community behind a relay, and members who have claimed."""

    def __init__(self, organiser: Organiser, relay: Relay) -> None:
        self.organiser = organiser
        self.relay = relay
        links = organiser.claim_links()
        self.links = {name: link.format() for name, link in links.items()}
        self.fingerprint = self.links["Ana"].rpartition(".")[2]

    def link(self, poll: str) -> str:
        return f"{self.organiser.address}/polls/{poll}"

    def member(self, name: str, *, folder: Path) -> Wallet:
        """A member who has claimed."""
        wallet = Wallet(folder / name)
        wallet.ask("claim", self.links[name])
        return wallet

    def open_poll(self, poll: str, *options: str) -> None:
        """A poll whose roll is everybody who has claimed by now."""
        self.organiser.ask(
            *("poll", "create", f"What is for {poll}?", "--id", poll, "--closes", "2h", "--open"),
            *("--option", "Soup", "--option", "Salad", *options),
        )

    def end_poll(self, poll: str) -> None:
        """Close early, and certify."""
        self.organiser.ask("poll", "close", poll, "--reason", "All have voted.")
        self.organiser.ask("poll", "certify", poll)

    def audit(self, poll: str, *options: str | Path) -> dict[str, Any]:
        """What the audit of a poll says; it must be sound."""
        done = run(
            *("audit", self.link(poll), "--fingerprint", self.fingerprint, "--json", *options)
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    organiser = make_organiser(folder)
    attendees = folder / "attendees.csv"
    rows = [f"{name},{name.lower()}@example.org,member" for name in NAMES]
    attendees.write_text("\n".join(["name,email,pass", *rows]) + "\n")
    organiser.ask("attendees", "import", str(attendees))
    behind = Organiser(data=organiser.data, port=free_port())
    with (
        Served(behind, workers=1),
        relaying(port=organiser.port, to=behind.address) as relay,
    ):
        yield Town(organiser, relay)


def poll_command(*arguments: str | Path) -> dict[str, Any]:
    """The JSON that a command of `symbolon poll` prints; it must succeed."""
    done = run("poll", *arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.parametrize("sealed", [(), ("--seal", "server")], ids=["open", "sealed"])
def test_p7_a_vote_goes_from_the_wallet_to_the_recount(
    town: Town, tmp_path: Path, sealed: tuple[str, ...]
) -> None:
    poll = "sealed-lunch" if sealed else "lunch"
    names = ("Hal", "Ida", "Jon") if sealed else ("Ana", "Bo", "Cy")
    ana, bo, cy = (town.member(name, folder=tmp_path) for name in names)
    town.open_poll(poll, *sealed)
    said_no = ana.run("vote", "--at-once", town.link(poll), "--choice", "1", typed="n\n")
    assert "Nothing was shown and nothing was sent" in refused(said_no)
    assert "Vote “Soup” on" in said_no.stderr
    assert ("by the server alone" in said_no.stderr) == bool(sealed)
    assert ana.ask("vote", "--at-once", town.link(poll), "--choice", "2", "--yes")["number"] == 1
    assert bo.ask("vote", "--at-once", poll, "--choice", "1", "--yes")["answer"] == "Soup"
    again = ana.run("vote", "--at-once", poll, "--choice", "1", typed="y\ny\n")
    assert "You voted “Salad”; replace it?" in again.stderr
    assert again.returncode == 0, again.stderr
    states = poll_command("receipts", "--wallet", ana.file)["ballots"]
    assert {row["state"] for row in states if row["poll"] == poll} == {"promised"}
    town.end_poll(poll)
    states = poll_command("receipts", "--wallet", ana.file)["ballots"]
    assert {row["state"] for row in states if row["poll"] == poll} == {"in the log"}
    receipt, abstained = tmp_path / "ana.tlog-proof", tmp_path / "cy.abstained"
    made = run("poll", "receipt", poll, "--out", receipt, "--wallet", ana.file)
    assert made.returncode == 0, made.stderr
    made = run("poll", "abstained", poll, "--out", abstained, *IN_A_HURRY, "--wallet", cy.file)
    assert made.returncode == 0, made.stderr
    found = town.audit(poll, "--receipt", receipt, "--abstained", abstained)
    assert (found["sentence"], found["voters"], found["ballots"]) == ("“Soup” wins.", 2, 3)
    passed = {check["name"] for check in found["checks"] if check["mark"] == "passed"}
    assert {"result", "receipts", "abstentions", "ballots' proofs", "log's root"} <= passed


def test_p10_a_copy_of_the_wallet_gets_no_second_vote(town: Town, tmp_path: Path) -> None:
    """It replaces the vote of the first; both ballots are in the log, and one counts."""
    wallet = town.member("Dee", folder=tmp_path)
    town.open_poll("breakfast")
    copy = tmp_path / "copy"
    wallet.ask("backup", copy)
    twin = Wallet(tmp_path / "twin")
    twin.ask("restore", "--from", copy)
    wallet.ask("vote", "--at-once", "breakfast", "--abstain", "--yes")
    voted = twin.run("vote", "--at-once", "breakfast", "--choice", "1", "--yes")
    assert "takes number 2 and replaces" in voted.stderr
    town.end_poll("breakfast")
    found = town.audit("breakfast")
    assert (found["voters"], found["ballots"], found["sentence"]) == (1, 2, "“Soup” wins.")


def test_a_lost_answer_to_a_ballot_is_repeated_with_the_same_ballot(
    town: Town, tmp_path: Path
) -> None:
    wallet = town.member("Eli", folder=tmp_path)
    town.open_poll("dinner")
    town.relay.lose.append("/ballots")
    lost = wallet.run("vote", "--at-once", "dinner", "--choice", "1", "--yes")
    assert "repeat the command" in refused(lost)
    (kept,) = wallet.ask("show")["votes"]
    assert kept["state"] == "sent"
    again = wallet.ask("vote", "--at-once", "dinner", "--yes")
    assert again["ballot"] == kept["ballot"]
    town.end_poll("dinner")
    found = town.audit("dinner")
    assert (found["ballots"], found["sentence"]) == (1, "“Soup” wins.")


def test_two_votes_at_once_from_one_wallet_stay_in_order(town: Town, tmp_path: Path) -> None:
    wallet = town.member("Fay", folder=tmp_path)
    town.open_poll("supper")
    passphrase_file = tmp_path / "passphrase"
    passphrase_file.write_text(PASSPHRASE + "\n")
    running = [
        subprocess.Popen(
            [
                *(
                    sys.executable,
                    "-m",
                    "client.commands.main",
                    "wallet",
                    "vote",
                    "--at-once",
                    "supper",
                ),
                *("--yes", "--choice", choice, "--wallet", str(wallet.file)),
                *("--passphrase-file", str(passphrase_file)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for choice in ("1", "2")
    ]
    for one in running:
        one.communicate(timeout=60)
    # The later one is either told that the other voted meanwhile, or replaces its vote.
    assert 0 in {one.returncode for one in running}
    votes = wallet.ask("show")["votes"]
    assert [vote["number"] for vote in votes] == list(range(1, len(votes) + 1))
    town.end_poll("supper")
    assert town.audit("supper")["ballots"] == len(votes)


def test_a_poll_that_is_over_takes_no_vote(town: Town, tmp_path: Path) -> None:
    wallet = town.member("Gus", folder=tmp_path)
    town.open_poll("tea")
    town.end_poll("tea")
    refused(wallet.run("vote", "--at-once", "tea", "--choice", "1", "--yes"))
    assert wallet.ask("show")["votes"] == []
