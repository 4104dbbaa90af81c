"""Blind issuance, seen from both sides: the wallet commits, the issuer signs, the wallet checks.

Source: docs/protocol.md, "Issuance"; draft-irtf-cfrg-bbs-per-verifier-linkability-03 and
draft-irtf-cfrg-bbs-blind-signatures-03 for commitment and blind signature. The commitment's
challenge holds the issuer's nonce together with the community and the credential header, so that a
proof which another community relays is worth nothing. The issuer learns the point C, never the
secrets in it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.bbs.blind import blind_generators_of
from credentials.bbs.ciphersuite import hash_to_challenge
from credentials.bbs.commitment import (
    commit_point,
    core_commit,
    deserialize_and_validate_commit,
)
from credentials.bbs.proof import calculate_random_scalars
from credentials.bbs.signature import finalize_blind_sign
from credentials.curve import G1, OCTET_POINT_LENGTH, curve
from credentials.curve.hidden_sum import HiddenSum
from credentials.curve.scalars import ORDER, encode_scalar, random_scalar
from credentials.domain_tags import (
    COMMITMENT,
    NYM_ENTROPY,
    WALLET_DERIVATION,
    WALLET_DERIVATION_SALT,
)
from credentials.errors import CommitmentRefused, EncodingError, MetadataRefused
from credentials.formats import cbor
from credentials.formats.credential import IssuedCredential, IssuedWitness
from credentials.formats.head import Head
from credentials.formats.metadata import Metadata, PublicKeys
from credentials.keys import VerifierKeys
from credentials.messages import API_ID, blind_index, listed_scalars, signer_scalars
from credentials.registry.accumulator import make_witness

SEED_LENGTH = 16
NONCE_LENGTH = 32
COMMITMENT_LENGTH = 144


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CommitmentSecrets:
    """The two scalars in a wallet's commitment for one credential: secret, and recoverable."""

    prover_nym: int
    secret_prover_blind: int

    def __reduce__(self) -> str:
        raise TypeError("secrets are not pickled")


def derive_secrets(seed: bytes, *, metadata: Metadata, count: int) -> CommitmentSecrets:
    """The secrets of the wallet's credential number `count` (from 0) of one community.

    `seed` has 16 octets. HKDF-SHA-256 to 48 octets each, mod r, so that a restored wallet makes the
    same commitment point, and a point that no other community sees. Raises EncodingError.
    """
    if len(seed) != SEED_LENGTH:
        raise EncodingError("a seed has 16 octets")

    def scalar(name: str) -> int:
        info = cbor.encode_labelled(
            WALLET_DERIVATION, name, metadata.community_id, metadata.keys.issuer_id, count
        )
        hkdf = HKDF(algorithm=SHA256(), length=48, salt=WALLET_DERIVATION_SALT, info=info)
        okm = hkdf.derive(seed)
        # Zero has probability 2^-255; 1 stands in for it.
        return int.from_bytes(okm, "big") % ORDER or 1

    return CommitmentSecrets(
        prover_nym=scalar("prover_nym"), secret_prover_blind=scalar("secret_prover_blind")
    )


def commitment_nonce(nonce: bytes, *, community_id: bytes, header: bytes) -> bytes:
    """What the challenge of a commitment holds as its nonce: for whom, for what, and when.

    32 octets of the issuer's 32. Raises EncodingError for another length.
    """
    if len(nonce) != NONCE_LENGTH:
        raise EncodingError("a nonce has 32 octets")
    return hashlib.sha256(cbor.encode_labelled(COMMITMENT, community_id, header, nonce)).digest()


def commit(secrets: CommitmentSecrets, *, metadata: Metadata, nonce: bytes) -> bytes:
    """The commitment with its proof, for one community and its nonce (32 octets): 144 octets.

    C, s^, m^, challenge. The first moves are random every time: drawn from the seed they would give
    the secrets away at the second nonce.
    """
    bound = commitment_nonce(
        nonce, community_id=metadata.community_id, header=metadata.credential_header
    )
    return core_commit(
        blind_generators=blind_generators_of(2, API_ID),
        scalars=[secrets.prover_nym],
        secret_prover_blind=secrets.secret_prover_blind,
        tildes=calculate_random_scalars(2),
        api_id=API_ID,
        nonce=bound,
    )


def commitment_of(secrets: CommitmentSecrets) -> G1:
    """The point C = secret_prover_blind * Q_2 + prover_nym * J_1."""
    return commit_point(
        blind_generators=blind_generators_of(2, API_ID),
        secret_prover_blind=secrets.secret_prover_blind,
        scalars=[secrets.prover_nym],
    )


def commitment_point(commitment_with_proof: bytes) -> bytes:
    """The 48 octets of C at the beginning of a commitment; raises CommitmentRefused."""
    if len(commitment_with_proof) != COMMITMENT_LENGTH:
        raise CommitmentRefused("a commitment has 144 octets")
    return commitment_with_proof[:OCTET_POINT_LENGTH]


