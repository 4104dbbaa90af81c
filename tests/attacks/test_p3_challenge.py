"""P3: every point stands in the challenge: left out, it could be chosen after it.

Each attack is refused, and carried out in full against a challenge from which the points are left
out on both sides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, invert, random_scalar
from credentials.errors import PresentationRefused
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.requirement import Requirement
from credentials.formats.schema import HANDLE_INDEX
from credentials.presentation import composition
from credentials.presentation.pseudonym import PseudonymStatement, scope_point
from credentials.presentation.range import RangeStatement
from credentials.presentation.registry import RegistryStatement
from tests.attacks.forger import (
    CAFE,
    NONCE,
    TODAY,
    VISIT,
    forge,
    put,
    scaled,
    statements_of,
    verify_at_cafe,
)
from tests.community import Community, Member

VALID = Policy(purpose="visit", require=(Requirement.parse("valid_until >= today"),))
EXPIRED = 21_000
challenges: list[int] = []


@dataclass
class LateCommitment:
    """A commitment whose points are chosen once the challenge is known."""

    transcript: bytes
    answer: Callable[[int], tuple[Sequence[G1], Sequence[int]]]

    @property
    def points(self) -> Sequence[G1]:
        self.given = self.answer(challenges[-1])
        return self.given[0]

    def respond(self, _: int) -> Sequence[int]:
        return self.given[1]


@pytest.fixture(autouse=True)
def overheard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The forger sees the challenge that its own prover computed."""
    true = composition.challenge_of

    def recorded(*arguments, **names) -> int:
        challenges.append(true(*arguments, **names))
        return challenges[-1]

    monkeypatch.setattr(composition, "challenge_of", recorded)


@pytest.fixture
def left_out(monkeypatch: pytest.MonkeyPatch) -> Callable[[type, int], None]:
    """The defence taken out: so many points before the first moves are not hashed."""

    def leave_out(statement: type, count: int) -> None:
        true = statement._transcript

        def without(self, *arguments):
            octets = true(self, *arguments)
            moves = 2 if statement is RangeStatement else 1
            begin = len(octets) - (moves + count) * 48
            return octets[:begin] + octets[begin + count * 48 :]

        monkeypatch.setattr(statement, "_transcript", without)

    return leave_out


@dataclass(frozen=True, slots=True, kw_only=True)
class LateWitness(RegistryStatement):
    """C' = k * (another member's witness) with k chosen so that the own handle's response fits.

    T3 = t * V + u * C was committed; rho^ = t + c * k and k = u / (c * h - handle^).
    """

    witness: G1
    handle: int

    def commit(self, credential, blindings: Mapping[int, int]) -> LateCommitment:
        witness, handle = self.witness, self.handle
        value, t, u = self.keys.head.value.point, random_scalar(), random_scalar()
        t3 = scaled(value, t) + scaled(witness, u)

        def answer(c: int):
            response = blindings[HANDLE_INDEX] + c * credential.handle
            k = u * invert((c * handle - response) % ORDER) % ORDER
            c_prime = scaled(witness, k)
            cbar = scaled(value, k) + -scaled(c_prime, handle)
            return (c_prime, cbar), [(t + c * k) % ORDER]

        dummy = curve.g1_generator
        return LateCommitment(self._transcript(dummy, dummy, t3), answer)


