"""The register of attendees inside one writing transaction: what can be done to an entitlement.

Whoever calls it decides whether that is right. What was signed is noted for removal here, in the
same transaction; publishing is left to the caller.
"""

import base64
import json
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from credentials.formats.schema import VALID_UNTIL
from server.issuance import credential_store, store
from server.issuance.attendee import (
    Attendee,
    Decision,
    Invitation,
    Listed,
    State,
    Values,
)
from server.issuance.claim_codes import derive_code, hash_code
from server.issuance.person import Named, person, source_of
from server.problems import AttendeeKnown, AttendeeUnknown
from server.registry.service import RegistryService

KEY_LENGTH = 32


class Register:
    """All entitlements, open for writing; `link_key` is asked for where codes are made."""

    def __init__(
        self, connection: Connection, *, registry: RegistryService, link_key: Callable[[], bytes]
    ) -> None:
        self.connection = connection
        self._registry = registry
        self._link_key = link_key

    def row(self, entitlement_id: str) -> Row[Any]:
        """An entitlement; raises AttendeeUnknown."""
        row = store.find_entitlement(self.connection, entitlement_id)
        if row is None:
            raise AttendeeUnknown
        return row

    def attendee(self, entitlement_id: str) -> Attendee:
        """An entitlement as the organiser sees it; raises AttendeeUnknown."""
        return attendee_of(self.row(entitlement_id))

    def attendees(self) -> list[Attendee]:
        """Everybody, by name."""
        return [attendee_of(row) for row in store.all_entitlements(self.connection)]

    def check_is_no_member(self, somebody: Named) -> None:
        """Raise AttendeeKnown where a person is a member already, by whatever ticket."""
        who = person(somebody)
        for one in store.entitlement_ids_by_email(self.connection, who.address):
            attendee = self.attendee(one)
            if who.name and attendee.is_member and person(attendee) == who:
                raise AttendeeKnown(f"This person is a member already, as {one}.")

    def add(self, people: Sequence[tuple[Invitation, Listed | None]]) -> list[str]:
        """Entitle new people; their ids. AttendeeKnown where one is there already."""
        rows = [
            {
                **_columns(person),
                "id": _draw_id(),
                "listed": None if listed is None else listed.to_json(),
                "generation": 1,
                "reissued": False,
            }
            for person, listed in people
        ]
        try:
            store.add_entitlements(self.connection, rows)
        except IntegrityError:
            raise AttendeeKnown from None
        ids = [str(row["id"]) for row in rows]
        store.add_codes(self.connection, [self._code(one, generation=1) for one in ids])
        return ids

    def free_sources(self, entitlement_ids: Sequence[str]) -> None:
        """Let go of what names these attendees' tickets, before tickets change hands among them."""
        for one in entitlement_ids:
            self._set(one, source=secrets.token_bytes(KEY_LENGTH))

    def remove(self, entitlement_ids: Sequence[str], *, decision: Decision) -> None:
        """Links and commitments of these are dead for ever."""
        self._take_handles(entitlement_ids)
        store.retire(self.connection, entitlement_ids)
        store.set_standing(self.connection, entitlement_ids, store.REMOVED)
        for one in entitlement_ids:
            self._set(one, decision=decision.value)

    def start_anew(self, entitlement_id: str) -> None:
        """A new link; what was signed before is taken, and the next credential says `reissued`.

        Where nothing was ever signed only the link is replaced.
        """
        row = self.row(entitlement_id)
        self._take_handles([entitlement_id])
        generation = row.generation + 1
        taken = credential_store.taken_handles(self.connection, entitlement_id)
        store.start_generation(
            self.connection,
            entitlement_id,
            generation=generation,
            reissued=row.reissued or bool(taken),
        )
        store.add_codes(self.connection, [self._code(entitlement_id, generation=generation)])
        self._set(entitlement_id, decision=Decision.NONE.value)

    def rewrite(self, entitlement_id: str, to: Invitation) -> None:
        """Write name, address, ticket and attributes as they are now.

        Whoever was signed other attributes fetches them after the next head. The row's standing
        follows a new last day. AttendeeKnown where the ticket, or the person, is there already.
        """
        row = self.row(entitlement_id)
        if json.loads(row.attributes) != dict(to.attributes):
            self._take_handles([entitlement_id])
        try:
            self._set(entitlement_id, **_columns(to))
        except IntegrityError:
            raise AttendeeKnown from None
        if _last_day(to.attributes) != row.valid_until and row.standing == store.ENDED:
            # Whether it has ended by now is for the next scheduled head to see.
            store.set_standing(self.connection, [entitlement_id], store.CURRENT)

    def settle(self, entitlement_id: str) -> None:
        """Say no longer that a credential is reissued."""
        if self.row(entitlement_id).reissued:
            self._take_handles([entitlement_id])
            self._set(entitlement_id, reissued=False)

    def note(
        self,
        entitlement_id: str,
        *,
        listed: Listed | None,
        key: bytes | None = None,
        scope: str | None = None,
        decision: Decision | None = None,
    ) -> None:
        """Note what a list said, key and scope of the ticket from now on, and what was decided."""
        values: dict[str, object] = {}
        if listed is not None:
            values["listed"] = listed.to_json()
        if key is not None:
            values["source"] = key
        if scope is not None:
            values["scope"] = scope
        if decision is not None:
            values["decision"] = decision.value
        if values:
            self._set(entitlement_id, **values)

    def forget_written(self, entitlement_id: str) -> None:
        """Let the link, which stays, be written into the next file of new links again."""
        self._set(entitlement_id, link_generation=None)

    def erase(self, entitlement_id: str) -> None:
        """Erase name, address, attributes and credential of one whose handle is taken.

        A ticket's id stays, so that no later list brings the person back; commitment, handle and
        serial stay, because the public log and the order of serials are built on them.
        """
        row = self.row(entitlement_id)
        self._set(
            entitlement_id,
            source=row.source if row.has_id else secrets.token_bytes(KEY_LENGTH),
            name="",
            email="",
            email_key="",
            order_code="",
            attributes="{}",
            valid_until=None,
            listed=None,
            decision=Decision.NONE.value,
            standing=store.DELETED,
        )
        credential_store.erase_issued(self.connection, entitlement_id)

    def waiting_handles(self, entitlement_ids: Sequence[str]) -> bool:
        """Whether something that was signed for these waits for the head that removes it."""
        taken = [
            handle
            for one in entitlement_ids
            for handle in credential_store.taken_handles(self.connection, one)
        ]
        return self._registry.are_pending(self.connection, taken)

    def _take_handles(self, entitlement_ids: Sequence[str]) -> None:
        handles = credential_store.take_handles(self.connection, entitlement_ids)
        self._registry.note_removals(self.connection, handles)

    def _code(self, entitlement_id: str, *, generation: int) -> dict[str, object]:
        code = derive_code(self._link_key(), entitlement_id=entitlement_id, generation=generation)
        return {
            "code_hash": hash_code(code),
            "entitlement_id": entitlement_id,
            "generation": generation,
        }

    def _set(self, entitlement_id: str, **values: object) -> None:
        store.update_entitlement(self.connection, entitlement_id, **values)


