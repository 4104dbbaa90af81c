"""Issuing and revoking through the server's services, with its SQLite database, as it grows.

Each operation is one that a worker does for one request, without HTTP: its transactions are on disk
when it returns. Drawing a nonce is one row in one transaction, and shows what the disk takes;
issuing has two. See benchmarks.filling for how a database comes to have a million members; it was
written a moment before, so the machine still has what fits of it in memory.
"""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.chart import Axis, Chart, Curve
from benchmarks.filling import attributes_of, fill
from benchmarks.measure import WALL, Row, rows_against_reference, show, take_turns
from benchmarks.service import founded
from credentials.issuance import commit, derive_secrets
from credentials.registry.log import ENTRY_LENGTH
from server.commands.session import Session
from server.issuance.attendee import Invitation
from server.issuance.enrolments import Enrolments
from server.issuance.service import IssuanceService
from server.registry.publisher import Publisher, When

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ROUNDS = 100
NONCE = "draw a nonce"
ISSUE = "issue: nonce used, commitment, signature, witness, rows"
REVOKE = "revoke one at once: rows, accumulator, signed head"
SCHEDULED = "a scheduled head, at which the crowd is counted, once"


INVITED = len(SIZES) * (ROUNDS + 1)
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Grown:
    """What was measured at one size; times in seconds, sizes in octets."""

    medians: dict[str, float]
    scheduled: float
    database: int
    log: int
    filled: float


class Office:
    """What is measured of one community: its session's services, and two of a worker."""

    def __init__(self, session: Session) -> None:
        self.session, self.registry = session, session.registry
        self.entitlements = session.entitlements
        keystore = session.keystore
        self.issuance = IssuanceService(
            session.database,
            community=session.community,
            registry=session.registry,
            secret_key=keystore.issuer,
        )
        self.publisher = Publisher(
            session.database,
            community=session.community,
            registry=session.registry,
            enrolments=Enrolments(session.registry),
            secret_key=lambda: keystore.issuer,
            signing_key=lambda: keystore.metadata_key,
            clock=lambda: int(time.time()) + self.ahead,
        )
        self.ahead = 0

    def invite(self, count: int) -> list[str]:
        """Claim codes of new attendees."""
        invitations = [
            Invitation(
                key=secrets.token_bytes(32),
                name=f"Guest {number}",
                email=f"guest{number}@city.example",
                attributes=attributes_of(number),
            )
            for number in range(count)
        ]
        self.entitlements.invite(invitations)
        return [claim.code for claim in self.entitlements.claims(unclaimed_only=True)]

    def commitment(self) -> tuple[bytes, bytes]:
        """A wallet's commitment, and the nonce that it is over."""
        metadata = self.session.community.metadata()
        own = derive_secrets(secrets.token_bytes(16), metadata=metadata, count=0)
        nonce = self.issuance.draw_nonce().octets
        return commit(own, metadata=metadata, nonce=nonce), nonce


def main() -> None:
    """Print a table for each size, and draw the curves."""
    with founded() as city:
        office = Office(city.session)
        codes = iter(office.invite(INVITED))
        grown = {size: _grow(office, codes, members=size) for size in SIZES}
    for size, one in grown.items():
        show(
            f"{size:,} members through the services, medians of {ROUNDS}",
            [
                *rows_against_reference(one.medians, aims={}),
                Row(name=SCHEDULED, figure=f"{one.scheduled * 1000:9.2f} ms"),
                Row(name="database", figure=f"{one.database / 1e6:9.2f} MB"),
                Row(name="log of removals, one of ten", figure=f"{one.log / 1e6:9.2f} MB"),
                Row(name="(filling the database in bulk)", figure=f"{one.filled:9.1f} s"),
            ],
        )
    _draw(grown)


def _grow(office: Office, codes: Iterator[str], *, members: int) -> Grown:
    started = time.perf_counter()
    people = fill(office.session, members=members)
    filled = time.perf_counter() - started
    office.registry.chain()  # as a worker, which keeps the newest heads, would have done
    commitments = iter([office.commitment() for _ in range(ROUNDS + 1)])
    leaving = iter([one.entitlement for one in people if not one.removed])

    def issue() -> None:
        commitment, nonce = next(commitments)
        office.issuance.issue(commitment, nonce=nonce, claim_code=next(codes))

    def revoke() -> None:
        office.entitlements.remove([next(leaving)], when=When.NOW)
        office.registry.chain()

    medians = take_turns(
        {NONCE: office.issuance.draw_nonce, ISSUE: issue, REVOKE: revoke}, rounds=ROUNDS, clock=WALL
    )
    office.ahead += DAY_SECONDS
    started = time.perf_counter()
    assert office.publisher.publish_due() is not None
    scheduled = time.perf_counter() - started
    return Grown(
        medians=medians,
        scheduled=scheduled,
        database=_database_octets(office.session),
        log=office.registry.chain().newest.removals * ENTRY_LENGTH,
        filled=filled,
    )


def _database_octets(session: Session) -> int:
    with session.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages * connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def _draw(grown: dict[int, Grown]) -> None:
    members = Axis(label="members", log=True)
    Chart(
        title="Issuing and revoking, with the database",
        subtitle="Through the server's services; every operation is on disk when it returns",
        x=members,
        y=Axis(label="milliseconds"),
        curves=[
            Curve(name=name, points=[(n, one.medians[key] * 1000) for n, one in grown.items()])
            for name, key in (
                ("issue", ISSUE),
                ("revoke, with its head", REVOKE),
                ("draw a nonce", NONCE),
            )
        ],
    ).save("growth-time")
    Chart(
        title="What a community's data comes to",
        subtitle="SQLite with all indexes; one of ten members was removed",
        x=members,
        y=Axis(label="MB", log=True),
        curves=[
            Curve(name="database", points=[(n, one.database / 1e6) for n, one in grown.items()]),
            Curve(name="log of removals", points=[(n, one.log / 1e6) for n, one in grown.items()]),
        ],
    ).save("growth-size")


if __name__ == "__main__":
    main()
