"""Recounting a poll from its published bundle, offline.

Checks the community's signature, that the ballot paper is the community's, every ballot's proof,
that no pseudonym votes twice, and counts. What it cannot check is part of the report.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from client.community import PinnedMetadata, pinned
from credentials.errors import SymbolonError
from credentials.formats.poll import Ballot, Manifest, PollBundle
from credentials.keys import VerifierKeys
from credentials.polls import verify_ballot
from credentials.tally.plurality import PluralityResult, plurality

NOT_CHECKED = (
    "that no ballot was left out before publishing (each voter can look for the own ballot hash)",
    "that every credential belongs to a person (the organiser issues them)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadBallot:
    """A ballot in the bundle that should not be there, and why."""

    ballot_hash: bytes
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What a recount found; `result` counts the good ballots only."""

    published: PinnedMetadata
    manifest: Manifest
    hashes: frozenset[bytes]
    bad: tuple[BadBallot, ...]
    result: PluralityResult

    @property
    def sound(self) -> bool:
        """Whether every ballot in the bundle counts."""
        return not self.bad


def audit(
    octets: bytes,
    *,
    fingerprint: bytes | None,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
) -> AuditReport:
    """Re-verify a bundle. Without a fingerprint the one found is trusted, and in the report.

    `progress` is told how many ballots are done, of how many. Raises EncodingError,
    MetadataRefused, PolicyError for a bundle that is not a poll of its community at all.
    """
    bundle = PollBundle.from_cbor(octets)
    published = pinned(bundle.metadata, fingerprint=fingerprint)
    manifest = bundle.open_manifest()
    manifest.check(published.metadata)
    keys = VerifierKeys.from_metadata(published.metadata)
    bad: list[BadBallot] = []
    choices: list[int] = []
    seen: set[bytes] = set()
    hashes: set[bytes] = set()
    for number, ballot in enumerate(bundle.ballots, start=1):
        ballot_hash = hashlib.sha256(ballot).digest()
        hashes.add(ballot_hash)
        try:
            verified = verify_ballot(Ballot.from_cbor(ballot), manifest=manifest, verifier=keys)
        except SymbolonError as error:
            bad.append(BadBallot(ballot_hash=ballot_hash, reason=str(error)))
        else:
            if verified.pseudonym in seen:
                bad.append(BadBallot(ballot_hash=ballot_hash, reason="a second vote of one member"))
            else:
                seen.add(verified.pseudonym)
                choices.append(verified.choice)
        progress(number, len(bundle.ballots))
    return AuditReport(
        published=published,
        manifest=manifest,
        hashes=frozenset(hashes),
        bad=tuple(bad),
        result=plurality(
            choices,
            options=len(manifest.options),
            quorum=manifest.quorum,
            threshold=manifest.threshold,
        ),
    )
