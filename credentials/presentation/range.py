"""The statement that a hidden number is at least, or at most, a bound: by its signed digits.

Source: docs/protocol.md, "Range". m - t (or t - m) = sum of d_i * 256^i, little-endian; for each
digit the registry's signature sigma_d is shown under a random factor. Points: S_i, Sbar_i for each
digit. Scalars: rho_0^, then rho_i^, d_i^; d_0^ is not sent, because the sum of all d_i^ * 256^i
must be the response of the number itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, i2osp, random_scalar
from credentials.domain_tags import STATEMENT_RANGE
from credentials.errors import DigitsRefused, RequirementNotMet
from credentials.formats.requirement import AT_LEAST, OPERATORS, Bound
from credentials.holder import Credential
from credentials.keys import VerifierKeys
from credentials.presentation.statement import Commitment, Equation
from credentials.registry.digits import BASE


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeStatement:
    """The hidden message of `bound.index` is on the bound's side."""

    keys: VerifierKeys
    bound: Bound
    beside: bool = False

    @property
    def points(self) -> int:
        return 2 * self.bound.digits

    @property
    def scalars(self) -> int:
        return 2 * self.bound.digits - 1

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        """S_i = rho_i * sigma_(d_i), Sbar_i = rho_i * BP1 - d_i * S_i, and the first moves
        T_i = rho_i~ * BP1 - d_i~ * S_i.

        No digit is a factor: Sbar_i = rho_i * (BP1 - d_i * sigma_(d_i)), which the table holds.
        """
        table = credential.digits
        if table is None:
            raise DigitsRefused("this credential has no digit table yet")
        digits = self._digits_of(credential.scalars[self.bound.index])
        digit_tildes = self._digit_tildes(blindings[self.bound.index])
        rhos = [random_scalar() for _ in digits]
        rho_tildes = [random_scalar() for _ in digits]
        base = curve.g1_generator
        points: list[G1] = []
        first_moves: list[G1] = []
        for digit, rho, rho_tilde, digit_tilde in zip(
            digits, rhos, rho_tildes, digit_tildes, strict=True
        ):
            s_point = curve.multiply_g1(table.points[digit], rho)
            s_bar = curve.multiply_g1(table.differences[digit], rho)
            first_moves.append(
                curve.multiply_g1(base, rho_tilde) + -curve.multiply_g1(s_point, digit_tilde)
            )
            points += [s_point, s_bar]

        def respond(challenge: int) -> list[int]:
            rho_hats = [
                (tilde + rho * challenge) % ORDER
                for tilde, rho in zip(rho_tildes, rhos, strict=True)
            ]
            digit_hats = [
                (tilde + digit * challenge) % ORDER
                for tilde, digit in zip(digit_tildes, digits, strict=True)
            ]
            responses = [rho_hats[0]]
            for rho_hat, digit_hat in zip(rho_hats[1:], digit_hats[1:], strict=True):
                responses += [rho_hat, digit_hat]
            return responses

        return Commitment(
            points=tuple(points),
            transcript=self._transcript(points, first_moves),
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
        """Tag, index8, operator8, bound8, k8, all (S_i, Sbar_i), all
        T_i = rho_i^ * BP1 - d_i^ * S_i - c * Sbar_i."""
        rho_hats = [scalars[0], *scalars[1::2]]
        digit_hats = self._digit_hats(
            scalars[2::2], message_hat=message_hats[self.bound.index], challenge=challenge
        )
        first_moves = []
        for at, (rho_hat, digit_hat) in enumerate(zip(rho_hats, digit_hats, strict=True)):
            move = self.keys.base(rho_hat)
            move = move + curve.multiply_g1(points[2 * at], ORDER - digit_hat)
            move = move + curve.multiply_g1(points[2 * at + 1], ORDER - challenge)
            first_moves.append(move)
        return self._transcript(points, first_moves)

    def equations(self, points: Sequence[G1]) -> list[Equation]:
        """e(S_i, X~) = e(Sbar_i, BP2) for each digit."""
        return [
            Equation(left=s_point, key=self.keys.digit_key, right=s_bar)
            for s_point, s_bar in zip(points[::2], points[1::2], strict=True)
        ]

    def _digits_of(self, message: int) -> list[int]:
        """The digits of the distance to the bound; raises RequirementNotMet beyond it."""
        distance = self._signed(message - self.bound.bound)
        if not 0 <= distance < BASE**self.bound.digits:
            raise RequirementNotMet("this credential does not meet what is asked")
        return list(distance.to_bytes(self.bound.digits, "little"))

    def _digit_tildes(self, message_tilde: int) -> list[int]:
        """Blindings with sum 256^i * d_i~ = m~ (or -m~); all but the first are free."""
        free = [random_scalar() for _ in range(self.bound.digits - 1)]
        first = self._signed(message_tilde) - _weighted(free)
        return [first % ORDER, *free]

    def _digit_hats(self, sent: Sequence[int], *, message_hat: int, challenge: int) -> list[int]:
        """All d_i^, the first from sum 256^i * d_i^ = m^ - c * t (or c * t - m^)."""
        first = self._signed(message_hat - challenge * self.bound.bound) - _weighted(sent)
        return [first % ORDER, *sent]

    def _signed(self, number: int) -> int:
        return number if self.bound.operator == AT_LEAST else -number

    def _transcript(self, points: Sequence[G1], first_moves: Sequence[G1]) -> bytes:
        bound = self.bound
        numbers = (bound.index, OPERATORS.index(bound.operator), bound.bound, bound.digits)
        octets = STATEMENT_RANGE + b"".join(i2osp(number, 8) for number in numbers)
        return octets + b"".join(map(curve.encode_g1, (*points, *first_moves)))


def _weighted(digits: Sequence[int]) -> int:
    """The sum of d_i * 256^i over the digits after the first."""
    return sum(digit * BASE**position for position, digit in enumerate(digits, start=1))
