"""The statement of every presentation: the holder has a signature over the messages.

Source: draft-irtf-cfrg-bbs-signatures-09, sections 3.7.1 to 3.7.3, by the subroutines of
`credentials.bbs.proof`. Points: Abar, Bbar, D. Scalars: e^, r1^, r3^, and m^ of each hidden
message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from credentials.bbs.ciphersuite import disclosed_octets
from credentials.bbs.proof import (
    Proof,
    ProofRandomness,
    calculate_random_scalars,
    proof_finalize,
    proof_init,
    proof_verify_init,
)
from credentials.curve import G1
from credentials.holder import Credential
from credentials.keys import VerifierKeys
from credentials.presentation.statement import Commitment, Equation


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureStatement:
    """A signature under `keys` over messages of which `disclosed` are (index, scalar) pairs."""

    keys: VerifierKeys
    disclosed: tuple[tuple[int, int], ...]
    points: int = 3
    beside: bool = False

    @property
    def hidden(self) -> list[int]:
        """Indexes of the hidden messages, ascending."""
        shown = {index for index, _ in self.disclosed}
        return [index for index in range(len(self.keys.generators)) if index not in shown]

    @property
    def scalars(self) -> int:
        return 3 + len(self.keys.generators) - len(self.disclosed)

    def message_hats(self, scalars: Sequence[int]) -> dict[int, int]:
        """m^ of each hidden message by its index, from this statement's scalars."""
        return dict(zip(self.hidden, scalars[3:], strict=True))

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        """First moves T1, T2 over the randomised signature."""
        r1, r2, e_tilde, r1_tilde, r3_tilde = calculate_random_scalars(5)
        randomness = ProofRandomness(
            r1=r1,
            r2=r2,
            e_tilde=e_tilde,
            r1_tilde=r1_tilde,
            r3_tilde=r3_tilde,
            m_tildes=tuple(blindings[index] for index in self.hidden),
        )
        points = proof_init(
            point_a=credential.point_a,
            difference=credential.difference,
            point_b=credential.point_b,
            hidden_generators=[self.keys.generators[index] for index in self.hidden],
            randomness=randomness,
        )

        def respond(challenge: int) -> list[int]:
            proof = proof_finalize(
                points,
                challenge=challenge,
                e=credential.e,
                randomness=randomness,
                hidden_scalars=[credential.scalars[index] for index in self.hidden],
            )
            return [proof.e_hat, proof.r1_hat, proof.r3_hat, *proof.m_hats]

        return Commitment(
            points=(points.Abar, points.Bbar, points.D),
            transcript=disclosed_octets(self.disclosed) + points.octets(),
            respond=respond,
        )

    def recompute(
        self,
        points: Sequence[G1],
        scalars: Sequence[int],
        *,
        message_hats: Mapping[int, int],
        challenge: int,
    ) -> bytes:
        """R, the disclosed pairs, Abar, Bbar, D, T1, T2."""
        tables = self.keys.tables
        recomputed = proof_verify_init(
            Proof(
                Abar=points[0],
                Bbar=points[1],
                D=points[2],
                e_hat=scalars[0],
                r1_hat=scalars[1],
                r3_hat=scalars[2],
                m_hats=tuple(message_hats.values()),
                challenge=challenge,
            ),
            constant=self.keys.disclosing(self.disclosed),
            disclosed=[],
            hidden=[tables[index] for index in message_hats],
        )
        return disclosed_octets(self.disclosed) + recomputed.octets()

    def equations(self, points: Sequence[G1]) -> list[Equation]:
        """e(Abar, W) = e(Bbar, BP2)."""
        return [Equation(left=points[0], key=self.keys.issuer_key, right=points[1])]
