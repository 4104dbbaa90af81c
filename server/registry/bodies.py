"""The JSON of a signed registry head, as every feature serves it."""

from pydantic import BaseModel

from credentials.formats.head import SignedHead


class SignedHeadBody(BaseModel):
    """A head's CBOR and its Ed25519 signature, each in base64url without padding."""

    head: str
    signature: str

    @classmethod
    def of(cls, signed: SignedHead) -> "SignedHeadBody":
        """The envelope of a head."""
        return cls(**signed.to_json())
