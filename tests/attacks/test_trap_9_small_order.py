"""Trap 9: what points of small order would do where only the identity is refused, in full.

blst never makes such points, so the statements run here over the arithmetic of py_ecc, with its
own checks left out: that is the defence taken out. That decoding keeps it in place is shown in
test_traps_8_9_points.py.
"""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from credentials.bbs.ciphersuite import hash_to_challenge
from credentials.curve import FixedBase
from credentials.curve.py_ecc import PyEcc
from credentials.curve.scalars import ORDER, random_scalar
from credentials.errors import InvalidPoint
from credentials.formats.requirement import AT_LEAST, Bound
from credentials.formats.schema import HANDLE_INDEX
from credentials.messages import API_ID
from credentials.presentation import composition, pseudonym, range, registry
from credentials.presentation.composition import hold
from tests.community import Community
from tests.unit.curve.odd_points import G1_SMALL_ORDERS, g1_octets, g1_of_order

PY_ECC = PyEcc()
SMALL = g1_of_order(3)
NYM = 9
TRIES = 200


@pytest.fixture(autouse=True)
def over_py_ecc(monkeypatch: pytest.MonkeyPatch) -> None:
    """All modules that take part, over py_ecc."""
    modules: list[ModuleType] = [composition, pseudonym, range, registry]
    for module in modules:
        monkeypatch.setattr(module, "curve", PY_ECC)


@pytest.fixture(scope="module")
def keys(community: Community) -> Any:
    """The community's keys and head as points of py_ecc."""
    public = community.metadata.keys
    value = PY_ECC.decode_g1(community.heads.newest.value)

    def multiplier(point: Any) -> FixedBase[Any]:
        return FixedBase(point, multiply=PY_ECC.multiply_g1)

    def key_of(octets: bytes) -> FixedBase[Any]:
        return FixedBase(PY_ECC.decode_g2(octets), multiply=PY_ECC.multiply_g2)

    return SimpleNamespace(
        head=SimpleNamespace(head=community.heads.newest, value=multiplier(value)),
        base=multiplier(PY_ECC.g1_generator),
        registry_key=key_of(public.registry_key),
        digit_key=key_of(public.digit_key),
    )


def plus(point: Any, times: int) -> Any:
    """The point plus a multiple of the one of small order."""
    return point + SMALL.times(times % 3)


def test_trap_9_a_point_of_small_order_satisfies_every_pairing(keys):
    for prime in G1_SMALL_ORDERS:
        stray = g1_of_order(prime)
        assert PY_ECC.pairing_check(
            [(stray, keys.registry_key.point), (stray, PY_ECC.g2_generator)]
        )
        with pytest.raises(InvalidPoint):
            PY_ECC.decode_g1(g1_octets(stray))


def test_trap_9_a_removed_member_would_pass(keys):
    """C' of order 3 and Cbar a multiple of it, with rho = 0: no witness, one try in three."""
    statement = registry.RegistryStatement(keys=keys)
    handle = random_scalar()
    for _ in iter_tries():
        c_prime, cbar = SMALL, SMALL.times(2)
        rho_tilde, tilde = random_scalar(), random_scalar()
        t3 = plus(keys.head.value(rho_tilde), random_scalar())
        transcript = statement._transcript(c_prime, cbar, t3)
        c = hash_to_challenge(transcript, API_ID)
        seen = statement.recompute(
            [c_prime, cbar],
            [rho_tilde],
            message_hats={HANDLE_INDEX: (tilde + c * handle) % ORDER},
            challenge=c,
        )
        if seen == transcript:
            break
    else:
        pytest.fail("the forgery never came out")
    assert hold(statement.equations([c_prime, cbar]))


def test_trap_9_an_expired_date_would_pass(keys):
    """S_0 and Sbar_0 of order 3 stand for any number; the same for a range of one digit."""
    bound = Bound(index=7, operator=AT_LEAST, bound=22_000, digits=1)
    statement = range.RangeStatement(keys=keys, bound=bound)
    expired = 21_000
    for _ in iter_tries():
        points = [SMALL, SMALL.times(2)]
        rho_tilde, tilde = random_scalar(), random_scalar()
        move = plus(keys.base(rho_tilde), random_scalar())
        transcript = statement._transcript(points, [move])
        c = hash_to_challenge(transcript, API_ID)
        seen = statement.recompute(
            points, [rho_tilde], message_hats={7: (tilde + c * expired) % ORDER}, challenge=c
        )
        if seen == transcript:
            break
    else:
        pytest.fail("the forgery never came out")
    assert hold(statement.equations(points))


def test_trap_9_a_member_would_have_several_pseudonyms(monkeypatch: pytest.MonkeyPatch):
    """Nym plus a point of order 3 passes one time in three: a second vote."""
    secret, context = random_scalar(), bytes(32)
    point = PY_ECC.hash_to_g1(context, dst=API_ID)
    multiplier = FixedBase(point, multiply=PY_ECC.multiply_g1)
    monkeypatch.setattr(pseudonym, "scope_point", lambda _: multiplier)
    statement = pseudonym.PseudonymStatement(context_id=context, nym_index=NYM)
    names = set()
    for times in (1, 2):
        nym = plus(point.times(secret), times)
        for _ in iter_tries():
            tilde = random_scalar()
            transcript = statement._transcript(nym, plus(point.times(tilde), random_scalar()))
            c = hash_to_challenge(transcript, API_ID)
            hats = {NYM: (tilde + c * secret) % ORDER}
            if statement.recompute([nym], [], message_hats=hats, challenge=c) == transcript:
                names.add(g1_octets(nym))
                break
    names.add(g1_octets(point.times(secret)))
    assert len(names) == 3


def iter_tries() -> Any:
    """Enough tries to find what comes out one time in three, with certainty."""
    return iter([None] * TRIES)
