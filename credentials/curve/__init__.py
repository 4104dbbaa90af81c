"""BLS12-381, over one of two libraries; the only place that imports a pairing library.

`curve` is chosen once, at import: blst unless SYMBOLON_CURVE says py_ecc. Where blst is not
installed, py_ecc takes its place with a warning: it is some 750 times slower and not constant-time.
"""

import os
import warnings

from credentials.curve.fixed_base import FixedBase
from credentials.curve.interface import G1, G2, OCTET_G2_LENGTH, OCTET_POINT_LENGTH, Backend

__all__ = ["G1", "G2", "OCTET_G2_LENGTH", "OCTET_POINT_LENGTH", "Backend", "FixedBase", "curve"]


def _choose(name: str) -> Backend:
    if name not in ("", "blst", "py_ecc"):
        raise RuntimeError(f"SYMBOLON_CURVE is {name!r}; it can be blst or py_ecc")
    if name != "py_ecc":
        try:
            from credentials.curve.blst import Blst

            return Blst()
        except ImportError:
            if name == "blst":
                raise
            warnings.warn(
                "pyblst is not installed: falling back to py_ecc, which is some 750 times slower "
                "and not constant-time. Do not issue credentials with it.",
                RuntimeWarning,
                stacklevel=3,
            )
    from credentials.curve.py_ecc import PyEcc

    return PyEcc()


curve: Backend = _choose(os.environ.get("SYMBOLON_CURVE", ""))
