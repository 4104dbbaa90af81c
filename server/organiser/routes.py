"""The addresses under /organiser: people in and out, links anew, attributes, registry heads.

All of them need the organiser's bearer token. Whoever has it can remove every member and make claim
links, so it belongs on machines that are kept as well as the server itself.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from credentials.formats.head import Head
from server.bearer import ORGANISER_TOKEN, require_bearer
from server.community.service import CommunityService
from server.email_address import EmailRefused, take_email
from server.issuance.attendee import Attendee, Claim, State
from server.issuance.entitlements import EntitlementService
from server.organiser.access import OrganiserAccess
from server.organiser.attributes import read_values
from server.organiser.claim_links import link_for
from server.organiser.names import take_name
from server.problems import OperatorError, RequestMalformed
from server.registry.publisher import Publisher, When
from server.registry.service import RegistryService

AttendeeId = Annotated[str, Path(max_length=16, description="the attendee's id")]


class TakeRequest(BaseModel):
    """When what is taken ceases to pass: at the next scheduled head, or at one published now.

    Codes made a moment ago pass for an hour after a head; after one of an emergency they do not.
    """

    model_config = ConfigDict(extra="forbid")

    when: When = When.SCHEDULED


class PersonRequest(BaseModel):
    """Who somebody is, as people write it."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=400, examples=["Ana Amaro"])]
    email: Annotated[str, Field(min_length=1, max_length=400, examples=["ana@example.org"])]


class AddRequest(PersonRequest):
    """A person, and what the credential is to say; a flag that is not named is no."""

    attributes: Annotated[dict[str, Any], Field(max_length=16, examples=[{"pass": "guest"}])] = {}


class TransferRequest(PersonRequest):
    """The new holder, and when the old credential is removed."""

    when: When = When.NOW


class EditRequest(BaseModel):
    """The right name, or address, of the same person; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str | None, Field(min_length=1, max_length=400)] = None
    email: Annotated[str | None, Field(min_length=1, max_length=400)] = None
    keep_link: bool = False


class ReissueRequest(BaseModel):
    """When the old credential is removed; the new link signs nothing before that."""

    model_config = ConfigDict(extra="forbid")

    when: When = When.NOW


class ChangeRequest(BaseModel):
    """New values of attributes; those that are not named stay."""

    model_config = ConfigDict(extra="forbid")

    attributes: Annotated[
        dict[str, Any], Field(min_length=1, max_length=16, examples=[{"pass": "staff"}])
    ]


class PublishRequest(BaseModel):
    """`emergency`: no presentation made at an earlier head is accepted any more."""

    model_config = ConfigDict(extra="forbid")

    emergency: bool = False


class AttendeeBody(BaseModel):
    """An attendee's id and state, and nothing of who that is."""

    id: str
    state: State

    @classmethod
    def of(cls, attendee: Attendee) -> "AttendeeBody":
        """Without name and address."""
        return cls(id=attendee.id, state=attendee.state)


class LinkBody(AttendeeBody):
    """The new claim link, for this attendee only."""

    link: str


class EditBody(AttendeeBody):
    """The claim link where it is a new one: the one before went to the wrong address."""

    link: str | None


class HeadBody(BaseModel):
    """A registry head: its times are Unix seconds, `removals` are all there were so far."""

    epoch: int
    published_at: int
    next_at: int
    removals: int

    @classmethod
    def of(cls, head: Head) -> "HeadBody":
        """What an organiser wants to know of a head."""
        return cls(
            epoch=head.epoch,
            published_at=head.published_at,
            next_at=head.next_at,
            removals=head.removals,
        )


class RegistryBody(HeadBody):
    """The newest head, and how many removals wait for the next one."""

    pending: int


