"""The BBS proof protocol: first moves, responses and their recomputation by the verifier.

Source: draft-irtf-cfrg-bbs-signatures-09, section 3.7 (subroutines) and 4.2.4.4-5 (octets).
The challenge is the caller's: each interface hashes its own transcript. The product's composite
proof uses these same subroutines, with tables where a verifier has them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from credentials.curve import G1, OCTET_POINT_LENGTH, curve
from credentials.curve.scalars import (
    OCTET_SCALAR_LENGTH,
    ORDER,
    decode_scalars,
    encode_scalar,
    invert,
    random_scalar,
)
from credentials.errors import EncodingError

RandomScalars = Callable[[int], Sequence[int]]
Multiplier = Callable[[int], G1]
"""A point that multiplies itself by a scalar: a fixed-base table, or a bound multiplication."""


def calculate_random_scalars(count: int) -> list[int]:
    """`count` scalars from the operating system; section 4.2.1."""
    return [random_scalar() for _ in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProofRandomness:
    """(r1, r2, e~, r1~, r3~, m~_j1, ..., m~_jU): secret, drawn anew for each proof."""

    r1: int
    r2: int
    e_tilde: int
    r1_tilde: int
    r3_tilde: int
    m_tildes: tuple[int, ...]

    @classmethod
    def draw(cls, hidden: int, random_scalars: RandomScalars) -> "ProofRandomness":
        """Randomness for `hidden` undisclosed messages."""
        r1, r2, e_tilde, r1_tilde, r3_tilde, *m_tildes = random_scalars(5 + hidden)
        return cls(
            r1=r1,
            r2=r2,
            e_tilde=e_tilde,
            r1_tilde=r1_tilde,
            r3_tilde=r3_tilde,
            m_tildes=tuple(m_tildes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPoints:
    """The points that a challenge covers: Abar, Bbar, D (sent) and T1, T2 (recomputed)."""

    Abar: G1
    Bbar: G1
    D: G1
    T1: G1
    T2: G1

    def octets(self) -> bytes:
        """serialize((Abar, Bbar, D, T1, T2)), 240 octets."""
        points = (self.Abar, self.Bbar, self.D, self.T1, self.T2)
        return b"".join(map(curve.encode_g1, points))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """(Abar, Bbar, D, e^, r1^, r3^, (m^_j1, ..., m^_jU), challenge)."""

    Abar: G1
    Bbar: G1
    D: G1
    e_hat: int
    r1_hat: int
    r3_hat: int
    m_hats: tuple[int, ...]
    challenge: int


def proof_init(
    *,
    point_a: G1,
    difference: G1,
    point_b: G1,
    hidden_generators: Sequence[G1],
    randomness: ProofRandomness,
) -> ProofPoints:
    """ProofInit: randomise the signature (A, e) over B and make the first moves; section 3.7.1.

    `difference` is B - A * e: a holder keeps it, and Bbar costs one multiplication less.
    """
    rand = randomness
    # 2. D = B * r2
    point_d = curve.multiply_g1(point_b, rand.r2)
    # 3. Abar = A * (r1 * r2)
    r1_r2 = rand.r1 * rand.r2 % ORDER
    abar = curve.multiply_g1(point_a, r1_r2)
    # 4. Bbar = D * r1 - Abar * e, which is (B - A * e) * (r1 * r2)
    bbar = curve.multiply_g1(difference, r1_r2)
    # 5. T1 = Abar * e~ + D * r1~
    t1 = curve.multiply_g1(abar, rand.e_tilde) + curve.multiply_g1(point_d, rand.r1_tilde)
    # 6. T2 = D * r3~ + H_j1 * m~_j1 + ... + H_jU * m~_jU
    t2 = curve.multiply_g1(point_d, rand.r3_tilde)
    for generator, m_tilde in zip(hidden_generators, rand.m_tildes, strict=True):
        t2 = t2 + curve.multiply_g1(generator, m_tilde)
    return ProofPoints(Abar=abar, Bbar=bbar, D=point_d, T1=t1, T2=t2)


def proof_finalize(
    points: ProofPoints,
    *,
    challenge: int,
    e: int,
    randomness: ProofRandomness,
    hidden_scalars: Sequence[int],
) -> Proof:
    """ProofFinalize: the responses to the challenge; section 3.7.2."""
    rand = randomness
    # 1. r3 = r2^-1 (mod r)
    r3 = invert(rand.r2)
    return Proof(
        Abar=points.Abar,
        Bbar=points.Bbar,
        D=points.D,
        # 2. e^ = e~ + e_value * challenge
        e_hat=(rand.e_tilde + e * challenge) % ORDER,
        # 3. r1^ = r1~ - r1 * challenge
        r1_hat=(rand.r1_tilde - rand.r1 * challenge) % ORDER,
        # 4. r3^ = r3~ - r3 * challenge
        r3_hat=(rand.r3_tilde - r3 * challenge) % ORDER,
        # 5. for j in (1, ..., U): m^_j = m~_j + undisclosed_j * challenge (mod r)
        m_hats=tuple(
            (m_tilde + scalar * challenge) % ORDER
            for m_tilde, scalar in zip(rand.m_tildes, hidden_scalars, strict=True)
        ),
        challenge=challenge,
    )


def proof_verify_init(
    proof: Proof,
    *,
    constant: Multiplier,
    disclosed: Sequence[tuple[Multiplier, int]],
    hidden: Sequence[Multiplier],
) -> ProofPoints:
    """ProofVerifyInit: recompute the first moves T1, T2; section 3.7.3.

    `constant` multiplies P1 + Q_1 * domain; `disclosed` pairs the generator of each disclosed
    message with its scalar; `hidden` are the other generators, in the order of m^.
    """
    c = proof.challenge
    # 2. T1 = Bbar * c + Abar * e^ + D * r1^
    t1 = curve.multiply_g1(proof.Bbar, c) + curve.multiply_g1(proof.Abar, proof.e_hat)
    t1 = t1 + curve.multiply_g1(proof.D, proof.r1_hat)
    # 3. Bv = P1 + Q_1 * domain + H_i1 * msg_i1 + ... + H_iR * msg_iR
    # 4. T2 = Bv * c + D * r3^ + H_j1 * m^_j1 + ... + H_jU * m^_jU
    t2 = constant(c) + curve.multiply_g1(proof.D, proof.r3_hat)
    for generator, scalar in disclosed:
        t2 = t2 + generator(scalar * c % ORDER)
    for generator, m_hat in zip(hidden, proof.m_hats, strict=True):
        t2 = t2 + generator(m_hat)
    return ProofPoints(Abar=proof.Abar, Bbar=proof.Bbar, D=proof.D, T1=t1, T2=t2)


def proof_to_octets(proof: Proof) -> bytes:
    """3 points and 4 + U scalars: 272 + 32 * U octets; section 4.2.4.4."""
    points = (proof.Abar, proof.Bbar, proof.D)
    scalars = (proof.e_hat, proof.r1_hat, proof.r3_hat, *proof.m_hats, proof.challenge)
    return b"".join(map(curve.encode_g1, points)) + b"".join(map(encode_scalar, scalars))


def octets_to_proof(octets: bytes) -> Proof:
    """The proof in octets; raises EncodingError. Points are not the identity; section 4.2.4.5."""
    floor = 3 * OCTET_POINT_LENGTH + 4 * OCTET_SCALAR_LENGTH
    if len(octets) < floor or (len(octets) - floor) % OCTET_SCALAR_LENGTH:
        raise EncodingError("a proof has 272 octets and 32 for each hidden message")
    abar, bbar, point_d = (
        curve.decode_g1(octets[at : at + OCTET_POINT_LENGTH])
        for at in range(0, 3 * OCTET_POINT_LENGTH, OCTET_POINT_LENGTH)
    )
    e_hat, r1_hat, r3_hat, *m_hats, challenge = decode_scalars(octets[3 * OCTET_POINT_LENGTH :])
    return Proof(
        Abar=abar,
        Bbar=bbar,
        D=point_d,
        e_hat=e_hat,
        r1_hat=r1_hat,
        r3_hat=r3_hat,
        m_hats=tuple(m_hats),
        challenge=challenge,
    )
