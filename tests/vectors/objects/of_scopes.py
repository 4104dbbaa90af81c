"""What a wallet computes from signed metadata alone: a door's policy, and scopes."""

from typing import Any

from credentials.domain_tags import SCOPE
from credentials.doors import door_policy
from credentials.formats import cbor
from credentials.formats.metadata import Admission, Door, Event
from credentials.scope import Scope, app_scope, door_scope, poll_scope
from tests.vectors.objects.object_file import Accepted, ObjectFile, Refused
from tests.vectors.vector_community import EVENT, SCHEMA, VectorCommunity
from tests.vectors.vector_randomness import fixed_octets

MIDNIGHT = 1_790_024_400 // 30  # 2026-09-22 00:00 in Athens, 21:00 UTC the day before
CLOCKS_BACK = 1_792_888_200 // 30  # 2026-10-25 03:30 in Athens, for the first time
CLOCKS_FORWARD = 1_806_195_600 // 30  # 2027-03-28 03:00 in Athens, which is 04:00


def files(community: VectorCommunity) -> dict[str, ObjectFile]:
    return {"door": _door(), "scope": _scope(community)}


def _doors() -> dict[str, Door]:
    def door(
        mode: str, *disclose: str, expires_by: str = "", admits: tuple[Admission, ...] = ()
    ) -> Door:
        return Door(
            id="gate",
            name="Gate",
            event=EVENT.id,
            mode=mode,
            disclose=disclose,
            expires_by=expires_by,
            admits=admits,
        )

    return {
        "once": door("once", "reissued"),
        "members only, nothing shown": door("members_only"),
        "in and out, with a choice": door("re_entry", "pass", "reissued"),
        "a date by which passes expire": door("once_per_day", "reissued", expires_by="valid_until"),
        "a date that is shown anyhow": door(
            "once", "valid_until", "reissued", expires_by="valid_until"
        ),
        "only some passes": door(
            "once",
            "reissued",
            admits=(
                Admission(attribute="pass", values=("day",)),
                Admission(attribute="reissued", values=(0,)),
            ),
        ),
        "a name": door("once", "reissued", "nickname"),
    }


def _door() -> ObjectFile:
    own = cbor.encode(_doors()["once"].to_fields())
    elements: Any = cbor.decode(own)

    def refused(name: str, why: str, at: int, value: Any, refusal: str) -> Refused:
        other = (*elements[:at], value, *elements[at + 1 :])
        return Refused(name=name, why=why, value=cbor.encode(other), refusal=refusal)

    return ObjectFile(
        about="a door as metadata lists it; `gives` the policy that follows from it",
        rule="door",
        form="cbor",
        given={"schema": SCHEMA.to_cbor().hex()},
        accepted=[
            Accepted(
                name=name,
                value=cbor.encode(door.to_fields()),
                gives=door_policy(door, schema=SCHEMA).to_json(),
            )
            for name, door in _doors().items()
        ],
        refused=[
            refused("a mode that there is not", "four modes", 3, "twice", "MetadataRefused"),
            refused("reissued is not shown", "it counts entries", 4, ("pass",), "MetadataRefused"),
            refused(
                "an attribute twice", "each once", 4, ("reissued", "reissued"), "MetadataRefused"
            ),
            refused("an id with a space", "ids have none", 0, "main gate", "EncodingError"),
            refused("an array for a date", "a name", 5, ("", ""), "EncodingError"),
            refused(
                "a day that begins at 24:00", "at 23:59 at the latest", 6, 1440, "EncodingError"
            ),
            refused("nobody admitted", "one value at least", 7, (("pass", ()),), "EncodingError"),
            refused(
                "a value twice", "each once", 7, (("pass", ("day", "day")),), "MetadataRefused"
            ),
            refused(
                "an attribute admitted by twice",
                "each once",
                7,
                (("pass", ("day",)), ("pass", ("week",))),
                "MetadataRefused",
            ),
            refused(
                "an attribute that the schema lacks",
                "a policy asks for what there is",
                4,
                ("reissued", "age"),
                "SchemaError",
            ),
        ],
    )


def scope_of(community_id: bytes, given: Any) -> Scope:
    """The scope that a case describes."""
    if given["purpose"] == "poll":
        return poll_scope(community_id, bytes.fromhex(given["poll"]))
    if given["purpose"] == "door":
        event = Event(id=given["event"], name="An event", timezone=given["timezone"])
        return door_scope(
            community_id,
            event,
            given["mode"],
            given["slot"],
            day_begins=given.get("dayBegins", 0),
        )
    return app_scope(given["purpose"], given["address"])


def _scope(community: VectorCommunity) -> ObjectFile:
    own = community.metadata.community_id

    def door(mode: str, slot: int, timezone: str = EVENT.timezone, **begins: int) -> dict[str, Any]:
        return {
            **begins,
            "purpose": "door",
            "event": EVENT.id,
            "timezone": timezone,
            "mode": mode,
            "slot": slot,
        }

    def app(purpose: str, address: str) -> dict[str, str]:
        return {"purpose": purpose, "address": address}

    cases = {
        "a door": door("once", MIDNIGHT),
        "a door of one day, before midnight": door("once_per_day", MIDNIGHT - 1),
        "a door of one day, at midnight": door("once_per_day", MIDNIGHT),
        "a door of one day, elsewhere": door("once_per_day", MIDNIGHT - 1, "Asia/Bangkok"),
        "a day that begins at six, before": door("once_per_day", MIDNIGHT + 719, dayBegins=360),
        "a day that begins at six, then": door("once_per_day", MIDNIGHT + 720, dayBegins=360),
        "a time that clocks show twice, in between": door(
            "once_per_day", CLOCKS_BACK + 119, dayBegins=210
        ),
        "a day that begins at a time that is skipped": door(
            "once_per_day", CLOCKS_FORWARD + 59, dayBegins=210
        ),
        "the same, when it has begun": door("once_per_day", CLOCKS_FORWARD + 60, dayBegins=210),
        "a poll": {"purpose": "poll", "poll": fixed_octets("a poll", 31).hex() + "00"},
        "a visit": app("visit", "https://cafe.example/answer"),
        "a login, with a port": app("login", "https://cafe.example:8443"),
    }
    bad = (
        ("an address in capitals", "one spelling", "https://Cafe.example/answer"),
        ("an address without https", "http is for this machine", "http://cafe.example"),
        ("the default port", "it is not said", "https://cafe.example:443/answer"),
    )

    def octets(verifier: bytes | str, purpose: str, instance: bytes | str) -> bytes:
        return cbor.encode_labelled(SCOPE, verifier, purpose, instance)

    accepted = []
    for name, given in cases.items():
        one = scope_of(own, given)
        accepted.append(
            Accepted(
                name=name,
                value=octets(one.verifier, one.purpose, one.instance),
                gives={"contextId": one.context_id.hex()},
                given=given,
            )
        )
    return ObjectFile(
        about="the octets that are hashed for the scope that is given; `gives` their hash",
        rule="scope",
        form="cbor",
        given={"communityId": own.hex()},
        accepted=accepted,
        refused=[
            Refused(
                name=name,
                why=why,
                value=octets(address, "visit", b""),
                refusal="MetadataRefused",
                given=app("visit", address),
            )
            for name, why, address in bad
        ],
    )
