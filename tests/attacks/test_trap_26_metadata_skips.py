"""Trap 26: metadata that is accepted after versions which nobody looked at.

An organiser signs a history of its own for one member, and leads it back, or on to another one,
over a version that the member never sees. Wallets, doors, apps and witnesses see all versions that
lie between, or refuse.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from client.community import pinned
from client.door.store import DoorStore
from client.door.sync import prepare
from client.doors import DoorClient
from client.errors import ServerRefused
from client.history import MAX_SKIPPED, bridged
from client.transport import Transport
from client.verifier import Verifier
from client.wallet.renew import renew_metadata
from client.wallet.restore import restore, with_restored
from client.witness.following import meet
from client.witness.record import Record
from client.witness.service import LogClient
from credentials.errors import MetadataRefused
from credentials.formats.metadata import App, Metadata, SignedMetadata
from tests.served_community import Problem, Served, heads_json, serving
from tests.unit.client.member import member

SEGMENT = "/community/metadata/0"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@dataclass
class Follower:
    """Whoever renews metadata, at the version that is published when it is made."""

    name: str
    renew: Callable[[], Metadata]


def wallet(served: Served, folder: Path) -> Follower:
    ana = member(served, folder)

    def renew() -> Metadata:
        renew_metadata(ana.vault, membership=ana.membership, service=ana.service)
        return ana.membership.metadata

    return Follower("wallet", renew)


def claiming_again(served: Served, folder: Path) -> Follower:
    ana = member(served, folder)

    def renew() -> Metadata:
        ana.claim()
        return ana.membership.metadata

    return Follower("wallet that claims", renew)


def restoring(served: Served, folder: Path) -> Follower:
    """An old backup meets the metadata of today."""
    ana = member(served, folder)

    def renew() -> Metadata:
        contents = ana.vault.read()
        published = pinned(ana.service.metadata(), fingerprint=ana.membership.fingerprint)
        published = bridged(published, known=ana.membership.signed, service=ana.service)
        found = restore(
            contents.seed,
            service=ana.service,
            issuance=ana.issuance,
            published=published,
            beside=contents,
        )
        ana.vault.change(lambda now: with_restored(now, found=found, between=published.between))
        return ana.membership.metadata

    return Follower("backup", renew)


def door(served: Served, folder: Path) -> Follower:
    store = DoorStore.open(folder / "door", create=True)
    service = DoorClient(served.address, transport=Transport())

    def renew() -> Metadata:
        return prepare(store, door="once", token="t", service=service, fingerprint=None).metadata

    renew()
    return Follower("door", renew)


def app(served: Served, folder: Path) -> Follower:
    verifier = Verifier(served.address, app="cafe")

    def renew() -> Metadata:
        verifier.refresh()
        return verifier.metadata

    return Follower("app", renew)


def app_with_files(served: Served, folder: Path) -> Follower:
    """It is given what an honest person downloads: metadata, heads and all segments."""
    heads = heads_json(served.community.heads.signed)
    verifier = Verifier(served.community.signed.to_json(), app="cafe", heads=heads)

    def renew() -> Metadata:
        files = []
        with Transport() as transport, suppress(ServerRefused):
            now = transport.get(f"{served.address}/.well-known/symbolon.json")
            for number in range(3):
                segment = transport.get(f"{served.address}/community/metadata/{number}")
                files.append(folder / f"{number}.json")
                files[-1].write_text(json.dumps(segment))
        verifier.refresh(metadata=now, between=files)
        return verifier.metadata

    return Follower("app with files", renew)


def witness(served: Served, folder: Path) -> Follower:
    client = LogClient(f"{served.address}/polls/lunch", transport=Transport())
    record = Record(folder / "witness")

    def renew() -> Metadata:
        return meet(client, record=record, fingerprint=None).published.metadata

    renew()
    return Follower("witness", renew)


FOLLOWERS = (wallet, claiming_again, restoring, door, app, app_with_files, witness)


@pytest.fixture(params=FOLLOWERS, ids=lambda make: make.__name__)
def follower(request: pytest.FixtureRequest, served: Served, tmp_path: Path) -> Follower:
    made: Follower = request.param(served, tmp_path)
    return made


def other_app(metadata: Metadata) -> tuple[App, ...]:
    """The cafe's answers go to somebody else."""
    thief = App(id="thief", name="Coffee", response_address="https://thief.example/answer")
    return (*metadata.apps, thief)


