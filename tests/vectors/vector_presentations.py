"""The presentations among Symbolon's own vectors: one of each kind, with all that went in."""

from dataclasses import dataclass, replace
from typing import Any

from credentials.curve.scalars import encode_scalar
from credentials.formats.manifest import Manifest
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot, action_digest
from credentials.formats.presentation import Presentation
from credentials.formats.qr import to_qr_text
from credentials.formats.requirement import OPERATORS
from credentials.holder import Credential
from credentials.messages import attribute_scalar
from credentials.presentation import present
from credentials.scope import (
    Scope,
    app_scope,
    day_of_slot,
    door_scope,
    poll_scope,
    presentation_header,
    time_slot,
)
from tests.vectors.vector_community import DAY, EVENT, OPENED, VectorCommunity
from tests.vectors.vector_randomness import Drawn, fixed_octets, randomness

ANSWER = "https://cafe.example/answer"
NONCE = b"\0" + fixed_octets("nonce of an app", 31)
TODAY = 20_782  # 2026-11-25, the last day of the vectors' pass
CHOICE = 2


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a verifier asks and knows: with a presentation, all that the vectors hold."""

    case: str
    about: str
    epoch: int
    policy: Policy
    scope: Scope
    freshness: int | bytes
    today: int | None = None
    action: bytes = b""

    @property
    def day(self) -> int | None:
        freshness = self.freshness
        return day_of_slot(freshness) if isinstance(freshness, int) else self.today

    def present(self, credential: Credential) -> Presentation:
        return present(
            credential,
            policy=self.policy,
            scope=self.scope,
            freshness=self.freshness,
            today=self.today,
            action=self.action,
        )

    def to_json(self, *, value: bytes) -> dict[str, Any]:
        """The verifier's side of a vector."""
        freshness = self.freshness
        return {
            "case": self.case,
            "about": self.about,
            "epoch": self.epoch,
            "policy": self.policy.to_json(),
            "scope": {
                "verifier": tagged(self.scope.verifier),
                "purpose": self.scope.purpose,
                "instance": tagged(self.scope.instance),
            },
            "freshness": {"slot": freshness}
            if isinstance(freshness, int)
            else {"nonce": freshness.hex()},
            "today": self.day,
            "action": self.action.hex(),
            "contextId": self.scope.context_id.hex(),
            "presentationHeader": presentation_header(
                context_id=self.scope.context_id,
                purpose=self.scope.purpose,
                freshness=freshness,
                action=self.action,
                value=value,
            ).hex(),
        }


def tagged(value: bytes | str) -> dict[str, str]:
    return {"text": value} if isinstance(value, str) else {"octets": value.hex()}


def manifest_of(community: VectorCommunity) -> Manifest:
    """The poll, whose roll is the head of epoch 2."""
    metadata = community.metadata
    return Manifest(
        community_id=metadata.community_id,
        issuer_id=metadata.keys.issuer_id,
        registry_id=metadata.keys.registry_id,
        schema_id=metadata.schema.schema_id,
        poll="next-year",
        question="Where shall we meet next year?",
        options=("Athens", "Chiang Mai"),
        opens_at=OPENED + 2 * DAY,
        closes_at=OPENED + 4 * DAY,
        origin="city.example/polls/next-year",
        head=community.heads[2].hash,
        require=(("reissued", 0),),
    )


