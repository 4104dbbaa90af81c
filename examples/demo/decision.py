"""The fourth act: a whole town decides by ranking, sealed by three trustees, watched by a witness.

Forty-two members vote. Nobody can read a vote before the close, nobody votes twice, and everything
is checked again from one file.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from credentials.formats.poll_bundle import read_bundle, write_bundle
from examples.demo.cast import DAY_GUEST, MEMBERS, VISITOR, Told, claim
from examples.demo.stage import IN_A_HURRY, Stage

PLACES = ["Athens", "Chiang Mai", "Oaxaca", "Tallinn", "Zanzibar"]
TRUSTEES = ["Maro", "Nikos", "Olga"]
POLL = "next-city"
NEWCOMERS = 30


def decide(stage: Stage, told: Told) -> None:
    """Act 4: a sealed, ranked poll from the key ceremony to the audit."""
    stage.act("4  A sealed decision")
    town = [*MEMBERS, *arrive(stage, told)]
    ceremony = hold_ceremony(stage)
    witness = call_a_witness(stage)
    open_the_poll(stage, ceremony)
    rank(stage, town)
    change_a_mind(stage, told)
    watch(stage, witness)
    close_and_open(stage, witness)
    watch(stage, witness)
    audit(stage, told)


def arrive(stage: Stage, told: Told) -> list[str]:
    """Many more attendees claim; their names."""
    known = {*MEMBERS, DAY_GUEST, VISITOR}
    newcomers = [name for name in told.links if name not in known][:NEWCOMERS]
    with ThreadPoolExecutor(2) as pool:
        claimed = list(pool.map(lambda name: claim(stage, told, name), newcomers))
    stage.check(
        f"{NEWCOMERS} more members claim", holds=sum(one["new"] for one in claimed) == NEWCOMERS
    )
    return newcomers


def hold_ceremony(stage: Stage) -> Path:
    """Three trustees make one key of which each holds a share; the file for the organiser."""
    folders = {name: stage.folder / f"trustee-{name.lower()}" for name in TRUSTEES}
    for name, folder in folders.items():
        stage.must("trustee", "init", "--name", name, "--dir", folder)
    cards = [folder / f"{name.lower()}-card.json" for name, folder in folders.items()]
    for folder in folders.values():
        stage.must("trustee", "deal", "--dir", folder, "--threshold", "2", *cards)
    deals = [folder / f"{name.lower()}-deal.json" for name, folder in folders.items()]
    for folder in folders.values():
        stage.must("trustee", "finish", "--dir", folder, *deals)
    parts = [folder / f"{name.lower()}-part.json" for name, folder in folders.items()]
    ceremony = stage.folder / "ceremony.json"
    stage.must("trustee", "publish", "--out", ceremony, *parts)
    stage.check(
        "Maro, Nikos and Olga make a key; any two of them can open, and nobody holds it whole",
        holds=ceremony.exists(),
    )
    return ceremony


def call_a_witness(stage: Stage) -> Sequence[str | Path]:
    """A neighbour runs a witness, whose key the organiser lists; how it is called."""
    folder = stage.folder / "witness"
    stage.must("witness", "init", "--name", "neighbour.example", "--dir", folder)
    key = stage.must("witness", "key", "--dir", folder)
    stage.organiser("witness", "add", "A neighbour", key)
    stage.check("a neighbour will watch the log", holds=True)
    return ("--dir", folder)


def watch(stage: Stage, witness: Sequence[str | Path]) -> None:
    """The neighbour looks once, and cosigns what was only added to."""
    stage.must("witness", "follow", stage.poll(POLL), *witness, "--once")


def open_the_poll(stage: Stage, ceremony: Path) -> None:
    """Open it; what it is, is fixed now."""
    options = [part for place in PLACES for part in ("--option", place)]
    opened = stage.organiser(
        *("poll", "create", "Where shall we meet next year?", *options),
        *("--type", "ranked", "--method", "schulze", "--seal", ceremony),
        *("--batch", "2s", "--closes", "3h", "--id", POLL, "--open"),
    )
    stage.check(
        "the organiser opens a ranked poll, sealed to the three; roll and witness are frozen",
        holds=(opened["state"], opened["witnesses_needed"]) == ("open", 1),
        seen=opened,
    )


def rank(stage: Stage, town: Sequence[str]) -> None:
    """Everybody ranks the places they like; every thirteenth abstains."""

    def cast(pair: tuple[int, str]) -> Any:
        number, name = pair
        return stage.wallet(name, "vote", stage.poll(POLL), *marks(number), *IN_A_HURRY)

    with ThreadPoolExecutor(2) as pool:
        cast_votes = list(pool.map(cast, enumerate(town)))
    stage.check(
        f"{len(town)} members vote; each holds the server's signed promise",
        holds=len({one["ballot"] for one in cast_votes}) == len(town),
        seen=cast_votes[:2],
    )
    early = httpx.get(f"{stage.poll(POLL)}/result")
    stage.check("nobody can see how it stands", holds=early.status_code == 409, seen=early.text)


def marks(number: int) -> tuple[str, ...]:
    """What the member with this number in town votes for: one to five places, or none."""
    if number % 13 == 12:
        return ("--abstain",)
    first = (number * number + number // 3) % len(PLACES)
    ranked = [(first + step * (1 + number % 4)) % len(PLACES) + 1 for step in range(len(PLACES))]
    return ("--rank", ",".join(map(str, ranked[: 1 + number % len(PLACES)])))


def change_a_mind(stage: Stage, told: Told) -> None:
    """Ana votes again; Ivo, issued anew after the opening, cannot."""
    again = stage.wallet("Ana", "vote", stage.poll(POLL), "--rank", "3,1", *IN_A_HURRY)
    stage.check(
        "Ana changes her mind: her second ballot will count instead of the first",
        holds=again["number"] == 2,
        seen=again,
    )
    anew = stage.organiser("attendees", "reissue", "ivo@example.org", "--yes")
    stage.wallet("Ivo-anew", "claim", anew["link"])
    refused = stage.try_wallet("Ivo-anew", "vote", stage.poll(POLL), "--rank", "1", *IN_A_HURRY)
    stage.check(
        "Ivo lost his wallet after voting and is issued anew: no second vote",
        holds=refused.returncode == 1 and "roll" in refused.stderr,
        seen=refused.stderr,
    )


def close_and_open(stage: Stage, witness: Sequence[str | Path]) -> None:
    """Close early; two of the three trustees open; the organiser certifies."""
    opening = ("trustee", "open", stage.poll(POLL), "--dir", stage.folder / "trustee-maro")
    refused = stage.symbolon(*opening)
    stage.check(
        "a trustee's program opens nothing while the poll is open",
        holds=refused.returncode != 0,
        seen=refused.stdout,
    )
    stage.organiser("poll", "close", POLL, "--reason", "Everybody who came has voted.")
    unseen = stage.symbolon(*opening, "--early-closing", POLL)
    stage.check(
        "nor before the neighbour has seen the early closing, as everybody sees it",
        holds=unseen.returncode != 0 and "neighbour.example" in unseen.stderr,
        seen=unseen.stdout + unseen.stderr,
    )
    watch(stage, witness)
    asked = stage.symbolon(*opening)
    stage.check(
        "nor without Maro's word, since it is before its time",
        holds=asked.returncode != 0 and "--early-closing" in asked.stderr,
        seen=asked.stdout + asked.stderr,
    )
    for name in ("maro", "olga"):
        folder = stage.folder / f"trustee-{name}"
        stage.must("trustee", "open", stage.poll(POLL), "--dir", folder, "--early-closing", POLL)
    stage.check("Maro and Olga give it, and open it; Nikos is on a boat", holds=True)
    certified = stage.organiser("poll", "certify", POLL)
    stage.check(
        "the organiser certifies the result",
        holds=certified["state"] == "certified",
        seen=certified,
    )
    result = stage.organiser("poll", "result", POLL)
    stage.tell(result["sentence"])


def audit(stage: Stage, told: Told) -> None:
    """Everybody's receipt; the audit of the file; and of a copy in which one ballot was altered."""
    receipts = stage.symbolon("poll", "receipts", "--wallet", stage.wallet_file("Ana"))
    stage.check(
        "Ana's wallet finds both her ballots in the log",
        holds=receipts.returncode == 0,
        seen=receipts.stdout + receipts.stderr,
    )
    bundle = stage.folder / "next-city.symbolon"
    stage.organiser("poll", "bundle", POLL, "--out", bundle)
    good = stage.symbolon("audit", bundle, "--fingerprint", told.fingerprint)
    stage.check(
        "`symbolon audit` recounts everything from one file, offline: all of it holds",
        holds=good.returncode == 0,
        seen=good.stdout + good.stderr,
    )
    for line in good.stdout.strip().splitlines()[:2]:
        stage.tell(line)
    forged = alter_one_ballot(bundle)
    bad = stage.symbolon("audit", forged, "--fingerprint", told.fingerprint)
    stage.check(
        "of a copy with one ballot altered it names that ballot, and the log that no longer fits",
        holds=bad.returncode == 1 and "proof" in bad.stdout and "root" in bad.stdout,
        seen=bad.stdout + bad.stderr,
    )
    for line in bad.stdout.splitlines():
        if "FAILED" in line:
            stage.tell(line.strip())


def alter_one_ballot(bundle: Path) -> Path:
    """A copy of a bundle in which one octet of one ballot's sealed vote is another."""
    with bundle.open("rb") as file:
        head, entries = read_bundle(file)
        kept = list(entries)
    ballot = bytearray(kept[7])
    ballot[150] ^= 1
    kept[7] = bytes(ballot)
    forged = bundle.with_name("forged.symbolon")
    forged.write_bytes(b"".join(write_bundle(head, kept)))
    return forged