def router(
    access: OrganiserAccess,
    entitlements: EntitlementService,
    community: CommunityService,
    registry: RegistryService,
    publisher: Publisher,
) -> APIRouter:
    """What the organiser's own machines ask."""

    def check_token(request: Request) -> None:
        access.check(require_bearer(request))

    routes = APIRouter(
        prefix="/organiser",
        tags=["organiser"],
        dependencies=[ORGANISER_TOKEN, Depends(check_token)],
    )

    def with_link(claim: Claim) -> LinkBody:
        metadata = community.metadata()
        return LinkBody(
            id=claim.attendee.id,
            state=claim.attendee.state,
            link=link_for(claim, address=metadata.address, fingerprint=metadata.community_id),
        )

    @routes.post("/attendees", status_code=201, summary="Add an attendee")
    def add(body: AddRequest) -> LinkBody:
        """One person by hand; somebody who is a member already is refused."""
        values = read_values(community.metadata().schema, body.attributes)
        return with_link(
            entitlements.add(name=_name(body.name), email=_email(body.email), attributes=values)
        )

    @routes.get("/attendees/{attendee}", summary="Where an attendee stands")
    def show(attendee: AttendeeId) -> AttendeeBody:
        """Without name and address."""
        return AttendeeBody.of(entitlements.attendee(attendee))

    @routes.post("/attendees/{attendee}/edit", summary="Correct a name or an address")
    def edit(attendee: AttendeeId, body: EditRequest) -> EditBody:
        """Of the same person; a link that nobody used, and that went astray, is replaced."""
        claim = entitlements.edit(
            attendee,
            name=None if body.name is None else _name(body.name),
            email=None if body.email is None else _email(body.email),
            keep_link=body.keep_link,
        )
        told = AttendeeBody.of(entitlements.attendee(attendee))
        link = None if claim is None else with_link(claim).link
        return EditBody(id=told.id, state=told.state, link=link)

    @routes.post("/attendees/{attendee}/transfer", summary="Give a ticket to another person")
    def transfer(attendee: AttendeeId, body: TransferRequest) -> LinkBody:
        """The credential before is removed; the new holder enrols anew, by the new link."""
        return with_link(
            entitlements.transfer(
                attendee, name=_name(body.name), email=_email(body.email), when=body.when
            )
        )

    @routes.post("/attendees/{attendee}/remove", summary="Remove an attendee")
    def remove(attendee: AttendeeId, body: TakeRequest) -> AttendeeBody:
        """Link and credential are dead for ever, claimed or not."""
        (removed,) = entitlements.remove([attendee], when=body.when)
        return AttendeeBody.of(removed)

    @routes.post("/attendees/{attendee}/restore", summary="Take a removed attendee back in")
    def restore(attendee: AttendeeId, body: ReissueRequest) -> LinkBody:
        """The ticket is paid again: a new link, after the head that removes the old credential."""
        return with_link(entitlements.restore(attendee, when=body.when))

    @routes.post("/attendees/{attendee}/reissue", summary="Issue an attendee anew")
    def reissue(attendee: AttendeeId, body: ReissueRequest) -> LinkBody:
        """For one who lost wallet and words: a new link, after the head that removes the old
        credential."""
        return with_link(entitlements.reissue(attendee, when=body.when))

    @routes.post("/attendees/{attendee}/delete", summary="Remove an attendee and erase the person")
    def delete(attendee: AttendeeId, body: TakeRequest) -> AttendeeBody:
        """Name, address, attributes and the signed credential are erased for ever."""
        return AttendeeBody.of(entitlements.delete(attendee, when=body.when))

    @routes.post("/attendees/{attendee}/attributes", summary="Change an attendee's attributes")
    def change(attendee: AttendeeId, body: ChangeRequest) -> AttendeeBody:
        """The wallet keeps its pseudonyms; it fetches the new credential after the next head."""
        values = read_values(community.metadata().schema, body.attributes)
        return AttendeeBody.of(entitlements.change(attendee, values))

    @routes.post("/registry/heads", status_code=201, summary="Publish a registry head now")
    def publish(body: PublishRequest) -> HeadBody:
        """With everything that waits for the next head."""
        return HeadBody.of(publisher.publish(emergency=body.emergency))

    @routes.get("/registry", summary="Where the registry stands")
    def read_registry() -> RegistryBody:
        """The newest head, and how many removals wait for the next."""
        status = registry.status()
        return RegistryBody(**HeadBody.of(status.head).model_dump(), pending=status.pending)

    return routes


def _name(text: str) -> str:
    try:
        return take_name(text)
    except OperatorError as error:
        raise RequestMalformed(str(error)) from None


def _email(text: str) -> str:
    try:
        return take_email(text)
    except EmailRefused as error:
        raise RequestMalformed(str(error)) from None
