"""GET /.well-known/symbolon.json: the community's signed metadata."""

from fastapi import APIRouter
from pydantic import BaseModel

from credentials.formats import base64url
from server.community.service import CommunityService


class SignedMetadataBody(BaseModel):
    """The metadata's CBOR and its Ed25519 signature, each in base64url without padding."""

    metadata: str
    signature: str


def router(service: CommunityService) -> APIRouter:
    """The one public address of the metadata."""
    routes = APIRouter(tags=["community"])

    @routes.get("/.well-known/symbolon.json", summary="The community's signed metadata")
    def read_metadata() -> SignedMetadataBody:
        signed = service.signed()
        return SignedMetadataBody(
            metadata=base64url.encode(signed.octets),
            signature=base64url.encode(signed.signature),
        )

    return routes
