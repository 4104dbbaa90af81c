"""What a trustee keeps secret, as one file: the keys and, after the ceremony, the share.

The file is sealed under a passphrase (`client.sealed_file`); inside is a small JSON object. Source:
docs/protocol.md, "The trustees' key".
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from client.errors import TrusteeError
from client.sealed_file import SealedForm, SealKey, key_for, seal, unseal
from credentials.curve.scalars import decode_scalar, encode_scalar
from credentials.errors import EncodingError
from credentials.formats import base64url
from credentials.formats.json_object import read_object
from credentials.sealing.cards import TrusteeKeys
from credentials.sealing.ceremony import TrusteeShare

TRUSTEE_FORM: Final = SealedForm(
    kind="trustee", name="trustee's secret", error=TrusteeError, wrong=TrusteeError
)
_KIND: Final = "trustee-secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrusteeSecret:
    """A trustee's keys, and the share of the polls' key once the ceremony is over."""

    keys: TrusteeKeys
    share: TrusteeShare | None = field(default=None, repr=False)

    def sealed(self, key: SealKey) -> bytes:
        """The octets of the file."""
        value: dict[str, Any] = {
            "symbolon": _KIND,
            "name": self.keys.name,
            "signing": base64url.encode(self.keys.signing),
            "sharing": base64url.encode(self.keys.sharing),
        }
        if self.share is not None:
            value["number"] = self.share.number
            value["share"] = base64url.encode(encode_scalar(self.share.secret))
        return seal(json.dumps(value, ensure_ascii=False).encode(), key=key)

    @classmethod
    def open(cls, sealed: bytes, *, passphrase: str) -> tuple["TrusteeSecret", SealKey]:
        """The secret in a file, and the key under which it is sealed. Raises TrusteeError."""
        key = key_for(sealed, passphrase=passphrase, form=TRUSTEE_FORM)
        octets = unseal(sealed, key=key)
        try:
            return cls._read(json.loads(octets)), key
        except (ValueError, RecursionError, EncodingError):
            raise TrusteeError("This trustee's secret is damaged; use a backup.") from None

    @classmethod
    def _read(cls, value: object) -> "TrusteeSecret":
        fields = read_object(
            value,
            required=("symbolon", "name", "signing", "sharing"),
            optional=("number", "share"),
            name="the file",
            error=EncodingError,
        )
        if fields["symbolon"] != _KIND:
            raise EncodingError("the file is not a trustee's secret")
        keys = TrusteeKeys(
            name=fields["name"],  # type: ignore[arg-type]  # checked there
            signing=base64url.decode(fields["signing"]),  # type: ignore[arg-type]
            sharing=base64url.decode(fields["sharing"]),  # type: ignore[arg-type]
        )
        if "share" not in fields:
            return cls(keys=keys)
        secret = decode_scalar(base64url.decode(fields["share"]))  # type: ignore[arg-type]
        share = TrusteeShare(number=fields["number"], secret=secret)  # type: ignore[arg-type]
        return cls(keys=keys, share=share)
