"""Entitlements: inviting attendees, their claim links, revoking, changing, and issuing anew.

The organiser's commands and endpoints use this service. It never touches a nonce or a signature.
What is taken from an attendee is noted for removal in the same transaction, and published in it too
where it takes effect at once.
"""

import base64
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from credentials.formats.schema import REISSUED, VALID_UNTIL
from server.community.service import CommunityService
from server.database import Database
from server.issuance import credential_store, store
from server.issuance.claim_codes import derive_code, hash_code
from server.problems import AttendeeNotCurrent, AttendeeUnknown, OperatorError
from server.registry.publisher import Publisher, When
from server.registry.service import RegistryService


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One attendee to be entitled; `source` (32 octets) names the row in the list it came from."""

    source: bytes
    name: str
    email: str
    attributes: Mapping[str, str | int]

    def __repr__(self) -> str:
        return "Invitation(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """What became of a list of invitations; the tuples hold positions in that list."""

    new: int
    already_there: int
    different: tuple[int, ...]
    """Already there, but with another name, address or attributes; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """An entitlement as the organiser sees it; no secrets."""

    id: str
    name: str
    email: str
    state: str

    def __repr__(self) -> str:
        return f"Attendee(id={self.id!r}, state={self.state!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An attendee's current claim code. Whoever has the code can claim."""

    attendee: Attendee
    code: str

    def __repr__(self) -> str:
        return f"Claim({self.attendee!r})"


