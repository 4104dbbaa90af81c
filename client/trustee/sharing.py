"""A trustee's share of the value that opens one poll, made only once the poll is proven closed."""

import json
from dataclasses import dataclass, field

from client.errors import TrusteeError
from client.trustee.closing import ClosedPoll
from client.trustee.folder import Folder
from credentials.curve import OCTET_POINT_LENGTH
from credentials.errors import EncodingError
from credentials.formats import base64url, cbor
from credentials.formats.ceremony_result import MAX_TRUSTEES
from credentials.formats.json_object import read_object
from credentials.formats.manifest import Manifest
from credentials.formats.names import take_identifier
from credentials.sealing import check_share, share_of
from credentials.sealing.ceremony import TrusteeShare

_KIND = "poll-share"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollShare:
    """The share d_i (48 octets) of the trustee with a number, from 1, for one poll."""

    poll: str
    manifest_hash: bytes
    trustee: int
    share: bytes = field(repr=False)

    def to_text(self) -> str:
        """The text of a file, for handing the share over by other ways than this command."""
        value = {
            "symbolon": _KIND,
            "poll": self.poll,
            "manifest_hash": base64url.encode(self.manifest_hash),
            "trustee": self.trustee,
            "share": base64url.encode(self.share),
        }
        return json.dumps(value, indent=2) + "\n"


def read_share(text: str) -> PollShare:
    """The share in a file; that it is the trustee's, the server checks. Raises TrusteeError."""
    try:
        fields = read_object(
            json.loads(text),
            required=("symbolon", "poll", "manifest_hash", "trustee", "share"),
            name="the file",
            error=EncodingError,
        )
        if fields["symbolon"] != _KIND:
            raise EncodingError("the file is no share for a poll")
        return PollShare(
            poll=take_identifier(fields["poll"], name="a poll's id"),
            manifest_hash=_octets(fields["manifest_hash"], length=32),
            trustee=cbor.take_uint(fields["trustee"], min=1, max=MAX_TRUSTEES),
            share=_octets(fields["share"], length=OCTET_POINT_LENGTH),
        )
    except (ValueError, RecursionError, EncodingError):
        raise TrusteeError("That file is not a trustee's share for a poll.") from None


def share_of_ours(manifest: Manifest, *, folder: Folder) -> TrusteeShare:
    """The folder's share, if the poll is sealed to the key of its ceremony. Raises TrusteeError."""
    kept, result = folder.result()
    sealing = manifest.sealing
    if sealing is None or sealing.result is None:
        raise TrusteeError("The poll is not sealed to trustees; there is nothing to open for you.")
    if sealing.result != result:
        raise TrusteeError("The poll is sealed to the key of another ceremony than yours.")
    return kept


def share_for(closed: ClosedPoll, *, folder: Folder) -> PollShare:
    """The share for a poll that has closed. Raises TrusteeError, see share_of_ours."""
    manifest = closed.manifest
    kept = share_of_ours(manifest, folder=folder)
    _, result = folder.result()
    digest = manifest.manifest_hash
    share = share_of(kept.secret, digest=digest)
    check_share(share, trustee=kept.number, key=result.trustees[kept.number - 1].key, digest=digest)
    return PollShare(poll=manifest.poll, manifest_hash=digest, trustee=kept.number, share=share)


def _octets(text: object, *, length: int) -> bytes:
    return cbor.take_octets(base64url.decode(text), length=length)  # type: ignore[arg-type]
