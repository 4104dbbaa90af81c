"""Whether the witnesses that a poll pins have seen its closing, as all see it.

The same at the server, at trustees and at an auditor. Source: docs/protocol.md, "Polls".
"""

from credentials.formats.manifest import Manifest
from credentials.log.checkpoint import SignedCheckpoint


def closing_seen_by(signed: SignedCheckpoint, *, manifest: Manifest) -> tuple[str, ...]:
    """The pinned witnesses who cosigned the checkpoint whose last entry is the closing, by name.

    That it is that checkpoint is the caller's to check. Raises LogRefused if a cosignature of one
    of them is wrong.
    """
    return tuple(name for name, _ in signed.cosigned_by(manifest.witness_keys))


def is_closing_seen(signed: SignedCheckpoint, *, manifest: Manifest) -> bool:
    """Whether enough of them did for the votes to be opened, or the result to be certified."""
    return len(closing_seen_by(signed, manifest=manifest)) >= manifest.witnesses_needed
