"""POST /issuance/nonce and /issuance/credential."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from credentials.formats import base64url
from server.issuance.service import IssuanceService
from server.registry.bodies import SignedHeadBody


class NonceBody(BaseModel):
    """A nonce (32 octets, base64url) and the Unix second at which it expires."""

    nonce: str
    expires_at: int


class Empty(BaseModel):
    """An empty object."""

    model_config = ConfigDict(extra="forbid")


class ClaimRequestBody(BaseModel):
    """A claim code."""

    model_config = ConfigDict(extra="forbid")

    claim_code: Annotated[str, Field(max_length=64)]


class ClaimBody(BaseModel):
    """How a claim code stands: `open` until it is used; all else is refused."""

    state: Literal["open"]


class CredentialRequestBody(BaseModel):
    """A commitment with its proof (144 octets, base64url) on a nonce of this issuer."""

    model_config = ConfigDict(extra="forbid")

    nonce: Annotated[str, Field(max_length=64)]
    commitment: Annotated[str, Field(max_length=256)]
    claim_code: Annotated[str | None, Field(max_length=64)] = None


class CredentialBody(BaseModel):
    """The issued credential and its registry witness (CBOR, base64url), and the head at which the
    witness holds; only the wallet's secrets make them usable."""

    credential: str
    witness: str
    head: SignedHeadBody


def router(service: IssuanceService) -> APIRouter:
    """What a wallet asks the issuer."""
    routes = APIRouter(prefix="/issuance", tags=["issuance"])

    @routes.post("/nonce", summary="A single-use nonce for a commitment")
    def draw_nonce(_body: Empty | None = None) -> NonceBody:
        nonce = service.draw_nonce()
        return NonceBody(nonce=base64url.encode(nonce.octets), expires_at=nonce.expires_at)

    @routes.post("/claims", summary="Whether a claim code can be used")
    def look_up(body: ClaimRequestBody) -> ClaimBody:
        """For a wallet that is not made yet, so that none is made for a link that leads nowhere."""
        service.check_code(body.claim_code)
        return ClaimBody(state="open")

    @routes.post("/credential", summary="Claim a credential, or fetch it again")
    def issue(body: CredentialRequestBody) -> CredentialBody:
        answer = service.issue(
            base64url.decode(body.commitment),
            nonce=base64url.decode(body.nonce),
            claim_code=body.claim_code,
        )
        return CredentialBody(
            credential=base64url.encode(answer.credential.to_cbor()),
            witness=base64url.encode(answer.witness.to_cbor()),
            head=SignedHeadBody.of(answer.head),
        )

    return routes
