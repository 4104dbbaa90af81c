"""The statement that a pseudonym is the holder's one name in a scope: Nym = s * OP.

Source: draft-irtf-cfrg-bbs-per-verifier-linkability-03, section "Core Operations", with one nym
secret. s is the signed nym secret, so its blinding and response are that message's m~ and m^. The
point Nym stands beside the proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from credentials.bbs.ciphersuite import length_prefixed
from credentials.curve import G1, FixedBase, curve
from credentials.curve.scalars import ORDER
from credentials.domain_tags import STATEMENT_PSEUDONYM
from credentials.errors import PresentationRefused
from credentials.holder import Credential
from credentials.messages import API_ID
from credentials.presentation.statement import Commitment, Equation


@lru_cache(maxsize=32)
def scope_point(context_id: bytes) -> FixedBase[G1]:
    """OP = hash_to_curve_g1(context_id, api_id), with a table for scopes that are seen often."""
    return FixedBase(curve.hash_to_g1(context_id, dst=API_ID), multiply=curve.multiply_g1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudonymStatement:
    """The pseudonym in the scope `context_id` (32 octets) belongs to the hidden `nym_index`."""

    context_id: bytes
    nym_index: int
    points: int = 1
    scalars: int = 0
    beside: bool = True

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        """Nym, and the first move U = s~ * OP."""
        point = scope_point(self.context_id).point
        nym = credential.pseudonym(self.context_id, scope_point=point)
        u_point = curve.multiply_g1(point, blindings[self.nym_index])
        return Commitment(
            points=(nym,), transcript=self._transcript(nym, u_point), respond=lambda _: ()
        )

    def recompute(
        self,
        points: Sequence[G1],
        scalars: Sequence[int],
        *,
        message_hats: Mapping[int, int],
        challenge: int,
    ) -> bytes:
        """Tag, len8, context_id, Nym and U = s^ * OP - c * Nym."""
        (nym,) = points
        if scalars:
            raise PresentationRefused("a pseudonym has no scalars of its own")
        u_point = scope_point(self.context_id)(message_hats[self.nym_index])
        u_point = u_point + curve.multiply_g1(nym, ORDER - challenge)
        return self._transcript(nym, u_point)

    def equations(self, points: Sequence[G1]) -> list[Equation]:
        """None: the pseudonym is checked by the challenge alone."""
        return []

    def _transcript(self, nym: G1, u_point: G1) -> bytes:
        octets = STATEMENT_PSEUDONYM + length_prefixed(self.context_id)
        return octets + curve.encode_g1(nym) + curve.encode_g1(u_point)
