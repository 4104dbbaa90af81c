"""A positive accumulator: adding a member leaves the value as it is, removing one changes it.

Source: docs/protocol.md, "Registry"; the accumulator is that of Karantaidou and Baldimtsi (CSF
2021) and of Vitto and Biryukov, with Boneh-Boyen witnesses. `alpha` is the registry's secret with
Q~ = alpha * BP2. Removing a handle y: V' = V / (y + alpha). A member's witness at V: C = V /
(handle + alpha). No handle is removed twice, and no witness is made for a removed one: that is the
caller's to keep, by a database constraint.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credentials.curve import G1, G2, curve
from credentials.curve.multi_scalar import sum_of_products
from credentials.curve.scalars import ORDER, invert, random_scalar
from credentials.errors import MemberRevoked, SymbolonError, WitnessRefused

SCALAR_BITS = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What a removal leaves behind: the handle in [1, r), and the value after it."""

    handle: int
    value: G1


def first_value() -> G1:
    """V_0 = u * BP1 for a random u that is forgotten at once."""
    return curve.multiply_g1(curve.g1_generator, random_scalar())


def remove(value: G1, *, handle: int, alpha: int) -> G1:
    """V' = V / (handle + alpha)."""
    return curve.multiply_g1(value, _inverse_of_sum(handle, alpha))


def make_witness(value: G1, *, handle: int, alpha: int) -> G1:
    """C = V / (handle + alpha): never for a handle that was removed, or is about to be."""
    return curve.multiply_g1(value, _inverse_of_sum(handle, alpha))


def _inverse_of_sum(handle: int, alpha: int) -> int:
    total = (handle + alpha) % ORDER
    if total == 0:
        raise SymbolonError("this handle is the registry's own secret")
    return invert(total)


def update_witness(witness: G1, *, handle: int, removals: Sequence[Removal]) -> G1:
    """The witness after `removals`, in one sum of products.

    C_m = C * prod d_j^-1 - sum_i V_i * prod_(j >= i) d_j^-1 with d_i = y_i - handle. Raises
    MemberRevoked if the handle is among them. Must be followed by check_witness.
    """
    if any(removal.handle == handle for removal in removals):
        raise MemberRevoked("this membership was removed")
    scalars = []
    product = 1
    for inverse in reversed(_inverses([removal.handle - handle for removal in removals])):
        product = product * inverse % ORDER
        scalars.append(ORDER - product)
    points = [removal.value for removal in reversed(removals)]
    return sum_of_products([*points, witness], [*scalars, product], backend=curve, bits=SCALAR_BITS)


def rewind_witness(witness: G1, *, handle: int, removals: Sequence[Removal]) -> G1:
    """The witness before `removals` (in their order), which polls ask for: the way back.

    C_0 = C_m * prod d_j + sum_i V_i * prod_(j < i) d_j. Must be followed by check_witness.
    """
    scalars = []
    product = 1
    for removal in removals:
        scalars.append(product)
        product = product * (removal.handle - handle) % ORDER
    points = [removal.value for removal in removals]
    return sum_of_products([*points, witness], [*scalars, product], backend=curve, bits=SCALAR_BITS)


def check_witness(witness: G1, *, handle: int, value: G1, registry_key: G2) -> None:
    """Raise WitnessRefused unless e(C, handle * BP2 + Q~) = e(V, BP2)."""
    difference = curve.multiply_g1(witness, handle) + -value
    if witness == curve.g1_identity or not curve.pairing_check(
        [(witness, registry_key), (difference, curve.g2_generator)]
    ):
        raise WitnessRefused("the witness does not belong to this credential and registry head")


def _inverses(scalars: Sequence[int]) -> list[int]:
    """1/s for each nonzero s, with one inversion (Montgomery's trick)."""
    products = [1]
    for scalar in scalars:
        products.append(products[-1] * scalar % ORDER)
    inverse = invert(products[-1]) if scalars else 1
    inverses = []
    for scalar, before in zip(reversed(scalars), reversed(products[:-1]), strict=True):
        inverses.append(inverse * before % ORDER)
        inverse = inverse * scalar % ORDER
    return inverses[::-1]
