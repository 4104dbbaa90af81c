"""The credential in a member's hands: checked completely before it exists, then kept ready to show.

Source: docs/protocol.md, "Issuance", step 4, and "Presentation proof".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from credentials.bbs.signature import octets_to_signature
from credentials.curve import G1, curve
from credentials.curve.hidden_sum import HiddenSum
from credentials.curve.scalars import ORDER
from credentials.errors import (
    CredentialRefused,
    DigitsRefused,
    EncodingError,
    SchemaError,
    WitnessRefused,
)
from credentials.formats.credential import IssuedCredential
from credentials.formats.head import Head
from credentials.formats.metadata import Metadata
from credentials.formats.schema import HANDLE_INDEX
from credentials.issuance import CommitmentSecrets, commitment_of, signer_nym_entropy
from credentials.keys import VerifierKeys
from credentials.messages import signer_scalars
from credentials.registry.accumulator import (
    Removal,
    check_witness,
    rewind_witness,
    update_witness,
)
from credentials.registry.digits import DigitTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A checked registry witness C of one credential, at the head of its keys.

    `difference` is V - handle * C, which saves a multiplication at every presentation.
    """

    point: G1 = field(repr=False)
    difference: G1 = field(repr=False)

    def __reduce__(self) -> str:
        raise TypeError("witnesses are not pickled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A valid credential with the member's secrets; only the public part shows in its repr.

    `scalars` are all signed scalars in order, the blind and the nym secret last; `point_b` is B and
    `difference` is B - e * A, which saves a multiplication at every presentation. `witness` says
    that it was not removed at the registry head of `keys`; `digits` serve range proofs. Without a
    witness nothing is presented.
    """

    keys: VerifierKeys = field(repr=False)
    attributes: Mapping[str, str | int] = field(repr=False)
    serial: int = field(repr=False)
    scalars: tuple[int, ...] = field(repr=False)
    point_a: G1 = field(repr=False)
    e: int = field(repr=False)
    point_b: G1 = field(repr=False)
    difference: G1 = field(repr=False)
    witness: Witness | None = field(default=None, repr=False)
    digits: DigitTable | None = field(default=None, repr=False)
    _pseudonyms: dict[tuple[bytes, int], G1] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def handle(self) -> int:
        """The revocation handle, which nobody is shown before it is removed."""
        return self.scalars[HANDLE_INDEX]

    @property
    def nym_secret(self) -> int:
        """The secret behind all pseudonyms: prover_nym + signer_nym_entropy."""
        return self.scalars[-1]

    def pseudonym(self, context_id: bytes, *, scope_point: G1) -> G1:
        """Nym = nym_secret * OP; kept for a scope that is shown again, as a door's every 30 s."""
        name = (context_id, self.nym_secret)
        if name not in self._pseudonyms:
            self._pseudonyms[name] = curve.multiply_g1(scope_point, self.nym_secret)
        return self._pseudonyms[name]

    def at(self, head: Head, *, witness: bytes) -> "Credential":
        """The same at a registry head, with its witness in 48 octets, checked by a pairing.

        Raises WitnessRefused, or HeadRefused for a head of another registry.
        """
        try:
            point = curve.decode_g1(witness)
        except EncodingError as error:
            raise WitnessRefused(f"the witness is malformed: {error}") from None
        return self._at(head, point=point)

    def updated(self, head: Head, *, removals: Sequence[Removal]) -> "Credential":
        """The same at a later head, `removals` being all between; raises MemberRevoked.

        Raises WitnessRefused where these are not the removals that lead to the head.
        """
        witness = self._witness
        point = update_witness(witness.point, handle=self.handle, removals=removals)
        return self._at(head, point=point)

    def rewound(self, head: Head, *, removals: Sequence[Removal]) -> "Credential":
        """The same at an earlier head, `removals` being all between, in their order.

        Raises WitnessRefused where these are not the removals since that head.
        """
        witness = self._witness
        point = rewind_witness(witness.point, handle=self.handle, removals=removals)
        return self._at(head, point=point)

    def with_digits(self, digits: DigitTable) -> "Credential":
        """The same with the registry's digit table, which open_digits has checked.

        Raises DigitsRefused for the table of another registry.
        """
        if digits.key != self.keys.digit_key.point:
            raise DigitsRefused("the digit table belongs to another community's registry")
        return replace(self, digits=digits)

    @property
    def witness_octets(self) -> bytes:
        """The witness in 48 octets, to be kept; raises WitnessRefused where there is none."""
        return curve.encode_g1(self._witness.point)

    @property
    def _witness(self) -> Witness:
        if self.witness is None:
            raise WitnessRefused("this credential has no registry witness yet")
        return self.witness

    def _at(self, head: Head, *, point: G1) -> "Credential":
        keys = self.keys.at(head)
        value = keys.head.value.point
        check_witness(point, handle=self.handle, value=value, registry_key=keys.registry_key.point)
        difference = value + -curve.multiply_g1(point, self.handle)
        return replace(self, keys=keys, witness=Witness(point=point, difference=difference))

    def __reduce__(self) -> str:
        raise TypeError("credentials are not pickled")


def accept(
    issued: IssuedCredential, *, secrets: CommitmentSecrets, metadata: Metadata
) -> Credential:
    """Check everything that an issuer sent, against metadata verified before; a usable credential.

    Raises CredentialRefused: values outside the schema, a signature that does not verify under the
    community's keys, header and schema, or entropy other than the one that C determines (the
    entropy is recomputed here, so a signature over any other fails).
    """
    keys = VerifierKeys.from_metadata(metadata)
    names = [attribute.name for attribute in keys.schema.attributes]
    if len(issued.attributes) != len(names):
        raise CredentialRefused("the credential does not have the attributes of its schema")
    attributes = dict(zip(names, issued.attributes, strict=True))
    try:
        scalars = signer_scalars(
            keys.schema, handle=issued.handle, serial=issued.serial, attributes=attributes
        )
        point_a, e = octets_to_signature(issued.signature)
    except (SchemaError, EncodingError) as error:
        raise CredentialRefused(f"the credential does not fit its schema: {error}") from None
    commitment = commitment_of(secrets)
    entropy = signer_nym_entropy(pk=keys.pk, commitment=curve.encode_g1(commitment))
    nym_secret = (secrets.prover_nym + entropy) % ORDER
    if nym_secret == 0:
        raise CredentialRefused("the credential would have no pseudonyms")
    # B = P1 + domain * Q_1 + the sum of all scalars * generators, the last two by way of C.
    *signed_by_issuer, _, j_1 = keys.generators
    point_b = keys.constant + commitment + curve.multiply_g1(j_1, entropy)
    point_b = point_b + HiddenSum(signed_by_issuer, backend=curve)(scalars)
    scalars += [secrets.secret_prover_blind, nym_secret]
    if point_b == curve.g1_identity:
        raise CredentialRefused("the signature is over nothing")
    difference = point_b + -curve.multiply_g1(point_a, e)
    # e(A, W + e * BP2) = e(B, BP2)
    if not curve.pairing_check(
        [(point_a, keys.issuer_key.point), (-difference, curve.g2_generator)]
    ):
        raise CredentialRefused("the signature does not verify under the community's key")
    return Credential(
        keys=keys,
        attributes=attributes,
        serial=issued.serial,
        scalars=tuple(scalars),
        point_a=point_a,
        e=e,
        point_b=point_b,
        difference=difference,
    )
