"""From the ballots that count to the result. Source: docs/protocol.md, "Polls"."""

import hashlib
from collections.abc import Mapping

from credentials import domain_tags
from credentials.beacon import verify
from credentials.errors import BallotRefused, PollLogRefused, SealBroken
from credentials.formats.lot import BY_BEACON, BY_OPENING, Beacon
from credentials.formats.manifest import Manifest
from credentials.formats.vote import RANKED, Marks, ranking
from credentials.sealing import open_sealed
from credentials.tally import TallyResult, tally


def tie_seed(
    manifest: Manifest,
    *,
    opening: bytes | None = None,
    beacon: Beacon | None = None,
    signature: bytes | None = None,
) -> bytes | None:
    """What the lot is drawn from, 32 octets; None without a lot, or before its source is there.

    `opening` is the opening value, `signature` that of the round of `beacon` (48 octets each), if
    they are in the log. Raises BeaconRefused if the signature is another one.
    """
    source: bytes | None = None
    if manifest.tie_rule == BY_OPENING:
        source = opening
    elif manifest.tie_rule == BY_BEACON and beacon is not None and signature is not None:
        source = verify(beacon.number, signature)
    if source is None:
        return None
    return hashlib.sha256(domain_tags.TIE_SEED + manifest.manifest_hash + source).digest()


def read_vote(
    content: bytes,
    *,
    manifest: Manifest,
    pseudonym: bytes,
    sequence: int,
    opening: bytes | None,
) -> Marks | None:
    """The marks of a ballot's content; None for an invalid vote, which only a sealed one can be.

    Raises PollLogRefused for a sealed vote without an opening value, and BallotRefused for an
    open one that the paper does not allow.
    """
    if manifest.sealing is None:
        return manifest.paper.decode(content)
    if opening is None:
        raise PollLogRefused("the votes are sealed")
    try:
        plaintext = open_sealed(
            content,
            opening=opening,
            digest=manifest.manifest_hash,
            pseudonym=pseudonym,
            sequence=sequence,
        )
        return manifest.paper.unpadded(plaintext)
    except (SealBroken, BallotRefused):
        return None


def count_votes(
    votes: Mapping[Marks | None, int], *, manifest: Manifest, seed: bytes | None
) -> TallyResult:
    """What the votes come to, each with how often it was cast; None stands for invalid ones.

    `seed` is what tie_seed gives; without one nothing decides between equals.
    """
    is_ranked = manifest.ballot_type == RANKED
    return tally(
        manifest.tally,
        {
            ranking(marks) if is_ranked else marks: number
            for marks, number in votes.items()
            if marks is not None
        },
        options=len(manifest.options),
        seats=manifest.seats,
        limit=manifest.limit,
        quorum=manifest.quorum,
        threshold=manifest.threshold,
        seed=seed,
        invalid=votes.get(None, 0),
    )
