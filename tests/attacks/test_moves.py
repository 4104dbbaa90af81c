"""A community that moves is followed by its signed metadata, and by nothing else.

Whoever controls the old address, the new one or the way between, without the community's key, leads
nobody away; and nobody is led back by what was true before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from client.commands.main import app as program
from client.commands.refreshing import _renew_one
from client.community import pinned
from client.door.store import DoorStore
from client.door.sync import prepare
from client.doors import DoorClient
from client.errors import ClientError, DoorError, ServerRefused, ServerUnreachable, WalletError
from client.issuance import IssuanceClient
from client.moving import at_its_address
from client.poll import read_poll
from client.polls import PollsClient
from client.published import PublishedClient
from client.transport import Transport
from client.verifier import Verifier
from client.wallet.claim import claim
from client.wallet.renew import renew_metadata
from client.witness.following import meet
from client.witness.record import Record
from client.witness.service import LogClient
from credentials.errors import MetadataRefused, PolicyError
from credentials.formats.metadata import SignedMetadata
from tests.served_community import Problem, Served, serving
from tests.unit.client.member import PASSPHRASE, Person, member, newcomer

WELL_KNOWN = "/.well-known/symbolon.json"


@pytest.fixture
def old() -> Iterator[Served]:
    with serving() as served:
        yield served


@dataclass
class Place:
    """Another address at which the same community answers."""

    served: Served
    address: str


@pytest.fixture
def new(old: Served) -> Iterator[Place]:
    with serving() as served:
        place = Place(served, served.address)
        served.community, served.enrolled = old.community, old.enrolled
        yield place


def move(old: Served, new: Place) -> None:
    old.community.describe(address=new.address)


def asked_of_members(served: Served) -> list[str]:
    return [path for path in served.asked if path.startswith(("/issuance", "/doors"))]


def renewed(ana: Person, *, at: str) -> str:
    service = PublishedClient(at, transport=Transport())
    renew_metadata(ana.vault, membership=ana.membership, service=service)
    return ana.membership.address


def test_a_wallet_follows_the_signed_metadata_to_the_new_address(
    old: Served, new: Place, tmp_path: Path
) -> None:
    ana, was = member(old, tmp_path), old.address
    old.community.describe(name="Agora 2")
    move(old, new)
    assert renewed(ana, at=was) == new.address
    assert ana.membership.metadata.address == new.address
    # From now on it asks nothing at the old one, and gets its credential at the new one.
    old.asked.clear()
    assert _renew_one(ana.vault, ana.membership.fingerprint).metadata.name == "Agora 2"
    assert old.asked == []
    assert "/issuance/credential" in new.served.asked


def test_a_redirect_leads_nowhere(old: Served, tmp_path: Path) -> None:
    ana = member(old, tmp_path)
    before = ana.membership
    with (
        redirecting(to=f"{old.address}{WELL_KNOWN}") as address,
        pytest.raises(ServerRefused, match="not followed"),
    ):
        renewed(ana, at=address)
    assert ana.membership == before


def test_a_move_that_another_key_signed_is_refused(old: Served, new: Place, tmp_path: Path) -> None:
    ana, was = member(old, tmp_path), old.address
    with serving() as thief:
        forged = replace(
            old.community.metadata,
            version=2,
            previous=old.community.signed.hash,
            address=new.address,
        )
        key = thief.community.signing_key
        forged = replace(forged, metadata_key=key.public_key().public_bytes_raw())
        old.lies[WELL_KNOWN] = SignedMetadata.sign(forged, private_key=key).to_json()
        with pytest.raises(MetadataRefused, match="another community"):
            renewed(ana, at=was)
    assert ana.membership.address == was
    assert new.served.asked == []


def test_an_unsigned_move_is_refused(old: Served, new: Place, tmp_path: Path) -> None:
    ana, was = member(old, tmp_path), old.address
    moved = replace(
        old.community.metadata, version=2, previous=old.community.signed.hash, address=new.address
    )
    unsigned = SignedMetadata(octets=moved.to_cbor(), signature=bytes(64))
    old.lies[WELL_KNOWN] = unsigned.to_json()
    with pytest.raises(MetadataRefused, match="signature"):
        renewed(ana, at=was)
    assert ana.membership.address == was
    assert new.served.asked == []


def test_a_move_over_versions_that_nobody_sees_is_refused(
    old: Served, new: Place, tmp_path: Path
) -> None:
    ana, was = member(old, tmp_path), old.address
    skipped = replace(old.community.metadata, version=5, previous=bytes(32), address=new.address)
    signed = SignedMetadata.sign(skipped, private_key=old.community.signing_key)
    old.lies[WELL_KNOWN] = signed.to_json()
    with pytest.raises(MetadataRefused, match="missing"):
        renewed(ana, at=was)
    assert ana.membership.address == was


def test_nobody_moves_to_where_somebody_else_answers_or_nobody_does(
    old: Served, tmp_path: Path
) -> None:
    """A name that was mistyped, or that is not the organiser's yet."""
    ana, was = member(old, tmp_path), old.address
    before = ana.membership
    with serving() as another:
        old.community.describe(address=another.address)
        with pytest.raises(ClientError, match=r"cannot be it: .*another community"):
            renewed(ana, at=was)
        assert another.asked == [WELL_KNOWN]
        another.lies[WELL_KNOWN] = Problem("not-found", 404)
        with pytest.raises(ServerUnreachable, match="does not answer"):
            renewed(ana, at=was)
    assert ana.membership == before
    # Its passes go on meanwhile.
    assert ana.stand().credential is not None


