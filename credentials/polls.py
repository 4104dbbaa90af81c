"""Whether a ballot counts in a poll: the same function at the server and at an auditor.

Source: docs/protocol.md, "Polls". Left out: that each pseudonym votes once, which is a constraint
of the server's database and a set at the auditor, and the count itself (credentials.tally).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from credentials.errors import BallotRefused, EncodingError, PolicyError, PresentationRefused
from credentials.formats.poll import Ballot, Manifest
from credentials.keys import VerifierKeys
from credentials.presentation import (
    PendingPresentation,
    VerifiedPresentation,
    check_presentation,
    settle,
)
from credentials.scope import poll_scope

FIRST_SEQUENCE: Final = 1
"""The one sequence number that a ballot may have; voting again is not yet possible."""


class SequenceRefused(BallotRefused):
    """A ballot that verifies, with a sequence number other than the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedBallot:
    """A ballot that counts: its hash (32 octets), its pseudonym (48 octets) and its choice."""

    ballot_hash: bytes
    pseudonym: bytes = field(repr=False)
    sequence: int
    choice: int


def verify_ballot(ballot: Ballot, *, manifest: Manifest, verifier: VerifierKeys) -> VerifiedBallot:
    """Verify one ballot against the poll's manifest and the community's keys at the poll's head.

    The ballot names exactly this manifest, a choice that can be voted for (0 abstains), and its
    presentation authorises exactly this choice and sequence number, in this poll's scope, discloses
    exactly what the manifest requires, and proves a place on the roll. The poll itself is the
    challenge: freshness is the manifest's hash. Raises BallotRefused, and SequenceRefused only once
    the proof has verified.
    """
    (verdict,) = verify_ballots([ballot], manifest=manifest, verifier=verifier)
    if isinstance(verdict, BallotRefused):
        raise verdict
    return verdict


def verify_ballots(
    ballots: Sequence[Ballot], *, manifest: Manifest, verifier: VerifierKeys
) -> list[VerifiedBallot | BallotRefused]:
    """The verdict on each of many ballots, in their order; one product of pairings for all."""
    verdicts: list[VerifiedBallot | BallotRefused] = []
    pending: list[tuple[int, PendingPresentation]] = []
    for ballot in ballots:
        refused = BallotRefused("the ballot's proof was not checked")
        try:
            pending.append((len(verdicts), _check(ballot, manifest=manifest, verifier=verifier)))
        except BallotRefused as error:
            refused = error
        verdicts.append(refused)
    settled = settle([presentation for _, presentation in pending])
    for (at, _), outcome in zip(pending, settled, strict=True):
        try:
            verdicts[at] = _accept(ballots[at], outcome, manifest=manifest)
        except BallotRefused as error:
            verdicts[at] = error
    return verdicts


def _check(ballot: Ballot, *, manifest: Manifest, verifier: VerifierKeys) -> PendingPresentation:
    """Everything but the pairings and what the presentation shows."""
    manifest_hash = manifest.manifest_hash
    if ballot.manifest_hash != manifest_hash:
        raise BallotRefused("the ballot belongs to another poll")
    if not manifest.allows(ballot.choice):
        raise BallotRefused("the ballot names an option that the poll does not have")
    pins = (manifest.community_id, manifest.issuer_id, manifest.registry_id, manifest.schema_id)
    if pins != (
        verifier.community_id,
        hashlib.sha256(verifier.pk).digest(),
        verifier.registry_id,
        verifier.schema.schema_id,
    ):
        raise BallotRefused("the poll belongs to another community, or to other keys of it")
    try:
        return check_presentation(
            ballot.presentation,
            verifier=verifier,
            policy=manifest.policy(verifier.head.head),
            scope=poll_scope(manifest.community_id, manifest_hash),
            freshness=manifest_hash,
            action=ballot.action_digest,
        )
    except (EncodingError, PolicyError, PresentationRefused) as error:
        raise BallotRefused(f"the ballot's proof is refused: {error}") from None


def _accept(
    ballot: Ballot, verified: VerifiedPresentation | PresentationRefused, *, manifest: Manifest
) -> VerifiedBallot:
    if isinstance(verified, PresentationRefused):
        raise BallotRefused(f"the ballot's proof is refused: {verified}")
    if verified.pseudonym is None:
        raise BallotRefused("the ballot has no pseudonym")
    _check_required(verified.disclosed, manifest=manifest)
    if ballot.sequence != FIRST_SEQUENCE:
        raise SequenceRefused(f"the ballot's sequence number must be {FIRST_SEQUENCE}")
    return VerifiedBallot(
        ballot_hash=ballot.ballot_hash,
        pseudonym=verified.pseudonym,
        sequence=ballot.sequence,
        choice=ballot.choice,
    )


def _check_required(disclosed: Mapping[str, str | int], *, manifest: Manifest) -> None:
    for name, value in manifest.require:
        if disclosed.get(name) != value:
            raise BallotRefused(f"the poll is only for members with another value of {name!r}")
