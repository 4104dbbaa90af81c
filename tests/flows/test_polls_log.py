"""The log of a poll: when ballots enter it, in which order, and that it only grows."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from credentials.errors import LogRefused
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import BATCH_END, Kind
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.receipt import Receipt
from credentials.merkle import check_consistency, leaf_hash, root_of_leaves
from credentials.polls import BATCH_SIZE
from server.polls.poll import Draft
from server.problems import LeafUnknown, RequestMalformed
from tests.community import Community, Member
from tests.flows.standing import Standing

BATCH = 300
DRAFT = Draft(question="Where?", options=("Garden", "Roof"), closes_after=7200, batch_seconds=BATCH)


@pytest.fixture(scope="module")
def crowd(community: Community) -> list[Member]:
    """Members enough for two batches."""
    return [community.enrol() for _ in range(2 * BATCH_SIZE + 3)]


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing) -> Manifest:
    return city.open_poll("place", DRAFT)


def size(city: Standing) -> int:
    return city.polls.poll("place").size


def checkpoint(city: Standing) -> Checkpoint:
    """The newest checkpoint, its signature checked."""
    poll = city.polls.poll("place")
    signed = SignedCheckpoint.parse(city.polls.logs.checkpoint(poll))
    return signed.open(origin=poll.manifest.origin, key=city.metadata.metadata_key)


def leaves(city: Standing) -> list[bytes]:
    octets = city.polls.logs.leaves(city.polls.poll("place"), start=0)
    return [octets[at : at + 32] for at in range(0, len(octets), 32)]


def test_the_log_begins_with_the_manifest(city: Standing, manifest: Manifest) -> None:
    assert leaves(city) == [leaf_hash(manifest.to_cbor())]
    first = checkpoint(city)
    assert (first.size, first.time) == (1, city.clock.now)
    assert first.root == root_of_leaves(leaves(city))
    assert first.origin == manifest.origin == "agora.example/polls/place"


def test_ballots_wait_until_there_are_ten_and_the_interval_is_over(
    city: Standing, crowd: list[Member], manifest: Manifest
) -> None:
    for member in crowd[: BATCH_SIZE - 1]:
        city.vote(member, 1, manifest=manifest)
    city.clock.now += BATCH
    assert (city.poll_life.look_after_all(), size(city)) == (0, 1)
    city.vote(crowd[BATCH_SIZE - 1], 1, manifest=manifest)
    assert size(city) == 2 + BATCH_SIZE
    for member in crowd[BATCH_SIZE : 2 * BATCH_SIZE]:
        city.vote(member, 1, manifest=manifest)
    city.clock.now += BATCH - 1
    assert (city.poll_life.look_after_all(), size(city)) == (0, 2 + BATCH_SIZE)
    city.clock.now += 1
    assert (city.poll_life.look_after_all(), size(city)) == (1, 3 + 2 * BATCH_SIZE)
    assert city.poll_life.look_after_all() == 0


def test_each_batch_stands_in_ascending_order_of_leaf_hashes(
    city: Standing, crowd: list[Member], manifest: Manifest
) -> None:
    cast: list[bytes] = []
    for number, member in enumerate(crowd[: BATCH_SIZE + 2]):
        if number == BATCH_SIZE - 1:
            city.clock.now += BATCH
        cast.append(city.vote(member, 1, manifest=manifest).leaf_hash)
    assert leaves(city)[1:] == [*sorted(cast[:BATCH_SIZE]), leaf_hash(BATCH_END.to_cbor())]
    city.clock.now = manifest.closes_at
    assert leaves(city)[2 + BATCH_SIZE : -1] == sorted(cast[BATCH_SIZE:])
    (closing,) = city.polls.logs.events(city.polls.poll("place"))
    assert (closing.index, closing.event.kind) == (len(cast) + 2, Kind.CLOSING)


def test_the_rows_of_ballots_have_no_time_and_no_order_of_arrival(
    city: Standing, crowd: list[Member], manifest: Manifest
) -> None:
    cast = [city.vote(member, 1, manifest=manifest).leaf_hash for member in crowd[:6]]
    with city.database.read() as connection:
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(ballots)")]
        stored = [row[0] for row in connection.exec_driver_sql("SELECT leaf_hash FROM ballots")]
        ddl = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'ballots'"
        ).scalar_one()
    assert columns == ["leaf_hash", "poll", "pseudonym", "sequence", "octets", "log_index"]
    assert "WITHOUT ROWID" in ddl
    assert stored == sorted(cast)
    assert {row["log_index"] for row in city.rows("ballots")} == {None}


def test_the_log_only_grows_between_any_two_sizes(
    city: Standing, crowd: list[Member], manifest: Manifest
) -> None:
    seen = [checkpoint(city)]
    for number, member in enumerate(crowd):
        city.clock.now += BATCH if number % BATCH_SIZE == BATCH_SIZE - 1 else 0
        city.vote(member, 1, manifest=manifest)
        if checkpoint(city) != seen[-1]:
            seen.append(checkpoint(city))
    city.poll_office.extend("place", closes_at=manifest.closes_at + 60, reason="More time.")
    seen.append(checkpoint(city))
    city.poll_office.close("place", reason="Everybody has voted.")
    seen.append(checkpoint(city))
    city.poll_office.certify("place")
    seen.append(checkpoint(city))
    assert [one.size for one in seen] == [1, 12, 23, 27, 28, 29]
    poll = city.polls.poll("place")
    for one, other in combinations(seen, 2):
        proof = city.polls.logs.consistency(poll, first=one.size, second=other.size)
        check_consistency(
            first=one.size,
            first_root=one.root,
            second=other.size,
            second_root=other.root,
            proof=proof,
        )
        with pytest.raises(LogRefused):
            check_consistency(
                first=one.size,
                first_root=other.root,
                second=other.size,
                second_root=one.root,
                proof=proof,
            )
    # Sizes between checkpoints, too: whoever asks may have seen any of them.
    roots = [root_of_leaves(leaves(city)[:number]) for number in range(poll.size + 1)]
    for first, second in combinations(range(1, poll.size + 1), 2):
        check_consistency(
            first=first,
            first_root=roots[first],
            second=second,
            second_root=roots[second],
            proof=city.polls.logs.consistency(poll, first=first, second=second),
        )
    for first, second in ((1, poll.size + 1), (3, 2)):
        with pytest.raises(RequestMalformed):
            city.polls.logs.consistency(poll, first=first, second=second)


def test_a_receipt_leads_to_the_newest_root_and_a_waiting_ballot_has_none_yet(
    city: Standing, crowd: list[Member], manifest: Manifest
) -> None:
    cast = [city.vote(member, 1, manifest=manifest).leaf_hash for member in crowd[:BATCH_SIZE]]
    poll = city.polls.poll("place")
    for unknown in (cast[0], bytes(32), b"", bytes(31)):
        with pytest.raises(LeafUnknown):
            city.polls.logs.receipt(poll, unknown)
    city.clock.now += BATCH
    poll = city.polls.poll("place")
    for leaf in (*cast, leaf_hash(manifest.to_cbor())):
        receipt = Receipt.parse(city.polls.logs.receipt(poll, leaf))
        found = receipt.check(leaf, origin=manifest.origin, key=city.metadata.metadata_key)
        assert found.size == 2 + BATCH_SIZE
    other = Receipt.parse(city.polls.logs.receipt(poll, cast[0]))
    with pytest.raises(LogRefused):
        other.check(cast[1], origin=manifest.origin, key=city.metadata.metadata_key)


def test_leaves_from_an_index_on_are_the_end_of_all_leaves(
    city: Standing, crowd: list[Member], manifest: Manifest
) -> None:
    for member in crowd[:3]:
        city.vote(member, 1, manifest=manifest)
    city.clock.now = manifest.closes_at
    poll = city.polls.poll("place")
    everything = b"".join(leaves(city))
    for start in range(poll.size + 2):
        assert city.polls.logs.leaves(poll, start=start) == everything[32 * start :]


def test_one_poll_does_not_enter_the_log_of_another(
    city: Standing, crowd: list[Member], manifest: Manifest
) -> None:
    other = city.open_poll("other", replace(DRAFT, question="When?"))
    city.vote(crowd[0], 1, manifest=manifest)
    city.vote(crowd[0], 2, manifest=other)
    city.clock.now = manifest.closes_at
    for poll in (manifest, other):
        (ballot,) = [row["leaf_hash"] for row in city.rows("ballots") if row["poll"] == poll.poll]
        octets = city.polls.logs.leaves(city.polls.poll(poll.poll), start=1)
        assert octets[:32] == ballot
        assert len(octets) == 64
