"""A prover that keeps to no rule: with it the attacks on presentations are carried out in full.

What it makes has the right form, and a right challenge wherever the forger can compute one, so that
a test reaches the very check that it is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from credentials.bbs.ciphersuite import disclosed_octets
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
class NoSignature(SignatureStatement):
    """Abar = Bbar = O, which satisfies the pairing, and a D that solves the rest."""

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        r1_tilde, r3_tilde = random_scalar(), random_scalar()
        point_d = credential.point_b
        t2 = scaled(point_d, r3_tilde)
        for index in self.hidden:
            t2 = t2 + scaled(self.keys.generators[index], blindings[index])
        points = (curve.g1_identity, curve.g1_identity, point_d)
        moves = (*points, scaled(point_d, r1_tilde), t2)
        return Commitment(
            points=points,
            transcript=disclosed_octets(self.disclosed) + b"".join(map(curve.encode_g1, moves)),
            respond=lambda challenge: [
                random_scalar(),
                r1_tilde,
                (r3_tilde - challenge) % ORDER,
                *(
                    (blindings[index] + credential.scalars[index] * challenge) % ORDER
                    for index in self.hidden
                ),
            ],
        )


def pretended(keys: VerifierKeys, attributes: Mapping[str, str | int]) -> Credential:
    """What somebody has whom no issuer knows: the values of one's choice, and no signature."""
    values = [attribute_scalar(value) for value in keys.schema.check(attributes)]
    scalars = (random_scalar(), 1, *values, random_scalar(), random_scalar())
    point_b = keys.constant
    for generator, scalar in zip(keys.generators, scalars, strict=True):
        point_b = point_b + scaled(generator, scalar)
    nothing = curve.g1_identity
    return Credential(
        keys=keys,
        attributes=attributes,
        serial=1,
        scalars=scalars,
        point_a=nothing,
        e=1,
        point_b=point_b,
        difference=nothing,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherWitness(RegistryStatement):
    """The registry statement over a point of the forger's choice, and with the own handle.

    Its first move fits, so that only the pairing can refuse it.
    """

    witness: G1
    rho: int | None = None

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        rho = random_scalar() if self.rho is None else self.rho
        rho_tilde = random_scalar()
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
    signature: type[SignatureStatement] = SignatureStatement,
) -> Presentation:
    """A presentation of any statements, for the café, at the head of `keys`."""
    shown = tuple(
        (index, credential.attributes[keys.schema.attribute_at(index).name])
        for index in policy.disclosed_indexes(keys.schema)
    )
    pseudonym, proof = prove(
        credential,
        signature(
            keys=keys, disclosed=tuple((index, attribute_scalar(value)) for index, value in shown)
        ),
        further,
        presentation_header=presentation_header(
            context_id=CAFE.context_id,
            purpose=CAFE.purpose,
            freshness=NONCE,
            value=keys.head.head.value,
        ),
    )
    return Presentation(
        purpose=CAFE.purpose,
        instance=CAFE.instance,
        freshness=NONCE,
        removals=keys.head.head.removals,
        disclosed=shown,
        pseudonym=pseudonym,
        proof=proof,
    )


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
