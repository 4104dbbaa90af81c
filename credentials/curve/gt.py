"""Pairings as octets, which blst's Python binding does not give: py_arkworks_bls12381.

GT has 576 octets: twelve coefficients in Fp of 48 octets each, little-endian, in the order of the
tower Fp2 = Fp[u]/(u^2 + 1), Fp6 = Fp2[v]/(v^3 - (1 + u)), Fp12 = Fp6[w]/(w^2 - v), the lower degree
first at every level. The final exponent is 3 (p^12 - 1)/r after a Miller loop over the curve's
negative parameter: py_ecc's pairing to the power of -3. Source: docs/protocol.md, "Sealed ballots".
"""

from py_arkworks_bls12381 import GT, G1Point, G2Point

GT_LENGTH = 576


def pairing_octets(g1: bytes, g2: bytes) -> bytes:
    """e(P, Q), 576 octets, of points that credentials.curve has decoded and encoded again.

    g1 has 48 octets and g2 96, compressed. Nothing is checked here: only the curve's backend
    decodes what somebody else wrote.
    """
    pairing = GT.pairing(
        G1Point.from_compressed_bytes_unchecked(g1), G2Point.from_compressed_bytes_unchecked(g2)
    )
    return bytes.fromhex(str(pairing))
