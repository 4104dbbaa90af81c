"""The five acts, in the order in which a community lives them.

Each check states what must come out; the demonstration fails if one does not.
"""

import csv
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from client.community import parse_fingerprint
from credentials.formats.metadata import SignedMetadata
from examples.demo.stage import WALLET_PASSPHRASE, Stage, free_port
from examples.demo.stranger import forged_code
from examples.demo.twice import cast_twice_at_once

EXAMPLES = Path(__file__).resolve().parent.parent
MEMBERS = ["Ana", "Bo", "Cy", "Dara", "Elio", "Fay", "Gil", "Hana", "Ivo", "Jun", "Kaya", "Leo"]
EVENT = "agora-2026"
OPTIONS = ["A kitchen", "A workshop", "A stage"]
# Ana, Bo, … in order; 0 abstains. Leo's ballot is the one that is sent twice at once.
VOTES = [1, 2, 1, 3, 1, 0, 2, 1, 1, 3, 2, 1]


@dataclass
class Told:
    """What earlier acts leave for later ones."""

    links: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    apps: dict[str, str] = field(default_factory=dict)
    cafe_pseudonym: str = ""
    early_code: Path = Path()
    early_code_drawn: float = 0.0


def play(stage: Stage) -> Told:
    """Play all acts; raises StoryFailed where one cannot go on."""
    told = Told()
    found_a_city(stage, told)
    visit_apps(stage, told)
    open_a_door_without_network(stage, told)
    vote(stage, told)
    lose_things(stage, told)
    return told


def found_a_city(stage: Stage, told: Told) -> None:
    """Act 1: a city with an event, a door and a poll; attendees in, credentials out."""
    stage.act("1  A popup city opens")
    stage.organiser(
        "init",
        *("--name", "Agora", "--address", stage.address),
        *("--schema", EXAMPLES / "schema.json"),
        *("--event", f"{EVENT}=Agora 2026", "--timezone", "Europe/Athens"),
    )
    stage.check("the organiser makes the community: keys, database, signed metadata", holds=True)
    door = stage.organiser("door", "add", "Main door", "--id", "main", "--event", EVENT)
    (stage.folder / "door.token").write_text(door["token"])
    stage.check("a door is set up", holds=True)
    import_attendees(stage, told)
    stage.serve()
    stage.check(f"the server answers at {stage.address}, with two workers", holds=True)

    told.fingerprint = claim(stage, told, "Ana")["fingerprint"]
    told.early_code = stage.folder / "early.png"
    stage.wallet("Ana", "present", "--door", "main", "--qr", told.early_code, "--yes")
    told.early_code_drawn = time.monotonic()
    stage.check("Ana claims her credential, draws a door code and keeps a picture", holds=True)
    with ThreadPoolExecutor(2) as pool:
        claimed = list(pool.map(lambda name: claim(stage, told, name), MEMBERS[1:]))
    stage.check(
        "eleven more members claim theirs blindly, each into a wallet file",
        holds=all(one["new"] and one["community"] == "Agora" for one in claimed),
        seen=claimed,
    )
    told.apps = {name: f"http://127.0.0.1:{free_port()}" for name in ("cafe", "forum")}
    for name, address in told.apps.items():
        stage.organiser(
            *("app", "add", name.title(), "--id", name),
            *("--response-address", f"{address}/answer"),
        )
    for poll, question in (("budget", "What shall we build?"), ("next", "What comes after it?")):
        options = [part for option in OPTIONS for part in ("--option", option)]
        stage.organiser(
            *("poll", "create", question, *options, "--closes", "3h", "--id", poll, "--open")
        )
    stage.check("two apps and two polls are set up while it serves", holds=True)


def import_attendees(stage: Stage, told: Told) -> None:
    """An attendee list in pretix's form comes in, twice; claim links go out."""
    orders = ("attendees", "import", EXAMPLES / "orders.csv", "--map", EXAMPLES / "products.json")
    report = stage.organiser(*orders)
    skipped = report["not_imported"]
    stage.check(
        f"an order export of pretix comes in: {report['imported']} attendees, "
        f"{len(skipped)} rows reported",
        holds=(report["imported"], len(skipped)) == (60, 6),
        seen=report,
    )
    for row in skipped:
        stage.tell(f"line {row['line']}: {row['reason']}")
    again = stage.organiser(*orders)
    stage.check(
        "importing the same file again changes nothing",
        holds=(again["imported"], again["already_there"]) == (0, 60),
        seen=again,
    )
    links_file = stage.folder / "links.csv"
    stage.organiser("attendees", "links", "--out", links_file)
    told.links = read_links(links_file)
    stage.check("claim links for all are written", holds=len(told.links) == 60, seen=told.links)


