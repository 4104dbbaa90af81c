"""A prover that keeps to no rule: with it the attacks on presentations are carried out in full.

What it makes has the right form, and a right challenge wherever the forger can compute one, so that
a test reaches the very check that it is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, random_scalar
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.schema import HANDLE_INDEX
from credentials.holder import Credential
from credentials.keys import VerifierKeys
from credentials.messages import attribute_scalar
from credentials.presentation import PendingPresentation, check_presentation, verify_presentation
from credentials.presentation.composition import prove
from credentials.presentation.presentation import policy_statements
from credentials.presentation.range import RangeStatement
from credentials.presentation.registry import RegistryStatement
from credentials.presentation.signature import SignatureStatement
from credentials.presentation.statement import Commitment, Statement
from credentials.registry.digits import BASE
from credentials.scope import app_scope, presentation_header

CAFE = app_scope("visit", "https://cafe.example/answer")
NONCE = bytes(range(32))
TODAY = 22_000
VISIT = Policy(purpose="visit", disclose=("reissued", "pass"))


def scaled(point: G1, scalar: int) -> G1:
    """scalar * point, for a scalar that may be negative."""
    return curve.multiply_g1(point, scalar % ORDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWitness(RegistryStatement):
    """The registry statement over a point of the forger's choice, and with the own handle.

    Its first move fits, so that only the pairing can refuse it.
    """

    witness: G1
    rho: int = 0

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        rho, rho_tilde = self.rho or random_scalar(), random_scalar()
        value = self.keys.head.value.point
        c_prime = scaled(self.witness, rho)
        cbar = scaled(value, rho) + -scaled(c_prime, credential.handle)
        t3 = scaled(value, rho_tilde) + -scaled(c_prime, blindings[HANDLE_INDEX])
        return Commitment(
            points=(c_prime, cbar),
            transcript=self._transcript(c_prime, cbar, t3),
            respond=lambda challenge: [(rho_tilde + rho * challenge) % ORDER],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOther:
    """Any statement, made with another credential: its equations hold, its responses do not fit."""

    statement: Any
    credential: Credential

    def __getattr__(self, name: str) -> Any:
        return getattr(self.statement, name)

    def commit(self, _: Credential, blindings: Mapping[int, int]) -> Commitment:
        return self.statement.commit(self.credential, blindings)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherDigits(RangeStatement):
    """The range statement over digits and digit signatures of the forger's choice.

    Where the digits add up to the distance to the bound, its first moves fit, and only the pairing
    can refuse it.
    """

    digits: Sequence[int]
    signatures: Sequence[G1]
    rhos: Sequence[int] = ()
    untied: bool = False

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        count = self.bound.digits
        rhos = self.rhos or [random_scalar() for _ in range(count)]
        rho_tildes = [random_scalar() for _ in range(count)]
        tildes = self._digit_tildes(blindings[self.bound.index])
        if self.untied:
            tildes[0] = random_scalar()
        points: list[G1] = []
        moves: list[G1] = []
        for at in range(count):
            s_point = scaled(self.signatures[at], rhos[at])
            points += [
                s_point,
                scaled(curve.g1_generator, rhos[at]) + -scaled(s_point, self.digits[at]),
            ]
            moves.append(scaled(curve.g1_generator, rho_tildes[at]) + -scaled(s_point, tildes[at]))

        def respond(challenge: int) -> list[int]:
            hats = [
                (
                    (rho_tildes[at] + rhos[at] * challenge) % ORDER,
                    (tildes[at] + self.digits[at] * challenge) % ORDER,
                )
                for at in range(count)
            ]
            return [hats[0][0], *(scalar for pair in hats[1:] for scalar in pair)]

        return Commitment(
            points=tuple(points), transcript=self._transcript(points, moves), respond=respond
        )


def digits_of(number: int, *, count: int) -> list[int]:
    """Digits to the base 256 that add up to any number modulo r: the first takes what is left."""
    rest = [7] * (count - 1)
    first = number - sum(digit * BASE**at for at, digit in enumerate(rest, start=1))
    return [first % ORDER, *rest]


def statements_of(
    policy: Policy, *, keys: VerifierKeys, today: int | None = TODAY
) -> list[Statement]:
    """The honest statements of a policy at the café."""
    return policy_statements(policy, keys=keys, scope=CAFE, today=today)


def put(statements: Sequence[Statement], other: Statement) -> list[Statement]:
    """The statements with another one in the place of the first of its kind."""
    kind = RegistryStatement if isinstance(other, RegistryStatement) else RangeStatement
    at = next(at for at, one in enumerate(statements) if isinstance(one, kind))
    return [*statements[:at], other, *statements[at + 1 :]]


def forge(
    credential: Credential,
    further: Sequence[Statement],
    *,
    keys: VerifierKeys,
    policy: Policy = VISIT,
    claims: Mapping[str, Any] | None = None,
) -> Presentation:
    """A presentation of any statements, for the café, at the head of `keys`.

    `claims` are fields of the presentation that say something else than what was proven.
    """
    shown = tuple(
        (index, credential.attributes[keys.schema.attribute_at(index).name])
        for index in policy.disclosed_indexes(keys.schema)
    )
    pseudonym, proof = prove(
        credential,
        SignatureStatement(
            keys=keys, disclosed=tuple((index, attribute_scalar(value)) for index, value in shown)
        ),
        further,
        presentation_header=presentation_header(
            context_id=CAFE.context_id,
            purpose=CAFE.purpose,
            freshness=NONCE,
            head=keys.head.head.hash,
        ),
    )
    made = Presentation(
        purpose=CAFE.purpose,
        instance=CAFE.instance,
        freshness=NONCE,
        head=keys.head.head.hash,
        disclosed=shown,
        pseudonym=pseudonym,
        proof=proof,
    )
    return replace(made, **(claims or {}))


def check_at_cafe(
    presentation: Presentation, *, keys: VerifierKeys, policy: Policy = VISIT
) -> PendingPresentation:
    """All that the café checks before the pairings."""
    return check_presentation(
        presentation, verifier=keys, policy=policy, scope=CAFE, freshness=NONCE, today=TODAY
    )


def verify_at_cafe(
    presentation: Presentation, *, keys: VerifierKeys, policy: Policy = VISIT
) -> Mapping[str, str | int]:
    """What the café learns; raises PresentationRefused."""
    return verify_presentation(
        presentation, verifier=keys, policy=policy, scope=CAFE, freshness=NONCE, today=TODAY
    ).disclosed
