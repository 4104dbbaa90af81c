"""Several statements under one Fiat-Shamir challenge, their octets, and their pairing equations.

Source: docs/protocol.md, "Presentation proof". Octets: the points of all statements in their order
(those that stand beside the proof apart), then their scalars, then the challenge.
"""

import secrets
from collections.abc import Sequence

from credentials.bbs.ciphersuite import hash_to_challenge, length_prefixed
from credentials.curve import G1, G2, OCTET_POINT_LENGTH, FixedBase, curve
from credentials.curve.multi_scalar import WEIGHT_BITS, sum_of_products
from credentials.curve.scalars import (
    OCTET_SCALAR_LENGTH,
    decode_scalars,
    encode_scalar,
    i2osp,
    random_scalar,
)
from credentials.errors import EncodingError, PresentationRefused
from credentials.holder import Credential
from credentials.messages import API_ID
from credentials.presentation.signature import SignatureStatement
from credentials.presentation.statement import Equation, Statement


def challenge_of(
    signature: bytes, further: Sequence[bytes], *, domain: int, presentation_header: bytes
) -> int:
    """The challenge over all transcripts, the domain and the presentation header."""
    octets = signature + i2osp(len(further), 8) + b"".join(further)
    octets += encode_scalar(domain) + length_prefixed(presentation_header)
    return hash_to_challenge(octets, API_ID)


def prove(
    credential: Credential,
    signature: SignatureStatement,
    further: Sequence[Statement],
    *,
    presentation_header: bytes,
) -> tuple[bytes, bytes]:
    """The points beside the proof (48 octets each), and the proof's octets."""
    blindings = {index: random_scalar() for index in signature.hidden}
    statements: list[Statement] = [signature, *further]
    commitments = [statement.commit(credential, blindings) for statement in statements]
    challenge = challenge_of(
        commitments[0].transcript,
        [commitment.transcript for commitment in commitments[1:]],
        domain=signature.keys.domain,
        presentation_header=presentation_header,
    )
    points = {True: b"", False: b""}
    scalars = b""
    for statement, commitment in zip(statements, commitments, strict=True):
        points[statement.beside] += b"".join(map(curve.encode_g1, commitment.points))
        scalars += b"".join(map(encode_scalar, commitment.respond(challenge)))
    return points[True], points[False] + scalars + encode_scalar(challenge)


def check(
    beside: bytes,
    proof: bytes,
    signature: SignatureStatement,
    further: Sequence[Statement],
    *,
    presentation_header: bytes,
) -> list[Equation]:
    """The equations that remain after the challenge was found right; raises PresentationRefused.

    A presentation is valid only if these equations hold too: see `hold`.
    """
    statements: list[Statement] = [signature, *further]
    try:
        points, scalars, challenge = _split(beside, proof, statements)
    except EncodingError as error:
        raise PresentationRefused(f"the proof is malformed: {error}") from None
    message_hats = signature.message_hats(scalars[0])
    transcripts = [
        statement.recompute(own, hats, message_hats=message_hats, challenge=challenge)
        for statement, own, hats in zip(statements, points, scalars, strict=True)
    ]
    expected = challenge_of(
        transcripts[0],
        transcripts[1:],
        domain=signature.keys.domain,
        presentation_header=presentation_header,
    )
    if challenge != expected:
        raise PresentationRefused("the proof does not verify for this verifier and action")
    return [
        equation
        for statement, own in zip(statements, points, strict=True)
        for equation in statement.equations(own)
    ]


def hold(equations: Sequence[Equation]) -> bool:
    """Whether all equations hold, in one product of pairings, of however many presentations.

    Each equation gets its own random weight of 128 bits, drawn now, after receipt: with equal or
    predictable weights, errors in two equations could cancel. The first may keep the weight 1.
    Equations meet only under their own key.
    """
    weights = [1] + [1 + secrets.randbelow(2**WEIGHT_BITS) for _ in equations[1:]]
    lefts: list[tuple[FixedBase[G2], list[G1], list[int]]] = []
    for equation, weight in zip(equations, weights, strict=True):
        for key, points, own_weights in lefts:
            if key is equation.key or key.point == equation.key.point:
                points.append(equation.left)
                own_weights.append(weight)
                break
        else:
            lefts.append((equation.key, [equation.left], [weight]))
    right = _weighted([equation.right for equation in equations], weights)
    pairs = [_left(*left) for left in lefts]
    return curve.pairing_check([*pairs, (-right, curve.g2_generator)])


def culprits(groups: Sequence[Sequence[Equation]]) -> list[int]:
    """The positions of the groups of equations that do not hold, found by bisection."""
    positions = range(len(groups))
    return _culprits(groups, positions) if groups and not _all_hold(groups, positions) else []


def _culprits(groups: Sequence[Sequence[Equation]], positions: Sequence[int]) -> list[int]:
    """Those among `positions`, of which one at least does not hold."""
    if len(positions) == 1:
        return [positions[0]]
    middle = len(positions) // 2
    left, right = positions[:middle], positions[middle:]
    if _all_hold(groups, left):
        return _culprits(groups, right)  # there it must be: no need to look at all of it again
    found = _culprits(groups, left)
    return found if _all_hold(groups, right) else [*found, *_culprits(groups, right)]


def _all_hold(groups: Sequence[Sequence[Equation]], positions: Sequence[int]) -> bool:
    return hold([equation for at in positions for equation in groups[at]])


def _left(key: FixedBase[G2], points: Sequence[G1], weights: Sequence[int]) -> tuple[G1, G2]:
    """The weighted points under one key; where there is one, the key takes the weight, by table."""
    if len(points) == 1:
        weight = weights[0]
        return points[0], key.point if weight == 1 else key(weight)
    return _weighted(points, weights), key.point


def _weighted(points: Sequence[G1], weights: Sequence[int]) -> G1:
    return sum_of_products(points, weights, backend=curve, bits=WEIGHT_BITS + 1)


def _split(
    beside: bytes, proof: bytes, statements: Sequence[Statement]
) -> tuple[list[list[G1]], list[list[int]], int]:
    """Points and scalars by statement, and the challenge; every point is checked."""
    counts = {True: 0, False: 0}
    for statement in statements:
        counts[statement.beside] += statement.points
    points_end = counts[False] * OCTET_POINT_LENGTH
    expected = points_end + (sum(s.scalars for s in statements) + 1) * OCTET_SCALAR_LENGTH
    if len(proof) != expected or len(beside) != counts[True] * OCTET_POINT_LENGTH:
        raise EncodingError("it does not have the length of the statements asked for")
    octets = {True: beside, False: proof}
    at = {True: 0, False: 0}
    points = []
    for statement in statements:
        own = []
        for _ in range(statement.points):
            start = at[statement.beside]
            at[statement.beside] = start + OCTET_POINT_LENGTH
            own.append(curve.decode_g1(octets[statement.beside][start : start + 48]))
        points.append(own)
    *flat, challenge = decode_scalars(proof[points_end:])
    scalars = []
    for statement in statements:
        scalars.append(flat[: statement.scalars])
        flat = flat[statement.scalars :]
    return points, scalars, challenge
