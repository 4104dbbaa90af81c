"""What has to agree, by facts alone: keys, anchor, clock; and the guard that looks at them."""

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from server.agreement.anchor import Anchor, AnchorFile, check_anchor, lost_entries
from server.agreement.clock import TOLERANCE, Known, doubt_at_start, doubt_since
from server.agreement.guard import Guard, Role
from server.agreement.keys import check_owner, check_secrets
from server.agreement.published import Position, Published, PublishedFile
from server.agreement.standing import Standing
from server.agreement.words import duration, in_words
from server.keystore import Keystore
from server.problems import OnHold, OperatorError
from server.settings import Settings

NOW = 1_800_000_000
DAY = 86_400


@pytest.fixture(scope="module")
def keystore() -> Keystore:
    return Keystore.generate()


@pytest.fixture(scope="module")
def standing(keystore: Keystore) -> Standing:
    return Standing(
        community_id=keystore.community_id,
        metadata_key=keystore.metadata_public_key,
        keys=keystore.issuer.public_keys(),
        version=3,
        metadata_hash=bytes([3]) * 32,
        epoch=7,
        head_hash=bytes([7]) * 32,
        published_at=NOW - 3600,
        next_at=NOW + 3600,
        polls={"lunch": 12},
    )


# --- keys


def test_the_keys_that_were_published_are_fine(keystore: Keystore, standing: Standing) -> None:
    assert check_secrets(keystore, standing=standing, keystore="k", database="d") is None
    assert check_owner(keystore.community_id, standing=standing, keystore="k", database="d") is None


@pytest.mark.parametrize("name", ["issuer key", "registry key", "digit key", "metadata key"])
def test_each_key_that_differs_is_named(keystore: Keystore, standing: Standing, name: str) -> None:
    issuer = keystore.issuer
    changed = {
        "issuer key": replace(keystore, issuer=replace(issuer, x=issuer.x + 1)),
        "registry key": replace(keystore, issuer=replace(issuer, alpha=issuer.alpha + 1)),
        "digit key": replace(keystore, issuer=replace(issuer, xi=issuer.xi + 1)),
        "metadata key": replace(keystore, metadata_seed=secrets.token_bytes(32)),
    }[name]
    found = check_secrets(changed, standing=standing, keystore="k.json", database="d.db")
    assert found is not None
    assert found.words.startswith(f"k.json holds another {name} than d.db has published.")


# --- the anchor


def test_a_database_at_or_after_the_anchor_is_fine(standing: Standing) -> None:
    anchor = Anchor.at(standing)
    further = replace(standing, epoch=9, version=4, head_hash=bytes(32), polls={"lunch": 20})
    for each in (standing, further):
        assert check_anchor(anchor, standing=each, database="d") is None
    assert Anchor.from_octets(anchor.to_octets()) == anchor


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"epoch": 6}, "ends with head 6, and head 7 was signed"),
        ({"version": 2}, "ends with version 2 of the metadata, and version 3 was signed"),
        ({"polls": {"lunch": 11}}, "lunch (1)"),
        ({"polls": {}}, "lunch (12)"),
        ({"head_hash": bytes(32)}, "another history"),
        ({"metadata_hash": bytes(32)}, "another history"),
        ({"community_id": bytes(32)}, "another community"),
    ],
    ids=str,
)
def test_a_database_that_is_not_what_others_have_seen_is_refused(
    standing: Standing, changes: dict[str, object], words: str
) -> None:
    older = replace(standing, **changes)  # type: ignore[arg-type]
    found = check_anchor(Anchor.at(standing), standing=older, database="d.db")
    assert found is not None
    assert words in found.words
    assert "symbolon-server restore FILE" in found.words


def test_what_polls_lost_is_counted(standing: Standing) -> None:
    anchor = replace(Anchor.at(standing), polls={"lunch": 12, "gone": 3})
    assert lost_entries(anchor, standing=replace(standing, polls={"lunch": 2})) == {
        "lunch": 10,
        "gone": 3,
    }


def test_a_damaged_anchor_is_told_with_the_way_back(tmp_path: Path, standing: Standing) -> None:
    file = AnchorFile(tmp_path / "anchor.json")
    assert file.read() is None
    file.change(lambda _: Anchor.at(standing))
    whole = file.path.read_bytes()
    for octets in (b"", whole[:-5], b"[]", whole.replace(b"anchor/1", b"anchor/9")):
        file.path.write_bytes(octets)
        with pytest.raises(OperatorError, match="delete the damaged file"):
            AnchorFile(file.path).read()


def test_an_unfinished_line_of_what_was_published_is_written_anew(tmp_path: Path) -> None:
    file = PublishedFile(tmp_path / "published.jsonl")
    assert file.position() == Position()
    for epoch in range(3):
        upto = Position(version=1, epoch=epoch, removals=0)
        file.add(Published(upto=upto, metadata=(), heads=(), entries=()))
        with file.path.open("ab") as torn:
            torn.write(b'{"version":1,"ep' * (1 + 9000 * (epoch == 2)))
        assert file.position() == upto
    assert [line.upto.epoch for line in file.read()] == [0, 1, 2]
    file.path.write_bytes(b"nothing of ours\n")
    with pytest.raises(OperatorError, match="damaged"):
        file.position()


# --- the clock

KNOWN = Known(believed_at=NOW, published_at=NOW - DAY, next_at=NOW + 100)
NO_MEMORY = replace(KNOWN, believed_at=None)


