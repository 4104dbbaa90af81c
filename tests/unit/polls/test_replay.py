"""credentials.polls.replay: what a poll's log may hold, and in which order."""

from dataclasses import replace

import pytest

from credentials.errors import PollLogRefused
from credentials.formats.lot import FINAL_SECONDS
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import BATCH_END, Kind, PollEvent
from credentials.polls import Replay, State, withdrawals
from tests.unit.formats.samples import MANIFEST, SEALING, WITNESSES

OPENS, CLOSES = MANIFEST.opens_at, MANIFEST.closes_at
SEALED = replace(MANIFEST, sealing=SEALING)
BY_SERVER = replace(MANIFEST, sealing=replace(SEALING, result=None, signatures=()))
WATCHED = replace(SEALED, witnesses=WITNESSES, witnesses_needed=3)
BEACON = MANIFEST.beacon_at(CLOSES)
BY_BEACON = replace(MANIFEST, tie_rule="beacon/1", beacon=BEACON)
SEALED_BY_BEACON = replace(BY_BEACON, sealing=SEALING)
ANA, BO = b"A" * 48, b"B" * 48

CLOSING = PollEvent(kind=Kind.CLOSING, at=CLOSES)
CLOSED_EARLY = PollEvent(kind=Kind.CLOSING, at=CLOSES - 1, reason="Everybody has voted.")
OPENING = PollEvent(kind=Kind.OPENING, at=CLOSES + 1, value=b"D" * 48)
RESULT = PollEvent(kind=Kind.CERTIFICATION, at=CLOSES + 2, value=b"result")
CANCELLED = PollEvent(kind=Kind.CANCELLATION, at=OPENS + 5, reason="The question was wrong.")
OBJECTION = PollEvent(kind=Kind.OBJECTION, at=CLOSES + 1, reason="The network was down.")
ANNULLED = replace(CANCELLED, at=CLOSES + 1)
LONGER = PollEvent.extension(at=OPENS + 5, reason="The network was down.", closes_at=CLOSES + 60)
ROUND = PollEvent(kind=Kind.BEACON, at=BEACON.due_at, value=b"S" * 48)
DRAWN = replace(RESULT, at=BEACON.due_at)
WITH_ROUND = PollEvent.extension(
    at=OPENS + 5,
    reason="The network was down.",
    closes_at=CLOSES + 60,
    beacon=MANIFEST.beacon_at(CLOSES + 60),
)
CLOSED_LATE = PollEvent(kind=Kind.CLOSING, at=CLOSES + 60)


def vote(
    log: Replay,
    *,
    pseudonym: bytes = ANA,
    sequence: int = 1,
    content: bytes = b"\1",
    leaf: int | None = None,
) -> None:
    """A ballot; unless a leaf is given, one that may stand next."""
    leaf_hash = (log.ballots + 1 if leaf is None else leaf).to_bytes(32, "big")
    log.take_ballot(leaf_hash=leaf_hash, pseudonym=pseudonym, sequence=sequence, content=content)


def test_an_open_poll_goes_from_ballots_to_its_result() -> None:
    log = Replay(MANIFEST)
    vote(log)
    states = [log.state]
    for event in (CLOSING, RESULT):
        log.take_event(event)
        states.append(log.state)
    assert states == [State.OPEN, State.CLOSED, State.CERTIFIED]
    assert (log.closed_at, log.result, log.ballots) == (CLOSES, b"result", 1)


def test_a_sealed_poll_is_opened_between() -> None:
    log = Replay(SEALED)
    for event in (CLOSING, OPENING, RESULT):
        log.take_event(event)
    assert log.opening == b"D" * 48
    assert log.state is State.CERTIFIED


def test_the_highest_number_counts_in_whatever_order_the_batches_hold_them() -> None:
    log = Replay(MANIFEST)
    for sequence in (2, 3, 1):
        vote(log, sequence=sequence, content=bytes([sequence]))
    vote(log, pseudonym=BO, content=b"")
    log.take_event(CLOSING)
    assert log.highest == {ANA: (3, b"\3"), BO: (1, b"")}
    assert log.ballots == 4


def test_an_extension_moves_the_closing_time() -> None:
    log = Replay(MANIFEST)
    log.take_event(LONGER)
    assert log.closes_at == CLOSES + 60
    log.take_event(CLOSED_LATE)
    assert log.closed_at == CLOSES + 60


