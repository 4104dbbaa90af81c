"""What a database says was published: whose keys, how far metadata and heads go, and when."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import sqlalchemy

from credentials.formats.public_keys import PublicKeys
from server.community.service import CommunityService
from server.database import Database
from server.polls.log import log_sizes
from server.registry.service import NoHead, RegistryService


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The newest of everything that others have seen.

    Hashes have 32 octets; `epoch` is -1 and `head_hash` empty before the first head. `published_at`
    is the later of the newest metadata's and head's times, `next_at` when the next head is due,
    both Unix seconds. `polls` are the sizes of the logs of all polls that were opened.
    """

    community_id: bytes
    metadata_key: bytes
    keys: PublicKeys
    version: int
    metadata_hash: bytes
    epoch: int
    head_hash: bytes
    published_at: int
    next_at: int
    polls: Mapping[str, int]


def read_standing(
    database: Database,
    community: CommunityService,
    registry: RegistryService,
    *,
    complete: bool = True,
) -> Standing:
    """Read it in one transaction; raises OperatorError where the database holds no community.

    complete: False for a database of an earlier version, which may have no heads or logs yet.
    """
    with database.read() as connection:
        signed = community.signed(connection=connection)
        metadata = community.metadata(connection=connection)
        head = None
        if complete or sqlalchemy.inspect(connection).has_table("registry_heads"):
            with suppress(NoHead):
                head, _ = registry.newest(connection)
        polls = log_sizes(connection) if complete else {}
    return Standing(
        community_id=metadata.community_id,
        metadata_key=metadata.metadata_key,
        keys=metadata.keys,
        version=metadata.version,
        metadata_hash=signed.hash,
        epoch=-1 if head is None else head.epoch,
        head_hash=b"" if head is None else head.hash,
        published_at=max(metadata.published_at, 0 if head is None else head.published_at),
        next_at=0 if head is None else head.next_at,
        polls=polls,
    )
