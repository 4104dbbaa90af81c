"""Two days of the festival, in the order that suits the organiser best."""

from collections.abc import Callable
from functools import partial

from server.registry.publisher import When
from tests.attacks.collusion.apps import naming
from tests.attacks.collusion.festival import ALONE, Festival
from tests.attacks.collusion.grounds import DAY, HALVES
from tests.attacks.collusion.members import Member

POLLS = {"anthem": 24, "flag": 60, "motto": 64}
"""Each with the number of claims after which it was opened: those who are on its roll."""

VOTING = 0.6
"""The part of those on a roll who vote."""

CHANGED, REMOVED = 24, 4

AGAIN = "refresh again"
"""What makes two values of the registry stand beside each other at the last door."""

EVERYTHING = "everything"
"""The visitors of an app that asks for all values at once."""

Event = tuple[float, Callable[[], None]]


def play(festival: Festival) -> None:
    """The whole of it."""
    claims(festival)
    first_day(festival)
    changes(festival)
    second_day(festival)


def claims(festival: Festival) -> None:
    """Everybody claims, in a known order, each at a head of their own."""
    festival.clock.set(festival.moment("03:00", day=1))
    festival.city.session.publisher.publish_due()
    opened = {after: poll for poll, after in POLLS.items()}
    for number, _ in enumerate(festival.invite()):
        festival.clock.set(festival.moment("03:10", day=1) + 300 * number)
        festival.claim(number)
        if number + 1 in opened:
            festival.city.open_poll(opened[number + 1], seconds=3 * DAY)


def first_day(festival: Festival) -> None:
    """Doors and the app that names an old head; then what makes wallets look at the newest one."""
    oldest = festival.city.heads.first
    events: list[Event] = []
    for member in festival.members:
        at = partial(festival.some_time, day=1)
        for door in ("gate", "daily-1", "lounge-1"):
            events.append((at("10:00", "14:00"), partial(festival.enter, door, member)))
        came, went = sorted((at("10:00", "14:00"), at("10:00", "14:00")))
        events.append((came, partial(festival.enter, "yard", member)))
        events.append((went, partial(festival.enter, "yard", member, direction="out")))
        forum = partial(_visit, festival, "forum", member, disclose=["pass"], change=naming(oldest))
        events.append((at("10:00", "14:00"), forum))
        events.append((at("14:30", "20:00"), partial(_visit, festival, "cafe", member)))
        for poll in ("anthem", "flag"):
            if _takes_part(festival, member, poll):
                events.append((at("14:30", "20:00"), partial(festival.vote, poll, member)))
    festival.through(events)


def changes(festival: Festival) -> None:
    """Passes are changed and members removed; both with the head of the next morning."""
    festival.clock.set(festival.moment("20:30", day=1))
    many = [member for member in festival.members if member not in festival.alone]
    chosen = festival.random.sample(many, CHANGED + REMOVED)
    festival.changed = chosen[:CHANGED]
    festival.change(*festival.changed)
    festival.remove(*chosen[CHANGED:])
    festival.clock.set(festival.moment("03:00", day=2))
    festival.city.session.publisher.publish_due()


def second_day(festival: Festival) -> None:
    """A vote of wallets that know of nothing yet; then each hears of it, and is shown once more."""
    events: list[Event] = []
    staying = festival.staying
    festival.lost = festival.random.choice(staying)
    late, *others = festival.random.sample(staying, len(staying))
    while late in festival.alone:
        late, *others = festival.random.sample(staying, len(staying))
    at = partial(festival.some_time, day=2)
    for member in festival.members:
        if _takes_part(festival, member, "motto"):
            events.append((at("03:30", "08:00"), partial(festival.vote, "motto", member)))
    for member in staying:
        changed = festival.renew if member in festival.changed else festival.refresh
        comes = festival.restore if member is festival.lost else changed
        events.append((at("08:30", "11:15"), partial(comes, member)))
        events.append((at("12:00", "13:40"), partial(festival.enter, "daily-2", member)))
    out = partial(festival.remove, late, when=When.NOW)
    events.append((festival.moment("14:00", day=2), out))
    for member in others[: len(others) // 3]:
        again = partial(festival.refresh, member, context=AGAIN)
        events.append((at("14:02", "14:28"), again))
    for member in others:
        events.append((at("14:45", "14:58"), partial(festival.enter, "lounge-2", member)))
    for member in (*festival.alone, *festival.changed[:ALONE]):
        events.append((at("11:35", "11:55"), partial(ask_for_all, festival, member)))
    festival.through(events)


def ask_for_all(festival: Festival, member: Member) -> None:
    """The app asks for every value at once; whoever is not warned by the wallet says yes."""
    policy = {"purpose": "login", "disclose": list(HALVES)}
    read = member.run("present", festival.apps["forum"].ask(policy), typed="n\n")
    if "Careful" not in read.noted:
        festival.visit("forum", member, festival.apps["forum"].ask(policy), context=EVERYTHING)


def _takes_part(festival: Festival, member: Member, poll: str) -> bool:
    return member.number < POLLS[poll] and festival.random.random() < VOTING


def _visit(festival: Festival, app: str, member: Member, **asked: object) -> None:
    change = asked.pop("change", None)
    policy = {"purpose": "login", **asked}
    served = festival.apps[app]
    link = served.ask(policy, change=change) if change else served.ask(policy)  # type: ignore[arg-type]
    festival.visit(app, member, link)
