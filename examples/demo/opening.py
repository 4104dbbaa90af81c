"""The first two acts: a city opens, and apps of other people let its members in."""

import time
from concurrent.futures import ThreadPoolExecutor

from examples.demo.cast import (
    DAY_GUEST,
    EVENT,
    EXAMPLES,
    MEMBERS,
    OPTIONS,
    Told,
    claim,
    read_links,
    visit,
)
from examples.demo.stage import IN_A_HURRY, Stage, free_port


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
    stage.wallet("Ana", "present", "--door", "main", "--qr", told.early_code, *IN_A_HURRY)
    told.early_code_drawn = time.monotonic()
    stage.check("Ana claims her credential, draws a door code and keeps a picture", holds=True)
    with ThreadPoolExecutor(2) as pool:
        claimed = list(pool.map(lambda name: claim(stage, told, name), MEMBERS[1:]))
    stage.check(
        "eleven more members claim theirs blindly, each into a wallet file",
        holds=all(one["new"] and one["community"] == "Agora" for one in claimed),
        seen=claimed,
    )
    claim(stage, told, DAY_GUEST)
    stage.check(f"and so does {DAY_GUEST}, with a pass for a day that has gone by", holds=True)
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
    status, report = stage.try_organiser(*orders)
    skipped = report["not_imported"]
    stage.check(
        f"an order export of pretix comes in: {report['imported']} attendees, "
        f"{len(skipped)} rows reported, and status 1 for one that cannot be read",
        holds=(status, report["imported"], len(skipped)) == (1, 60, 6),
        seen=report,
    )
    for row in skipped:
        stage.tell(f"line {row['line']}: {row['reason']}")
    _, again = stage.try_organiser(*orders)
    stage.check(
        "importing the same file again changes nothing",
        holds=(again["imported"], again["already_there"]) == (0, 60),
        seen=again,
    )
    links_file = stage.folder / "links.csv"
    stage.organiser("attendees", "links", "--out", links_file)
    told.links = read_links(links_file)
    stage.check("claim links for all are written", holds=len(told.links) == 60, seen=told.links)


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
