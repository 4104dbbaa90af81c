"""One credential at a time: asking the issuer for it, checking it, and making it usable.

Source: docs/protocol.md, "Issuance". What a wallet asks for, and in which order, is in claim and
restore.
"""

from client.community import PinnedMetadata
from client.errors import WalletError
from client.issuance import IssuanceClient
from client.wallet.contents import Enrolment, Membership
from client.wallet.registry import Registry
from credentials.errors import WitnessRefused
from credentials.formats.credential import IssuedCredential, IssuedWitness
from credentials.formats.metadata import Metadata
from credentials.holder import Credential, accept
from credentials.issuance import commit, derive_secrets
from credentials.registry.digits import open_digits

COUNTS_AT_MOST = 256
"""A server that always has another answer must not keep a wallet for ever."""


def request_credential(
    seed: bytes,
    *,
    issuance: IssuanceClient,
    registry: Registry,
    metadata: Metadata,
    count: int,
    claim_code: str | None = None,
    code_hash: bytes = b"",
) -> tuple[Enrolment, Credential]:
    """Ask for the credential of commitment number `count`, and check everything that comes.

    Raises WalletError, CredentialRefused, WitnessRefused, and what `registry` raises.
    """
    # Whoever stood between could hand the proof on, and have the credential.
    if issuance.address != metadata.address:
        raise WalletError(
            f"{metadata.name} says that it is at {metadata.address}, and not at "
            f"{issuance.address}; nothing was sent."
        )
    secrets = derive_secrets(seed, metadata=metadata, count=count)
    nonce = issuance.nonce()
    commitment = commit(secrets, metadata=metadata, nonce=nonce)
    answer = issuance.issue(commitment, nonce=nonce, claim_code=claim_code)
    issued = IssuedCredential.from_cbor(answer.credential)
    credential = accept(issued, secrets=secrets, metadata=metadata)
    witness = IssuedWitness.from_cbor(answer.witness)
    head = registry.find(answer.head.open(metadata_key=metadata.metadata_key))
    if witness.head != head.hash:
        raise WitnessRefused("the witness belongs to another registry head than the one beside it")
    credential = credential.at(head, witness=witness.point).with_digits(registry.digits())
    enrolment = Enrolment(
        count=count,
        code_hash=code_hash,
        issued=issued.to_cbor(),
        witness=credential.witness_octets,
        epoch=head.epoch,
    )
    return enrolment, credential


def credential_of(seed: bytes, *, membership: Membership, enrolment: Enrolment) -> Credential:
    """Make a stored credential usable, checking it completely once more.

    It is at the registry head of its stored witness, if that head is still kept.
    """
    metadata = membership.metadata
    credential = accept(
        IssuedCredential.from_cbor(enrolment.issued),
        secrets=derive_secrets(seed, metadata=metadata, count=enrolment.count),
        metadata=metadata,
    )
    head = membership.head(enrolment.epoch)
    if head is not None:
        credential = credential.at(head, witness=enrolment.witness)
    if membership.digits:
        digits = open_digits(membership.digits, digit_key=metadata.keys.digit_key)
        credential = credential.with_digits(digits)
    return credential


def new_membership(published: PinnedMetadata) -> Membership:
    """A membership of a community in which the wallet holds nothing yet."""
    return Membership(
        address=published.metadata.address,
        fingerprint=published.fingerprint,
        metadata_octets=published.signed.octets,
        metadata_signature=published.signed.signature,
    )


def too_many(metadata: Metadata) -> WalletError:
    """The end of a server that always has another answer."""
    return WalletError(
        f"{metadata.name} goes on answering for credentials that this wallet cannot have; stopped."
    )
