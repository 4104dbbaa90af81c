"""The audit of one bundle, from its first frame to the recount.

A check that fails does not end the audit, unless nothing after it has a meaning: without the
community's keys and the manifest only the log's hashes can be recomputed.
"""

from dataclasses import dataclass
from typing import BinaryIO

from client.audit.beside import Beside, check_abstentions, check_checkpoints, check_receipts
from client.audit.log import check_closing, check_log
from client.audit.lot import check_lot
from client.audit.reading import Entries, Progress, Reader
from client.audit.recount import recount
from client.audit.report import Checks, Report
from client.audit.workers import Material, Source, Workers
from client.community import PinnedMetadata, pinned
from credentials.errors import EncodingError, SymbolonError
from credentials.formats.head import Head
from credentials.formats.manifest import Manifest
from credentials.formats.poll_bundle import BundleHead, read_bundle
from credentials.formats.sealing import Sealing
from credentials.polls import State, roll_bounds
from credentials.sealing.trustees import check_sealing


def audit(
    file: BinaryIO,
    *,
    fingerprint: bytes | None,
    beside: Beside | None = None,
    processes: int | None = None,
    progress: Progress = lambda done, of_all: None,
) -> Report:
    """Re-verify the bundle in an opened file. Without a fingerprint the one found is trusted.

    `progress` is told how many entries are done, of how many. Raises EncodingError for a file that
    does not begin as a bundle.
    """
    bundle, entries = read_bundle(file)
    beside = beside or Beside()
    checks = Checks()
    try:
        manifest_octets = next(entries)
    except (StopIteration, EncodingError) as error:
        raise EncodingError(f"the file holds no manifest: {error}") from None
    ground = _ground(bundle, manifest_octets, fingerprint=fingerprint, checks=checks)
    if ground is None:
        checks.open("ballots", "without the community's keys, roll and manifest nothing is proven")
        return Report(checks=tuple(checks.lines))
    with Workers(ground.source, expected=bundle.entries, processes=processes) as workers:
        reader = Reader(ground.manifest, workers=workers)
        reader.start(manifest_octets)
        found = reader.read(entries, total=bundle.entries, progress=progress)
        leaves = bytes(found.leaves)
        check_log(
            bundle,
            leaves,
            cut_off=found.cut_off,
            origin=ground.manifest.origin,
            key=ground.published.metadata.metadata_key,
            trusted=beside.witnesses,
            checks=checks,
        )
        check_closing(
            bundle,
            leaves,
            size=0 if found.replay.state is State.CANCELLED else found.closing_size,
            manifest=ground.manifest,
            key=ground.published.metadata.metadata_key,
            checks=checks,
        )
        _check_entries(found, manifest=ground.manifest, checks=checks)
        counted = recount(found, manifest=ground.manifest, workers=workers, checks=checks)
    check_lot(
        bundle,
        found,
        manifest=ground.manifest,
        key=ground.published.metadata.metadata_key,
        demanded=(
            (ground.manifest.witness_keys, ground.manifest.witnesses_needed),
            (beside.witnesses, len(beside.witnesses)),
        ),
        checks=checks,
    )
    _check_roll(len(found.replay.highest), head=ground.head, checks=checks)
    key = ground.published.metadata.metadata_key
    origin = ground.manifest.origin
    if beside.abstentions:
        check_abstentions(
            beside.abstentions,
            voters=found.replay.highest,
            material=Material.of(ground.source),
            head=ground.head,
            checks=checks,
        )
    if beside.receipts:
        check_receipts(beside.receipts, leaves=leaves, origin=origin, key=key, checks=checks)
    if beside.checkpoints:
        check_checkpoints(beside.checkpoints, leaves=leaves, origin=origin, key=key, checks=checks)
    return Report(
        checks=tuple(checks.lines),
        published=ground.published,
        manifest=ground.manifest,
        state=found.replay.state,
        entries=found.count,
        ballots=found.replay.ballots,
        voters=len(found.replay.highest),
        roll=roll_bounds(ground.head),
        result=counted.result,
        beside=counted.beside,
        votes=counted.votes,
        seed=counted.seed,
        events=tuple(found.replay.events),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What everything else is checked against."""

    published: PinnedMetadata
    head: Head
    manifest: Manifest
    source: Source


def _ground(
    bundle: BundleHead, manifest_octets: bytes, *, fingerprint: bytes | None, checks: Checks
) -> _Ground | None:
    """Keys, roll and manifest; None if one of them is not to be had."""
    try:
        published = pinned(bundle.metadata, fingerprint=fingerprint)
    except SymbolonError as error:
        checks.failed("community's signature", error)
        return None
    metadata = published.metadata
    checks.passed("community's signature", f"{metadata.name}, {metadata.address}")
    if fingerprint is None:
        checks.open("fingerprint", "none was given; compare the one above with the community's")
    else:
        checks.passed("fingerprint", "as given")
    head = None
    try:
        head = bundle.head.open(metadata_key=metadata.metadata_key)
        checks.passed("roll's signature", f"registry head {head.epoch}")
    except SymbolonError as error:
        checks.failed("roll's signature", error)
    try:
        manifest = Manifest.from_cbor(manifest_octets)
        manifest.check(metadata)
        manifest.check_origin(metadata.address)
        if head is not None:
            manifest.policy(head)
    except SymbolonError as error:
        checks.failed("manifest", error)
        return None
    checks.passed("manifest", "the log's first entry, of this community and roll")
    if manifest.sealing is not None:
        _check_sealing(manifest.sealing, checks=checks)
    if head is None:
        return None
    return _Ground(
        published=published,
        head=head,
        manifest=manifest,
        source=Source(
            metadata=bundle.metadata,
            fingerprint=published.fingerprint,
            head=bundle.head,
            manifest=manifest_octets,
        ),
    )


def _check_sealing(sealing: Sealing, *, checks: Checks) -> None:
    try:
        check_sealing(sealing)
    except SymbolonError as error:
        checks.failed("sealing", error)
        return
    if not sealing.trustees:
        checks.passed("sealing", "the server alone, at any time, could open the votes")
        return
    names = ", ".join(f"{trustee.name} {trustee.fingerprint}" for trustee in sealing.trustees)
    checks.passed(
        "sealing",
        f"any {sealing.threshold} of {len(sealing.trustees)} trustees, who all signed, could open "
        f"the votes: {names}",
    )


def _check_entries(found: Entries, *, manifest: Manifest, checks: Checks) -> None:
    replay = found.replay
    good = f"{replay.ballots} ballot(s) of {len(replay.highest)} voter(s)"
    checks.decide("ballots' proofs", found.refused, good=good)
    misplaced = list(found.misplaced)
    if not misplaced and replay.state not in (State.CERTIFIED, State.CANCELLED):
        misplaced.append(f"the log ends while the poll is {replay.state}")
    checks.decide("order of the log", misplaced, good=f"the poll was {replay.state}")


def _check_roll(voters: int, *, head: Head, checks: Checks) -> None:
    least, most = roll_bounds(head)
    if voters > most:
        checks.failed("roll", f"ballots were stuffed: {voters} voted, of a roll of at most {most}")
    elif voters > least:
        checks.open(
            "roll",
            f"{voters} voted; the roll has {least} to {most} members, as {most - least} "
            "removals may be of members or only of their earlier attributes",
        )
    else:
        checks.passed("roll", f"{voters} voted, of a roll of {least} to {most}")