def publish(served: Served, signed: SignedMetadata) -> None:
    served.community.signed = signed


def test_trap_26_versions_that_were_missed_are_bridged(served: Served, follower: Follower) -> None:
    for number in range(2, 8):
        served.community.describe(name=f"Agora {number}")
    assert follower.renew().version == 7
    assert SEGMENT in served.asked
    served.community.describe(name="Agora 8")
    assert follower.renew().name == "Agora 8"


def test_trap_26_a_bridge_goes_over_several_segments(served: Served, follower: Follower) -> None:
    for number in range(2, 131):
        served.community.describe(name=f"Agora {number}")
    assert follower.renew().version == 130
    asked = [path for path in served.asked if path.startswith("/community")]
    assert asked == ["/community/metadata/0", "/community/metadata/1", "/community/metadata/2"]


def test_trap_26_a_version_after_none_that_is_shown_is_refused(
    served: Served, follower: Follower
) -> None:
    """Version 7 was accepted after 1, whatever it named as the version before."""
    skipped = replace(served.community.metadata, version=7, previous=bytes(32))
    publish(served, SignedMetadata.sign(skipped, private_key=served.community.signing_key))
    with pytest.raises(MetadataRefused, match=r"missing after number 1"):
        follower.renew()
    served.lies[SEGMENT] = Problem("not-found", 404)
    with pytest.raises(MetadataRefused, match=r"missing|does not show the versions"):
        follower.renew()
    served.lies[SEGMENT] = {"versions": []}
    with pytest.raises(MetadataRefused, match="missing"):
        follower.renew()


def test_trap_26_a_history_for_one_member_does_not_join_that_of_all(
    served: Served, follower: Follower
) -> None:
    community = served.community
    first = community.signed
    own = community.next_version(first, apps=other_app(community.metadata))
    publish(served, own)
    assert follower.renew().app("thief") is not None  # a lie alone cannot be seen
    publish(served, first)
    for number in range(2, 7):
        community.describe(name=f"Agora {number}")
    with pytest.raises(MetadataRefused, match="two different versions of one number"):
        follower.renew()
    # Nor does it help to leave out the version at which the two part.
    everyone = [signed.to_json() for signed in community.versions]
    served.lies[SEGMENT] = {"versions": everyone[2:]}
    with pytest.raises(MetadataRefused, match="signed two histories"):
        follower.renew()
    served.lies[SEGMENT] = {"versions": [own.to_json(), *everyone[2:]]}
    with pytest.raises(MetadataRefused, match="signed two histories"):
        follower.renew()


def test_trap_26_nobody_is_led_away_from_the_history_of_all(
    served: Served, follower: Follower
) -> None:
    community = served.community
    for number in range(2, 6):
        community.describe(name=f"Agora {number}")
    assert follower.renew().version == 5
    elsewhere = community.versions[2]
    for number in range(4, 8):
        elsewhere = community.next_version(elsewhere, name=f"For you {number}")
    publish(served, elsewhere)
    with pytest.raises(MetadataRefused, match=r"missing|two histories"):
        follower.renew()


def test_trap_26_an_endless_history_keeps_nobody(served: Served, follower: Follower) -> None:
    far = replace(served.community.metadata, version=MAX_SKIPPED + 2, previous=bytes(32))
    publish(served, SignedMetadata.sign(far, private_key=served.community.signing_key))
    with pytest.raises(MetadataRefused):
        follower.renew()
    if follower.name != "app with files":
        assert not [path for path in served.asked if path.startswith("/community")]