def attendee_of(row: Row[Any]) -> Attendee:
    """A row as the organiser sees it."""
    if row.standing != store.CURRENT:
        state = State(row.standing)
    elif row.reissued:
        state = State.REISSUED
    else:
        state = State.CLAIMED if row.claimed else State.INVITED
    return Attendee(
        id=row.id,
        name=row.name,
        email=row.email,
        state=state,
        claimed=row.claimed,
        reissued=row.reissued,
        key=row.source if row.has_id else None,
        scope=row.scope,
        order=row.order_code,
        attributes=json.loads(row.attributes),
        listed=None if row.listed is None else Listed.from_json(row.listed),
        decision=Decision(row.decision),
        link_written=row.link_generation == row.generation,
    )


def _columns(somebody: Invitation) -> dict[str, object]:
    return {
        "source": somebody.key or source_of(somebody, scope=somebody.scope),
        "has_id": somebody.key is not None,
        "scope": somebody.scope,
        "order_code": somebody.order,
        "name": somebody.name,
        "email": somebody.email,
        "email_key": person(somebody).address,
        "attributes": json.dumps(dict(somebody.attributes), sort_keys=True),
        "valid_until": _last_day(somebody.attributes),
    }


def _last_day(attributes: Values) -> int | None:
    """When a pass with these attributes ends, if the schema has it end by itself."""
    day = attributes.get(VALID_UNTIL)
    return day if isinstance(day, int) else None


def _draw_id() -> str:
    """A random name for an entitlement: 13 characters, 65 bits."""
    return base64.b32encode(secrets.token_bytes(10)).decode()[:13].lower()
