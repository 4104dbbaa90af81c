"""Presentations by dishonest wallets, among Symbolon's own vectors.

Most answer their challenge: only a pairing equation, or the check of a point, refuses them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from credentials.curve import G1, curve
from credentials.formats.presentation import Presentation
from credentials.holder import Credential, Witness
from credentials.presentation.range import RangeStatement
from credentials.presentation.statement import Commitment
from credentials.registry.digits import DigitTable
from tests.vectors.changes import IDENTITY
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_presentations import TODAY, Asked
from tests.vectors.vector_randomness import randomness

Rejection = dict[str, Any]


def refused(
    name: str,
    why: str,
    *,
    like: str,
    octets: bytes,
    refusal: str = "PresentationRefused",
    **instead: Any,
) -> Rejection:
    """A case: `like` names the presentation whose verifier it is, but for what is `instead`."""
    return {
        "name": name,
        "why": why,
        "class": refusal,
        "like": like,
        "instead": instead,
        "presentation": octets.hex(),
    }


def made(case: str, one: Asked, credential: Credential, **given: list[int]) -> Presentation:
    with randomness(f"rejected/{case}", **given):
        return one.present(credential)


def dishonest_presentations(
    every: dict[str, Asked], community: VectorCommunity, holder: Holder, current: Credential
) -> Iterator[Rejection]:
    value = current.keys.head.value.point
    handle = current.handle

    def witness(point: G1) -> Witness:
        return Witness(point=point, difference=value + -curve.multiply_g1(point, handle))

    def shown(
        name: str, why: str, *, like: str, credential: Credential, **given: list[int]
    ) -> Rejection:
        octets = made(name, every[like], credential, **given).to_cbor()
        return refused(name, why, like=like, octets=octets)

    stale = community.at(holder.credential, 2).witness
    assert stale is not None
    yield shown(
        "the witness of an older head",
        "e(C', Q~) = e(Cbar, BP2) does not hold",
        like="registry",
        credential=replace(current, witness=witness(stale.point)),
    )
    dora = community.holder("dora")
    removed = replace(dora.credential, keys=current.keys)
    assert removed.witness is not None
    point = removed.witness.point
    difference = value + -curve.multiply_g1(point, removed.handle)
    yield shown(
        "a removed member with the last witness",
        "the handle was removed at epoch 2",
        like="registry",
        credential=replace(removed, witness=Witness(point=point, difference=difference)),
    )
    assert current.witness is not None
    own = current.witness.point
    difference = value + -curve.multiply_g1(own, removed.handle)
    yield shown(
        "a removed member with another member's witness",
        "the handle is not the witness's",
        like="registry",
        credential=replace(removed, witness=Witness(point=own, difference=difference)),
    )
    # C' = Cbar = O satisfies the pairing equation, and with rho = 0 the challenge too.
    nothing = Witness(point=curve.g1_identity, difference=curve.g1_identity)
    nothing_shown = made(
        "no witness at all", every["registry"], replace(removed, witness=nothing), registry=[0]
    )
    proof = nothing_shown.proof
    assert proof[144:240] == 2 * IDENTITY
    for what, spelt in (
        ("", IDENTITY),
        (", spelt e000", b"\xe0" + bytes(47)),
        (", spelt c0…01", b"\xc0" + bytes(46) + b"\x01"),
    ):
        changed = replace(nothing_shown, proof=proof[:144] + 2 * spelt + proof[240:])
        yield refused(
            f"a removed member for whom C' and Cbar are the identity{what}",
            "all equations and the challenge hold: only the check of the points refuses it",
            like="registry",
            octets=changed.to_cbor(),
        )
    for name, index in (("pass", 3), ("points", 6), ("nym secret", 9), ("serial", 1)):
        scalars = list(current.scalars)
        scalars[index] += 1
        generator = current.keys.generators[index]
        changed = replace(
            current,
            scalars=tuple(scalars),
            point_b=current.point_b + generator,
            difference=current.difference + generator,
            _pseudonyms={},  # those kept are of the honest secret
        )
        yield shown(
            f"another {name} than the signed one",
            "e(Abar, W) = e(Bbar, BP2) does not hold",
            like="integer" if name != "points" else "registry",
            credential=changed,
        )
    assert current.digits is not None
    points = current.digits.points
    # Under sigma_(d+1) a wallet could count each digit lower or higher than it is.
    shifted = DigitTable(points=(*points[1:], points[0]), key=current.keys.digit_key.point)
    yield shown(
        "digits under the signatures of others",
        "e(S_i, X~) = e(Sbar_i, BP2) does not hold",
        like="integer",
        credential=current.with_digits(shifted),
    )
    foreign = VectorCommunity(name="stoa")
    yield shown(
        "digits of another community",
        "e(S_i, X~) = e(Sbar_i, BP2) does not hold",
        like="date",
        credential=replace(current, digits=foreign.digits),
    )
    stranger = foreign.at(foreign.holder("ana").credential, 4)
    octets = replace(
        made("stranger", every["registry"], stranger), removals=community.heads[4].removals
    )
    yield refused(
        "a member of another community",
        "the keys are others",
        like="registry",
        octets=octets.to_cbor(),
    )
    # The pass has ended; the wallet answers with the digits of its points.
    one = replace(every["date"], today=TODAY + 1)
    with range_over(6, instead_of=7):
        octets = made("another number", one, current).to_cbor()
    yield refused(
        "a date range over another attribute's number",
        "the response of the number is that of the signed message",
        like="date",
        octets=octets,
        today=one.today,
    )


@contextmanager
def range_over(other: int, *, instead_of: int) -> Iterator[None]:
    """A wallet whose ranges over one message are made from another."""
    honest = RangeStatement.commit

    def commit(
        statement: RangeStatement, credential: Credential, blindings: Mapping[int, int]
    ) -> Commitment:
        scalars = list(credential.scalars)
        scalars[instead_of] = scalars[other]
        crossed = {**blindings, instead_of: blindings[other]}
        return honest(statement, replace(credential, scalars=tuple(scalars)), crossed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RangeStatement, "commit", commit)
        yield
