"""Bringing a database up that was put back from an older copy: what was published since comes in.

It is all signed, and checked as a wallet checks it. What was not published (who claimed, entered
and voted since) is not in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from server.agreement.published import Published, PublishedFile, collect
from server.community.service import CommunityService
from server.database import Database
from server.issuance.enrolments import Enrolments
from server.registry.service import RegistryService


@dataclass(slots=True)
class CaughtUp:
    """How many versions and heads came in, how many removals, and whom they removed (ids)."""

    versions: int = 0
    heads: int = 0
    removals: int = 0
    removed: list[str] = field(default_factory=list)


def catch_up(
    database: Database,
    lines: Iterable[Published],
    *,
    community: CommunityService,
    registry: RegistryService,
) -> CaughtUp:
    """Take in what is missing, all or nothing; raises HeadRefused, MetadataRefused."""
    done = CaughtUp()
    with database.write() as connection:
        for line in lines:
            done.versions += community.adopt(connection, line.metadata)
            added, handles = registry.adopt(connection, line.heads, line.entries)
            done.heads += added
            done.removals += len(handles)
            done.removed += Enrolments(registry).adopt_removals(connection, handles)
    return done


def record(file: PublishedFile, *, community: CommunityService, registry: RegistryService) -> None:
    """Add what was published since to the file beside the database."""
    with file.lock():
        after = file.position()
        heads, entries = registry.published_after(epoch=after.epoch, removals=after.removals)
        line = collect(
            metadata=community.versions_after(after.version),
            heads=heads,
            entries=entries,
            after=after,
        )
        if line is not None:
            file.add(line)
