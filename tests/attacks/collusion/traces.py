"""What the colluders can tell of one act: its requests, all that hangs together, as features.

They know which request is the act itself by its address and time. To it they add whatever came over
the same connection or in the same second, whatever else holds a rare text or octet string that it
holds, and the rows of the database that do. Everything in that becomes a *token* (where it stands,
and what) or a *number* (how many, how long, when, in which order).
"""

import hashlib
import sqlite3
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from credentials import domain_tags
from credentials.formats.presentation import Presentation
from tests.attacks.collusion.festival import Act
from tests.attacks.collusion.leaves import Leaf, leaves, opened
from tests.attacks.collusion.record import Request

POINT = 48
TELLING = 12
"""Octets, or characters, with which a string can be rare."""
RARE = 8
"""In more requests, or rows, than this a string is not rare."""
WINDOW = 8

Token = tuple[str, object]


@dataclass(eq=False)
class Trace:
    """One member's act in one context, as the colluders see it."""

    member: int
    at: int
    said: tuple[object, ...]
    """What it says by design: the values that it discloses, and the number of removals."""
    tokens: set[Token] = field(default_factory=set)
    shape: dict[str, int] = field(default_factory=dict)
    """How large it is and when, whatever is in it."""
    numbers: dict[str, int] = field(default_factory=dict)
    windows: set[bytes] = field(default_factory=set)
    times: list[int] = field(default_factory=list)