class LateDigits(RangeStatement):
    """S_0 = k * sigma_d of any signed digit d, with k chosen so that the first response fits."""

    def commit(self, credential, blindings: Mapping[int, int]) -> LateCommitment:
        signed, base = credential.digits.points, curve.g1_generator
        index, digits = self.bound.index, [3] * self.bound.digits
        tildes = self._digit_tildes(blindings[index])
        ts, us = ([random_scalar() for _ in digits] for _ in range(2))
        moves = [
            scaled(base, t) + scaled(signed[digit], u)
            for t, u, digit in zip(ts, us, digits, strict=True)
        ]

        def answer(c: int):
            hats = [
                (tilde + c * digit) % ORDER for tilde, digit in zip(tildes, digits, strict=True)
            ]
            message_hat = blindings[index] + c * credential.scalars[index]
            hats = self._digit_hats(hats[1:], message_hat=message_hat, challenge=c)
            points: list[G1] = []
            rho_hats = []
            for t, u, digit, hat in zip(ts, us, digits, hats, strict=True):
                fits = (c * digit - hat) % ORDER
                k = u * invert(fits) % ORDER
                s_point = scaled(signed[digit], k)
                points += [s_point, scaled(base, k) + -scaled(s_point, digit)]
                rho_hats.append((t + c * k) % ORDER)
            pairs = zip(rho_hats[1:], hats[1:], strict=True)
            return points, [rho_hats[0], *(scalar for pair in pairs for scalar in pair)]

        dummies = [base] * 2 * len(digits)
        return LateCommitment(self._transcript(dummies, moves), answer)


class LateName(PseudonymStatement):
    """Nym = (s^ * OP - U) / c for any U: as many names as wanted."""

    def commit(self, credential, blindings: Mapping[int, int]) -> LateCommitment:
        point = scope_point(self.context_id).point
        u_point = scaled(point, random_scalar())

        def answer(c: int):
            response = blindings[self.nym_index] + c * credential.nym_secret
            return (scaled(scaled(point, response) + -u_point, invert(c)),), ()

        return LateCommitment(self._transcript(curve.g1_generator, u_point), answer)


def is_refused(community: Community, shown: Presentation, policy: Policy) -> None:
    with pytest.raises(PresentationRefused):
        verify_at_cafe(shown, keys=community.verifier, policy=policy)


def test_p3_another_members_witness_would_pass_if_c_prime_were_chosen_late(left_out):
    community = Community()
    rex, eve = community.enrol(), community.enrol()
    community.publish(rex.issued.handle)
    helper = community.current(eve.credential)
    keys = community.verifier
    late = LateWitness(keys=keys, witness=helper.witness.point, handle=helper.handle)

    def forged() -> Presentation:
        statements = put(statements_of(VISIT, keys=keys), late)
        return forge(rex.credential, statements, keys=keys)

    is_refused(community, forged(), VISIT)
    left_out(RegistryStatement, 2)
    assert verify_at_cafe(forged(), keys=keys)["pass"] == "resident"


def test_p3_an_expired_date_would_pass_if_digits_were_chosen_late(community: Community, left_out):
    keys = community.verifier
    late = community.enrol(valid_until=EXPIRED)
    bound = VALID.bounds(keys.schema, today=TODAY)[0]

    def forged() -> Presentation:
        statements = put(statements_of(VALID, keys=keys), LateDigits(keys=keys, bound=bound))
        return forge(late.credential, statements, keys=keys, policy=VALID)

    is_refused(community, forged(), VALID)
    left_out(RangeStatement, 4)
    assert verify_at_cafe(forged(), keys=keys, policy=VALID) == {}


def test_p3_a_member_would_have_any_number_of_names_if_nym_were_chosen_late(
    community: Community, ana: Member, left_out
):
    keys = community.verifier
    honest = statements_of(VISIT, keys=keys)
    late = LateName(context_id=CAFE.context_id, nym_index=len(keys.generators) - 1)

    def forged() -> Presentation:
        return forge(ana.credential, [late, *honest[1:]], keys=keys)

    is_refused(community, forged(), VISIT)
    left_out(PseudonymStatement, 1)
    names = set()
    for _ in range(3):
        shown = forged()
        assert verify_at_cafe(shown, keys=keys)
        names.add(shown.pseudonym)
    assert len(names) == 3


def test_p3_the_same_nonce_gives_the_same_name_and_never_the_same_challenge(ana: Member):
    """First moves are new every time, or two proofs would give the secrets away."""
    from credentials.presentation import present

    made = [present(ana.credential, policy=VISIT, scope=CAFE, freshness=NONCE) for _ in range(9)]
    assert len({one.pseudonym for one in made}) == 1
    assert len({one.proof[-32:] for one in made}) == 9
