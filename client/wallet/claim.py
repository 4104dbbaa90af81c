"""Claiming a credential blindly.

Source: docs/protocol.md, "Issuance". The wallet saves which commitment it is about to send before
it sends it, so a lost response loses nothing: the same link asks for the same credential again.
"""

import hashlib
import time
from dataclasses import dataclass, replace

from client.community import PinnedMetadata, check_newer
from client.errors import ServerRefused, WalletError
from client.history import bridged
from client.issuance import IssuanceClient
from client.published import PublishedClient
from client.wallet.contents import Claim, Membership, WalletContents
from client.wallet.enrolling import (
    COUNTS_AT_MOST,
    new_membership,
    request_credential,
    too_many,
)
from client.wallet.registry import Registry
from client.wallet.traffic import check_before_naming, named, next_update
from client.wallet.vault import Vault
from credentials.formats.claim_link import ClaimLink
from credentials.formats.metadata import Metadata
from credentials.holder import Credential

_CODE_IS_NO_GOOD = frozenset({"claim-code-unknown", "claim-code-used"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A credential that is in the wallet now; `before` says whether it was there already."""

    metadata: Metadata
    credential: Credential
    before: bool


def claim(
    vault: Vault,
    *,
    link: ClaimLink,
    service: PublishedClient,
    issuance: IssuanceClient,
    published: PinnedMetadata,
    at_once: bool = False,
) -> Claimed:
    """Get the credential that a claim link stands for, check it, and store it.

    `published` was opened with the link's fingerprint, and comes from the address that it names
    (`client.moving`): what a link says of the address counts no further. Raises TooSoon after
    showing or voting, unless `at_once`; WalletError, CredentialRefused, MetadataRefused,
    HeadRefused, WitnessRefused, DigitsRefused, ServerUnreachable, ServerRefused.
    """
    metadata = published.metadata
    if metadata.address != service.address:
        raise WalletError(
            f"The link leads to {service.address}, but the community says that it is at "
            f"{metadata.address}; ask the organiser."
        )
    moment = int(time.time())
    known = vault.read().membership(published.fingerprint)
    if known is not None and not at_once:
        check_before_naming(known, now=moment)
    published = bridged(published, known=None if known is None else known.signed, service=service)
    code_hash = hashlib.sha256(link.code.encode()).digest()
    for _ in range(COUNTS_AT_MOST):
        contents = vault.change(
            lambda kept: _reserve(kept, published=published, code=code_hash, now=moment)
        )
        membership = contents.known(published.fingerprint)
        mine = _reserved(membership, code_hash=code_hash)
        before = membership.enrolment(mine.count) is not None
        registry = Registry(membership, service=service)
        try:
            enrolment, credential = request_credential(
                contents.seed,
                issuance=issuance,
                registry=registry,
                metadata=metadata,
                count=mine.count,
                claim_code=link.code,
                code_hash=code_hash,
            )
            break
        except ServerRefused as refused:
            # A retired count belongs to a credential that was replaced: it is dead for ever, and
            # the next one is tried.
            retired = refused.slug == "commitment-retired" and not before
            if retired or refused.slug in _CODE_IS_NO_GOOD:
                _forget(vault, published=published, claim=mine, reuse=not retired)
            if not retired:
                raise
    else:
        raise too_many(metadata)

    def keep(membership: Membership) -> Membership:
        membership = registry.kept_in(membership).with_enrolment(enrolment)
        return replace(membership, update_at=next_update(registry.newest, now=moment))

    vault.change(lambda kept: kept.changed(published.fingerprint, keep))
    return Claimed(metadata=metadata, credential=credential, before=before)


def _reserve(
    contents: WalletContents, *, published: PinnedMetadata, code: bytes, now: int
) -> WalletContents:
    membership = contents.membership(published.fingerprint) or new_membership(published)
    check_newer(membership.signed, published=published)
    membership = named(replace(membership, **published.stored), now=now)
    if _reserved_if_any(membership, code_hash=code) is None:
        mine = Claim(code_hash=code, count=membership.next_count)
        membership = replace(
            membership,
            claims=(*membership.claims, mine),
            next_count=membership.next_count + 1,
        )
    return contents.with_membership(membership)


def _reserved_if_any(membership: Membership, *, code_hash: bytes) -> Claim | None:
    for claim in membership.claims:
        if claim.code_hash == code_hash:
            return claim
    for enrolment in membership.enrolments:
        if enrolment.code_hash == code_hash:
            return Claim(code_hash=code_hash, count=enrolment.count)
    return None


def _reserved(membership: Membership, *, code_hash: bytes) -> Claim:
    mine = _reserved_if_any(membership, code_hash=code_hash)
    if mine is None:
        raise WalletError("This wallet was changed meanwhile; repeat the command.")
    return mine


def _forget(vault: Vault, *, published: PinnedMetadata, claim: Claim, reuse: bool) -> None:
    """Forget a claim that the issuer refused for good.

    A count that led to nothing is used again where it is the last one, so that wrong links do not
    make gaps at which a restore would stop.
    """

    def change(membership: Membership) -> Membership:
        last = reuse and claim.count == membership.next_count - 1
        unused = membership.enrolment(claim.count) is None
        return replace(
            membership,
            claims=tuple(c for c in membership.claims if c != claim),
            next_count=membership.next_count - (last and unused),
        )

    vault.change(lambda now: now.changed(published.fingerprint, change))
