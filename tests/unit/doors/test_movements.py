"""Who is inside: the rule for one pseudonym, and the merge that does not mind the order."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from credentials.doors import PASSING, Verdict
from server.doors.movements import Direction, Scan, judge_movement, merge


def scan(
    name: str, at: int, direction: Direction = "in", *, mode: str = "re_entry", code: str = ""
) -> Scan:
    return Scan(
        scan_id=name.encode(),
        door=f"door-{name}",
        mode=mode,
        direction=direction,
        at=at,
        code_hash=(code or name).encode(),
    )


def test_once_is_once_and_names_the_first_entry() -> None:
    first = scan("a", 10, mode="once")
    assert judge_movement([], first) == (Verdict.ADMITTED, None)
    assert judge_movement([first], scan("b", 20, mode="once")) == (Verdict.ALREADY_IN, first)


def test_in_and_out_and_in_again() -> None:
    history: list[Scan] = []
    for number, direction in enumerate(("in", "out", "in", "out")):
        move = scan(str(number), number, direction)  # type: ignore[arg-type]
        verdict, against = judge_movement(history, move)
        assert verdict is (Verdict.ADMITTED if direction == "in" else Verdict.CHECKED_OUT)
        assert against is None
        history.append(move)


def test_nobody_enters_twice_or_leaves_from_outside() -> None:
    entry = scan("a", 10)
    leaving = scan("b", 20, "out")
    assert judge_movement([entry], scan("c", 30)) == (Verdict.ALREADY_IN, entry)
    assert judge_movement([], scan("c", 30, "out")) == (Verdict.NOT_INSIDE, None)
    assert judge_movement([entry, leaving], scan("c", 30, "out")) == (Verdict.NOT_INSIDE, leaving)


def test_one_code_is_good_for_one_movement() -> None:
    entry = scan("a", 10, code="x")
    assert judge_movement([entry], scan("b", 11, "out", code="x")) == (Verdict.REPLAYED, entry)


def test_the_earliest_scan_wins_and_the_smaller_id_at_the_same_second() -> None:
    early, late, same = (
        scan("b", 10, mode="once"),
        scan("a", 20, mode="once"),
        scan("c", 10, mode="once"),
    )
    for order in permutations((early, late, same)):
        merged = merge(order)
        assert merged.movements == (early,)
        assert [(one.scan, one.against) for one in merged.lost] == [(same, early), (late, early)]


scans = st.lists(
    st.builds(
        scan,
        st.uuids().map(str),
        st.integers(0, 20),
        st.sampled_from(["in", "out"]),
        mode=st.sampled_from(["re_entry", "once"]),
        code=st.sampled_from("vwxyz"),
    ),
    max_size=12,
    unique_by=lambda one: one.scan_id,
)


@given(scans, st.randoms())
def test_any_order_of_arrival_gives_the_same_rows(made: list[Scan], random: object) -> None:
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    merged = merge(shuffled)
    assert merged == merge(made)
    assert len(merged.movements) + len(merged.lost) == len(made)
    assert not any(lost.verdict in PASSING for lost in merged.lost)
    codes = [move.code_hash for move in merged.movements if move.mode == "re_entry"]
    assert len(set(codes)) == len(codes)
