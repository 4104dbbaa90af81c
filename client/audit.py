"""Recounting a poll from its published bundle, offline.

Checks the community's signatures, that ballot paper and roll are the community's, every ballot's
proof (many in one product of pairings), that no pseudonym votes twice, and counts. What it cannot
check is part of the report.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from client.community import PinnedMetadata, pinned
from credentials.errors import SymbolonError
from credentials.formats.head import Head
from credentials.formats.poll import Ballot, Manifest, PollBundle
from credentials.keys import VerifierKeys
from credentials.polls import VerifiedBallot, verify_ballots
from credentials.tally.plurality import PluralityResult, plurality

NOT_CHECKED = (
    "that no ballot was left out before publishing (each voter can look for the own ballot hash)",
    "that the roll's registry head is the one which all members saw (their wallets check it)",
    "that every credential belongs to a person (the organiser issues them)",
)
CHUNK = 256
"""Ballots that are checked together."""


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
    head: Head
    hashes: frozenset[bytes]
    bad: tuple[BadBallot, ...]
    result: PluralityResult

    @property
    def too_many(self) -> bool:
        """Whether more ballots verify than the roll can have members."""
        return self.result.ballots > self.head.highest_serial

    @property
    def sound(self) -> bool:
        """Whether every ballot in the bundle counts, and there are no more than members."""
        return not self.bad and not self.too_many


def audit(
    octets: bytes,
    *,
    fingerprint: bytes | None,
    progress: Callable[[int, int], None] = lambda done, all_of_them: None,
) -> AuditReport:
    """Re-verify a bundle. Without a fingerprint the one found is trusted, and in the report.

    `progress` is told how many ballots are done, of how many. Raises EncodingError,
    MetadataRefused, HeadRefused, PolicyError for a bundle that is not a poll of its community at
    all.
    """
    bundle = PollBundle.from_cbor(octets)
    published = pinned(bundle.metadata, fingerprint=fingerprint)
    manifest = bundle.open_manifest()
    manifest.check(published.metadata)
    head = bundle.open_head(metadata_key=published.metadata.metadata_key)
    keys = VerifierKeys.from_metadata(published.metadata).at(head)
    bad: list[BadBallot] = []
    choices: list[int] = []
    seen: set[bytes] = set()
    for start in range(0, len(bundle.ballots), CHUNK):
        chunk = bundle.ballots[start : start + CHUNK]
        verdicts = _verdicts(chunk, manifest=manifest, keys=keys)
        for ballot, verdict in zip(chunk, verdicts, strict=True):
            if isinstance(verdict, SymbolonError):
                bad.append(BadBallot(ballot_hash=_hash(ballot), reason=str(verdict)))
            elif verdict.pseudonym in seen:
                reason = "a second vote of one member"
                bad.append(BadBallot(ballot_hash=_hash(ballot), reason=reason))
            else:
                seen.add(verdict.pseudonym)
                choices.append(verdict.choice)
        progress(start + len(chunk), len(bundle.ballots))
    return AuditReport(
        published=published,
        manifest=manifest,
        head=head,
        hashes=frozenset(map(_hash, bundle.ballots)),
        bad=tuple(bad),
        result=plurality(
            choices,
            options=len(manifest.options),
            quorum=manifest.quorum,
            threshold=manifest.threshold,
        ),
    )


def _verdicts(
    ballots: Sequence[bytes], *, manifest: Manifest, keys: VerifierKeys
) -> list[VerifiedBallot | SymbolonError]:
    """For each ballot what it comes to, or why it is bad; one product of pairings for all."""
    read = [_read(octets) for octets in ballots]
    parsed = [ballot for ballot in read if isinstance(ballot, Ballot)]
    verified = iter(verify_ballots(parsed, manifest=manifest, verifier=keys))
    return [next(verified) if isinstance(each, Ballot) else each for each in read]


def _read(ballot: bytes) -> Ballot | SymbolonError:
    try:
        return Ballot.from_cbor(ballot)
    except SymbolonError as error:
        return error


def _hash(ballot: bytes) -> bytes:
    return hashlib.sha256(ballot).digest()
