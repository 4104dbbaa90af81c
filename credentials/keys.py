"""A community's public keys, schema and registry head, decoded once, for issuing and verifying.

Source: docs/protocol.md, "Credential"; draft-irtf-cfrg-bbs-per-verifier-linkability-03 for the
order of generators (Q_1, H_1, ..., H_L, Q_2, J_1) and the header `header || I2OSP(1, 8)`.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from credentials.bbs.blind import blind_generators_of
from credentials.bbs.ciphersuite import P1, calculate_domain, create_generators
from credentials.curve import G1, G2, FixedBase, curve
from credentials.curve.scalars import i2osp
from credentials.errors import HeadRefused, InvalidPoint, MetadataRefused
from credentials.formats.head import Head
from credentials.formats.metadata import Metadata
from credentials.formats.schema import FIRST_ATTRIBUTE, Schema
from credentials.messages import API_ID

MAX_DISCLOSING: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKeys:
    """What every statement of a presentation is checked against.

    `generators` are H_1, ..., H_L, Q_2, J_1: one for each signed scalar, in their order. `tables`
    are the same generators, and `base` is BP1, with fixed-base tables, which serve public data only
    and are built when they pay. `constant` is P1 + domain * Q_1.

    Keys are `at` one registry head, whose value V is `value`; keys from metadata alone are at none,
    and verify nothing.
    """

    community_id: bytes
    registry_id: bytes
    schema: Schema
    pk: bytes
    issuer_key: FixedBase[G2]
    registry_key: FixedBase[G2]
    digit_key: FixedBase[G2]
    domain: int
    generators: tuple[G1, ...]
    tables: tuple[FixedBase[G1], ...] = field(repr=False)
    constant: G1 = field(repr=False)
    base: FixedBase[G1] = field(repr=False)
    _disclosing: dict[tuple[tuple[int, int], ...], FixedBase[G1]] = field(
        default_factory=dict, repr=False, compare=False
    )
    registry: "RegistryHead | None" = None

    @classmethod
    def from_metadata(cls, metadata: Metadata) -> "VerifierKeys":
        """The keys in signed metadata; raises MetadataRefused for keys that are not points."""
        keys = metadata.keys
        try:
            issuer_key = curve.decode_g2(keys.issuer_key)
            registry_key = curve.decode_g2(keys.registry_key)
            registry_key_g1 = curve.decode_g1(keys.registry_key_g1)
            digit_key = curve.decode_g2(keys.digit_key)
        except InvalidPoint as error:
            raise MetadataRefused(f"a key of the community is not a valid point: {error}") from None
        # e(alpha * BP1, BP2) = e(BP1, alpha * BP2): both published forms hold one alpha.
        same_alpha = curve.pairing_check(
            [(registry_key_g1, curve.g2_generator), (-curve.g1_generator, registry_key)]
        )
        if not same_alpha:
            raise MetadataRefused("the two forms of the registry key do not belong together")
        schema = metadata.schema
        signer = FIRST_ATTRIBUTE + len(schema.attributes)
        q_1, *h_points = create_generators(signer + 1, API_ID)
        generators = (*h_points, *blind_generators_of(2, API_ID))
        domain = calculate_domain(
            pk=keys.issuer_key,
            q_1=q_1,
            h_points=generators,
            header=metadata.credential_header + i2osp(1, 8),
            api_id=API_ID,
        )
        return cls(
            community_id=metadata.community_id,
            registry_id=keys.registry_id,
            schema=schema,
            pk=keys.issuer_key,
            issuer_key=FixedBase(issuer_key, multiply=curve.multiply_g2),
            registry_key=FixedBase(registry_key, multiply=curve.multiply_g2),
            digit_key=FixedBase(digit_key, multiply=curve.multiply_g2),
            domain=domain,
            generators=generators,
            tables=tuple(_table(point) for point in generators),
            constant=P1 + curve.multiply_g1(q_1, domain),
            base=_table(curve.g1_generator),
        )

    def at(self, head: Head) -> "VerifierKeys":
        """The same keys at a registry head, sharing all tables; raises HeadRefused.

        Whether the head is accepted, or is the one that a poll pins, is the caller's to decide.
        """
        if head.registry_id != self.registry_id:
            raise HeadRefused("the registry head belongs to another community")
        return replace(self, registry=RegistryHead(head=head, value=_value_table(head.value)))

    @property
    def head(self) -> "RegistryHead":
        """The registry head that the keys are at; raises HeadRefused where they are at none."""
        if self.registry is None:
            raise HeadRefused("no registry head is known yet")
        return self.registry

    @property
    def blind_generators(self) -> tuple[G1, ...]:
        """(Q_2, J_1)."""
        return self.generators[-2:]

    def disclosing(self, disclosed: tuple[tuple[int, int], ...]) -> FixedBase[G1]:
        """Bv = P1 + domain * Q_1 + the sum of m_i * H_i over the disclosed (index, scalar) pairs.

        Kept for the sets of values that are shown again and again, as at doors and in polls.
        """
        kept = self._disclosing.get(disclosed)
        if kept is None:
            point = self.constant
            for index, scalar in disclosed:
                point = point + self.tables[index](scalar)
            if len(self._disclosing) >= MAX_DISCLOSING:
                self._disclosing.clear()
            kept = self._disclosing[disclosed] = _table(point)
        return kept

    def warm(self) -> None:
        """Build all tables now (about 9 ms each on blst), so that no first caller waits."""
        for table in (*self.tables, self.base, self.registry_key):
            table.build()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryHead:
    """A registry head with its value V as a point and, for verifiers, its table."""

    head: Head
    value: FixedBase[G1] = field(repr=False)


def _table(point: G1) -> FixedBase[G1]:
    return FixedBase(point, multiply=curve.multiply_g1)


@lru_cache(maxsize=16)
def _value_table(value: bytes) -> FixedBase[G1]:
    try:
        return _table(curve.decode_g1(value))
    except InvalidPoint as error:
        raise HeadRefused(f"the value of a registry head is no valid point: {error}") from None
