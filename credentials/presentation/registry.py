"""The statement that the holder was not removed: a witness for the hidden handle at one value V.

Source: docs/protocol.md, "Not revoked". Points: C' = rho * C and Cbar = rho * V - handle * C'.
Scalar: rho^. The handle is a signed message, so its blinding and response are that message's m~ and
m^. Everything but the points comes from the verifier's own registry head, of which
only the value counts: no epoch, so that heads without removals between them make no difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, random_scalar
from credentials.domain_tags import STATEMENT_REGISTRY
from credentials.errors import WitnessRefused
from credentials.formats.schema import HANDLE_INDEX
from credentials.holder import Credential
from credentials.keys import VerifierKeys
from credentials.presentation.statement import Commitment, Equation


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryStatement:
    """The hidden handle was not removed at the registry value of `keys`."""

    keys: VerifierKeys
    points: int = 2
    scalars: int = 1
    beside: bool = False

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        """C', Cbar, and the first move T3 = rho~ * V - handle~ * C'."""
        witness = credential.witness
        if witness is None:
            raise WitnessRefused("this credential has no registry witness yet")
        rho, rho_tilde = random_scalar(), random_scalar()
        value = self.keys.head.value.point
        c_prime = curve.multiply_g1(witness.point, rho)
        # rho * V - handle * C' = rho * (V - handle * C)
        cbar = curve.multiply_g1(witness.difference, rho)
        t3 = curve.multiply_g1(value, rho_tilde)
        t3 = t3 + -curve.multiply_g1(c_prime, blindings[HANDLE_INDEX])
        return Commitment(
            points=(c_prime, cbar),
            transcript=self._transcript(c_prime, cbar, t3),
            respond=lambda challenge: [(rho_tilde + rho * challenge) % ORDER],
        )

    def recompute(
        self,
        points: Sequence[G1],
        scalars: Sequence[int],
        *,
        message_hats: Mapping[int, int],
        challenge: int,
    ) -> bytes:
        """Tag, registry_id, V, C', Cbar, T3 = rho^ * V - handle^ * C' - c * Cbar."""
        c_prime, cbar = points
        (rho_hat,) = scalars
        t3 = self.keys.head.value(rho_hat)
        t3 = t3 + curve.multiply_g1(c_prime, ORDER - message_hats[HANDLE_INDEX])
        t3 = t3 + curve.multiply_g1(cbar, ORDER - challenge)
        return self._transcript(c_prime, cbar, t3)

    def equations(self, points: Sequence[G1]) -> list[Equation]:
        """e(C', Q~) = e(Cbar, BP2)."""
        return [Equation(left=points[0], key=self.keys.registry_key, right=points[1])]

    def _transcript(self, c_prime: G1, cbar: G1, t3: G1) -> bytes:
        head = self.keys.head.head
        octets = STATEMENT_REGISTRY + head.registry_id + head.value
        return octets + b"".join(map(curve.encode_g1, (c_prime, cbar, t3)))
