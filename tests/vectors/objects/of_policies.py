"""Policies, requirements and requests."""

from dataclasses import replace
from typing import Any

from credentials.formats import cbor
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from credentials.formats.requirement import Requirement
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    of_objects,
    spoilt,
)
from tests.vectors.vector_community import OPENED, VectorCommunity
from tests.vectors.vector_presentations import NONCE


def files(community: VectorCommunity) -> dict[str, ObjectFile]:
    return {"policy": _policy(), "requirement": _requirement(), "request": _request(community)}


def _policies() -> dict[str, Policy]:
    return {
        "nothing but membership": Policy(purpose="visit", pseudonym=False),
        "what a door asks": Policy(purpose="door", disclose=("reissued",)),
        "much": Policy(
            purpose="login",
            disclose=("pass", "nickname"),
            identifying=True,
            require=(
                Requirement.parse("valid_until >= today"),
                Requirement.parse("points >= 100"),
                Requirement.parse("points <= 70000"),
            ),
            max_head_age=86_400,
        ),
        "what a poll asks": Policy(
            purpose="poll", require=(Requirement(attribute="serial", operator="<=", bound=300),)
        ),
    }


def _policy() -> ObjectFile:
    octets = cbor.encode(_policies()["much"].to_fields())
    change = Changes(octets, "policy")

    def policy(name: str, at: str, value: Any, *inner: int, why: str) -> Refused:
        return change(name, at, value, *inner, why=why, refusal="PolicyError")

    points = ("points", 0, 100)
    return ObjectFile(
        about="a policy as it stands in a request; `gives` is how people write it",
        rule="policy",
        form="cbor",
        accepted=[
            Accepted(name=name, value=cbor.encode(one.to_fields()), gives=one.to_json())
            for name, one in _policies().items()
        ],
        refused=[
            policy("an unknown purpose", "purpose", "pay", why="there are four purposes"),
            change("a pseudonym that is 2", "pseudonym", 2, why="flags are 0 or 1"),
            policy("an attribute twice", "disclose", ("pass", "pass"), why="names differ"),
            policy(
                "what is no name of an attribute", "disclose", ("Pass",), why="names are a-z first"
            ),
            policy("a requirement twice", "require", (points, points), why="each once"),
            policy(
                "shown and proven",
                "disclose",
                ("points",),
                why="nothing is proven of what is shown",
            ),
            policy(
                "the serial outside of polls",
                "require",
                (("serial", 1, 9),),
                why="ever smaller bounds would find one member",
            ),
            change("a third operator", "require", (("points", 2, 100),), why=">= and <="),
            policy("a bound of 2^24", "require", (("points", 0, 2**24),), why="below 2^24"),
            change("a bound tomorrow", "require", (("points", 0, "tomorrow"),), why="only today"),
            change("nine requirements", "require", (points,) * 9, why="at most eight"),
            policy("an age of a second", "max-head-age", (1,), why="a minute at least"),
            change("two ages", "max-head-age", (60, 60), why="none or one"),
            change("five elements", 5, 0, why="the last is an array"),
        ],
    )


def _requirement() -> ObjectFile:
    written = ("valid_until >= today", "points >= 100", "points<=0", "valid_until <= 2031-01-01")

    def refused(name: str, text: str, why: str) -> Refused:
        return Refused(name=name, value=text, why=why, refusal="PolicyError")

    return ObjectFile(
        about="a requirement as people write it; `gives` are its elements on the wire",
        rule="requirement-text",
        form="text",
        accepted=[
            Accepted(
                name=text,
                value=text,
                gives=list(Requirement.parse(text).to_fields()),  # type: ignore[arg-type]
            )
            for text in written
        ],
        refused=[
            refused("no bound", "points >=", "a bound follows"),
            refused("another operator", "points > 5", ">= and <="),
            refused("a negative bound", "points >= -1", "whole numbers from 0"),
            refused("a bound of nine digits", "points >= 167772160", "below 2^24"),
            refused("a space in front", " points >= 5", "nothing stands around it"),
            refused("a capital", "Points >= 5", "names are of small letters"),
            refused("a day that is none", "valid_until >= 2026-02-30", "dates exist"),
            refused("digits of another script", "points >= \u0663", "digits are ASCII"),
        ],
    )


def request_of(community: VectorCommunity, policy: Policy) -> PresentationRequest:
    """What the café asks."""
    return PresentationRequest(
        id="k3V_x-9",
        community_id=community.metadata.community_id,
        app="cafe",
        policy=policy,
        nonce=NONCE,
        value=community.heads[-1].value,
        asked_at=OPENED,
        expires_at=OPENED + 600,
    )


def _request(community: VectorCommunity) -> ObjectFile:
    policies = _policies()
    bare = request_of(community, policies["nothing but membership"])
    octets = bare.to_cbor()
    change = Changes(octets, "request")
    poll = policies["what a poll asks"].to_fields()
    return ObjectFile(
        about="what an app asks a wallet to show",
        rule="request",
        form="cbor",
        accepted=of_objects(
            nothing_but_membership=bare,
            much=request_of(community, policies["much"]),
            the_longest_id=replace(bare, id="A" * 64),
        ),
        refused=[
            *spoilt(octets),
            change("no id", "id", "", why="1 to 64 characters"),
            change("an id with a slash", "id", "a/b", why="A-Z, a-z, 0-9, _ and -"),
            change("an id of 65", "id", "A" * 65, why="1 to 64 characters"),
            change("no community", "community-id", b"", why="a hash has 32 octets"),
            change("an app's name", "app", "The Café", why="an id, not a name"),
            change(
                "a poll's policy",
                "policy",
                poll,
                why="apps ask for login or visit",
                refusal="PolicyError",
            ),
            change("a short nonce", "nonce", bytes(31), why="a nonce has 32 octets"),
            change("a head in place of V", "value", bytes(32), why="V is a point of G1"),
            change("a time after 2^40", "expires-at", 2**40 + 1, why="times are at most 2^40"),
        ],
    )
