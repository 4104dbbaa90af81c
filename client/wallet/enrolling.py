"""One credential at a time: asking the issuer for it, checking it, and making it usable.

Source: docs/protocol.md, "Issuance". What a wallet asks for, and in which order, is in claim and
restore.
"""

from client.community import PinnedMetadata
from client.errors import WalletError
from client.issuer import IssuerClient
from client.wallet.contents import Enrolment, Membership, WalletContents
from credentials.formats.credential import IssuedCredential
from credentials.formats.metadata import Metadata
from credentials.holder import Credential, accept
from credentials.issuance import commit, derive_secrets

COUNTS_AT_MOST = 256
"""A server that always has another answer must not keep a wallet for ever."""


def request_credential(
    seed: bytes, *, issuer: IssuerClient, metadata: Metadata, count: int, claim_code: str | None
) -> tuple[IssuedCredential, Credential]:
    """Ask for the credential of commitment number `count`, and check what comes."""
    secrets = derive_secrets(seed, issuer_id=metadata.keys.issuer_id, count=count)
    nonce = issuer.issuance_nonce()
    octets = issuer.issue(commit(secrets, nonce=nonce), nonce=nonce, claim_code=claim_code)
    issued = IssuedCredential.from_cbor(octets)
    return issued, accept(issued, secrets=secrets, metadata=metadata)


def credential_of(seed: bytes, *, membership: Membership, enrolment: Enrolment) -> Credential:
    """Make a stored credential usable, checking it completely once more."""
    metadata = membership.metadata
    return accept(
        IssuedCredential.from_cbor(enrolment.issued),
        secrets=derive_secrets(seed, issuer_id=metadata.keys.issuer_id, count=enrolment.count),
        metadata=metadata,
    )


def new_membership(published: PinnedMetadata) -> Membership:
    """A membership of a community in which the wallet holds nothing yet."""
    return Membership(
        address=published.metadata.address,
        fingerprint=published.fingerprint,
        metadata_octets=published.signed.octets,
        metadata_signature=published.signed.signature,
    )


def check_own_issuer(contents: WalletContents, *, metadata: Metadata) -> None:
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


def too_many(metadata: Metadata) -> WalletError:
    """The end of a server that always has another answer."""
    return WalletError(
        f"{metadata.name} goes on answering for credentials that this wallet cannot have; stopped."
    )
