"""Bringing all credentials of a wallet back, after a loss or to have them as they are now.

Source: docs/protocol.md, "Issuance": the seed makes the same commitments again, and the proof over
each is the authority to have its credential.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from client.community import PinnedMetadata, check_newer
from client.errors import ServerRefused
from client.issuer import IssuerClient
from client.wallet.contents import Membership, WalletContents
from client.wallet.enrolling import (
    COUNTS_AT_MOST,
    check_own_issuer,
    new_membership,
    request_credential,
    too_many,
)
from client.wallet.registry import Registry
from credentials.formats.metadata import SignedMetadata, check_successor

UNKNOWN_IN_A_ROW = 5
_ENDED = frozenset({"commitment-retired", "credential-revoked", "reissue-pending"})


def restore(
    seed: bytes,
    *,
    issuer: IssuerClient,
    published: PinnedMetadata,
    beside: WalletContents | None = None,
    progress: Callable[[int, int], None] = lambda asked, found: None,
) -> Membership:
    """Ask for the credential of each commitment of a seed, until five in a row are unknown.

    Changes nothing on disk. `beside` is the wallet, or the copy of it, that the credentials come
    back into; what it holds of credentials that the issuer no longer hands out is left as it is,
    and `published` has to follow what it knows (`client.history.bridged`). `progress` is told how
    many were asked for and found. Raises as `claim`.
    """
    metadata = published.metadata
    known = None
    if beside is not None:
        check_own_issuer(beside, metadata=metadata)
        known = beside.membership(published.fingerprint)
        if known is not None:
            check_newer(known.signed, published=published)
    membership = replace(known or new_membership(published), **published.stored)
    registry = Registry(membership, issuer=issuer)
    unknown = 0
    for count in range(COUNTS_AT_MOST):
        old = membership.enrolment(count)
        try:
            enrolment, _ = request_credential(
                seed,
                issuer=issuer,
                registry=registry,
                metadata=metadata,
                count=count,
                code_hash=old.code_hash if old is not None else b"",
            )
        except ServerRefused as refused:
            if refused.slug == "commitment-unknown":
                unknown += 1
            elif refused.slug in _ENDED:
                unknown = 0
                membership = replace(membership, next_count=max(membership.next_count, count + 1))
            else:
                raise
        else:
            unknown = 0
            membership = membership.with_enrolment(enrolment)
        progress(count + 1, len(membership.enrolments))
        if unknown == UNKNOWN_IN_A_ROW:
            return registry.kept_in(membership)
    raise too_many(metadata)


def with_restored(
    contents: WalletContents, *, found: Membership, between: Sequence[SignedMetadata] = ()
) -> WalletContents:
    """The wallet with what a community gave back; what the wallet knows besides stays.

    `between` are the versions of the metadata that lead from the known one to the one found. Raises
    MetadataRefused or HeadRefused if what is published now may not follow what the wallet knew.
    """
    check_own_issuer(contents, metadata=found.metadata)
    membership = contents.membership(found.fingerprint)
    if membership is None:
        return contents.with_membership(found)
    check_successor(membership.signed, found.signed, between=between)
    membership = replace(
        membership,
        metadata_octets=found.metadata_octets,
        metadata_signature=found.metadata_signature,
        next_count=max(membership.next_count, found.next_count),
        digits=found.digits or membership.digits,
    )
    if found.chain is not None:
        membership = membership.with_chain(found.chain)
    for enrolment in found.enrolments:
        membership = membership.with_enrolment(enrolment)
    return contents.with_membership(membership)