def test_nobody_moves_to_where_only_what_was_before_is_served(
    old: Served, new: Place, tmp_path: Path
) -> None:
    ana, was = member(old, tmp_path), old.address
    new.served.lies[WELL_KNOWN] = old.community.signed.to_json()
    move(old, new)
    with pytest.raises(ClientError, match=r"cannot be it: .*older than"):
        renewed(ana, at=was)
    assert ana.membership.address == was


def test_who_gets_the_old_address_later_leads_nobody_back(
    old: Served, new: Place, tmp_path: Path
) -> None:
    ana, was = member(old, tmp_path), old.address
    first = old.community.signed
    move(old, new)
    renewed(ana, at=was)
    old.lies[WELL_KNOWN] = first.to_json()
    with pytest.raises(MetadataRefused, match="older than"):
        renewed(ana, at=was)
    assert ana.membership.address == new.address


def test_a_claim_link_of_before_leads_on_and_its_code_goes_to_the_new_address_only(
    old: Served, new: Place, tmp_path: Path
) -> None:
    link = old.link
    move(old, new)
    bo = newcomer(old, tmp_path, seed=bytes([7]) * 16)
    at_old = PublishedClient(link.address, transport=Transport())
    published = pinned(at_old.metadata(), fingerprint=link.fingerprint)
    with pytest.raises(WalletError, match="says that it is at"):  # without following
        claim(
            bo.vault,
            link=link,
            service=at_old,
            issuance=IssuanceClient(link.address, transport=Transport()),
            published=published,
        )
    there = at_its_address(published, service=at_old)
    service = at_old.at(there.metadata.address)
    claim(
        bo.vault,
        link=link,
        service=service,
        issuance=IssuanceClient(service.address, transport=Transport()),
        published=there,
        at_once=True,
    )
    assert bo.membership.address == new.address
    assert asked_of_members(old) == []
    assert "/issuance/credential" in asked_of_members(new.served)


def test_commands_follow_and_say_so(old: Served, new: Place, tmp_path: Path) -> None:
    ana, was = member(old, tmp_path), old.address
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE)
    wallet = ("--wallet", str(ana.vault.path), "--passphrase-file", str(passphrase))
    link = old.link
    move(old, new)
    said = run("wallet", "refresh", *wallet)
    assert f"has moved from {was} to {new.address}" in said
    bo = ("--wallet", str(tmp_path / "bo"), "--passphrase-file", str(passphrase))
    assert "has moved" in run("wallet", "claim", link.format(), *bo)
    assert asked_of_members(old) == ["/issuance/nonce", "/issuance/credential"]  # of before
    assert "/issuance/claims" in asked_of_members(new.served)  # which is told the code


def test_a_wallet_whose_community_is_gone_from_its_old_address_is_told_the_new_one(
    old: Served, new: Place, tmp_path: Path
) -> None:
    ana = member(old, tmp_path)
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE)
    wallet = ("--wallet", str(ana.vault.path), "--passphrase-file", str(passphrase))
    old.lies[WELL_KNOWN] = Problem("not-found", 404)
    run("wallet", "refresh", "--at", new.address, *wallet, fails="does not answer")
    move(old, new)
    assert "has moved" in run("wallet", "refresh", "--at", new.address, *wallet)
    with serving() as another:
        run("wallet", "refresh", "--at", another.address, *wallet, fails="is not in")


