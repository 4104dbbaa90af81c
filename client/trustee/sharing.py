"""A trustee's share of the value that opens one poll, made only once the poll is proven closed."""

import json
from dataclasses import dataclass, field

from client.errors import TrusteeError
from client.trustee.closing import ClosedPoll
from client.trustee.folder import Folder
from credentials.formats import base64url
from credentials.sealing import check_share, share_of


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
            "symbolon": "poll-share",
            "poll": self.poll,
            "manifest_hash": base64url.encode(self.manifest_hash),
            "trustee": self.trustee,
            "share": base64url.encode(self.share),
        }
        return json.dumps(value, indent=2) + "\n"


def share_for(closed: ClosedPoll, *, folder: Folder) -> PollShare:
    """The share for a poll that is sealed to the key of this folder's ceremony.

    Raises TrusteeError for a poll that is sealed otherwise, or without a share in the folder.
    """
    kept, result = folder.result()
    manifest, sealing = closed.manifest, closed.manifest.sealing
    if sealing is None or not sealing.trustees:
        raise TrusteeError("The poll is not sealed to trustees; there is nothing to open for you.")
    named = tuple((trustee.name, trustee.key) for trustee in sealing.trustees)
    ours = (result.key, result.threshold, result.keys)
    if (sealing.key, sealing.threshold, named) != ours:
        raise TrusteeError("The poll is sealed to the key of another ceremony than yours.")
    digest = manifest.manifest_hash
    share = share_of(kept.secret, digest=digest)
    check_share(share, trustee=kept.number, key=result.keys[kept.number - 1][1], digest=digest)
    return PollShare(poll=manifest.poll, manifest_hash=digest, trustee=kept.number, share=share)
