"""Both curve backends, for tests that hold for each."""

import pytest

from credentials.curve import Backend
from credentials.curve.blst import Blst
from credentials.curve.py_ecc import PyEcc

BACKENDS: dict[str, Backend] = {"blst": Blst(), "py_ecc": PyEcc()}


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Backend:
    """One backend after the other."""
    return BACKENDS[request.param]


@pytest.fixture
def blst() -> Backend:
    return BACKENDS["blst"]


@pytest.fixture
def py_ecc() -> Backend:
    return BACKENDS["py_ecc"]
