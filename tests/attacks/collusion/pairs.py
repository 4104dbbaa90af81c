"""Two contexts side by side: the traces of the members who are in both, and all that is in both.

What traces hold is put in order once for each context, and compared for each pair.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import NamedTuple

from tests.attacks.collusion.traces import Trace


class Shared(NamedTuple):
    """What is in both contexts: where, and the positions of the traces that hold it in each.

    `holders` says how many hold it anywhere, in the context where more do.
    """

    kind: tuple[str, str]
    in_x: list[int]
    in_y: list[int]
    value: object
    holders: int


COMMON = 0.9
"""What more than this part of the traces hold tells nobody apart."""
OCTETS = "octets"


class Context:
    """The traces of one context, by member, and who holds what."""

    def __init__(self, name: str, traces: Mapping[int, Trace]) -> None:
        self.name = name
        self.traces = dict(traces)
        self.held: dict[object, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for member, trace in self.traces.items():
            for where, value in trace.tokens:
                self.held[value][where].append(member)

    def hold_windows(self, elsewhere: set[bytes]) -> None:
        """Enter which short strings of octets a trace holds, of those that are elsewhere too."""
        for member, trace in self.traces.items():
            for window in trace.windows & elsewhere:
                self.held[window][OCTETS].append(member)


def side_by_side(contexts: Mapping[str, Mapping[int, Trace]]) -> dict[str, Context]:
    """All contexts, ready to be compared."""
    once: set[bytes] = set()
    again: set[bytes] = set()
    for traces in contexts.values():
        windows = set().union(*(trace.windows for trace in traces.values()))
        again |= once & windows
        once |= windows
    made = {name: Context(name, traces) for name, traces in contexts.items()}
    for context in made.values():
        context.hold_windows(again)
    return made


@dataclass(frozen=True, eq=False)
class Pair:
    """Traces of two contexts in two orders that know nothing of each other.

    `truth` gives for each position in the first the position in the second of the same member;
    `crowds` are positions in the first of members who say the same by design, in both.
    """

    names: tuple[str, str]
    xs: Sequence[Trace]
    ys: Sequence[Trace]
    shared: Sequence[Shared]
    truth: Sequence[int]
    crowds: Sequence[Sequence[int]]

    @classmethod
    def of(cls, x: Context, y: Context, *, random: Random) -> "Pair":
        """The members who are in both contexts."""
        members = sorted(x.traces.keys() & y.traces.keys())
        # So that a tie is not broken by who it is.
        order_x = random.sample(members, len(members))
        order_y = random.sample(members, len(members))
        place_x = {member: at for at, member in enumerate(order_x)}
        place_y = {member: at for at, member in enumerate(order_y)}
        crowds: dict[object, list[int]] = defaultdict(list)
        for at, member in enumerate(order_x):
            crowds[x.traces[member].said, y.traces[member].said].append(at)
        return cls(
            names=(x.name, y.name),
            xs=[x.traces[member] for member in order_x],
            ys=[y.traces[member] for member in order_y],
            shared=_shared(x, y, place_x=place_x, place_y=place_y),
            truth=[place_y[member] for member in order_x],
            crowds=list(crowds.values()),
        )


def _shared(
    x: Context, y: Context, *, place_x: Mapping[int, int], place_y: Mapping[int, int]
) -> list[Shared]:
    shared = []
    for value in x.held.keys() & y.held.keys():
        of_x = _placed(x.held[value], place_x)
        of_y = _placed(y.held[value], place_y)
        holders = max(_holders(of_x), _holders(of_y))
        for (where_x, in_x), (where_y, in_y) in product(of_x, of_y):
            if len(in_x) + len(in_y) < COMMON * (len(place_x) + len(place_y)):
                shared.append(Shared((where_x, where_y), in_x, in_y, value, holders))
    return shared


def _placed(
    held: Mapping[str, Sequence[int]], place: Mapping[int, int]
) -> list[tuple[str, list[int]]]:
    placed = [
        (where, [place[member] for member in holding if member in place])
        for where, holding in held.items()
    ]
    return [(where, holding) for where, holding in placed if holding]


def _holders(placed: Sequence[tuple[str, list[int]]]) -> int:
    return len({at for _, holding in placed for at in holding})