def test_a_cancelled_poll_has_no_result() -> None:
    log = Replay(MANIFEST)
    log.take_event(CANCELLED)
    assert log.state is State.CANCELLED
    with pytest.raises(PollLogRefused, match="cancelled"):
        log.take_event(CLOSING)
    with pytest.raises(PollLogRefused):
        vote(log)


@pytest.mark.parametrize("events", [(CLOSING,), (CLOSED_EARLY,), (CLOSING, RESULT)])
def test_no_ballot_comes_after_the_closing(events: tuple[PollEvent, ...]) -> None:
    log = Replay(MANIFEST)
    for event in events:
        log.take_event(event)
    with pytest.raises(PollLogRefused, match="after the poll's closing"):
        vote(log)


@pytest.mark.parametrize(
    ("sealed", "events", "reason"),
    [
        (False, (RESULT,), "certification comes"),
        (True, (CLOSING, RESULT), "certification comes"),
        (True, (OPENING,), "opening comes"),
        (False, (CLOSING, OPENING), "never sealed"),
        (True, (CLOSING, OPENING, OPENING), "opening comes"),
        (False, (CLOSING, CLOSING), "closing comes"),
        (False, (CLOSING, RESULT, RESULT), "goes on"),
        (False, (CLOSING, LONGER), "earlier than the one before"),
        (False, (replace(CLOSING, at=CLOSES - 1),), "gives no reason"),
        (False, (replace(CLOSED_EARLY, at=CLOSES + 1),), "gives no reason"),
        (False, (LONGER, CLOSING), "gives no reason"),
        (False, (LONGER, LONGER), "forward"),
        (
            False,
            (PollEvent.extension(at=CLOSES, reason="Too late.", closes_at=CLOSES + 60),),
            "after the closing time",
        ),
        (
            False,
            (LONGER, PollEvent.extension(at=OPENS, reason="Again.", closes_at=CLOSES + 90)),
            "earlier than the one before",
        ),
    ],
)
def test_events_in_any_other_order_are_refused(
    sealed: bool, events: tuple[PollEvent, ...], reason: str
) -> None:
    log = Replay(SEALED if sealed else MANIFEST)
    for event in events[:-1]:
        log.take_event(event)
    with pytest.raises(PollLogRefused, match=reason):
        log.take_event(events[-1])


@pytest.mark.parametrize("manifest", [MANIFEST, BY_SERVER, WATCHED])
def test_a_poll_closes_early_where_somebody_else_could_see_it(manifest: Manifest) -> None:
    log = Replay(manifest)
    log.take_event(CLOSED_EARLY)
    assert log.closed_at == CLOSES - 1


def test_trap_20_a_poll_that_only_trustees_open_does_not_close_early_without_a_witness() -> None:
    log = Replay(SEALED)
    with pytest.raises(PollLogRefused, match="before its time"):
        log.take_event(CLOSED_EARLY)
    log = Replay(SEALED)
    log.take_event(LONGER)
    with pytest.raises(PollLogRefused, match="before its time"):
        log.take_event(replace(CLOSED_EARLY, at=CLOSES + 59))


@pytest.mark.parametrize(
    ("manifest", "events"),
    [
        (MANIFEST, (CLOSING,)),
        (MANIFEST, (CLOSING, OBJECTION)),
        (SEALED, (CLOSING, OPENING)),
        (BY_SERVER, (CLOSING, OPENING)),
    ],
)
def test_p7_what_everybody_can_see_is_objected_to_and_not_cancelled(
    manifest: Manifest, events: tuple[PollEvent, ...]
) -> None:
    log = Replay(manifest)
    for event in events:
        log.take_event(event)
    state = log.state
    with pytest.raises(PollLogRefused, match="after its result could be seen"):
        log.take_event(ANNULLED)
    for event in (OBJECTION, OBJECTION):
        log.take_event(event)
    assert log.state is state
    log.take_event(RESULT)
    assert log.state is State.CERTIFIED
    with pytest.raises(PollLogRefused, match="goes on"):
        log.take_event(replace(OBJECTION, at=CLOSES + 3))


@pytest.mark.parametrize(
    ("manifest", "events"),
    [(MANIFEST, ()), (SEALED, ()), (SEALED, (CLOSING,)), (BY_SERVER, (CLOSING,))],
)
def test_before_there_is_a_result_a_poll_can_be_cancelled_and_not_objected_to(
    manifest: Manifest, events: tuple[PollEvent, ...]
) -> None:
    log = Replay(manifest)
    for event in events:
        log.take_event(event)
    with pytest.raises(PollLogRefused, match="before there is a result"):
        log.take_event(OBJECTION)
    log.take_event(ANNULLED)
    assert log.state is State.CANCELLED


