"""The public addresses of the community's signed metadata: the newest version, and all of them.

All of it is the same for everyone. A full segment never changes, and may be kept by any cache for
ever; so whoever asks for one tells nothing.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from credentials.formats import base64url
from credentials.formats.metadata import SignedMetadata
from server.community.service import CommunityService

SegmentNumber = Annotated[int, Path(ge=0, lt=2**26, description="from 0")]

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class SignedMetadataBody(BaseModel):
    """The metadata's CBOR and its Ed25519 signature, each in base64url without padding."""

    metadata: str
    signature: str

    @classmethod
    def of(cls, signed: SignedMetadata) -> "SignedMetadataBody":
        """The envelope of a version."""
        return cls(
            metadata=base64url.encode(signed.octets),
            signature=base64url.encode(signed.signature),
        )


class VersionsBody(BaseModel):
    """Versions that follow each other, ascending."""

    versions: list[SignedMetadataBody]


def router(service: CommunityService) -> APIRouter:
    """What wallets, doors and apps read of the community itself."""
    routes = APIRouter(tags=["community"])

    @routes.get("/.well-known/symbolon.json", summary="The community's signed metadata")
    def read_metadata() -> SignedMetadataBody:
        return SignedMetadataBody.of(service.signed())

    @routes.get("/community/metadata/{segment}", summary="A segment of all its versions")
    def read_segment(segment: SegmentNumber, response: Response) -> VersionsBody:
        """The versions 64n to 64n+63; the first segment begins with 1, the last is not full."""
        signed, full = service.segment(segment)
        response.headers["cache-control"] = FOR_EVER if full else ASK_AGAIN
        return VersionsBody(versions=[SignedMetadataBody.of(one) for one in signed])

    return routes
