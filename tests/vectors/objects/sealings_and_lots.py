"""Sealings, lots and witnesses that a manifest may not have."""

from collections.abc import Iterator
from typing import Any

from credentials.formats.manifest import Manifest
from credentials.log.note import KeyKind, VerifierKey
from tests.vectors.objects.object_file import Changes, Refused, element, read


def spoilt_sealings(sealed: Manifest) -> Iterator[Refused]:
    """Of a poll that trustees open."""
    octets = sealed.to_cbor()
    change = Changes(octets, "poll")
    sealing = element(octets, "poll", "sealing")

    def seal(
        name: str, value: Any, *inner: int, why: str, refusal: str = "EncodingError"
    ) -> Refused:
        return change(name, "sealing", value, *inner, why=why, refusal=refusal)

    yield change(
        "sealed and live", "live", 1, why="a sealed count is not shown", refusal="PolicyError"
    )
    yield seal(
        "the server and trustees", ("server", *sealing[1:]), why="by the server: a key alone"
    )
    yield seal("by the server, with a key of G1", ("server", bytes(48)), why="a point of G2")
    yield seal(
        "by somebody else",
        ("notary", *sealing[1:]),
        why="the server or trustees",
        refusal="PolicyError",
    )
    yield seal("no result", b"", 1, why="the ceremony's is there")
    yield seal("an octet after the result", sealing[1] + b"\0", 1, why="read as strictly")
    yield seal("a result that is an array", read(sealing[1]), 1, why="it stands as octets")
    yield seal("no signatures", (), 2, why="one of each trustee")
    yield seal("a signature too few", sealing[2][1:], 2, why="one of each trustee")
    yield seal("a signature too many", (*sealing[2], bytes(64)), 2, why="one of each trustee")
    yield seal("a short signature", bytes(63), 2, 0, why="it has 64 octets")


def spoilt_lots(watched: Manifest, *, by_server: Manifest) -> Iterator[Refused]:
    """Of a poll with a beacon, and of one that the server opens."""
    change = Changes(watched.to_cbor(), "poll")
    chain, number = element(watched.to_cbor(), "poll", "beacon")

    def lot(name: str, at: str, value: Any, *inner: int, why: str) -> Refused:
        return change(name, at, value, *inner, why=why, refusal="PolicyError")

    yield Changes(by_server.to_cbor(), "poll")(
        "a lot from an opening that the server knows",
        "tie-rule",
        "opening/1",
        why="trustees alone give one",
        refusal="PolicyError",
    )
    yield lot("an earlier round", "beacon", number - 1, 1, why="it follows from the closing time")
    yield lot("a later round", "beacon", number + 1, 1, why="it follows from the closing time")
    yield lot("another chain", "beacon", bytes(32), 0, why="there is one")
    yield lot("no round", "beacon", (), why="the rule needs one")
    yield lot("a round without its rule", "tie-rule", "none/1", why="only beacon/1 has one")
    yield lot("another closing time", "closes-at", watched.closes_at + 3, why="the round follows")
    yield change("the round 0", "beacon", 0, 1, why="rounds count from 1")
    yield change("a short chain", "beacon", chain[1:], 0, why="a hash has 32 octets")
    yield change("a round alone", "beacon", (number,), why="chain and round")


def _other_id(key: str) -> str:
    name, key_id, rest = key.split("+", 2)
    return f"{name}+{int(key_id, 16) ^ 1:08x}+{rest}"


def spoilt_witnesses(watched: Manifest) -> Iterator[Refused]:
    """Of a poll with three witnesses, two of them needed."""
    change = Changes(watched.to_cbor(), "poll")
    first, second, third = watched.witnesses

    def pinned(name: str, value: Any, *inner: int, why: str, refusal: str) -> Refused:
        return change(name, "witnesses", value, *inner, why=why, refusal=refusal)

    def renamed(name: str, key: VerifierKey, kind: KeyKind = KeyKind.COSIGNATURE) -> str:
        return VerifierKey(name=name, kind=kind, public_key=key.public_key).to_text()

    own = VerifierKey.parse(first)
    for name, value, why in (
        ("a key that signs", renamed(own.name, own, KeyKind.ED25519), "cosignatures only"),
        ("a key with another id", _other_id(first), "the id is its own"),
        ("a key of text", "anna", "name, id and key"),
        ("a key of 501", "w" * 501, "at most 500 characters"),
        ("a name that is not shown", renamed("anna\u202e", own), "shown text"),
    ):
        yield pinned(name, value, 0, why=why, refusal="EncodingError")
    yield pinned(
        "a witness twice", (first, first, third), why="each counts once", refusal="PolicyError"
    )
    yield pinned(
        "a key under two names",
        renamed("bert.example/w", own),
        1,
        why="it would count twice",
        refusal="PolicyError",
    )
    yield pinned(
        "a name with two keys",
        renamed(own.name, VerifierKey.parse(second)),
        1,
        why="names differ",
        refusal="PolicyError",
    )
    yield pinned("65 witnesses", (first,) * 65, why="at most 64", refusal="EncodingError")
    for name, number, why, refusal in (
        ("one of three", 1, "more than half", "PolicyError"),
        ("none of three", 0, "more than half", "PolicyError"),
        ("four of three", 4, "at most all", "EncodingError"),
    ):
        yield change(name, "witnesses-needed", number, why=why, refusal=refusal)
