"""The recovery phrase: 12 words of the BIP-39 English list for the wallet's 16-octet seed.

The words are the seed itself with BIP-39's checksum; its second step (PBKDF2 to 64 octets) is left
out, as Symbolon derives its own secrets from the 16 octets.
"""

from client.errors import WalletError

SEED_LENGTH = 16
WORD_COUNT = 12


def to_words(seed: bytes) -> str:
    """Return the 12 words of a 16-octet seed, separated by single spaces."""
    from mnemonic import Mnemonic

    if len(seed) != SEED_LENGTH:
        raise WalletError("A seed has 16 octets.")
    return str(Mnemonic("english").to_mnemonic(seed))


def from_words(text: str) -> bytes:
    """Return the 16-octet seed of 12 words in any case and spacing.

    Raises WalletError, which names the place of a wrong word and never the word.
    """
    from mnemonic import Mnemonic

    words = text.lower().split()
    if len(words) != WORD_COUNT:
        raise WalletError(f"A recovery phrase has {WORD_COUNT} words; these are {len(words)}.")
    book = Mnemonic("english")
    known = set(book.wordlist)
    for place, word in enumerate(words, start=1):
        if word not in known:
            raise WalletError(f"Word {place} of the recovery phrase is not in the word list.")
    try:
        return bytes(book.to_entropy(words))
    except ValueError:
        raise WalletError(
            "These words do not belong together: one is wrong, or two are swapped."
        ) from None
