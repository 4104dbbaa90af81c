"""The pieces of this feature put together, the same way for the service and for commands."""

from collections.abc import Callable
from dataclasses import dataclass

from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.hold import FREE, Hold
from server.keystore import Keystore
from server.polls.life import PollLife
from server.polls.log import PollLogs
from server.polls.lots import Lots
from server.polls.organiser import PollOffice
from server.polls.results import Results
from server.polls.service import PollService
from server.polls.witnesses import WitnessList
from server.registry.publisher import Publisher
from server.registry.service import RegistryService


@dataclass(frozen=True, slots=True, kw_only=True)
class Polls:
    """Polls for everybody, for the organiser, in the course of time, their lots and witnesses."""

    service: PollService
    office: PollOffice
    life: PollLife
    lots: Lots
    witnesses: WitnessList


def assemble_polls(
    database: Database,
    *,
    community: CommunityService,
    registry: RegistryService,
    publisher: Publisher,
    keystore: Callable[[], Keystore],
    clock: Clock = unix_seconds,
    guard: Hold = FREE,
) -> Polls:
    """All of it over one database; `keystore` is asked only where something is signed or opened."""
    logs = PollLogs(database, signing_key=guard.guarding(lambda: keystore().metadata_key))
    results = Results(database)
    life = PollLife(
        database,
        logs,
        results,
        opening_secret=lambda: keystore().opening_secret,
        clock=clock,
        guard=guard,
    )
    lots = Lots(database, logs=logs, life=life, clock=clock)
    return Polls(
        service=PollService(
            database,
            community,
            registry,
            logs=logs,
            life=life,
            results=results,
            signing_key=lambda: keystore().metadata_key,
        ),
        office=PollOffice(
            database,
            community,
            registry,
            publisher,
            logs=logs,
            life=life,
            lots=lots,
            clock=clock,
        ),
        life=life,
        lots=lots,
        witnesses=WitnessList(database),
    )
