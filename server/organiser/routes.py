"""The addresses under /organiser: revoking, issuing anew, changing attributes, publishing heads.

All of them need the organiser's bearer token. Whoever has it can revoke every member and make claim
links, so it belongs on machines that are kept as well as the server itself.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from credentials.formats.head import Head
from server.bearer import ORGANISER_TOKEN, require_bearer
from server.community.service import CommunityService
from server.issuance.entitlements import Attendee, EntitlementService
from server.organiser.access import OrganiserAccess
from server.organiser.attributes import read_values
from server.organiser.claim_links import link_for
from server.registry.publisher import Publisher, When
from server.registry.service import RegistryService

AttendeeId = Annotated[str, Path(max_length=16, description="the attendee's id")]


class TakeRequest(BaseModel):
    """When what is taken ceases to pass: at the next scheduled head, or at one published now.

    Codes made a moment ago pass for an hour after a head; after one of an emergency they do not.
    """

    model_config = ConfigDict(extra="forbid")

    when: When = When.SCHEDULED


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
    """An attendee's id and state: invited, claimed, reissued, revoked or ended."""

    id: str
    state: str

    @classmethod
    def of(cls, attendee: Attendee) -> "AttendeeBody":
        """Without name and address."""
        return cls(id=attendee.id, state=attendee.state)


class ReissueBody(AttendeeBody):
    """The new claim link, for this attendee only."""

    link: str


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

    @routes.post("/attendees/{attendee}/revoke", summary="Revoke an attendee")
    def revoke(attendee: AttendeeId, body: TakeRequest) -> AttendeeBody:
        """Link and credential are dead for ever, claimed or not."""
        (revoked,) = entitlements.revoke([attendee], when=body.when)
        return AttendeeBody.of(revoked)

    @routes.post("/attendees/{attendee}/reissue", summary="Issue an attendee anew")
    def reissue(attendee: AttendeeId, body: ReissueRequest) -> ReissueBody:
        """For one who lost wallet and words, or was revoked: a new link, after the head that
        removes the old credential."""
        claim = entitlements.reissue(attendee, when=body.when)
        metadata = community.metadata()
        return ReissueBody(
            id=claim.attendee.id,
            state=claim.attendee.state,
            link=link_for(claim, address=metadata.address, fingerprint=metadata.community_id),
        )

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