class EntitlementService:
    """Entitlements of one community; `link_key` gives the keystore's key when codes are needed."""

    def __init__(
        self,
        database: Database,
        *,
        community: CommunityService,
        registry: RegistryService,
        publisher: Publisher,
        link_key: Callable[[], bytes],
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._publisher = publisher
        self._link_key = link_key

    def invite(self, invitations: Sequence[Invitation]) -> Invited:
        """Entitle everyone whose source is new, in one transaction; leave the others as they are.

        The sources within `invitations` differ from each other.
        """
        link_key = self._link_key()
        new: list[dict[str, object]] = []
        codes: list[dict[str, object]] = []
        different: list[int] = []
        with self._database.write() as connection:
            known = store.entitlements_by_source(connection)
            for position, invitation in enumerate(invitations):
                attributes = json.dumps(dict(invitation.attributes), sort_keys=True)
                stored = (invitation.name, invitation.email, attributes)
                if invitation.source in known:
                    if known[invitation.source] != stored:
                        different.append(position)
                    continue
                entitlement_id = _draw_id()
                new.append(
                    {
                        "id": entitlement_id,
                        "source": invitation.source,
                        "name": invitation.name,
                        "email": invitation.email,
                        "attributes": attributes,
                        "generation": 1,
                        "reissued": False,
                        "valid_until": _last_day(invitation.attributes),
                    }
                )
                codes.append(_code_row(link_key, entitlement_id=entitlement_id, generation=1))
            store.add_entitlements(connection, new)
            store.add_codes(connection, codes)
        return Invited(
            new=len(new),
            already_there=len(invitations) - len(new) - len(different),
            different=tuple(different),
        )

    def attendees(self) -> list[Attendee]:
        """Everyone entitled, by name."""
        with self._database.read() as connection:
            return [_attendee(row) for row in store.all_entitlements(connection)]

    def claims(self, *, unclaimed_only: bool) -> Iterator[Claim]:
        """The current claim codes of all who are not revoked and have not ended, by name."""
        link_key = self._link_key()
        with self._database.read() as connection:
            rows = list(store.all_entitlements(connection))
        for row in rows:
            if row.standing != store.CURRENT or (unclaimed_only and row.claimed):
                continue
            code = derive_code(link_key, entitlement_id=row.id, generation=row.generation)
            yield Claim(attendee=_attendee(row), code=code)

    def find(self, target: str) -> str:
        """The id of the one entitlement with this id or e-mail address; else OperatorError."""
        with self._database.read() as connection:
            if store.find_entitlement(connection, target) is not None:
                return target
            found = store.entitlement_ids_by_email(connection, target.strip().lower())
        if len(found) > 1:
            raise OperatorError(
                f"{len(found)} attendees have this e-mail address; name one by its id: "
                + ", ".join(found)
            )
        if not found:
            raise OperatorError("There is no attendee with this id or e-mail address.")
        return found[0]

    def revoke(self, entitlement_ids: Sequence[str], *, when: When) -> list[Attendee]:
        """Remove attendees, claimed or not, all in one transaction and one head.

        Their links and commitments are dead for ever; only `reissue` brings one of them back. Where
        none of them has a credential to be removed no head is published, whatever `when` says: in
        an emergency it would stop everybody else for nothing.
        Raises AttendeeUnknown; who is revoked already stays so.
        """
        with self._database.write() as connection:
            for entitlement_id in entitlement_ids:
                self._row(connection, entitlement_id)
            self._take_handles(connection, entitlement_ids)
            store.retire(connection, entitlement_ids)
            store.set_standing(connection, entitlement_ids, store.REVOKED)
            taken = [
                handle
                for entitlement_id in entitlement_ids
                for handle in credential_store.taken_handles(connection, entitlement_id)
            ]
            if when is not When.SCHEDULED and self._registry.are_pending(connection, taken):
                self._publisher.publish(emergency=when is When.EMERGENCY, connection=connection)
            return [_attendee(self._row(connection, one)) for one in entitlement_ids]

    def reissue(self, entitlement_id: str, *, when: When) -> Claim:
        """Let an attendee who lost everything, or was revoked, claim anew, under a new code.

        The old code and the old credential's commitment are retired for ever; the next credential
        has a new serial and says `reissued`. It is signed only once a head has removed the old one:
        published here unless the schedule is to do it. Where nothing was claimed yet only the code
        is replaced. Raises AttendeeUnknown, and AttendeeNotCurrent for a pass that has ended.
        """
        link_key = self._link_key()
        with self._database.write() as connection:
            row = self._row(connection, entitlement_id)
            if row.standing == store.ENDED:
                raise AttendeeNotCurrent("This pass has ended; change its last day first.")
            self._take_handles(connection, [entitlement_id])
            generation = row.generation + 1
            taken = credential_store.taken_handles(connection, entitlement_id)
            store.start_generation(
                connection,
                entitlement_id,
                generation=generation,
                reissued=row.reissued or bool(taken),
            )
            code_row = _code_row(link_key, entitlement_id=entitlement_id, generation=generation)
            store.add_codes(connection, [code_row])
            if when is not When.SCHEDULED and self._registry.are_pending(connection, taken):
                self._publisher.publish(emergency=when is When.EMERGENCY, connection=connection)
            attendee = _attendee(self._row(connection, entitlement_id))
        code = derive_code(link_key, entitlement_id=entitlement_id, generation=generation)
        return Claim(attendee=attendee, code=code)

    def change(
        self, entitlement_id: str, values: Mapping[str, str | int], *, settle: bool = False
    ) -> Attendee:
        """Change attributes; the credential is signed anew for the same commitment and serial.

        The old one is removed at the next head, and the wallet fetches the new one after it. With
        `settle` the credential says no longer that it is reissued. A pass that had ended goes on
        with another last day. Raises AttendeeUnknown, AttendeeNotCurrent for one who was revoked,
        and SchemaError.
        """
        schema = self._community.metadata().schema
        with self._database.write() as connection:
            row = self._row(connection, entitlement_id)
            if row.standing == store.REVOKED:
                raise AttendeeNotCurrent("This attendee was revoked; nothing was changed.")
            before = json.loads(row.attributes)
            attributes = {**before, **values}
            reissued = row.reissued and not settle
            schema.check({**attributes, REISSUED: int(reissued)})
            if (attributes, reissued) != (before, row.reissued):
                self._take_handles(connection, [entitlement_id])
            store.change_attributes(
                connection,
                entitlement_id,
                attributes=json.dumps(attributes, sort_keys=True),
                reissued=reissued,
                valid_until=_last_day(attributes),
            )
            if _last_day(attributes) != row.valid_until:
                # Whether it has ended by now is for the next scheduled head to see.
                store.set_standing(connection, [entitlement_id], store.CURRENT)
            return _attendee(self._row(connection, entitlement_id))

    def _take_handles(self, connection: Connection, entitlement_ids: Sequence[str]) -> None:
        handles = credential_store.take_handles(connection, entitlement_ids)
        self._registry.note_removals(connection, handles)

    def _row(self, connection: Connection, entitlement_id: str) -> Row[Any]:
        row = store.find_entitlement(connection, entitlement_id)
        if row is None:
            raise AttendeeUnknown
        return row


def _attendee(row: Row[Any]) -> Attendee:
    if row.standing != store.CURRENT:
        state = row.standing
    elif row.reissued:
        state = "reissued"
    else:
        state = "claimed" if row.claimed else "invited"
    return Attendee(id=row.id, name=row.name, email=row.email, state=state)


def _last_day(attributes: Mapping[str, str | int]) -> int | None:
    """When a pass with these attributes ends, if the schema has it end by itself."""
    day = attributes.get(VALID_UNTIL)
    return day if isinstance(day, int) else None


def _code_row(link_key: bytes, *, entitlement_id: str, generation: int) -> dict[str, object]:
    code = derive_code(link_key, entitlement_id=entitlement_id, generation=generation)
    return {
        "code_hash": hash_code(code),
        "entitlement_id": entitlement_id,
        "generation": generation,
    }


def _draw_id() -> str:
    """A random name for an entitlement: 13 characters, 65 bits."""
    return base64.b32encode(secrets.token_bytes(10)).decode()[:13].lower()
