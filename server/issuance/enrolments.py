"""What the registry asks of issuance when it makes a head: who came, who goes, how many are left.

Everything happens inside the transaction in which the head is made.
"""

import json
from collections import defaultdict

from sqlalchemy import Connection

from credentials.formats.attribute import ANONYMOUS_TYPES, AttributeValue
from credentials.formats.crowd import Crowd
from credentials.formats.schema import REISSUED, Schema
from server.issuance import credential_store, store
from server.registry.service import RegistryService


class Enrolments:
    """The members of one community, as the registry's publisher sees them."""

    def __init__(self, registry: RegistryService) -> None:
        self._registry = registry

    def highest_serial(self, connection: Connection) -> int:
        """The highest serial issued so far, 0 before the first."""
        return credential_store.highest_serial(connection)

    def end_passes(self, connection: Connection, *, schema: Schema, today: int) -> None:
        """Note for removal whoever's pass ended before `today`, claimed or not.

        Nobody where the schema has no last day.
        """
        if not schema.ends:
            return
        ended = store.ended(today=today)
        handles = credential_store.take_handles(connection, ended)
        self._registry.note_removals(connection, handles)
        store.set_standing(connection, ended, store.ENDED)

    def crowd(self, connection: Connection, *, schema: Schema, today: int) -> Crowd:
        """Rounded counts of members, all and by each value of each choice and flag."""
        names = [one.name for one in schema.attributes if one.type in ANONYMOUS_TYPES]
        last_day = today if schema.ends else None
        members = 0
        counts: dict[str, dict[AttributeValue, int]] = {name: defaultdict(int) for name in names}
        for attributes, reissued, count in store.count_members(connection, last_day):
            values = {**json.loads(attributes), REISSUED: int(reissued)}
            members += count
            for name in names:
                counts[name][values[name]] += count
        return Crowd.of(members, counts)