def test_a_door_is_prepared_at_the_new_address_and_its_token_goes_nowhere_else(
    old: Served, new: Place, tmp_path: Path
) -> None:
    store = DoorStore.open(tmp_path / "door", create=True)

    def prepared(address: str) -> str:
        service = DoorClient(address, transport=Transport())
        return prepare(
            store, door="once", token="t", service=service, fingerprint=None
        ).metadata.address

    was = old.address
    assert prepared(was) == was
    with serving() as another, pytest.raises(DoorError, match="choose another"):
        prepared(another.address)
    assert asked_of_members(another) == []
    with pytest.raises(DoorError, match="choose another"):
        prepared(new.address)  # before the move: not what the metadata names
    assert asked_of_members(new.served) == []
    move(old, new)
    with pytest.raises(DoorError, match="prepare the door there"):
        prepared(was)
    assert prepared(new.address) == new.address


def test_an_app_follows_by_itself(old: Served, new: Place) -> None:
    verifier = Verifier(old.address, app="cafe")
    move(old, new)
    verifier.refresh()
    old.asked.clear()
    verifier.refresh()
    assert verifier.metadata.address == new.address
    assert old.asked == []
    # An app that was given a mirror stays with it.
    mirrored = Verifier(new.address.replace("127.0.0.1", "localhost"), app="cafe")
    mirrored.refresh()
    assert mirrored._address == new.address.replace("127.0.0.1", "localhost")


def test_an_app_stays_where_it_is_as_long_as_the_new_address_does_not_answer(
    old: Served, new: Place
) -> None:
    verifier = Verifier(old.address, app="cafe")
    was = old.address
    new.served.lies[WELL_KNOWN] = Problem("not-found", 404)
    move(old, new)
    with pytest.raises(ServerUnreachable):
        verifier.refresh()
    assert (verifier._address, verifier.metadata.address) == (was, was)


def test_a_witness_knows_the_community_again_at_its_new_address(
    old: Served, new: Place, tmp_path: Path
) -> None:
    record = Record(tmp_path / "witness")
    first = LogClient(f"{old.address}/polls/lunch", transport=Transport())
    assert meet(first, record=record, fingerprint=None).first_use
    move(old, new)
    with pytest.raises(ClientError, match="follow the poll there"):
        meet(first, record=record, fingerprint=None)
    second = LogClient(f"{new.address}/polls/lunch", transport=Transport())
    assert not meet(second, record=record, fingerprint=None).first_use


def test_a_poll_of_before_is_looked_at_and_not_voted_in(
    old: Served, new: Place, tmp_path: Path
) -> None:
    ana, was = member(old, tmp_path), old.address
    past, running = old.poll("past"), old.poll("running")
    past.end()
    new.served.polls = old.polls
    move(old, new)
    renewed(ana, at=was)
    metadata = ana.membership.metadata
    polls = PollsClient(new.address, transport=Transport())
    read = read_poll("past", polls=polls, metadata=metadata, past=True)
    assert read.manifest == past.poll.manifest
    for poll, look_back in (("past", False), ("running", True), ("running", False)):
        with pytest.raises(PolicyError, match="another origin"):
            read_poll(poll, polls=polls, metadata=metadata, past=look_back)
    # Only an address that a chained version of the metadata named counts.
    versions = [signed.to_json() for signed in old.community.versions]
    own = old.community.next_version(old.community.versions[0], address="https://fork.example")
    new.served.lies["/community/metadata/0"] = {"versions": [own.to_json(), versions[1]]}
    with pytest.raises(MetadataRefused, match="came about"):
        read_poll("past", polls=polls, metadata=metadata, past=True)
    assert running.state.value == "open"


def run(*words: str, fails: str = "") -> str:
    ran = CliRunner().invoke(program, list(words))
    if fails:
        assert fails in str(ran.exception)
        return ""
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    assert ran.exit_code == 0, ran.output
    return ran.output


@contextmanager
def redirecting(*, to: str) -> Iterator[str]:
    """An address that sends everybody on to another one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(301)
            self.send_header("location", to)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
