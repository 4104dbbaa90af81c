"""The file in which a trustee's keys and share rest."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from client.sealed_file import key_for, seal, unseal
from client.trustee.secret import TRUSTEE_FORM, TrusteeSecret
from tests.vectors.objects.fixed_ceremony import Ceremony
from tests.vectors.objects.object_file import Accepted, ObjectFile, Refused
from tests.vectors.objects.sealed_files import PASSPHRASE, sealed_by, spoilt_files


def files(held: Ceremony) -> dict[str, ObjectFile]:
    return {"trustee-file": _file(held)}


def _file(held: Ceremony) -> ObjectFile:
    first = held.trustees[0]
    secrets = {
        f"of {first.name} before the ceremony": TrusteeSecret(keys=first),
        **{
            f"of {keys.name}": TrusteeSecret(keys=keys, share=share)
            for keys, share in zip(held.trustees, held.shares, strict=True)
        },
    }
    sealed = {
        name: sealed_by(TRUSTEE_FORM, f"trustee/{name}", secret.sealed)
        for name, secret in secrets.items()
    }
    own = sealed[f"of {first.name}"]
    return ObjectFile(
        about="a trustee's secrets, opened; `gives` the own card's fingerprint and number, or 0",
        rule="trustee-file",
        form="octets",
        given={"passphrase": PASSPHRASE},
        accepted=[
            Accepted(
                name=name,
                value=sealed[name],
                gives={
                    "fingerprint": secret.keys.card.fingerprint,
                    "number": secret.share.number if secret.share else 0,
                },
            )
            for name, secret in secrets.items()
        ],
        refused=[*spoilt_files(own, form=TRUSTEE_FORM), *_other_contents(own)],
    )


def _other_contents(own: bytes) -> Iterator[Refused]:
    key = key_for(own, passphrase=PASSPHRASE, form=TRUSTEE_FORM)
    honest: dict[str, Any] = json.loads(unseal(own, key=key))
    without = {name: value for name, value in honest.items() if name != "sharing"}
    shareless = {name: value for name, value in honest.items() if name != "share"}
    numberless = {name: value for name, value in honest.items() if name != "number"}
    for name, why, value in (
        ("something else inside", "it says what it is", {**honest, "symbolon": "secret"}),
        ("a key too few inside", "both are there", without),
        ("something besides inside", "nothing else is there", {**honest, "note": ""}),
        ("the number 0 inside", "trustees count from 1", {**honest, "number": 0}),
        ("a short key inside", "it has 32 octets", {**honest, "signing": "AAAA"}),
        ("a share of 0 inside", "a scalar that is not 0", {**honest, "share": "A" * 43}),
        ("a share without a number inside", "both are there", numberless),
        ("a number without a share inside", "both are there", shareless),
        ("a list inside", "it is an object", [honest]),
    ):
        text = json.dumps(value, ensure_ascii=False)
        octets = sealed_by(
            TRUSTEE_FORM,
            f"trustee/{name}",
            partial(seal, text.encode()),
        )
        yield Refused(name=name, why=why, value=octets, refusal="TrusteeError")
