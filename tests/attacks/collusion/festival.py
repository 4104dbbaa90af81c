"""The festival: who does what and when, over real HTTP, and what the organiser does against it.

Members act at random times that know nothing of each other, as people do; what a wallet does by
itself beside that is its own. The organiser publishes a registry head before each claim, opens
polls between claims, changes passes and removes people; an app names the oldest head that it knows.
"""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom

from credentials.formats.claim_link import ClaimLink
from server.issuance.attendee import Invitation
from server.issuance.claim_codes import derive_code
from server.registry.publisher import When
from tests.attacks.collusion.grounds import DAY, HALVES, Grounds
from tests.attacks.collusion.members import Member, at_home, at_the_true_time
from tests.attacks.collusion.record import Request

MEMBERS = 64
ALONE = 8
"""How many members are the only ones with all their values, though each value is had by half."""
HEADS = 2
"""How many heads are published before each claim: in the end twice as many as are served at once,
so that half of the members would have to fetch more than the others."""


@dataclass(frozen=True, eq=False)
class Act:
    """One thing that a member did, in a context, and the requests that came of it."""

    context: str
    member: int
    at: int
    requests: tuple[Request, ...]


@dataclass
class Festival(Grounds):
    """Its members, and all that they did."""

    members: list[Member] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    changed: list[Member] = field(default_factory=list)
    removed: list[Member] = field(default_factory=list)
    lost: Member = field(init=False)
    """Who loses the wallet, and restores it."""
    random: SystemRandom = field(default_factory=SystemRandom)

    @property
    def staying(self) -> list[Member]:
        """Those who were not removed."""
        return [member for member in self.members if member not in self.removed]

    @property
    def alone(self) -> list[Member]:
        """Those who are the only ones with all their values."""
        values = {member.number: tuple(self.values_of(member).values()) for member in self.members}
        often = Counter(values.values())
        return [member for member in self.members if often[values[member.number]] == 1]

    # --- what members do

    @contextmanager
    def acting(self, context: str, member: Member) -> Iterator[None]:
        """All requests that come of what is done here are this member's, in this context."""
        self.record.catch_up()
        yield
        requests = tuple(self.record.catch_up())
        self.acts.append(Act(context, member.number, int(self.clock()), requests))

    def enter(self, context: str, member: Member, *, direction: str = "in") -> None:
        """Show a code at a door, which judges it."""
        door = context.partition("-")[0]
        with self.acting(context, member):
            code = member.run("present", "--door", door, "--yes", "--json").json["code"]
            body = {"code": code, "direction": direction}
            told = self.city.post(f"/doors/{door}/checkins", body, bearer=door).json()
            assert told["verdict"] in ("admitted", "checked_out"), told

    def visit(self, app: str, member: Member, link: str, *, context: str = "") -> None:
        """Answer an app's request."""
        with self.acting(context or app, member):
            assert member.run("present", link, "--yes", "--json").json["message"] == "verified"

    def vote(self, poll: str, member: Member) -> None:
        """Cast a ballot for either option."""
        with self.acting(poll, member):
            choice = str(self.random.choice((1, 2)))
            assert member.run("vote", poll, "--choice", choice, "--yes", "--json").json

    def refresh(self, member: Member, *, context: str = "refresh") -> None:
        """Let the wallet fetch what is published, at a time of its own."""
        with self.acting(context, member):
            assert member.run("refresh", "--json").json

    def renew(self, member: Member) -> None:
        """Let the wallet ask for its credential anew, at a time of its own."""
        with self.acting("renewal", member):
            assert member.run("renew", "--json").json

    def restore(self, member: Member) -> None:
        """Lose the wallet's file, and bring it back from its words."""
        words = member.run("backup", "--phrase", "--yes", "--json").json["phrase"]
        file = member.file.with_suffix(".words")
        file.write_text(words)
        member.file = member.file.with_suffix(".restored")
        with self.acting("renewal", member):
            where = ("--phrase-file", file, "--community", self.city.address)
            assert member.run("restore", *where, "--json").json

    # --- what the organiser does

    def invite(self) -> list[str]:
        """Entitle everyone, in the order in which they will claim; their ids."""
        people = []
        for number, values in enumerate(_passes()):
            attributes = {name: HALVES[name][bit] for name, bit in zip(HALVES, values, strict=True)}
            source, email = secrets.token_bytes(32), f"guest{number}@city.example"
            people.append(
                Invitation(key=source, name=f"G{number}", email=email, attributes=attributes)
            )
        self.city.entitlements.invite(people)
        self.entitlements = [self.city.entitlements.find(person.email) for person in people]
        return self.entitlements

    def claim(self, number: int) -> None:
        """Publish heads, and let the next attendee claim."""
        for _ in range(HEADS):
            self.city.session.publisher.publish()
        key = self.city.session.keystore.link_key
        code = derive_code(key, entitlement_id=self.entitlements[number], generation=1)
        fingerprint = self.city.metadata.community_id
        link = ClaimLink(address=self.city.address, code=code, fingerprint=fingerprint)
        member = Member(number, self.directory / f"wallet-{number}")
        self.members.append(member)
        with self.acting("issuance", member):
            assert member.run("claim", link.format(), "--json").json["new"]

    def change(self, *members: Member) -> None:
        """Change two values of each pass; the credentials are renewed after the next head."""
        for member in members:
            entitlement = self.entitlements[member.number]
            values = self.values_of(member)
            other = {
                name: next(value for value in HALVES[name] if value != values[name])
                for name in ("pass", "diet")
            }
            self.city.entitlements.change(entitlement, other)

    def remove(self, *members: Member, when: When = When.SCHEDULED) -> None:
        """Remove members."""
        self.removed += members
        gone = [self.entitlements[member.number] for member in members]
        self.city.entitlements.remove(gone, when=when)

    def values_of(self, member: Member) -> dict[str, str]:
        """What the pass of a member says, by the organiser's list."""
        entitlement = self.entitlements[member.number]
        ((text,),) = self.city.rows("SELECT attributes FROM entitlements WHERE id = ?", entitlement)
        values: dict[str, str] = json.loads(text)
        return values

    # --- when

    def through(self, events: list[tuple[float, Callable[[], None]]]) -> None:
        """Let things happen in the order of their times, no two within the same second."""
        for at, happen in sorted(events, key=lambda event: event[0]):
            self.clock.set(max(at, self.clock() + 1))
            happen()

    def some_time(self, begin: str, end: str, *, day: int) -> float:
        """A random moment of a day between two times such as 09:30."""
        return self.random.uniform(self.moment(begin, day=day), self.moment(end, day=day))

    def moment(self, text: str, *, day: int) -> float:
        """A time such as 09:30, of day 1 or 2, in Unix seconds."""
        hours, minutes = text.split(":")
        return self.midnight + (day - 1) * DAY + int(hours) * 3600 + int(minutes) * 60


def _passes() -> list[tuple[int, int, int, int]]:
    """The values of all members: three of four decide the last, but for those who stand alone."""
    cells = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    even = [(a, b, c, (a + b + c) % 2) for a, b, c in cells] * ((MEMBERS - ALONE) // len(cells))
    odd = [(a, b, c, (a + b + c + 1) % 2) for a, b, c in cells][:ALONE]
    together = even + odd
    SystemRandom().shuffle(together)
    return together


@contextmanager
def playing(directory: Path) -> Iterator[Festival]:
    """A festival that was founded, at its own time; ended in the end."""
    with at_the_true_time():
        festival = Festival(directory).found()
    try:
        with at_home(festival.clock):
            yield festival
    finally:
        festival.stop()
