"""Bringing all credentials of a wallet back, after a loss or to have them as they are now.

Source: docs/protocol.md, "Issuance": the seed makes the same commitments again, and the proof over
each is the authority to have its credential.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from client.community import PinnedMetadata
from client.errors import ServerRefused
from client.issuer import IssuerClient
from client.wallet.contents import Enrolment, Membership, WalletContents
from client.wallet.enrolling import (
    COUNTS_AT_MOST,
    check_own_issuer,
    new_membership,
    request_credential,
    too_many,
)
from credentials.formats.metadata import check_successor

UNKNOWN_IN_A_ROW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a community gave back: a membership to be stored, and the counts that are dead."""

    membership: Membership
    retired: tuple[int, ...]


def restore(
    seed: bytes,
    *,
    issuer: IssuerClient,
    published: PinnedMetadata,
    known: Membership | None = None,
    beside: WalletContents | None = None,
    progress: Callable[[int, int], None] = lambda asked, found: None,
) -> Restored:
    """Ask for the credential of each commitment of a seed, until five in a row are unknown.

    Changes nothing on disk. `known` is what a backup file held for this community, `beside` the
    wallet that it comes back into; `progress` is told how many were asked for and found. Raises as
    `claim`.
    """
    metadata = published.metadata
    if beside is not None:
        check_own_issuer(beside, metadata=metadata)
    membership = replace(known or new_membership(published), **published.stored)
    retired: list[int] = []
    unknown = 0
    for count in range(COUNTS_AT_MOST):
        try:
            issued, _ = request_credential(
                seed, issuer=issuer, metadata=metadata, count=count, claim_code=None
            )
        except ServerRefused as refused:
            if refused.slug == "commitment-unknown":
                unknown += 1
            elif refused.slug == "commitment-retired":
                unknown = 0
                retired.append(count)
                membership = _without(membership, count=count)
            else:
                raise
        else:
            unknown = 0
            old = membership.enrolment(count)
            membership = membership.with_enrolment(
                Enrolment(
                    count=count,
                    code_hash=old.code_hash if old is not None else b"",
                    issued=issued.to_cbor(),
                )
            )
        progress(count + 1, len(membership.enrolments))
        if unknown == UNKNOWN_IN_A_ROW:
            break
    else:
        raise too_many(metadata)
    return Restored(membership=membership, retired=tuple(retired))


def with_restored(contents: WalletContents, *, restored: Restored) -> WalletContents:
    """The wallet with what a community gave back; what the wallet knows besides stays.

    Raises MetadataRefused if what is published now may not follow what the wallet knew.
    """
    found = restored.membership
    check_own_issuer(contents, metadata=found.metadata)
    membership = contents.membership(found.fingerprint)
    if membership is None:
        return contents.with_membership(found)
    check_successor(membership.signed, found.signed)
    membership = replace(
        membership,
        metadata_octets=found.metadata_octets,
        metadata_signature=found.metadata_signature,
        next_count=max(membership.next_count, found.next_count),
    )
    for enrolment in found.enrolments:
        membership = membership.with_enrolment(enrolment)
    for count in restored.retired:
        membership = _without(membership, count=count)
    return contents.with_membership(membership)


def _without(membership: Membership, *, count: int) -> Membership:
    return replace(
        membership,
        enrolments=tuple(e for e in membership.enrolments if e.count != count),
        next_count=max(membership.next_count, count + 1),
    )
