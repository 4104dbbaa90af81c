"""A trustee's share of the value that opens a poll, and the file that carries it."""

import json
from typing import Any

from client.trustee.sharing import PollShare
from credentials.sealing import share_of
from tests.vectors.changes import IDENTITY
from tests.vectors.objects.fixed_ceremony import Ceremony
from tests.vectors.objects.object_file import (
    Accepted,
    ObjectFile,
    Refused,
)
from tests.vectors.vector_randomness import fixed_octets


def files(held: Ceremony) -> dict[str, ObjectFile]:
    return {"poll-share-file": _share_json(held), "opening-share": _share(held)}


DIGEST = b"\0" + fixed_octets("a poll that trustees open", 31)


def _shares(held: Ceremony) -> list[bytes]:
    return [share_of(one.secret, digest=DIGEST) for one in held.shares]


def _share_json(held: Ceremony) -> ObjectFile:
    files = [
        json.loads(
            PollShare(poll="budget", manifest_hash=DIGEST, trustee=number, share=share).to_text()
        )
        for number, share in enumerate(_shares(held), start=1)
    ]
    honest = files[0]

    def refused(name: str, why: str, value: Any) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="TrusteeError")

    return ObjectFile(
        about="the file of a trustee's share of a poll's opening value, read",
        rule="poll-share-json",
        form="json",
        accepted=[
            Accepted(name=f"of trustee {one['trustee']}", value=one, gives={"share": share.hex()})
            for one, share in zip(files, _shares(held), strict=True)
        ],
        refused=[
            refused("another kind of file", "it says what it is", {**honest, "symbolon": "share"}),
            refused("the trustee 0", "trustees count from 1", {**honest, "trustee": 0}),
            refused("the trustee 33", "at most 32", {**honest, "trustee": 33}),
            refused("a share of 47 octets", "a point of G1", {**honest, "share": "A" * 63}),
            refused("a poll's name", "an id", {**honest, "poll": "The budget"}),
            refused("something besides", "nothing else is there", {**honest, "key": ""}),
            refused("no poll", "all members are there", {"symbolon": "poll-share"}),
        ],
    )


def _share(held: Ceremony) -> ObjectFile:
    shares = _shares(held)
    keys = [one.key.hex() for one in held.result.trustees]

    def refused(name: str, why: str, value: bytes) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="ShareRefused")

    return ObjectFile(
        about="d_i, checked under the trustee's key Z_i for a manifest's hash",
        rule="point-g1",
        form="octets",
        given={"digest": DIGEST.hex(), "trustee": 1, "key": keys[0]},
        accepted=[
            Accepted(
                name=f"of trustee {number}",
                value=share,
                given={"trustee": number, "key": key},
            )
            for number, (share, key) in enumerate(zip(shares, keys, strict=True), start=1)
        ],
        refused=[
            refused("of another trustee", "it is checked under the own key", shares[1]),
            refused(
                "for another poll",
                "it is over the manifest's hash",
                share_of(held.shares[0].secret, digest=bytes(32)),
            ),
            refused("the identity", "no point is", IDENTITY),
            refused("a point of order 3", "every point is in the group", b"\x80" + bytes(47)),
            refused("too short", "a point has 48 octets", shares[0][:-1]),
        ],
    )
