"""Bringing all credentials of a wallet back, after a loss or to have them as they are now.

Source: docs/protocol.md, "Issuance": the seed makes the same commitments again, and the proof over
each is the authority to have its credential.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from client.community import PinnedMetadata, check_newer
from client.errors import ServerRefused
from client.issuance import IssuanceClient
from client.published import PublishedClient
from client.wallet.contents import REMOVED, REPLACED, Membership, WalletContents
from client.wallet.enrolling import (
    COUNTS_AT_MOST,
    new_membership,
    request_credential,
    too_many,
)
from client.wallet.registry import Registry
from client.wallet.traffic import named
from credentials.formats.metadata import SignedMetadata, check_successor

UNKNOWN_IN_A_ROW = 5
END_OF_PROBLEM = {"credential-revoked": REMOVED, "commitment-retired": REPLACED}
"""What the issuer says of a commitment whose credential has ended, and how a wallet notes it."""

_ENDED = frozenset({"commitment-retired", "credential-revoked", "reissue-pending"})


def restore(
    seed: bytes,
    *,
    service: PublishedClient,
    issuance: IssuanceClient,
    published: PinnedMetadata,
    beside: WalletContents | None = None,
    progress: Callable[[int, int], None] = lambda asked, found: None,
) -> Membership:
    """Ask for the credential of each commitment of a seed, until five in a row are unknown.

    Changes nothing on disk. `beside` is the wallet, or the copy of it, that the credentials come
    back into; of credentials that the issuer no longer hands out, it says there why they ended.
    `published` has to follow what `beside` knows (`client.history.bridged`). `progress` is told how
    many were asked for and found. Raises as `claim`.
    """
    metadata = published.metadata
    known = None if beside is None else beside.membership(published.fingerprint)
    if known is not None:
        check_newer(known.signed, published=published)
    membership = replace(known or new_membership(published), **published.stored)
    membership = replace(named(membership, now=int(time.time())), renew_at=0)
    registry = Registry(membership, service=service)
    unknown = 0
    for count in range(COUNTS_AT_MOST):
        old = membership.enrolment(count)
        try:
            enrolment, _ = request_credential(
                seed,
                issuance=issuance,
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
                if old is not None and refused.slug in END_OF_PROBLEM:
                    ended_at = old.ended_at or registry.newest.published_at
                    ended = replace(old, ended=END_OF_PROBLEM[refused.slug], ended_at=ended_at)
                    membership = membership.with_enrolment(ended)
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
    membership = contents.membership(found.fingerprint)
    if membership is None:
        return contents.with_membership(found)
    check_successor(membership.signed, found.signed, between=between)
    membership = replace(
        membership,
        address=found.address,
        metadata_octets=found.metadata_octets,
        metadata_signature=found.metadata_signature,
        next_count=max(membership.next_count, found.next_count),
        digits=found.digits or membership.digits,
        named_at=found.named_at,
        renew_at=found.renew_at,
        clock=found.clock or membership.clock,
    )
    if found.chain is not None:
        membership = membership.with_chain(found.chain)
    for enrolment in found.enrolments:
        membership = membership.with_enrolment(enrolment)
    return contents.with_membership(membership)