@dataclass
class Colluders:
    """All that was received and kept, and what hangs together in it."""

    requests: Sequence[Request]
    rows: Sequence[tuple[Leaf, ...]]

    def __post_init__(self) -> None:
        self._leaves = {id(one): tuple(_of_request(one)) for one in self.requests}
        self._by_connection: dict[str, list[Request]] = defaultdict(list)
        self._place = {id(one): number for number, one in enumerate(self.requests)}
        self._by_second: dict[int, list[Request]] = defaultdict(list)
        self._holding: dict[object, list[Request]] = defaultdict(list)
        for one in self.requests:
            self._by_connection[one.connection].append(one)
            self._by_second[one.at].append(one)
            for value in _telling(self._leaves[id(one)]):
                self._holding[value].append(one)
        self._rows_holding: dict[object, list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            for value in _telling(row):
                self._rows_holding[value].append(number)

    def trace(self, core: Request, *, member: int) -> Trace:
        """All that is known of the act whose request this is."""
        trace = Trace(member=member, at=core.at, said=tuple(self._said(core)))
        together = self._together(core)
        connection = self._by_connection[core.connection]
        trace.shape |= {
            "when": core.at,
            "requests": len(together),
            "on the connection": len(connection),
            "before on the connection": connection.index(core),
            "octets": sum(len(one.body) for one in together),
            "octets answered": sum(len(one.answer) for one in together),
            "begins": min(one.at for one in together) - core.at,
            "ends": max(one.at for one in together) - core.at,
        }
        trace.numbers |= trace.shape
        for one in together:
            trace.times.append(one.at)
            trace.tokens.add(("connection", one.connection))
            self._add(trace, self._leaves[id(one)], name=_kind(one))
        for number in self._rows_of(together):
            self._add(trace, self.rows[number], name="")
        for path, value in self._leaves[id(core)]:
            if isinstance(value, bytes) and path.startswith("body") and opened(value) is None:
                ends = range(len(value) - WINDOW + 1)
                trace.windows |= {value[at : at + WINDOW] for at in ends}
        return trace

    def _together(self, core: Request) -> list[Request]:
        near = (*self._by_connection[core.connection], *self._by_second[core.at])
        found = {id(one): one for one in near}
        for value in _telling(self._leaves[id(core)]):
            holding = self._holding[value]
            if len(holding) <= RARE:
                found |= {id(one): one for one in holding}
        return sorted(found.values(), key=lambda one: self._place[id(one)])

    def _rows_of(self, requests: Iterable[Request]) -> list[int]:
        """Rows that hold what the requests hold, and rows that hold what these rows hold."""
        found: set[int] = set()
        held = {value for one in requests for value in _telling(self._leaves[id(one)])}
        for _ in range(2):
            near = [self._rows_holding.get(value, ()) for value in held]
            new = {number for rows in near if len(rows) <= RARE for number in rows} - found
            found |= new
            held = {value for number in new for value in _telling(self.rows[number])}
        return sorted(found)

    def _add(self, trace: Trace, of: Iterable[Leaf], *, name: str) -> None:
        for path, value in of:
            where = f"{name} {path}"
            if value in ("", b""):
                continue
            if isinstance(value, int):
                trace.tokens.add((where, value))
                trace.numbers.setdefault(where, value)
                continue
            trace.numbers.setdefault(f"length of {where}", len(value))
            octets = value.encode() if isinstance(value, str) else value
            trace.tokens.add((where, octets))
            if isinstance(value, str) or opened(value) is not None:
                continue
            trace.tokens.add((f"hash of {where}", hashlib.sha256(octets).digest()))
            if len(octets) >= WINDOW:
                trace.numbers.setdefault(f"beginning of {where}", int.from_bytes(octets[:6], "big"))
            for at in range(0, len(octets) - POINT + 1, POINT) if len(octets) > POINT else ():
                trace.tokens.add((f"{where} from {at}", octets[at : at + POINT]))

    def _said(self, core: Request) -> Iterator[object]:
        for path, value in self._leaves[id(core)]:
            if path.startswith("body") and isinstance(value, bytes):
                yield from said_by(value)


def said_by(octets: bytes) -> tuple[object, ...]:
    """What a presentation says by design, where that is what the octets are."""
    if octets[2 : 2 + len(domain_tags.PRESENTATION)] != domain_tags.PRESENTATION.encode():
        return ()
    shown = Presentation.from_cbor(octets)
    return (*shown.disclosed, shown.removals)


def _of_request(one: Request) -> Iterator[Leaf]:
    yield "address", one.path + one.query
    for part in one.path.split("/"):
        yield "address part", part
    for name, value in one.headers:
        yield f"header {name}", value
    yield "headers", " ".join(name for name, _ in one.headers)
    yield "octets", len(one.body)
    yield "octets answered", len(one.answer)
    yield from leaves(one.body, "body")
    if one.method == "POST":
        yield from leaves(one.answer, "answer")
    else:  # what is public: only which state of it was fetched
        yield "answer", hashlib.sha256(one.answer).hexdigest()


def _kind(one: Request) -> str:
    head, _, tail = one.path.rpartition("/")
    return f"{one.place} {one.method} {head if len(tail) > TELLING else one.path}"


def _telling(of: Iterable[Leaf]) -> Iterator[object]:
    for _, value in of:
        if isinstance(value, str) and len(value) >= TELLING:
            yield value
        elif isinstance(value, bytes) and len(value) >= TELLING:
            yield value
            if len(value) > POINT:
                yield value[:POINT]


def rows_in(database: Path, *files: Path) -> list[tuple[Leaf, ...]]:
    """Every row of a database, with its place, and every line of the files."""
    rows = []
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in names:
            cursor = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - its own name
            columns = [column[0] for column in cursor.description]
            for place, values in enumerate(cursor):
                row: list[Leaf] = [(f"{table} place", place)]
                for column, value in zip(columns, values, strict=True):
                    row += leaves(value, f"{table} {column}")
                rows.append(tuple(row))
    for file in files:
        for line in file.read_bytes().splitlines():
            rows.append(tuple(leaves(line, file.name)))
    return rows


def contexts_of(
    acts: Iterable[Act], colluders: Colluders, *, names: Container[str] | None = None
) -> dict[str, dict[int, Trace]]:
    """By context (of these, or all) the trace of each member who did something there."""
    found: dict[str, dict[int, Trace]] = defaultdict(dict)
    for act in acts:
        if names is not None and act.context not in names:
            continue
        core = core_of(act)
        if core is not None and act.member not in found[act.context]:
            found[act.context][act.member] = colluders.trace(core, member=act.member)
    return dict(found)


def core_of(act: Act) -> Request | None:
    """The request that is the act itself, and not what stands around it."""
    for end in ("/ballots", "/answer", "/checkins", "/credential"):
        for one in act.requests:
            if one.method == "POST" and one.path.endswith(end):
                return one
    return next(iter(act.requests), None)
