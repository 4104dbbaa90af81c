"""Which backend is chosen: blst, unless the environment or a missing wheel says otherwise."""

import subprocess
import sys
import warnings

import pytest

from credentials.curve import _choose


@pytest.fixture
def without_pyblst(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a platform for which pyblst has no wheel."""
    monkeypatch.setitem(sys.modules, "pyblst", None)
    monkeypatch.delitem(sys.modules, "credentials.curve.blst", raising=False)


@pytest.mark.parametrize("name", ["", "blst"])
def test_blst_is_chosen_by_default_and_without_a_word(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _choose(name).name == "blst"


def test_py_ecc_is_chosen_when_asked_for_and_without_a_word() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _choose("py_ecc").name == "py_ecc"


@pytest.mark.usefixtures("without_pyblst")
def test_a_missing_pyblst_falls_back_with_a_loud_warning() -> None:
    with pytest.warns(RuntimeWarning, match="not constant-time"):
        assert _choose("").name == "py_ecc"


@pytest.mark.usefixtures("without_pyblst")
def test_a_missing_pyblst_is_an_error_where_blst_was_asked_for() -> None:
    with pytest.raises(ImportError):
        _choose("blst")


@pytest.mark.parametrize("name", ["BLST", "secp256k1", " "])
def test_an_unknown_curve_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(RuntimeError, match="it can be blst or py_ecc"):
        _choose(name)


def test_py_ecc_does_not_let_nested_json_end_the_process() -> None:
    """py_ecc's own import raises the recursion limit so far that the stack overflows first."""
    script = (
        "import json, credentials.curve.py_ecc\n"
        "try: json.loads('[' * 99_999)\n"
        "except RecursionError: print('refused')"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "refused"
