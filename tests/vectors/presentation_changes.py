"""Everything near an honest presentation, on its own side and on that of the verifier."""

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from credentials.formats.presentation import Presentation
from credentials.formats.requirement import Requirement
from tests.community import Community
from tests.unit.curve.odd_points import small_order_points_g1
from tests.vectors.presentation_kinds import SLOT, Case
from tests.vectors.second_curve import P1, R

RANDOM_FLIPS = 40


def proof_parts(honest: Presentation, case: Case) -> list[tuple[int, int]]:
    """(offset, length) of every point and scalar."""
    dates = sum(one.attribute == "valid_until" for one in case.policy.require)
    digits = 3 * len(case.policy.require) - dates
    points_end = 48 * (5 + 2 * digits)
    return [
        *((at, 48) for at in range(0, points_end, 48)),
        *((at, 32) for at in range(points_end, len(honest.proof), 32)),
    ]


def mutated(honest: Presentation, other: Presentation, case: Case) -> Iterator[tuple[str, bytes]]:
    """Octets that are near an honest presentation; `other` is another member's in its place."""
    proof = honest.proof
    parts = proof_parts(honest, case)
    for at, length in parts:
        own, foreign = proof[at : at + length], other.proof[at : at + length]
        changes = {"another member's": foreign, "zero": bytes(length)}
        changes["sign"] = bytes([own[0] ^ 0x20]) + own[1:]
        if length == 32:
            scalar = int.from_bytes(own, "big")
            changes["plus one"] = ((scalar + 1) % R).to_bytes(32, "big")
            changes["negative"] = (R - scalar).to_bytes(32, "big")
            changes["r"] = R.to_bytes(32, "big")
            if scalar + R < 2**256:
                changes["plus r"] = (scalar + R).to_bytes(32, "big")
        else:
            changes["identity"] = b"\xc0" + bytes(47)
            changes["second identity"] = b"\xc0" + bytes(46) + b"\x01"
            changes["P1"] = bytes(P1.to_compressed_bytes())
            changes["beside the subgroup"] = small_order_points_g1(beside=own)[1]
            changes["of small order"] = small_order_points_g1(beside=own)[0]
        for name, octets in changes.items():
            changed = replace(honest, proof=proof[:at] + octets + proof[at + length :])
            yield f"{name} at {at}", changed.to_cbor()
    for (at, length), (then, same) in pairwise(parts):
        if length == same:
            swapped = proof[then : then + length] + proof[at : at + length]
            changed = proof[:at] + swapped + proof[then + length :]
            yield f"two change places at {at}", replace(honest, proof=changed).to_cbor()
    for name, change in {
        "another pseudonym": {"pseudonym": other.pseudonym},
        "a pseudonym that is none": {"pseudonym": b"" if honest.pseudonym else proof[:48]},
        "a pseudonym of small order": {"pseudonym": small_order_points_g1(beside=proof[:48])[0]},
        "identity as pseudonym": {"pseudonym": b"\xc0" + bytes(47)},
        "another's proof": {"proof": other.proof},
        "longer": {"proof": proof + proof[-32:]},
        "shorter": {"proof": proof[:-32]},
        "nothing disclosed": {"disclosed": ()},
        "reissued": {"disclosed": ((2, 1), *honest.disclosed[1:])},
        "another pass": {"disclosed": ((2, 0), (3, "week"))},
        "an unknown pass": {"disclosed": ((2, 0), (3, "king"))},
        "a number for a pass": {"disclosed": ((2, 0), (3, 0))},
        "another index": {"disclosed": ((2, 0), (4, 0))},
        "another purpose": {"purpose": "login" if honest.purpose != "login" else "visit"},
        "another instance": {"instance": bytes(32)},
        "another nonce": {"freshness": bytes(32)},
        "another time slot": {"freshness": SLOT + 1},
        "another value of the registry": {"removals": honest.removals + 1},
    }.items():
        changed = replace(honest, **change)
        if changed != honest and (name != "another's proof" or honest.pseudonym):
            yield name, changed.to_cbor()
    octets = honest.to_cbor()
    chance = random.Random(20)  # noqa: S311
    for _ in range(RANDOM_FLIPS):
        at, bit = chance.randrange(len(octets)), 1 << chance.randrange(8)
        yield f"bit {bit} at {at}", octets[:at] + bytes([octets[at] ^ bit]) + octets[at + 1 :]
    yield "an octet more", octets + b"\x00"
    yield "an octet less", octets[:-1]


def heads_of_one_value(case: Case) -> Iterator[tuple[str, Case]]:
    """The verifier's head, changed in everything that no presentation may tell."""
    head = case.head
    for name, change in {
        "epoch": {"epoch": 1, "previous": bytes(32)},
        "serial": {"highest_serial": head.highest_serial - 1},
        "time": {"published_at": head.published_at + 1},
        "next time": {"next_at": head.next_at + 1},
        "grace": {"grace": 1},
    }.items():
        yield name, replace(case, head=replace(head, **change))


def asked_otherwise(case: Case, other: Community) -> Iterator[tuple[str, Case]]:
    """What the verifier knows, changed in one place each."""
    head, metadata = case.head, case.metadata
    moved = replace(head, value=other.heads.newest.value)
    yield "another value of the registry", replace(case, head=moved)
    for name in ("issuer_key", "digit_key"):
        changed = replace(metadata.keys, **{name: getattr(other.metadata.keys, name)})
        moved = replace(head, registry_id=changed.registry_id)
        changed = replace(metadata, keys=changed)
        yield f"another {name}", replace(case, metadata=changed, head=moved)
    attributes = metadata.schema.attributes
    renamed = replace(attributes[3], name="surname")
    schema = replace(metadata.schema, attributes=(*attributes[:3], renamed, *attributes[4:]))
    if "nickname" not in case.policy.disclose:
        yield "another schema", replace(case, metadata=replace(metadata, schemas=(schema,)))
    yield "another verifier", replace(case, scope=replace(case.scope, verifier="https://a.example"))
    yield "another action", replace(case, action=bytes(32))
    for at, one in enumerate(case.policy.require):
        bounds = [case.expected().require[at][2] + step for step in (-1, 1)]
        for bound in bounds:
            if 0 <= bound < 2 ** (16 if one.attribute == "valid_until" else 24):
                yield f"bound {bound} on {one.attribute}", _requiring(case, at, bound=bound)
        turned = {">=": "<=", "<=": ">="}[one.operator]
        if (one.attribute, turned) not in [each.key for each in case.policy.require]:
            yield f"{one.attribute} turned", _requiring(case, at, operator=turned)
        fewer = case.policy.require[:at] + case.policy.require[at + 1 :]
        yield f"no {one}", replace(case, policy=replace(case.policy, require=fewer))
    if len(case.policy.require) < 3 and case.policy.purpose == "visit":
        more = (*case.policy.require, Requirement.parse("points >= 1"))
        if len({one.key for one in more}) == len(more):
            yield "one more", replace(case, policy=replace(case.policy, require=more))


def _requiring(case: Case, at: int, **change) -> Case:
    require = list(case.policy.require)
    require[at] = replace(require[at], **change)
    return replace(case, policy=replace(case.policy, require=tuple(require)))
