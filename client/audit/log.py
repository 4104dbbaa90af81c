"""The log under its final checkpoint: root, signature, and who cosigned it and its closing."""

from collections.abc import Iterable

from client.audit.report import Checks
from client.poll_log import root_of_first, split_leaves
from credentials.errors import LogRefused
from credentials.formats.manifest import Manifest
from credentials.formats.poll_bundle import BundleHead
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.note import VerifierKey
from credentials.merkle import HASH_LENGTH, root_of_leaves
from credentials.polls import closing_seen_by


def check_log(
    bundle: BundleHead,
    leaves: bytes,
    *,
    cut_off: str,
    origin: str,
    key: bytes,
    trusted: tuple[VerifierKey, ...],
    checks: Checks,
) -> None:
    """Check the final checkpoint and its cosignatures against the leaf hashes that were read.

    `key` is the community's, 32 octets; `trusted` are the witnesses whom the auditor trusts.
    """
    if cut_off:
        checks.failed("file", cut_off)
    else:
        checks.passed("file", f"{len(leaves) // HASH_LENGTH} entries")
    root = root_of_leaves(split_leaves(leaves))
    try:
        signed = SignedCheckpoint.parse(bundle.checkpoint.decode())
        checkpoint = signed.open(origin=origin, key=key)
    except (LogRefused, UnicodeDecodeError) as error:
        checks.failed("checkpoint's signature", error)
        return
    checks.passed("checkpoint's signature", origin)
    if checkpoint.size != len(leaves) // HASH_LENGTH:
        checks.failed(
            "log's root",
            f"the checkpoint is over {checkpoint.size} entries, the file has "
            f"{len(leaves) // HASH_LENGTH}",
        )
    elif checkpoint.root != root:
        checks.failed("log's root", "the entries are not those that the community signed")
    else:
        checks.passed("log's root", root.hex())
    _check_cosignatures(signed, named=bundle.witnesses, trusted=trusted, checks=checks)


def check_closing(
    bundle: BundleHead,
    leaves: bytes,
    *,
    size: int,
    manifest: Manifest,
    key: bytes,
    checks: Checks,
) -> None:
    """Check that enough of the witnesses whom the poll pins cosigned its closing.

    `size` is that of the log up to and including the closing, 0 without one; `key` is the
    community's, 32 octets.
    """
    if not manifest.witnesses or not size:
        return
    try:
        signed = SignedCheckpoint.parse(bundle.closing.decode())
        checkpoint = signed.open(origin=manifest.origin, key=key)
        if (checkpoint.size, checkpoint.root) != (size, root_of_first(size, leaves)):
            raise LogRefused("the checkpoint of the closing is of another log, or another place")
        seen = closing_seen_by(signed, manifest=manifest)
    except (LogRefused, UnicodeDecodeError) as error:
        checks.failed("witnesses of the closing", error)
        return
    told = f"{', '.join(seen) or 'none'}, of {len(manifest.witnesses)} pinned"
    if len(seen) < manifest.witnesses_needed:
        checks.failed(
            "witnesses of the closing", f"{manifest.witnesses_needed} must have cosigned it: {told}"
        )
    else:
        checks.passed("witnesses of the closing", told)


def _check_cosignatures(
    signed: SignedCheckpoint,
    *,
    named: Iterable[str],
    trusted: tuple[VerifierKey, ...],
    checks: Checks,
) -> None:
    try:
        others = [VerifierKey.parse(text) for text in named]
        independent = [name for name, _ in signed.cosigned_by(trusted)]
        by_community = [
            name for name, _ in signed.cosigned_by(key for key in others if key not in trusted)
        ]
    except LogRefused as error:
        checks.failed("cosignatures", error)
        return
    missing = [key.name for key in trusted if key.name not in independent]
    if missing:
        checks.failed("cosignatures", f"{', '.join(missing)} did not cosign")
        return
    parts = []
    if independent:
        parts.append(f"independent: {', '.join(independent)}")
    if by_community:
        parts.append(f"named by the community: {', '.join(by_community)}")
    if parts:
        checks.passed("cosignatures", "; ".join(parts))
    else:
        checks.open("cosignatures", "no witness cosigned the final checkpoint")
