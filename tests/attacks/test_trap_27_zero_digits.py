"""Trap 27: blst takes longer to multiply by zero, so no secret that can be zero is multiplied.

What is recorded is every scalar that the library is given, or a table, while somebody proves, takes
a credential, signs one, votes or opens. What it costs in time is measured in benchmarks/zeros.py.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.curve import FixedBase, curve
from credentials.curve.scalars import ORDER, random_scalar
from credentials.formats.policy import Policy
from credentials.formats.requirement import Requirement
from credentials.holder import accept
from credentials.issuance import commit, derive_secrets, draw_handle
from credentials.polls import make_ballot
from credentials.presentation import present
from credentials.scope import app_scope
from credentials.sealing.opening import share_of
from tests.community import Community, Member
from tests.poll_papers import open_manifest, sealed_by_server

TINY = 2**64
"""A uniform scalar is nearer to zero than this once in 2^190 times."""

CAFE = app_scope("login", "https://cafe.example/answer")
NONCE = bytes(range(32))
LIMITS = {"points": 2**24, "valid_until": 2**16}
EDGES = (0, 1, 2, 255, 256, 257, 65_535, 65_536, 70_000, 2**24 - 1)


@contextmanager
def multiplications() -> Iterator[list[int]]:
    """Every scalar that a point of G1 or G2 is multiplied with."""
    seen: list[int] = []

    def recorded(multiply: Callable[..., Any]) -> Callable[..., Any]:
        def record(*arguments: Any) -> Any:
            seen.append(arguments[-1] % ORDER)
            return multiply(*arguments)

        return record

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (curve, "multiply_g1"),
            (curve, "multiply_g2"),
            (FixedBase, "__call__"),
        ):
            patch.setattr(owner, name, recorded(getattr(owner, name)))
        yield seen


def assert_none_is_tiny(seen: list[int]) -> None:
    assert seen
    assert [scalar for scalar in seen if min(scalar, ORDER - scalar) < TINY] == []


@pytest.fixture(scope="module")
def blank(community: Community) -> Member:
    """A member with zeros wherever the schema has numbers."""
    return community.enrol(points=0, valid_until=0)


@pytest.fixture(scope="module")
def full(community: Community) -> Member:
    """A member with the largest of all numbers."""
    return community.enrol(volunteer=1, points=2**24 - 1, valid_until=2**16 - 1)


@settings(deadline=None, max_examples=40)
@given(
    name=st.sampled_from(("points", "valid_until")),
    distance=st.one_of(st.sampled_from(EDGES), st.integers(0, 2**24 - 1)),
)
def test_trap_27_no_digit_is_multiplied_whatever_the_distance_to_the_bound(
    blank: Member, full: Member, name: str, distance: int
):
    """Distances with digits of zero in each place, and with none; both operators."""
    distance %= LIMITS[name]
    for member, operator, bound in (
        (full, ">=", LIMITS[name] - 1 - distance),
        (blank, "<=", distance),
    ):
        require = (Requirement(attribute=name, operator=operator, bound=bound),)
        policy = Policy(purpose="login", require=require)
        with multiplications() as seen:
            present(member.credential, policy=policy, scope=CAFE, freshness=NONCE)
        assert_none_is_tiny(seen)


@pytest.mark.parametrize("serial", [1, 2, 256, 2**24 - 1])
def test_trap_27_nor_is_one_of_the_serial_in_a_ballot(serial: int):
    """The last serial of a roll has a distance of zero, the first one of N - 1."""
    community = Community(serial=serial - 1)
    member = community.enrol()
    manifest = open_manifest(community, sealing=sealed_by_server(random_scalar()))
    head = community.heads.newest
    with multiplications() as seen:
        make_ballot(member.credential, manifest=manifest, head=head, marks=(), sequence=1)
    assert_none_is_tiny(seen)


@pytest.mark.parametrize("day", [0, 255])
@pytest.mark.parametrize("points", [0, 1, 256, 2**24 - 1])
def test_trap_27_issuer_and_wallet_multiply_no_value_of_an_attribute(
    community: Community, points: int, day: int
):
    """Nor the serial. A server that is timed would give away who has no points."""
    metadata = community.metadata
    own = derive_secrets(secrets.token_bytes(16), metadata=metadata, count=0)
    commitment = commit(own, metadata=metadata, nonce=NONCE)
    attributes = community.attributes(points=points, valid_until=day)
    with multiplications() as seen:
        issued = community.issuer.issue(
            commitment, nonce=NONCE, handle=draw_handle(), serial=1, attributes=attributes
        )
    assert_none_is_tiny(seen)
    with multiplications() as seen:
        credential = accept(issued, secrets=own, metadata=metadata)
    assert_none_is_tiny(seen)
    assert credential.attributes == attributes


def test_trap_27_nor_do_commitments_witnesses_and_shares(community: Community, blank: Member):
    own = derive_secrets(bytes(16), metadata=community.metadata, count=0)
    credential = blank.credential
    with multiplications() as seen:
        commit(own, metadata=community.metadata, nonce=NONCE)
        credential.at(credential.keys.head.head, witness=credential.witness_octets)
        share_of(random_scalar(), digest=NONCE)
    assert_none_is_tiny(seen)