def asked(community: VectorCommunity) -> dict[str, Asked]:
    """Each kind by its name, which is the name of its file."""

    def app(case: str, about: str, **policy: Any) -> Asked:
        read = Policy.from_json({"purpose": "visit", **policy})
        scope = app_scope(read.purpose, ANSWER)
        made = Asked(case=case, about=about, epoch=4, policy=read, scope=scope, freshness=NONCE)
        dated = any(one.bound == "today" for one in read.require)
        return replace(made, today=TODAY) if dated else made

    manifest = manifest_of(community)
    poll = Asked(
        case="poll",
        about="a ballot, made at the head that the poll pins, with the witness rewound to it",
        epoch=2,
        policy=manifest.policy(community.heads[2]),
        scope=poll_scope(manifest.community_id, manifest.manifest_hash),
        freshness=manifest.manifest_hash,
        action=action_digest(manifest.manifest_hash, 1, bytes([CHOICE])),
    )
    slot = time_slot(OPENED + 3 * DAY + 100)
    several = ("points <= 16777215", "valid_until <= 2031-01-01", "points >= 0")
    every = (
        app("registry", "the signature and the registry, and no pseudonym", pseudonym=False),
        app(
            "pseudonym", "a pseudonym too, and two disclosed values", disclose=["reissued", "pass"]
        ),
        app(
            "date",
            "a date range: the pass ends on the very day that is asked for",
            disclose=["reissued", "pass"],
            require=["valid_until >= today"],
        ),
        app(
            "integer",
            "an integer between two bounds, equal to the upper",
            require=["points >= 100", "points <= 70000"],
        ),
        app(
            "several",
            "four ranges, asked for in another order than they are proven in",
            require=[*several, "valid_until >= today"],
        ),
        app(
            "disclosed",
            "every attribute disclosed, by a policy that says that it identifies",
            purpose="login",
            identifying=True,
            disclose=[one.name for one in community.metadata.schema.attributes],
        ),
        poll,
        Asked(
            case="door",
            about="a door code of one day, with its QR text",
            epoch=4,
            policy=Policy(purpose="door", disclose=("reissued",)),
            scope=door_scope(manifest.community_id, EVENT, "once_per_day", slot),
            freshness=slot,
        ),
    )
    return {one.case: one for one in every}


def vector(community: VectorCommunity, one: Asked, credential: Credential) -> dict[str, Any]:
    """The whole vector of a presentation by `credential`, which may stand at any head."""
    current = community.at(credential, one.epoch)
    with randomness(f"presentation/{one.case}") as drawn:
        made = one.present(current)
    schema = community.metadata.schema
    bounds = one.policy.bounds(schema, today=one.day)
    found = {
        **one.to_json(value=current.keys.head.head.value),
        "statements": [
            {
                "index": bound.index,
                "operator": OPERATORS.index(bound.operator),
                "bound": bound.bound,
                "digits": bound.digits,
            }
            for bound in bounds
        ],
        "disclosed": [
            {"index": index, "value": value, "scalar": hexed(attribute_scalar(value))}
            for index, value in made.disclosed
        ],
        "witness": current.witness_octets.hex(),
        "randomness": named(drawn, made, digits=[bound.digits for bound in bounds]),
        "pseudonym": made.pseudonym.hex(),
        "proof": made.proof.hex(),
        "presentation": made.to_cbor().hex(),
    }
    if one.case == "door":
        found["qr"] = to_qr_text(made.to_cbor())
    if one.case == "poll":
        manifest = manifest_of(community)
        found["manifest"] = manifest.to_cbor().hex()
        ballot = Ballot(
            manifest_hash=manifest.manifest_hash,
            sequence=1,
            content=bytes([CHOICE]),
            presentation=made,
        )
        found["ballot"] = ballot.to_cbor().hex()
        found["leafHash"] = ballot.leaf_hash.hex()
    return found


def named(drawn: Drawn, made: Presentation, *, digits: list[int]) -> dict[str, Any]:
    """The drawn scalars under the names of docs/protocol.md."""
    shown = {index for index, _ in made.disclosed}
    blindings = drawn.scalars["messages"]
    hidden = [at for at in range(len(blindings) + len(shown)) if at not in shown]
    r1, r2, e_tilde, r1_tilde, r3_tilde = map(hexed, drawn.scalars["signature"])
    rho, rho_tilde = map(hexed, drawn.scalars["registry"])
    left = [hexed(scalar) for scalar in drawn.scalars["range"]]
    ranges = []
    for k in digits:
        own, left = left[: 3 * k - 1], left[3 * k - 1 :]
        ranges.append({"digitTildes": own[: k - 1], "rhos": own[k - 1 : -k], "rhoTildes": own[-k:]})
    return {
        "mTildes": {str(at): hexed(m) for at, m in zip(hidden, blindings, strict=True)},
        "r1": r1,
        "r2": r2,
        "eTilde": e_tilde,
        "r1Tilde": r1_tilde,
        "r3Tilde": r3_tilde,
        "rho": rho,
        "rhoTilde": rho_tilde,
        "ranges": ranges,
    }


def hexed(scalar: int) -> str:
    return encode_scalar(scalar).hex()
