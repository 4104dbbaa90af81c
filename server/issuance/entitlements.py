"""Entitlements: inviting attendees, their claim links, removing, changing, and issuing anew.

The organiser's commands and endpoints use this service. It never touches a nonce or a signature.
What is taken from an attendee is noted for removal in the same transaction, and published in it too
where it takes effect at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection

from credentials.days import day_of
from credentials.formats.schema import REISSUED
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.email_address import email_key
from server.issuance import list_store, store
from server.issuance.acts import Act, carry_out
from server.issuance.attendee import (
    BY_HAND,
    VALID,
    Attendee,
    Claim,
    Decision,
    Invitation,
    Values,
)
from server.issuance.claim_codes import derive_code
from server.issuance.person import person
from server.issuance.register import Register, attendee_of
from server.issuance.standing import (
    check_can_be_removed,
    check_is_member,
    check_is_not_deleted,
    check_is_removed,
    check_may_change,
)
from server.problems import AttendeeNotCurrent, OperatorError
from server.registry.publisher import Publisher, When
from server.registry.service import RegistryService


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
        clock: Clock = unix_seconds,
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._publisher = publisher
        self._link_key = link_key
        self._clock = clock

    # --- who there is

    def attendees(self) -> list[Attendee]:
        """Everyone entitled, by name."""
        with self._database.read() as connection:
            return [attendee_of(row) for row in store.all_entitlements(connection)]

    def attendee(self, entitlement_id: str) -> Attendee:
        """One of them; raises AttendeeUnknown."""
        with self._database.read() as connection:
            return self._register(connection).attendee(entitlement_id)

    def find(self, target: str) -> str:
        """The id of the one entitlement with this id or e-mail address; else OperatorError."""
        with self._database.read() as connection:
            if store.find_entitlement(connection, target) is not None:
                return target
            found = store.entitlement_ids_by_email(connection, email_key(target))
        if len(found) > 1:
            raise OperatorError(
                f"{len(found)} attendees have this e-mail address; name one by its id: "
                + ", ".join(found)
            )
        if not found:
            raise OperatorError("There is no attendee with this id or e-mail address.")
        return found[0]

    def is_waiting(self, entitlement_id: str) -> bool:
        """Whether something that was signed for an attendee waits for the head that removes it."""
        with self._database.read() as connection:
            return self._register(connection).waiting_handles([entitlement_id])

    # --- links

    def claims(self, *, unclaimed_only: bool, unwritten_only: bool = False) -> Iterator[Claim]:
        """The current claim codes of all who are neither removed nor ended, by name.

        `unwritten_only` leaves out those whose link stands in a file already.
        """
        link_key = self._link_key()
        with self._database.read() as connection:
            rows = list(store.all_entitlements(connection))
        for row in rows:
            attendee = attendee_of(row)
            if (
                not attendee.is_member
                or (unclaimed_only and attendee.claimed)
                or (unwritten_only and attendee.link_written)
            ):
                continue
            code = derive_code(link_key, entitlement_id=row.id, generation=row.generation)
            yield Claim(attendee=attendee, code=code, generation=row.generation)

    def note_written(self, claims: Sequence[Claim]) -> None:
        """Note that these links stand in a file now."""
        generations = {claim.attendee.id: claim.generation for claim in claims}
        with self._database.write() as connection:
            store.note_links(connection, generations)

    def _claim(self, register: Register, entitlement_id: str) -> Claim:
        row = register.row(entitlement_id)
        code = derive_code(self._link_key(), entitlement_id=row.id, generation=row.generation)
        return Claim(attendee=attendee_of(row), code=code, generation=row.generation)

    # --- people in

    def invite(self, people: Sequence[Invitation]) -> list[Attendee]:
        """Entitle people, all or none; raises AttendeeKnown where a ticket, or person, is there."""
        with self._writing() as register:
            ids = register.add([(one, None) for one in people])
            return [register.attendee(one) for one in ids]

    def add(self, *, name: str, email: str, attributes: Values) -> Claim:
        """Entitle one person by hand; a flag that is not said is no.

        Raises AttendeeKnown and SchemaError.
        """
        schema = self._community.metadata().schema
        flags = {one.name: 0 for one in schema.attributes if one.type == "flag"}
        given = {name: value for name, value in {**flags, **attributes}.items() if name != REISSUED}
        self._check_attributes(given)
        somebody = Invitation(scope=BY_HAND, name=name, email=email, attributes=given)
        with self._writing() as register:
            register.check_is_no_member(somebody)
            (entitlement_id,) = register.add([(somebody, None)])
            return self._claim(register, entitlement_id)

    # --- one attendee

    def edit(
        self,
        entitlement_id: str,
        *,
        name: str | None = None,
        email: str | None = None,
        keep_link: bool = False,
    ) -> Claim | None:
        """Correct name or address of the same person; the credential stays.

        A link that nobody has used yet went to the wrong address: it is dead from now on, unless it
        is to be kept, and the new one comes back. Raises AttendeeUnknown, AttendeeKnown,
        AttendeeNotCurrent.
        """
        with self._writing() as register:
            before = register.attendee(entitlement_id)
            check_is_not_deleted(before)
            after = replace(
                _as_it_is(before),
                name=before.name if name is None else name,
                email=before.email if email is None else email,
            )
            if (after.name, after.email) == (before.name, before.email):
                raise AttendeeNotCurrent("Name and address are these already.")
            register.rewrite(entitlement_id, after)
            if person(before).address == person(after).address:
                return None
            if not before.is_member or before.claimed:
                return None
            if keep_link:
                register.forget_written(entitlement_id)
            else:
                register.start_anew(entitlement_id)
            return self._claim(register, entitlement_id)

    def transfer(self, entitlement_id: str, *, name: str, email: str, when: When) -> Claim:
        """Give a ticket to another person, under a new link.

        The credential before is removed and its commitment dead for ever; the next one has a new
        serial, and a mark where the one before was used, so that doors that admit once look. Raises
        AttendeeUnknown, AttendeeNotCurrent, AttendeeKnown.
        """
        with self._writing() as register:
            before = register.attendee(entitlement_id)
            check_is_member(before)
            after = replace(_as_it_is(before), name=name, email=email)
            if person(before) == person(after):
                raise AttendeeNotCurrent("This person has the ticket already.")
            register.check_is_no_member(after)
            register.rewrite(entitlement_id, after)
            return self._anew(register, entitlement_id, when=when)

    def reissue(self, entitlement_id: str, *, when: When) -> Claim:
        """Let an attendee who lost everything claim anew, under a new code.

        The old code and the old credential's commitment are retired for ever; the next credential
        has a new serial and says `reissued`. It is signed only once a head has removed the old one:
        published here unless the schedule is to do it. Where nothing was claimed yet only the code
        is replaced. Raises AttendeeUnknown, and AttendeeNotCurrent for who is removed or ended.
        """
        with self._writing() as register:
            check_is_member(register.attendee(entitlement_id))
            return self._anew(register, entitlement_id, when=when)

    def restore(self, entitlement_id: str, *, when: When) -> Claim:
        """Take a removed attendee back in, with a new link, as `reissue` does.

        Raises AttendeeUnknown, AttendeeNotCurrent for who is not removed, and AttendeeKnown where
        the person is a member by another ticket by now.
        """
        with self._writing() as register:
            before = register.attendee(entitlement_id)
            check_is_removed(before)
            register.check_is_no_member(before)
            claim = self._anew(register, entitlement_id, when=when)
            if before.listed is not None and before.listed.state != VALID:
                register.note(entitlement_id, listed=None, decision=Decision.RESTORED)
            return claim

    def _anew(self, register: Register, entitlement_id: str, *, when: When) -> Claim:
        register.start_anew(entitlement_id)
        self._publish(register, [entitlement_id], when=when)
        return self._claim(register, entitlement_id)

    def change(
        self, entitlement_id: str, values: Mapping[str, str | int], *, settle: bool = False
    ) -> Attendee:
        """Change attributes; the credential is signed anew for the same commitment and serial.

        The old one is removed at the next head, and the wallet fetches the new one after it. With
        `settle` the credential says no longer that it is reissued. A pass that had ended goes on
        with another last day. Raises AttendeeUnknown, AttendeeNotCurrent for one who was removed,
        and SchemaError.
        """
        with self._writing() as register:
            before = register.attendee(entitlement_id)
            check_may_change(before)
            attributes = {**before.attributes, **values}
            self._check_attributes(attributes, reissued=before.reissued and not settle)
            register.rewrite(entitlement_id, replace(_as_it_is(before), attributes=attributes))
            if settle:
                register.settle(entitlement_id)
            return register.attendee(entitlement_id)

    # --- people out

    def remove(self, entitlement_ids: Sequence[str], *, when: When) -> list[Attendee]:
        """Remove attendees, claimed or not, all in one transaction and one head.

        Their links and commitments are dead for ever; only `restore` brings one of them back. Where
        none of them has a credential to be removed no head is published, whatever `when` says: in
        an emergency it would stop everybody else for nothing. Who is removed already can be named
        again to hasten the head. Raises AttendeeUnknown, AttendeeNotCurrent.
        """
        with self._writing() as register:
            for one in entitlement_ids:
                hastened = when is not When.SCHEDULED and register.waiting_handles([one])
                before = register.attendee(one)
                check_can_be_removed(before, hastened=hastened)
                register.remove([one], decision=_decision_of(before))
            self._publish(register, entitlement_ids, when=when)
            return [register.attendee(one) for one in entitlement_ids]

    def delete(self, entitlement_id: str, *, when: When) -> Attendee:
        """Remove an attendee and erase name, address, attributes and what was signed.

        Raises AttendeeUnknown, and AttendeeNotCurrent for who is deleted already.
        """
        with self._writing() as register:
            check_is_not_deleted(register.attendee(entitlement_id))
            register.remove([entitlement_id], decision=Decision.NONE)
            register.erase(entitlement_id)
            self._publish(register, [entitlement_id], when=when)
            return register.attendee(entitlement_id)

    # --- a whole list

    def imported_before(self, *, scope: str, digest: bytes) -> int | None:
        """The day on which this list was imported, if another of its scope came after it."""
        with self._database.read() as connection:
            return list_store.imported_before(connection, scope=scope, digest=digest)

    def carry_out(
        self,
        decide: Callable[[Sequence[Attendee]], Sequence[Act]],
        *,
        scope: str,
        digest: bytes,
        when: When,
    ) -> list[Attendee]:
        """Do what `decide` makes of everybody known, in one transaction; those with new links.

        What `decide` raises undoes nothing, because nothing was done before it.
        """
        with self._writing() as register:
            acts = decide(register.attendees())
            done = carry_out(acts, register)
            self._publish(register, done.concerned, when=when)
            today = day_of(self._clock())
            list_store.note_list(register.connection, scope=scope, digest=digest, day=today)
            return [register.attendee(one) for one in done.fresh]

    # --- what all of them need

    @contextmanager
    def _writing(self) -> Iterator[Register]:
        with self._database.write() as connection:
            yield self._register(connection)

    def _register(self, connection: Connection) -> Register:
        return Register(connection, registry=self._registry, link_key=self._link_key)

    def _publish(self, register: Register, concerned: Sequence[str], *, when: When) -> None:
        if when is not When.SCHEDULED and register.waiting_handles(concerned):
            emergency = when is When.EMERGENCY
            self._publisher.publish(emergency=emergency, connection=register.connection)

    def _check_attributes(self, attributes: Values, *, reissued: bool = False) -> None:
        schema = self._community.metadata().schema
        schema.check({**attributes, REISSUED: int(reissued)})


def _as_it_is(attendee: Attendee) -> Invitation:
    return Invitation(
        key=attendee.key,
        scope=attendee.scope,
        order=attendee.order,
        name=attendee.name,
        email=attendee.email,
        attributes=attendee.attributes,
    )


def _decision_of(attendee: Attendee) -> Decision:
    """Whether removing an attendee is against what the newest list says, or is what it says."""
    as_listed = attendee.listed is not None and attendee.listed.state != VALID
    return Decision.NONE if as_listed else Decision.REMOVED