def claim(stage: Stage, told: Told, name: str) -> Any:
    """One member claims with the link from the organiser's letter."""
    return stage.wallet(name, "claim", told.links[name])


def read_links(path: Path) -> dict[str, str]:
    """Claim links by first name, from the organiser's file."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return {row["name"].split()[0]: row["link"] for row in rows}


def visit_apps(stage: Stage, told: Told) -> None:
    """Act 2: two apps of other people, each with an origin of its own."""
    stage.act("2  Apps let members in")
    for name, address in told.apps.items():
        stage.start_app(name, address=address, fingerprint=told.fingerprint)
    stage.check("a café and a forum start, each under an origin of its own", holds=True)

    first = visit(stage, told, "cafe", "Ana")
    told.cafe_pseudonym = first["pseudonym"]
    stage.check("Ana proves to the café that she is a member", holds=bool(first["pseudonym"]))
    stage.tell(first["message"])
    second = visit(stage, told, "cafe", "Ana")
    stage.check(
        "she comes again: the café sees the same pseudonym",
        holds=second["pseudonym"] == told.cafe_pseudonym,
        seen=second,
    )
    stage.tell(second["message"])
    elsewhere = visit(stage, told, "forum", "Ana")
    other = visit(stage, told, "cafe", "Bo")
    stage.check(
        "the forum sees another one, and so does the café of Bo",
        holds=len({first["pseudonym"], elsewhere["pseudonym"], other["pseudonym"]}) == 3,
        seen=(elsewhere, other),
    )


def visit(stage: Stage, told: Told, app: str, member: str) -> Any:
    """A member follows an app's link."""
    return stage.wallet(member, "present", f"{told.apps[app]}/membership", "--yes")


def open_a_door_without_network(stage: Stage, told: Told) -> None:
    """Act 3: the server is gone; the door goes on."""
    stage.act("3  A door without network")
    status, ready = stage.door(
        "prepare",
        f"{stage.address}/doors/main",
        *("--token-file", stage.folder / "door.token", "--fingerprint", told.fingerprint),
    )
    stage.check("the door's device prepares itself", holds=status == 0, seen=ready)
    published = httpx.get(f"{stage.address}/.well-known/symbolon.json").json()
    metadata = SignedMetadata.from_json(published).open(
        fingerprint=parse_fingerprint(told.fingerprint)
    )
    stage.stop("server")
    stage.check("the server is stopped", holds=True)

    offline = visit(stage, told, "cafe", "Ana")
    stage.check(
        "the café still lets Ana in: it verifies by itself",
        holds=offline["pseudonym"] == told.cafe_pseudonym,
        seen=offline,
    )
    picture = stage.folder / "ana.png"
    stage.wallet("Ana", "present", "--door", "main", "--qr", picture, "--yes")
    expect(stage, "the door reads Ana's code from the picture", picture, "admitted", status=0)
    expect(stage, "the same picture again", picture, "already_in", status=3)
    waited = wait_until_old(told)
    if waited > 1:
        stage.tell(f"(waited {waited:.0f} s, so that the early code is over 60 s old)")
    expect(stage, "the code from the beginning", told.early_code, "code_too_old", status=3)
    forged = stage.folder / "stranger.txt"
    forged.write_text(forged_code(metadata, door_id="main"))
    expect(stage, "a stranger's code", forged, "invalid", status=3)

    stage.serve()
    status, synced = stage.door("sync")
    stage.check(
        "the server is back, and the door hands in its scan",
        holds=(status, synced["scans"], synced["conflicts"]) == (0, 1, []),
        seen=synced,
    )
    again = stage.folder / "ana-again.png"
    stage.wallet("Ana", "present", "--door", "main", "--qr", again, "--yes")
    expect(stage, "a fresh code of Ana's, now asked of the server", again, "already_in", status=3)


def expect(stage: Stage, what: str, code: Path, verdict: str, *, status: int) -> None:
    """Scan a code from a picture or a text file; its verdict must be this one."""
    source = (
        ("--image", code) if code.suffix == ".png" else ("--text", code.read_text(encoding="ascii"))
    )
    seen_status, seen = stage.door("scan", *source)
    holds = seen_status == status and isinstance(seen, dict) and seen["verdict"] == verdict
    stage.check(f"{what}: [bold]{verdict}[/bold]", holds=holds, seen=seen)


def wait_until_old(told: Told) -> float:
    """Wait until the early code is past its time, and return for how long."""
    waited = max(0.0, told.early_code_drawn + 61 - time.monotonic())
    time.sleep(waited)
    return waited


