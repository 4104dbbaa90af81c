"""Whether a ballot may stand in a poll, and whether a proof of abstention holds.

Left out: the sequence number, which is a constraint of the server's database and a set at the
auditor, and what a sealed vote says. Source: docs/protocol.md, "Polls".
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from credentials.errors import BallotRefused, EncodingError, PolicyError, PresentationRefused
from credentials.formats.abstention import Abstention, abstention_digest
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.presentation import Presentation
from credentials.keys import VerifierKeys
from credentials.presentation import (
    PendingPresentation,
    VerifiedPresentation,
    check_presentation,
    settle,
)
from credentials.scope import poll_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedBallot:
    """A ballot whose proof holds: leaf hash (32 octets), pseudonym (48 octets), number, content."""

    leaf_hash: bytes
    pseudonym: bytes = field(repr=False)
    sequence: int
    content: bytes = field(repr=False)


def verify_ballots(
    ballots: Sequence[Ballot], *, manifest: Manifest, verifier: VerifierKeys
) -> list[VerifiedBallot | BallotRefused]:
    """The verdict on each of many ballots, in their order; one product of pairings for all.

    A ballot names exactly this manifest; its content is a vote that the paper allows, or, in a
    sealed poll, has the length of one; and its presentation authorises exactly this content and
    sequence number, in this poll's scope, discloses exactly what the manifest requires, and proves
    a place on the roll. The poll itself is the challenge: freshness is the manifest's hash.
    `verifier` holds the community's keys at the poll's head.
    """
    verdicts: list[PendingPresentation | BallotRefused] = []
    for ballot in ballots:
        try:
            _check_content(ballot, manifest=manifest)
            verdicts.append(
                _begin(
                    ballot.presentation,
                    action=ballot.action_digest,
                    manifest=manifest,
                    verifier=verifier,
                )
            )
        except BallotRefused as error:
            verdicts.append(error)
    return [
        verdict
        if isinstance(verdict, BallotRefused)
        else VerifiedBallot(
            leaf_hash=ballot.leaf_hash,
            pseudonym=verdict,
            sequence=ballot.sequence,
            content=ballot.content,
        )
        for ballot, verdict in zip(ballots, _settle(verdicts, manifest=manifest), strict=True)
    ]


def verify_abstentions(
    abstentions: Sequence[Abstention], *, manifest: Manifest, verifier: VerifierKeys
) -> list[bytes | BallotRefused]:
    """The pseudonym (48 octets) of each proof that holds, or why it does not, in their order.

    Whether that pseudonym is in the log is left to who has read the log.
    """
    verdicts: list[PendingPresentation | BallotRefused] = []
    for abstention in abstentions:
        try:
            if abstention.manifest_hash != manifest.manifest_hash:
                raise BallotRefused("the proof of abstention belongs to another poll")
            verdicts.append(
                _begin(
                    abstention.presentation,
                    action=abstention_digest(manifest.manifest_hash),
                    manifest=manifest,
                    verifier=verifier,
                )
            )
        except BallotRefused as error:
            verdicts.append(error)
    return _settle(verdicts, manifest=manifest)


def _check_content(ballot: Ballot, *, manifest: Manifest) -> None:
    if ballot.manifest_hash != manifest.manifest_hash:
        raise BallotRefused("the ballot belongs to another poll")
    if manifest.sealing is None:
        manifest.paper.decode(ballot.content)
    elif len(ballot.content) != manifest.paper.sealed_length:
        raise BallotRefused("the ballot's sealed vote has not the length of this poll's votes")


def _begin(
    presentation: Presentation, *, action: bytes, manifest: Manifest, verifier: VerifierKeys
) -> PendingPresentation:
    """Everything but the pairings and what the presentation shows."""
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
            presentation,
            verifier=verifier,
            policy=manifest.policy(verifier.head.head),
            scope=poll_scope(manifest.community_id, manifest.manifest_hash),
            freshness=manifest.manifest_hash,
            action=action,
        )
    except (EncodingError, PolicyError, PresentationRefused) as error:
        raise BallotRefused(f"the proof is refused: {error}") from None


def _settle(
    verdicts: Sequence[PendingPresentation | BallotRefused], *, manifest: Manifest
) -> list[bytes | BallotRefused]:
    """The pseudonym of each presentation that verifies, or why it does not."""
    settled = iter(settle([each for each in verdicts if not isinstance(each, BallotRefused)]))
    return [
        verdict if isinstance(verdict, BallotRefused) else _accept(next(settled), manifest=manifest)
        for verdict in verdicts
    ]


def _accept(
    verified: VerifiedPresentation | PresentationRefused, *, manifest: Manifest
) -> bytes | BallotRefused:
    if isinstance(verified, PresentationRefused):
        return BallotRefused(f"the proof is refused: {verified}")
    if verified.pseudonym is None:
        return BallotRefused("the proof has no pseudonym")
    return _wrong_value(verified.disclosed, manifest=manifest) or verified.pseudonym


def _wrong_value(disclosed: Mapping[str, str | int], *, manifest: Manifest) -> BallotRefused | None:
    for name, value in manifest.require:
        if disclosed.get(name) != value:
            return BallotRefused(f"the poll is only for members with another value of {name!r}")
    return None
