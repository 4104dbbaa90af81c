"""Files that rest under a passphrase: sealed with fixed draws, and spoilt in the same ways."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from client import sealed_file
from client.sealed_file import SealedForm, new_key
from tests.vectors.changes import flipped
from tests.vectors.objects.object_file import Refused
from tests.vectors.vector_randomness import fixed_octets

PASSPHRASE = "\u03c0ass phrase of the ve\u0301ctors"  # not in NFC: it is brought there


def sealed_by(form: SealedForm, name: str, make: Callable[..., bytes]) -> bytes:
    """What `make` seals under its `key`: of the vectors' passphrase, with draws of that name."""
    drawn = {
        sealed_file.SALT_LENGTH: fixed_octets(f"{name}/salt", 16),
        sealed_file.NONCE_LENGTH: fixed_octets(f"{name}/nonce", 12),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed_file, "token_bytes", drawn.__getitem__)
        return make(key=new_key(PASSPHRASE, form=form))


def spoilt_files(own: bytes, *, form: SealedForm) -> Iterator[Refused]:
    """What is no file of this form, or not sealed under the passphrase."""
    magic = len(form.magic)

    def at(place: int, octet: int) -> bytes:
        return own[:place] + bytes([octet]) + own[place + 1 :]

    def refused(
        name: str, why: str, value: bytes, error: type[Exception] = form.error, **given: Any
    ) -> Refused:
        return Refused(name=name, why=why, value=value, refusal=error.__name__, given=given)

    yield refused("another file", "it says what it is", b"symbolon/other" + own[14:])
    yield refused("a later version", "readers know one", at(magic - 2, ord("9")))
    yield refused("cut short", "header and tag are there", own[: magic + 40])
    yield refused("scrypt with 2^13", "2^14 to 2^18", at(magic, 13))
    yield refused("scrypt with 2^19", "2^14 to 2^18", at(magic, 19))
    yield refused("scrypt with r 9", "1 to 8", at(magic + 1, 9))
    yield refused("scrypt with p 0", "1 to 4", at(magic + 2, 0))
    for name, value in (
        ("another salt", at(magic + 3, own[magic + 3] ^ 1)),
        ("another nonce", at(magic + 19, own[magic + 19] ^ 1)),
        ("other parameters", at(magic, 14)),
        ("a changed octet", flipped(own)),
        ("an octet more", own + b"\0"),
    ):
        yield refused(name, "the seal is over all of it", value, form.wrong)
    yield refused(
        "another passphrase",
        "the key is made of it",
        own,
        form.wrong,
        passphrase="another passphrase",
    )