def signer_nym_entropy(*, pk: bytes, commitment: bytes) -> int:
    """The signer's share of the nym secret: determined by its key and C, by nobody's choice.

    An issuer free to choose it could issue twice over one C and find (e2 - e1) * OP between the
    pseudonyms of every scope.
    """
    return hash_to_challenge(NYM_ENTROPY + pk + commitment, API_ID)


def draw_handle() -> int:
    """A revocation handle: a uniform scalar in [1, r)."""
    return random_scalar()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class IssuerSecret:
    """x (signatures), alpha (registry) and xi (digit table): three independent scalars."""

    x: int
    alpha: int
    xi: int

    @classmethod
    def generate(cls) -> "IssuerSecret":
        """New keys, from the operating system."""
        return cls(x=random_scalar(), alpha=random_scalar(), xi=random_scalar())

    def public_keys(self) -> PublicKeys:
        """W = x * BP2, Q~ = alpha * BP2 with alpha * BP1 beside it, X~ = xi * BP2."""

        def in_g2(scalar: int) -> bytes:
            return curve.encode_g2(curve.multiply_g2(curve.g2_generator, scalar))

        return PublicKeys(
            issuer_key=in_g2(self.x),
            registry_key=in_g2(self.alpha),
            registry_key_g1=curve.encode_g1(curve.multiply_g1(curve.g1_generator, self.alpha)),
            digit_key=in_g2(self.xi),
        )


class Issuer:
    """Signs credentials of one community and makes witnesses; holds no state between calls."""

    __slots__ = ("_alpha", "_header", "_hidden", "_keys", "_listed", "_sk", "_unlisted")

    def __init__(self, secret: IssuerSecret, *, metadata: Metadata) -> None:
        """Raises MetadataRefused where the metadata holds other keys than the secret's."""
        if secret.public_keys() != metadata.keys:
            raise MetadataRefused("the metadata holds other keys than the keystore")
        self._sk = encode_scalar(secret.x)
        self._alpha = secret.alpha
        self._header = metadata.credential_header
        self._keys = keys = VerifierKeys.from_metadata(metadata)
        self._listed: dict[int, dict[int, G1]] = {}
        for index, scalar in listed_scalars(metadata.schema):
            product = curve.multiply_g1(keys.generators[index], scalar)
            self._listed.setdefault(index, {})[scalar] = product
        signed = range(blind_index(metadata.schema))
        self._unlisted = tuple(index for index in signed if index not in self._listed)
        self._hidden = HiddenSum([keys.generators[i] for i in self._unlisted], backend=curve)

    def check_commitment(self, commitment_with_proof: bytes, *, nonce: bytes) -> G1:
        """The point C of 144 octets whose proof for this community and `nonce` verifies.

        Raises CommitmentRefused.
        """
        commitment_point(commitment_with_proof)
        try:
            return deserialize_and_validate_commit(
                commitment_with_proof,
                blind_generators=self._keys.blind_generators,
                api_id=API_ID,
                nonce=commitment_nonce(
                    nonce, community_id=self._keys.community_id, header=self._header
                ),
                multipliers=self._keys.tables[-2:],
            )
        except EncodingError as error:
            raise CommitmentRefused(f"the commitment is malformed: {error}") from None

    def issue(
        self,
        commitment_with_proof: bytes,
        *,
        nonce: bytes,
        handle: int,
        serial: int,
        attributes: Mapping[str, str | int],
    ) -> IssuedCredential:
        """Check the commitment and sign; raises CommitmentRefused or SchemaError.

        `handle` is in [1, r) and never used before, `serial` from 1 and below 2^24.
        """
        commitment = self.check_commitment(commitment_with_proof, nonce=nonce)
        keys = self._keys
        scalars = signer_scalars(keys.schema, handle=handle, serial=serial, attributes=attributes)
        entropy = signer_nym_entropy(pk=keys.pk, commitment=commitment_point(commitment_with_proof))
        # C and the entropy are public and may use tables; the member's values may not. Those that
        # the public schema lists were multiplied before.
        point_b = keys.constant + commitment + keys.tables[-1](entropy)
        point_b = point_b + self._hidden([scalars[index] for index in self._unlisted])
        for index, products in self._listed.items():
            point_b = point_b + products[scalars[index]]
        signature = finalize_blind_sign(sk=self._sk, point_b=point_b, api_id=API_ID)
        return IssuedCredential(
            signature=signature,
            handle=handle,
            serial=serial,
            attributes=keys.schema.check(attributes),
        )

    def witness(self, head: Head, *, handle: int) -> IssuedWitness:
        """The witness of a handle at the newest head.

        Never for a handle that was removed or is noted for removal: whoever calls this makes sure,
        in the transaction that reads the head.
        """
        value = self._keys.at(head).head.value.point
        point = make_witness(value, handle=handle, alpha=self._alpha)
        return IssuedWitness(point=curve.encode_g1(point), head=head.hash)