@pytest.mark.parametrize(
    ("seconds", "known", "served", "fine"),
    [
        (0, KNOWN, False, True),
        (DAY, KNOWN, False, True),
        (3 * DAY, KNOWN, False, False),
        (2300 * DAY, KNOWN, False, False),
        (-60, KNOWN, False, True),
        (-600, KNOWN, False, False),
        (300, KNOWN, True, True),
        (3600, KNOWN, True, False),
        (100 + DAY, NO_MEMORY, False, True),
        (2300 * DAY, NO_MEMORY, False, False),
        (-2 * DAY, NO_MEMORY, False, False),
        # What was published in the year 2033, by a clock that was wrong, says nothing any more.
        (0, replace(KNOWN, published_at=NOW + 2000 * DAY), False, False),
        (0, replace(KNOWN, published_at=NOW + DAY, disregard=NOW + DAY), False, True),
    ],
)
def test_a_clock_is_judged_by_what_is_known(
    seconds: int, known: Known, served: bool, fine: bool
) -> None:
    found = doubt_at_start(NOW + seconds, known=known, served=served)
    assert (found is None) is fine
    if found is not None:
        assert found.words.endswith("symbolon-server clock confirm")
        assert in_words(NOW + seconds) in found.words


def test_a_jump_is_told_with_its_direction_and_size() -> None:
    assert doubt_since(NOW + TOLERANCE, expected=NOW) is None
    ahead, back = (doubt_since(NOW + by, expected=NOW) for by in (2300 * DAY, -7200))
    assert ahead is not None
    assert "jumped ahead by 2,300 days" in ahead.words
    assert back is not None
    assert "jumped back by 2 hours" in back.words


def test_times_are_said_in_words() -> None:
    assert in_words(NOW) == "Friday, 15 January 2027, 08:00 UTC"
    assert in_words(2**62) == "a time beyond the year 9999"
    assert (duration(90), duration(7300), duration(2300 * DAY)) == (
        "90 seconds",
        "2 hours",
        "2,300 days",
    )


# --- the guard


@dataclass
class Clocks:
    """Both clocks of a machine: one that is set, and one that only runs on."""

    wall: int = NOW
    elapsed: float = 50.0

    def run(self, seconds: int) -> None:
        self.wall += seconds
        self.elapsed += seconds


def guard_of(folder: Path, standing: Standing, clocks: Clocks, role: Role) -> Guard:
    return Guard(
        Settings(data_directory=folder),
        standing=lambda: standing,
        role=role,
        wall=lambda: clocks.wall,
        elapsed=lambda: clocks.elapsed,
    )


def test_while_the_clock_has_jumped_time_goes_on_and_no_key_is_handed_out(
    tmp_path: Path, standing: Standing
) -> None:
    clocks = Clocks()
    guard = guard_of(tmp_path, standing, clocks, Role.WORKER)
    key = guard.guarding(lambda: "key")
    assert (guard.look(), key()) == (None, "key")
    clocks.run(3600)
    assert guard.look() is None
    clocks.wall += 2300 * DAY
    assert guard.clock() == NOW + 3600  # before anybody has looked again
    with pytest.raises(OnHold, match="2,300 days"):
        key()
    clocks.run(8)
    assert guard.look() is not None
    assert guard.clock() == NOW + 3608
    clocks.wall -= 2300 * DAY
    assert guard.look() is None
    assert key() == "key"
    assert AnchorFile(tmp_path / "anchor.json").read() == replace(
        Anchor.at(standing), believed_at=NOW + 3600
    )


def test_time_asleep_and_months_switched_off_are_told_apart_from_a_wrong_clock(
    tmp_path: Path, standing: Standing
) -> None:
    clocks = Clocks()
    assert guard_of(tmp_path, standing, clocks, Role.STARTER).look() is None
    clocks.run(20 * DAY)  # asleep: the clock that nobody sets counts it
    running = guard_of(tmp_path, standing, Clocks(), Role.WORKER)
    assert running.look() is None
    starting = guard_of(tmp_path, standing, clocks, Role.STARTER)
    found = starting.look()
    assert found is not None
    assert "20 days" in found.words
    starting.confirm()
    assert starting.look() is None


def test_a_running_service_hears_that_its_clock_was_right(
    tmp_path: Path, standing: Standing
) -> None:
    clocks = Clocks()
    workers = [guard_of(tmp_path, standing, clocks, Role.WORKER) for _ in range(2)]
    assert [worker.look() for worker in workers] == [None, None]
    clocks.wall += 3 * DAY
    assert all(worker.look() is not None for worker in workers)
    guard_of(tmp_path, standing, clocks, Role.COMMAND).confirm()
    assert [worker.look() for worker in workers] == [None, None]
    assert workers[0].clock() == NOW + 3 * DAY


def test_a_database_that_steps_back_while_it_is_served_is_seen(
    tmp_path: Path, standing: Standing
) -> None:
    seen = [standing]
    guard = Guard(
        Settings(data_directory=tmp_path),
        standing=lambda: seen[-1],
        role=Role.WORKER,
        wall=lambda: NOW,
        elapsed=lambda: 0.0,
    )
    assert guard.look() is None
    seen.append(replace(standing, epoch=2))
    assert guard.look() is not None
    with pytest.raises(OnHold, match="registry catch-up"):
        guard.require()


def test_what_is_signed_is_remembered_when_its_transaction_is_over(
    tmp_path: Path, standing: Standing
) -> None:
    seen = [standing]
    guard = Guard(
        Settings(data_directory=tmp_path),
        standing=lambda: seen[-1],
        wall=lambda: NOW,
        elapsed=lambda: 0.0,
    )
    guard.after_write()  # nothing was signed
    assert guard.anchor.read() is None
    guard.require()
    seen.append(replace(standing, epoch=8))
    guard.after_write()
    anchor = guard.anchor.read()
    assert anchor is not None
    assert anchor.epoch == 8