def test_a_number_stands_once() -> None:
    log = Replay(MANIFEST)
    vote(log)
    vote(log, pseudonym=BO)
    with pytest.raises(PollLogRefused, match="same sequence number"):
        vote(log, content=b"\2")


@pytest.mark.parametrize("numbers", [(2,), (1, 3), (2, 3), (1, 2**24 - 1)])
def test_trap_16_a_gap_shows_at_the_closing(numbers: tuple[int, ...]) -> None:
    log = Replay(MANIFEST)
    vote(log, pseudonym=BO)
    for number in numbers:
        vote(log, sequence=number)
    with pytest.raises(PollLogRefused, match="gap"):
        log.take_event(CLOSING)


# --- batches


def fill(log: Replay, leaves: list[int]) -> None:
    """One ballot for each leaf, of as many members."""
    for leaf in leaves:
        vote(log, pseudonym=bytes([leaf]) * 48, leaf=leaf)


def test_each_batch_begins_anew_and_is_no_event_of_the_poll() -> None:
    log = Replay(MANIFEST)
    fill(log, list(range(21, 31)))
    log.take_event(BATCH_END)
    fill(log, list(range(1, 12)))
    log.take_event(BATCH_END)
    fill(log, [15])
    log.take_event(CLOSING)
    assert (log.ballots, log.events) == (22, [CLOSING])


@pytest.mark.parametrize("leaves", [[2, 1], [1, 3, 2]])
def test_p7_ballots_out_of_order_are_refused_in_the_last_batch_too(leaves: list[int]) -> None:
    log = Replay(MANIFEST)
    fill(log, leaves[:-1])
    with pytest.raises(PollLogRefused, match="order of their leaf hashes"):
        fill(log, leaves[-1:])


def test_p7_ballots_that_count_for_nothing_have_their_place_too() -> None:
    log = Replay(MANIFEST)
    log.pass_over(b"\2" * 32)
    with pytest.raises(PollLogRefused, match="order of their leaf hashes"):
        log.pass_over(b"\1" * 32)
    log.take_event(CLOSING)
    with pytest.raises(PollLogRefused, match="after the poll's closing"):
        log.pass_over(b"\3" * 32)


@pytest.mark.parametrize("number", [0, 1, 9])
def test_p7_fewer_than_ten_are_no_batch_while_voting_goes_on(number: int) -> None:
    log = Replay(MANIFEST)
    fill(log, list(range(1, number + 1)))
    with pytest.raises(PollLogRefused, match=f"a batch has {number} ballots"):
        log.take_event(BATCH_END)


@pytest.mark.parametrize("ending", [LONGER, CANCELLED, CLOSING, CLOSED_EARLY])
def test_an_extension_a_cancellation_and_the_closing_end_a_batch_of_any_size(
    ending: PollEvent,
) -> None:
    log = Replay(MANIFEST)
    fill(log, [7])
    log.take_event(ending)
    if ending is LONGER:
        fill(log, [3])
        log.take_event(CLOSED_LATE)


def test_no_batch_ends_after_the_voting() -> None:
    log = Replay(MANIFEST)
    log.take_event(CLOSING)
    with pytest.raises(PollLogRefused, match="batch comes when the poll is closed"):
        log.take_event(BATCH_END)


# --- the beacon's round


def test_trap_24_a_poll_by_beacon_needs_its_round_before_its_result() -> None:
    log = Replay(BY_BEACON)
    log.take_event(CLOSING)
    with pytest.raises(PollLogRefused, match="before the beacon's round"):
        log.take_event(DRAWN)
    log.take_event(ROUND)
    log.take_event(DRAWN)
    assert (log.state, log.signature) == (State.CERTIFIED, b"S" * 48)


