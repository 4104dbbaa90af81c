"""What an app asks a wallet to show.

A request names an app and nothing else about where the answer goes: the wallet takes name, response
address and scope from the community's signed metadata.
"""

import re
from dataclasses import dataclass
from typing import Final

from credentials import domain_tags
from credentials.errors import EncodingError, PolicyError
from credentials.formats import cbor
from credentials.formats.names import take_identifier
from credentials.formats.policy import Policy

REQUEST_PURPOSES: Final = ("login", "visit")
MAX_TIME: Final = 2**40  # Unix seconds
REQUEST_LIMIT: Final = 4096  # octets

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationRequest:
    """A request; raises EncodingError or PolicyError.

    id: 1 to 64 of the base64url characters. community_id: 32 octets. app: an id of the metadata.
    policy: for `login` or `visit`, as doors and polls are not asked for by apps. nonce: 32 octets,
    for one answer. asked_at, expires_at: Unix seconds; the UTC day of asked_at is what the policy
    calls today. value: the registry's newest value V that the app knows, 48 octets, so that a
    wallet sees when it has to fetch a newer one, and shows nothing to an app that knows another
    registry.
    """

    id: str
    community_id: bytes
    app: str
    policy: Policy
    nonce: bytes
    value: bytes
    asked_at: int
    expires_at: int

    def __post_init__(self) -> None:
        if type(self.id) is not str or _REQUEST_ID.fullmatch(self.id) is None:
            raise EncodingError("the id of a request is not 1 to 64 of A-Z, a-z, 0-9, _ and -")
        cbor.take_octets(self.community_id, length=32, name="a community id")
        take_identifier(self.app, name="an app's id")
        if type(self.policy) is not Policy:
            raise EncodingError("a request has no policy")
        if self.policy.purpose not in REQUEST_PURPOSES:
            raise PolicyError(f"the purpose of a request is none of {', '.join(REQUEST_PURPOSES)}")
        cbor.take_octets(self.nonce, length=32, name="a nonce")
        cbor.take_octets(self.value, length=48, name="a registry value")
        cbor.take_uint(self.asked_at, max=MAX_TIME, name="a time of asking")
        cbor.take_uint(self.expires_at, max=MAX_TIME, name="a time of expiry")

    def to_cbor(self) -> bytes:
        """Its octets."""
        return cbor.encode_labelled(
            domain_tags.REQUEST,
            self.id,
            self.community_id,
            self.app,
            self.policy.to_fields(),
            self.nonce,
            self.value,
            self.asked_at,
            self.expires_at,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "PresentationRequest":
        """The request in `octets`; raises EncodingError or PolicyError."""
        request_id, community_id, app, policy, nonce, value, asked_at, expires_at = (
            cbor.decode_labelled(octets, label=domain_tags.REQUEST, fields=8, limit=REQUEST_LIMIT)
        )
        return cls(
            id=cbor.take_text(request_id, max=64, name="the id of a request"),
            community_id=cbor.take_octets(community_id, name="a community id"),
            app=cbor.take_text(app, max=32, name="an app's id"),
            policy=Policy.from_fields(policy),
            nonce=cbor.take_octets(nonce, name="a nonce"),
            value=cbor.take_octets(value, name="a registry value"),
            asked_at=cbor.take_uint(asked_at, name="a time of asking"),
            expires_at=cbor.take_uint(expires_at, name="a time of expiry"),
        )