def vote(stage: Stage, told: Told) -> None:
    """Act 4: everybody votes; nobody twice."""
    stage.act("4  A vote")
    before = stage.wallet_file("Bo-before")
    shutil.copy(stage.wallet_file("Bo"), before)

    def cast(pair: tuple[str, int]) -> Any:
        name, choice = pair
        answer = ("--choice", str(choice)) if choice else ("--abstain",)
        return stage.wallet(name, "vote", f"{stage.address}/polls/budget", *answer, "--yes")

    with ThreadPoolExecutor(2) as pool:
        ballots = list(pool.map(cast, list(zip(MEMBERS, VOTES, strict=True))[:-1]))
    stage.check("eleven members vote", holds=len({one["ballot"] for one in ballots}) == 11)
    refused = stage.try_wallet("Bo", "vote", f"{stage.address}/polls/budget", "--choice", "1", "-y")
    stage.check("Bo's wallet does not vote again", holds=refused.returncode == 1)
    stage.tell(refused.stderr.strip())
    refused = stage.try_wallet(
        "Bo-before", "vote", f"{stage.address}/polls/budget", "--choice", "1", "--yes"
    )
    stage.check(
        "neither does a copy of it that knows nothing of the first vote",
        holds=refused.returncode == 1 and "already" in refused.stderr,
        seen=refused.stderr,
    )
    stage.tell(refused.stderr.strip().splitlines()[-1])
    statuses = cast_twice_at_once(
        stage.wallet_file("Leo"),
        passphrase=WALLET_PASSPHRASE,
        address=stage.address,
        poll="budget",
        choice=VOTES[-1],
    )
    stage.check(
        "Leo's ballot arrives twice at the same moment, over two connections",
        holds=statuses == [200, 201],
        seen=statuses,
    )
    stage.organiser("poll", "close", "budget")
    result = stage.organiser("poll", "result", "budget")
    counts = {option: VOTES.count(k) for k, option in enumerate(OPTIONS, start=1)}
    stage.check(
        "the count is exact: 12 ballots of 12 members",
        holds=result["counts"] == counts
        and (result["ballots"], result["abstentions"]) == (12, VOTES.count(0)),
        seen=result,
    )
    stage.tell(", ".join(f"{option}: {count}" for option, count in counts.items()))
    audit = stage.verify(
        *("--bundle", f"{stage.address}/polls/budget", "--fingerprint", told.fingerprint),
        *("--ballot", ballots[0]["ballot"]),
    )
    stage.check(
        "anyone re-verifies every ballot from the bundle; Ana finds hers in it",
        holds=audit.returncode == 0,
        seen=audit.stdout + audit.stderr,
    )
    for name in ("Ana", "Cy"):
        stage.wallet(name, "vote", f"{stage.address}/polls/next", "--choice", "2", "--yes")
    stage.check("Ana and Cy also vote in the second poll, which stays open", holds=True)


def lose_things(stage: Stage, told: Told) -> None:
    """Act 5: lost phones. Recovery brings the membership back and doubles nothing."""
    stage.act("5  Lost and found")
    words = stage.wallet("Ana", "backup", "--phrase", "--yes")["phrase"]
    phrase_file = stage.folder / "ana.words"
    phrase_file.write_text(words)
    stage.wallet(
        "Ana-restored",
        "restore",
        *("--phrase-file", phrase_file, "--community", stage.address),
        *("--fingerprint", told.fingerprint),
    )
    stage.check("Ana restores her wallet from her twelve words", holds=True)
    back = visit(stage, told, "cafe", "Ana-restored")
    stage.check(
        "the café knows her again: same pseudonym",
        holds=back["pseudonym"] == told.cafe_pseudonym,
        seen=back,
    )
    refused = stage.try_wallet(
        "Ana-restored", "vote", f"{stage.address}/polls/next", "--choice", "1", "--yes"
    )
    stage.check("she has no second vote", holds=refused.returncode == 1, seen=refused.stdout)
    stage.tell(refused.stderr.strip().splitlines()[-1])

    anew = stage.organiser("attendees", "reissue", "cy@example.org", "--yes")
    stage.wallet("Cy-anew", "claim", anew["link"])
    stage.check("Cy lost wallet and words, and is issued anew", holds=True)
    refused = stage.try_wallet(
        "Cy-anew", "vote", f"{stage.address}/polls/next", "--choice", "1", "--yes"
    )
    stage.check("he has no second vote", holds=refused.returncode == 1, seen=refused.stdout)
    stage.tell(refused.stderr.strip().splitlines()[-1])
    picture = stage.folder / "cy.png"
    stage.wallet("Cy-anew", "present", "--door", "main", "--qr", picture, "--yes")
    expect(stage, "the once-only door sends him to the help desk", picture, "help_desk", status=3)
    old_link = stage.try_wallet("Cy-thief", "claim", told.links["Cy"])
    stage.check("Cy's old claim link is dead", holds=old_link.returncode == 1)
    stage.tell(old_link.stderr.strip().splitlines()[-1])
