"""P7: ballots enter the log in batches that tell no order of arrival, each promised one once.

Both workers take ballots while a batch is due and while the organiser closes the poll.
"""

import secrets
import threading
import time
from collections.abc import Callable

import pytest

from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.poll_event import BATCH_END, PollEvent
from credentials.merkle import leaf_hash
from tests.attacks.city import Call, City, slug
from tests.attacks.published import Published, honest
from tests.attacks.wallet import Wallet, cast


def leaves_of(city: City, manifest: Manifest) -> list[bytes]:
    octets = city.get(f"/polls/{manifest.poll}/log/leaves").content
    return [octets[at : at + 32] for at in range(0, len(octets), 32)]


def call(manifest: Manifest, ballot: Ballot) -> Call:
    """The request that casts a ballot."""
    body = {"ballot": base64url.encode(ballot.to_cbor())}
    return ("POST", f"/polls/{manifest.poll}/ballots", body, {})


def wait_for(city: City, manifest: Manifest, *, entries: int) -> list[bytes]:
    deadline = time.monotonic() + 10
    while len(leaves := leaves_of(city, manifest)) < entries:
        assert time.monotonic() < deadline, len(leaves)
        time.sleep(0.1)
    return leaves


@pytest.mark.parametrize("live", [False, True], ids=["quiet", "live"])
def test_p7_fewer_than_ten_never_enter_early_and_ten_enter_in_ascending_order(
    city: City, crowd: tuple[Wallet, ...], live: bool
) -> None:
    poll = f"batch-{secrets.token_hex(4)}"
    manifest = city.open_poll(poll, options=("yes", "no"), batch_seconds=1, live=live)
    ballots = [honest(wallet, manifest, 2) for wallet in crowd]
    for ballot in ballots[:9]:
        assert cast(city, poll, ballot.to_cbor()).status_code == 201
    time.sleep(2.3)  # longer than the interval, and than the watching threads wait
    assert len(leaves_of(city, manifest)) == 1
    if live:
        assert city.get(f"/polls/{poll}/result").json()["ballots"] == 0
    assert cast(city, poll, ballots[9].to_cbor()).status_code == 201
    leaves = wait_for(city, manifest, entries=12)
    batch = sorted(ballot.leaf_hash for ballot in ballots[:10])
    assert leaves[1:] == [*batch, leaf_hash(BATCH_END.to_cbor())]
    assert cast(city, poll, ballots[10].to_cbor()).status_code == 201
    if live:
        assert city.get(f"/polls/{poll}/result").json()["ballots"] == 10
    assert city.get(f"/polls/{poll}").json()["ballots"] == 10
    waiting = base64url.encode(ballots[10].leaf_hash)
    assert slug(city.get(f"/polls/{poll}/log/proof/{waiting}")) == "leaf-unknown"
    city.close_poll(poll)
    assert leaves_of(city, manifest)[12] == ballots[10].leaf_hash, "at the close the rest enters"


