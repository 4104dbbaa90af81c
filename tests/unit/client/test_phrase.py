"""The recovery phrase: twelve words for sixteen octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.errors import WalletError
from client.wallet.phrase import from_words, to_words


@given(st.binary(min_size=16, max_size=16))
def test_words_give_the_seed_back(seed: bytes) -> None:
    words = to_words(seed)
    assert len(words.split()) == 12
    assert from_words(words) == seed


def test_the_words_are_those_of_bip_39() -> None:
    # Test vectors of BIP-39: https://github.com/trezor/python-mnemonic/blob/master/vectors.json
    assert to_words(bytes(16)) == "abandon " * 11 + "about"
    assert to_words(bytes([0x7F] * 16)) == (
        "legal winner thank year wave sausage worth useful legal winner thank yellow"
    )


def test_case_and_spacing_do_not_matter() -> None:
    assert from_words("  Abandon\n" + "ABANDON " * 10 + "about ") == bytes(16)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("abandon " * 11, "these are 11"),
        ("abandon " * 12, "do not belong together"),
        ("abandon " * 4 + "symbolon " + "abandon " * 6 + "about", "Word 5"),
    ],
)
def test_wrong_words_are_explained_without_repeating_them(words: str, reason: str) -> None:
    with pytest.raises(WalletError, match=reason) as refused:
        from_words(words)
    assert "symbolon" not in str(refused.value)