@pytest.mark.parametrize(
    ("manifest", "events", "reason"),
    [
        (MANIFEST, (CLOSING, ROUND), "no round"),
        (BY_BEACON, (ROUND,), "beacon comes when the poll is open"),
        (BY_BEACON, (CLOSING, ROUND, ROUND), "no round"),
        (BY_BEACON, (CLOSING, replace(ROUND, at=BEACON.due_at - 1)), "before it is due"),
        (BY_BEACON, (CLOSED_EARLY, replace(ROUND, at=BEACON.due_at - 1)), "before it is due"),
        (replace(BY_BEACON, sealing=SEALING), (CLOSING, ROUND), "beacon comes when the poll is"),
        (BY_BEACON, (LONGER,), "does not name the beacon's round"),
        (MANIFEST, (WITH_ROUND,), "does not name the beacon's round"),
        (
            BY_BEACON,
            (PollEvent.extension(at=OPENS, reason="R.", closes_at=CLOSES + 90, beacon=BEACON),),
            "does not name the beacon's round",
        ),
        (SEALED_BY_BEACON, (CLOSING, replace(CANCELLED, at=BEACON.due_at)), "lot is known"),
        (BY_BEACON, (CLOSING, replace(CANCELLED, at=BEACON.due_at)), "result could be seen"),
        (BY_BEACON, (CLOSING, ROUND, replace(CANCELLED, at=BEACON.due_at)), "could be seen"),
        (BY_BEACON, (replace(CANCELLED, at=BEACON.due_at),), "lot is known"),
    ],
)
def test_trap_24_nobody_moves_the_round_or_escapes_it(
    manifest: Manifest, events: tuple[PollEvent, ...], reason: str
) -> None:
    log = Replay(manifest)
    for event in events[:-1]:
        log.take_event(event)
    with pytest.raises(PollLogRefused, match=reason):
        log.take_event(events[-1])


def test_an_early_closing_keeps_the_round_and_an_extension_names_the_next_by_the_same_rule() -> (
    None
):
    log = Replay(BY_BEACON)
    log.take_event(CLOSED_EARLY)
    assert log.beacon == BEACON
    log = Replay(BY_BEACON)
    log.take_event(WITH_ROUND)
    assert log.beacon == MANIFEST.beacon_at(CLOSES + 60) != BEACON
    log.take_event(CLOSED_LATE)
    assert log.beacon.due_at >= CLOSES + 60 + MANIFEST.batch_seconds + FINAL_SECONDS


def test_a_poll_by_beacon_is_cancelled_before_its_lot_is_known() -> None:
    log = Replay(SEALED_BY_BEACON)
    log.take_event(CLOSING)
    log.take_event(replace(CANCELLED, at=BEACON.due_at - 1))
    assert log.state is State.CANCELLED


# --- withdrawals

GONE = PollEvent.withdrawal(at=OPENS + 5, reason="The hall is taken.", option=2)


def test_an_option_is_withdrawn_while_voting_goes_on_and_after_it() -> None:
    log = Replay(MANIFEST)
    log.take_event(GONE)
    vote(log)
    assert (log.state, log.withdrawn) == (State.OPEN, (2,))
    log = Replay(SEALED)
    for event in (CLOSING, replace(GONE, at=CLOSES), OPENING, RESULT):
        log.take_event(event)
    assert (log.state, log.withdrawn) == (State.CERTIFIED, (2,))


def test_an_option_that_does_not_stand_is_not_withdrawn_and_two_remain() -> None:
    log = Replay(MANIFEST)
    with pytest.raises(PollLogRefused, match="does not stand"):
        log.take_event(replace(GONE, value=b"\4"))
    log.take_event(GONE)
    with pytest.raises(PollLogRefused, match="does not stand"):
        log.take_event(GONE)
    with pytest.raises(PollLogRefused, match="fewer than two"):
        log.take_event(replace(GONE, value=b"\1"))


def test_nothing_is_withdrawn_after_the_certification() -> None:
    log = Replay(MANIFEST)
    log.take_event(CLOSING)
    log.take_event(RESULT)
    with pytest.raises(PollLogRefused, match="goes on after"):
        log.take_event(replace(GONE, at=CLOSES + 9))


@pytest.mark.parametrize(
    ("manifest", "events", "late"),
    [
        (MANIFEST, [GONE, CLOSING], [False]),
        (MANIFEST, [CLOSING, GONE], [True]),
        (SEALED, [CLOSING, GONE, OPENING], [False]),
        (SEALED, [CLOSING, OPENING, GONE], [True]),
    ],
)
def test_a_withdrawal_after_the_result_could_be_seen_is_marked_so(
    manifest: Manifest, events: list[PollEvent], late: list[bool]
) -> None:
    found = withdrawals(events, manifest=manifest)
    assert [one.is_late for one in found] == late
    assert [one.in_words.endswith("could be seen by then.") for one in found] == late