def test_p7_every_promised_ballot_is_in_the_log_once_whatever_races_with_it(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    poll = f"race-{secrets.token_hex(4)}"
    manifest = city.open_poll(poll, options=("yes", "no"), batch_seconds=1)
    waves = [
        [honest(wallet, manifest, 1 + number % 2, sequence=number) for wallet in crowd]
        for number in (1, 2, 3, 4)
    ]
    # Two ballots of one member under each number: only one of them is taken.
    rivals = [[honest(wallet, manifest, sequence=number) for wallet in crowd] for number in (1, 2)]
    before = city.answered_by_worker("/polls/{poll}/ballots")
    promised: dict[bytes, int] = {}
    closing = threading.Timer(0.1, city.close_poll, args=[poll])
    for number, wave in enumerate(waves):
        extra = rivals[number] if number < len(rivals) else []
        if number == len(waves) - 1:
            closing.start()
        elif number == 1:
            time.sleep(1)  # a batch is due, and everybody notices at once
        answers = city.at_once(call(manifest, ballot) for ballot in [*wave, *extra])
        for ballot, answer in zip([*wave, *extra], answers, strict=True):
            if answer.status_code == 201:
                promised[ballot.leaf_hash] = ballot.sequence
            else:
                assert slug(answer) in ("sequence-wrong", "poll-not-open")
    closing.join()
    after = city.answered_by_worker("/polls/{poll}/ballots")
    assert sum(after[name] > before.get(name, 0) for name in after) >= 2
    city.certify(poll)
    published = Published.of(city, poll)
    found = [Ballot.from_cbor(octets).leaf_hash for octets in published.ballots]
    assert len(found) == len(set(found))
    assert set(found) == set(promised)
    assert len(promised) >= 3 * len(crowd), "all but the last wave was before the close"
    report = published.audited()
    assert report.sound
    assert report.voters == len(crowd)
    assert published.leaves == leaves_of(city, manifest)


@pytest.fixture(scope="module")
def two_batches(city: City, crowd: tuple[Wallet, ...]) -> Published:
    """A certified poll with a batch of ten, and one of four that the closing ended."""
    poll = f"two-{secrets.token_hex(4)}"
    manifest = city.open_poll(poll, options=("yes", "no"), batch_seconds=1)
    for wallet in crowd[:10]:
        assert cast(city, poll, honest(wallet, manifest, 1).to_cbor()).status_code == 201
    wait_for(city, manifest, entries=12)
    for number, wallet in enumerate(crowd[8:]):
        ballot = honest(wallet, manifest, 2, sequence=2 if number < 2 else 1)
        assert cast(city, poll, ballot.to_cbor()).status_code == 201
    city.certify(poll)
    return Published.of(city, poll)


def test_p7_the_log_says_where_each_batch_ends_and_gives_no_time(two_batches: Published) -> None:
    assert two_batches.entries[11] == BATCH_END.to_cbor()
    assert PollEvent.from_cbor(two_batches.entries[11]).at == 0
    for batch in (two_batches.leaves[1:11], two_batches.leaves[12:16]):
        assert batch == sorted(batch)
    assert two_batches.audited().sound


Change = Callable[[list[bytes]], list[bytes]]

REORDERED: dict[str, Change] = {
    "the last batch": lambda log: [*log[:12], log[13], log[12], *log[14:]],
    "an earlier batch": lambda log: [log[0], log[10], *log[1:10], *log[11:]],
    "a batch of nine": lambda log: [
        *(*log[:10], log[11]),
        *sorted((log[10], *log[12:16]), key=leaf_hash),
        *log[16:],
    ],
    "a batch of four while voting went on": lambda log: [*log[:16], log[11], *log[16:]],
    "an empty batch": lambda log: [*log[:12], log[11], *log[12:]],
}


@pytest.mark.parametrize("change", REORDERED)
def test_p7_an_organiser_who_orders_batches_as_it_likes_is_refused_by_the_audit(
    two_batches: Published, change: str
) -> None:
    """It signs all of it, and the result is that of the same ballots."""
    log = REORDERED[change](list(two_batches.entries))
    changed = two_batches.with_entries(log).signed_anew()
    assert [check.name for check in changed.audited().failures] == ["order of the log"]


def test_p7_a_poll_closes_once_however_many_notice(city: City) -> None:
    brief = city.open_poll(f"brief-{secrets.token_hex(4)}", seconds=1)
    time.sleep(max(0, brief.closes_at - time.time()) + 0.01)
    answers = city.at_once(("GET", f"/polls/{brief.poll}", {}, {}) for _ in range(16))
    assert {answer.json()["state"] for answer in answers} == {"closed"}
    assert len(leaves_of(city, brief)) == 2
    rows = city.rows("SELECT size FROM poll_checkpoints WHERE poll = ? ORDER BY size", brief.poll)
    assert rows == [(1,), (2,)]
