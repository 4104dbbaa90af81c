"""What an auditor is given beside the bundle: receipts, checkpoints and proofs of abstention.

They come from people who were there, and show what the bundle alone cannot: that a ballot was
dropped, that others were shown another log, or that ballots were stuffed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from client.audit.report import Checks
from client.audit.workers import Material
from client.poll_log import root_of_first
from credentials.errors import BallotRefused, LogRefused, SymbolonError
from credentials.formats.abstention import Abstention
from credentials.formats.head import Head
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.note import VerifierKey
from credentials.log.receipt import Receipt
from credentials.merkle import HASH_LENGTH, check_inclusion
from credentials.polls import roll_bounds, verify_abstentions


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Contents of files by their name, and verifier keys of witnesses whom the auditor trusts."""

    witnesses: tuple[VerifierKey, ...] = ()
    receipts: Mapping[str, bytes] = field(default_factory=dict)
    checkpoints: Mapping[str, bytes] = field(default_factory=dict)
    abstentions: Mapping[str, bytes] = field(default_factory=dict)


def check_receipts(
    receipts: Mapping[str, bytes], *, leaves: bytes, origin: str, key: bytes, checks: Checks
) -> None:
    """Whether the log of the bundle is the one that gave these receipts."""
    wrong = []
    for name, octets in receipts.items():
        try:
            _check_receipt(octets, leaves=leaves, origin=origin, key=key)
        except (SymbolonError, UnicodeDecodeError) as error:
            wrong.append(f"{name}: {error}")
    checks.decide("receipts", wrong, good=f"{len(receipts)} of {len(receipts)} are of this log")


def _check_receipt(octets: bytes, *, leaves: bytes, origin: str, key: bytes) -> None:
    receipt = Receipt.parse(octets.decode())
    checkpoint = receipt.signed.open(origin=origin, key=key)
    _check_same_log(checkpoint, leaves=leaves)
    leaf = leaves[receipt.index * HASH_LENGTH : (receipt.index + 1) * HASH_LENGTH]
    try:
        check_inclusion(
            leaf,
            index=receipt.index,
            size=checkpoint.size,
            root=checkpoint.root,
            proof=receipt.proof,
        )
    except LogRefused as error:
        raise LogRefused(f"entry {receipt.index} is not the one of the receipt: {error}") from None


def check_checkpoints(
    checkpoints: Mapping[str, bytes], *, leaves: bytes, origin: str, key: bytes, checks: Checks
) -> None:
    """Whether the community signed no other log of this poll."""
    wrong = []
    for name, octets in checkpoints.items():
        try:
            checkpoint = SignedCheckpoint.parse(octets.decode()).open(origin=origin, key=key)
            _check_same_log(checkpoint, leaves=leaves)
        except (SymbolonError, UnicodeDecodeError) as error:
            wrong.append(f"{name}: {error}")
    checks.decide(
        "checkpoints", wrong, good=f"{len(checkpoints)} of {len(checkpoints)} are of this log"
    )


def _check_same_log(checkpoint: Checkpoint, *, leaves: bytes) -> None:
    entries = len(leaves) // HASH_LENGTH
    if checkpoint.size > entries:
        raise LogRefused(
            f"the community signed a log with {checkpoint.size} entries, the file has {entries}: "
            "entries were dropped"
        )
    if root_of_first(checkpoint.size, leaves) != checkpoint.root:
        raise LogRefused(
            f"split view: the community signed another log with {checkpoint.size} entries"
        )


def check_abstentions(
    abstentions: Mapping[str, bytes],
    *,
    voters: Mapping[bytes, object],
    material: Material,
    head: Head,
    checks: Checks,
) -> None:
    """Whether those who prove that they abstained did, and leave room for the voters."""
    wrong: list[str] = []
    abstainers: set[bytes] = set()
    for name, octets in abstentions.items():
        try:
            (pseudonym,) = verify_abstentions(
                [Abstention.from_cbor(octets)], manifest=material.manifest, verifier=material.keys
            )
        except SymbolonError as error:
            pseudonym = BallotRefused(str(error))
        if isinstance(pseudonym, BallotRefused):
            wrong.append(f"{name}: {pseudonym}")
        elif pseudonym in voters:
            wrong.append(f"{name}: a ballot of this member is in the log")
        else:
            abstainers.add(pseudonym)
    _, most = roll_bounds(head)
    if len(voters) > most - len(abstainers):
        wrong.append(
            f"ballots were stuffed: {len(voters)} voted and {len(abstainers)} prove that they did "
            f"not, of a roll of at most {most}"
        )
    checks.decide(
        "abstentions", wrong, good=f"{len(abstainers)} member(s) prove that they cast nothing"
    )
