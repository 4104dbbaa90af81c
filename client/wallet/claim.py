"""Claiming a credential blindly, and bringing all of them back after a loss.

Source: docs/protocol.md, "Issuance". The wallet saves which commitment it is about to send before
it sends it, so a lost response loses nothing: the same link asks for the same credential again.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from client.community import PinnedMetadata, check_newer
from client.errors import ServerRefused, WalletError
from client.issuer import IssuerClient
from client.wallet.contents import Claim, Enrolment, Membership, WalletContents
from client.wallet.vault import Vault
from credentials.formats.claim_link import ClaimLink
from credentials.formats.credential import IssuedCredential
from credentials.formats.metadata import Metadata, check_successor
from credentials.holder import Credential, accept
from credentials.issuance import commit, derive_secrets

UNKNOWN_IN_A_ROW = 5
COUNTS_AT_MOST = 256  # a server that always has another answer must not keep a wallet for ever
_CODE_IS_NO_GOOD = frozenset({"claim-code-unknown", "claim-code-used"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A credential that is in the wallet now; `before` says whether it was there already."""

    metadata: Metadata
    credential: Credential
    before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a community gave back: a membership to be stored, and the counts that are dead."""

    membership: Membership
    retired: tuple[int, ...]


def claim(
    vault: Vault, *, link: ClaimLink, issuer: IssuerClient, published: PinnedMetadata
) -> Claimed:
    """Get the credential that a claim link stands for, check it, and store it.

    `published` was opened with the link's fingerprint. Raises WalletError, CredentialRefused,
    MetadataRefused, ServerUnreachable, ServerRefused.
    """
    metadata = published.metadata
    if metadata.address != link.address:
        raise WalletError(
            f"The link leads to {link.address}, but the community says that it is at "
            f"{metadata.address}; ask the organiser."
        )
    code_hash = hashlib.sha256(link.code.encode()).digest()
    for _ in range(COUNTS_AT_MOST):
        contents = vault.change(lambda now: _reserve(now, published=published, code=code_hash))
        membership = _known(contents, fingerprint=published.fingerprint)
        mine = _reserved(membership, code_hash=code_hash)
        before = membership.enrolment(mine.count) is not None
        try:
            issued, credential = _request(
                contents.seed,
                issuer=issuer,
                metadata=metadata,
                count=mine.count,
                claim_code=link.code,
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
        raise _too_many(metadata)
    enrolment = Enrolment(count=mine.count, code_hash=code_hash, issued=issued.to_cbor())
    vault.change(
        lambda now: now.changed(published.fingerprint, lambda m: m.with_enrolment(enrolment))
    )
    return Claimed(metadata=metadata, credential=credential, before=before)


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
        _check_own_issuer(beside, metadata=metadata)
    membership = replace(known or _new(published), **published.stored)
    retired: list[int] = []
    unknown = 0
    for count in range(COUNTS_AT_MOST):
        try:
            issued, _ = _request(
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
        raise _too_many(metadata)
    return Restored(membership=membership, retired=tuple(retired))


def with_restored(contents: WalletContents, *, restored: Restored) -> WalletContents:
    """The wallet with what a community gave back; what the wallet knows besides stays.

    Raises MetadataRefused if what is published now may not follow what the wallet knew.
    """
    found = restored.membership
    _check_own_issuer(contents, metadata=found.metadata)
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


def credential_of(seed: bytes, *, membership: Membership, enrolment: Enrolment) -> Credential:
    """Make a stored credential usable, checking it completely once more."""
    metadata = membership.metadata
    return accept(
        IssuedCredential.from_cbor(enrolment.issued),
        secrets=derive_secrets(seed, issuer_id=metadata.keys.issuer_id, count=enrolment.count),
        metadata=metadata,
    )


def _request(
    seed: bytes, *, issuer: IssuerClient, metadata: Metadata, count: int, claim_code: str | None
) -> tuple[IssuedCredential, Credential]:
    secrets = derive_secrets(seed, issuer_id=metadata.keys.issuer_id, count=count)
    nonce = issuer.issuance_nonce()
    octets = issuer.issue(commit(secrets, nonce=nonce), nonce=nonce, claim_code=claim_code)
    issued = IssuedCredential.from_cbor(octets)
    return issued, accept(issued, secrets=secrets, metadata=metadata)


def _new(published: PinnedMetadata) -> Membership:
    return Membership(
        address=published.metadata.address,
        fingerprint=published.fingerprint,
        metadata_octets=published.signed.octets,
        metadata_signature=published.signed.signature,
    )


def _check_own_issuer(contents: WalletContents, *, metadata: Metadata) -> None:
    """Raise WalletError where another community of the wallet has the same issuer key.

    Secrets are derived from the issuer's key and a count of each community: under one key two
    communities would see one commitment, and would know that both members are the same.
    """
    for membership in contents.memberships:
        other = membership.metadata
        same_key = other.keys.issuer_id == metadata.keys.issuer_id
        if same_key and other.community_id != metadata.community_id:
            raise WalletError(
                f"{metadata.name} uses the same issuer key as {other.name}, so the two could tell "
                "that you are one person; nothing was sent. Use another wallet for it."
            )


def _too_many(metadata: Metadata) -> WalletError:
    return WalletError(
        f"{metadata.name} goes on answering for credentials that this wallet cannot have; stopped."
    )


def _known(contents: WalletContents, *, fingerprint: bytes) -> Membership:
    membership = contents.membership(fingerprint)
    if membership is None:
        raise WalletError("This wallet does not know that community any more.")
    return membership


def _reserve(contents: WalletContents, *, published: PinnedMetadata, code: bytes) -> WalletContents:
    _check_own_issuer(contents, metadata=published.metadata)
    membership = contents.membership(published.fingerprint) or _new(published)
    check_newer(membership.signed, published=published)
    membership = replace(membership, **published.stored)
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


def _without(membership: Membership, *, count: int) -> Membership:
    return replace(
        membership,
        enrolments=tuple(e for e in membership.enrolments if e.count != count),
        next_count=max(membership.next_count, count + 1),
    )
