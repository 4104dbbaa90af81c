"""Another kind of statement: one class, and the composer does the rest.

The toy says: this point is a commitment to the hidden number of one message, m * BP1 + t * H, with
t known to the prover alone. Two parties could compare such commitments without seeing the number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, i2osp, random_scalar
from credentials.errors import PresentationRefused
from credentials.holder import Credential
from credentials.keys import VerifierKeys
from credentials.presentation.composition import check, hold, prove
from credentials.presentation.registry import RegistryStatement
from credentials.presentation.signature import SignatureStatement
from credentials.presentation.statement import Commitment, Equation, Statement
from tests.community import Community, Member

HEADER = bytes(range(32))
POINTS_INDEX = 6
BLIND = curve.hash_to_g1(b"a second base", dst=b"SYMBOLON_TOY_STATEMENT_")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedStatement:
    """`points[0]` is m * BP1 + t * H for the hidden message m of `index`."""

    index: int
    points: int = 1
    scalars: int = 1
    beside: bool = False

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        """The commitment, and the first move m~ * BP1 + t~ * H."""
        t, t_tilde = random_scalar(), random_scalar()
        committed = _commitment(credential.scalars[self.index], t)
        return Commitment(
            points=(committed,),
            transcript=self._transcript(committed, _commitment(blindings[self.index], t_tilde)),
            respond=lambda challenge: [(t_tilde + t * challenge) % ORDER],
        )

    def recompute(
        self,
        points: Sequence[G1],
        scalars: Sequence[int],
        *,
        message_hats: Mapping[int, int],
        challenge: int,
    ) -> bytes:
        """m^ * BP1 + t^ * H - c * commitment."""
        move = _commitment(message_hats[self.index], scalars[0])
        move = move + curve.multiply_g1(points[0], ORDER - challenge)
        return self._transcript(points[0], move)

    def equations(self, points: Sequence[G1]) -> list[Equation]:
        """None: the challenge alone checks it."""
        return []

    def _transcript(self, committed: G1, move: G1) -> bytes:
        octets = b"TOY_COMMITTED_" + i2osp(self.index, 8)
        return octets + curve.encode_g1(committed) + curve.encode_g1(move)


def _commitment(number: int, t: int) -> G1:
    return curve.multiply_g1(curve.g1_generator, number) + curve.multiply_g1(BLIND, t)


def statements(keys: VerifierKeys, *, index: int = POINTS_INDEX) -> list[Statement]:
    return [RegistryStatement(keys=keys), CommittedStatement(index=index)]


def proven(credential: Credential) -> tuple[bytes, bytes]:
    signature = SignatureStatement(keys=credential.keys, disclosed=((2, 0),))
    return prove(credential, signature, statements(credential.keys), presentation_header=HEADER)


def checked(beside: bytes, proof: bytes, verifier: VerifierKeys, *, index: int = POINTS_INDEX):
    signature = SignatureStatement(keys=verifier, disclosed=((2, 0),))
    further = statements(verifier, index=index)
    return check(beside, proof, signature, further, presentation_header=HEADER)


def test_a_new_kind_of_statement_is_proven_beside_the_others(community: Community, ana: Member):
    beside, proof = proven(ana.credential)
    assert beside == b""
    assert len(proof) == 5 * 48 + 48 + (3 + 9 + 1 + 1 + 1) * 32
    assert hold(checked(beside, proof, community.verifier))


def test_it_is_bound_to_its_message_and_its_point(community: Community, ana: Member, bo: Member):
    beside, proof = proven(ana.credential)
    with pytest.raises(PresentationRefused):
        checked(beside, proof, community.verifier, index=POINTS_INDEX + 1)
    other = proven(bo.credential)[1]
    swapped = proof[:240] + other[240:288] + proof[288:]
    with pytest.raises(PresentationRefused):
        checked(beside, swapped, community.verifier)


def test_another_number_than_the_signed_one_fails_in_the_signature(
    community: Community, ana: Member
):
    scalars = list(ana.credential.scalars)
    scalars[POINTS_INDEX] += 1
    generator = community.verifier.generators[POINTS_INDEX]
    richer = replace(
        ana.credential,
        scalars=tuple(scalars),
        point_b=ana.credential.point_b + generator,
        difference=ana.credential.difference + generator,
    )
    assert not hold(checked(*proven(richer), community.verifier))
