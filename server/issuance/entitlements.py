"""Entitlements: inviting attendees, their claim links, and issuing anew.

The organiser's commands use this service. It never touches a nonce or a signature.
"""

import base64
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from server.database import Database
from server.issuance import store
from server.issuance.claim_codes import derive_code, hash_code
from server.problems import OperatorError


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

    def __init__(self, database: Database, *, link_key: Callable[[], bytes]) -> None:
        self._database = database
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
        """The current claim codes, by name."""
        link_key = self._link_key()
        with self._database.read() as connection:
            rows = list(store.all_entitlements(connection))
        for row in rows:
            if unclaimed_only and row.claimed:
                continue
            code = derive_code(link_key, entitlement_id=row.id, generation=row.generation)
            yield Claim(attendee=_attendee(row), code=code)

    def find(self, target: str) -> str:
        """The id of the one entitlement with this id or e-mail address; else OperatorError."""
        with self._database.read() as connection:
            if store.entitlement(connection, target) is not None:
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

    def reissue(self, entitlement_id: str) -> Claim:
        """Let an attendee who lost everything claim anew, under a new code.

        The old code and the old credential's commitment are retired for ever, and its handle is
        noted for removal at the next registry head; the next credential says `reissued`. Where
        nothing was claimed yet only the code is replaced. One transaction.
        """
        link_key = self._link_key()
        with self._database.write() as connection:
            row = store.entitlement(connection, entitlement_id)
            if row is None:
                raise OperatorError("There is no attendee with this id.")
            handle = store.current_handle(connection, entitlement_id)
            if handle is not None:
                store.note_removal(connection, handle)
            generation = row.generation + 1
            reissued = row.reissued or handle is not None
            store.start_generation(
                connection, entitlement_id, generation=generation, reissued=reissued
            )
            code_row = _code_row(link_key, entitlement_id=entitlement_id, generation=generation)
            store.add_codes(connection, [code_row])
        attendee = Attendee(
            id=entitlement_id,
            name=row.name,
            email=row.email,
            state=store.REISSUED if reissued else store.UNCLAIMED,
        )
        code = derive_code(link_key, entitlement_id=entitlement_id, generation=generation)
        return Claim(attendee=attendee, code=code)


def _attendee(row: Row[Any]) -> Attendee:
    state = store.CLAIMED if row.claimed else store.UNCLAIMED
    if row.reissued:
        state = store.REISSUED
    return Attendee(id=row.id, name=row.name, email=row.email, state=state)


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
