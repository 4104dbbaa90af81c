"""Line charts as SVG: a few curves over a number, drawn once, read in a page of results.

Axes are linear or logarithmic and say their units. Each curve's name stands at its end, so that no
legend is needed. No interaction and no fonts of its own: a chart looks the same wherever it is
opened, on light and on dark pages.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path

PLOTS = Path(__file__).parent / "plots"

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 76, 190, 62, 58
NAME_GAP = 17  # between the names at the ends of two curves
COLOURS = ("#0b6e99", "#c4501b", "#2f7d4f", "#7a4fa3", "#8a6d0b")
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

Spot = Callable[[float, float], tuple[float, float]]  # from values to a place on the paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A name and (x, y) points in ascending x; an aim is drawn as a dashed line without points."""

    name: str
    points: Sequence[tuple[float, float]]
    aim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What is counted, with its unit; a logarithmic axis begins at a power of ten."""

    label: str
    log: bool = False

    def ticks(self, values: Sequence[float]) -> list[float]:
        """Round numbers that enclose all values; a linear axis begins at 0."""
        low, high = min(values), max(values)
        if self.log:
            first, last = math.floor(math.log10(low)), math.ceil(math.log10(high) - 1e-9)
            return [10.0**power for power in range(first, max(last, first + 1) + 1)]
        step = _round_step(high / 8)
        return [step * count for count in range(math.ceil(high / step - 1e-9) + 1)]

    def place(self, value: float, ticks: Sequence[float]) -> float:
        """Where a value stands between the first tick (0) and the last (1)."""
        if self.log:
            return math.log10(value / ticks[0]) / math.log10(ticks[-1] / ticks[0])
        return (value - ticks[0]) / (ticks[-1] - ticks[0])

    def between(self, ticks: Sequence[float]) -> list[float]:
        """The fainter lines of a logarithmic axis: 2 and 5 times each power of ten."""
        return [tick * times for tick in ticks[:-1] for times in (2, 5)] if self.log else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A title, a line of explanation, two axes and at most five curves."""

    title: str
    subtitle: str
    x: Axis
    y: Axis
    curves: Sequence[Curve] = field(repr=False)

    def save(self, name: str) -> Path:
        """Write plots/<name>.svg and return its path."""
        PLOTS.mkdir(exist_ok=True)
        file = PLOTS / f"{name}.svg"
        file.write_text(self.to_svg(), encoding="utf-8")
        return file

    def to_svg(self) -> str:
        """The chart as one SVG document."""
        x_ticks = self.x.ticks([x for curve in self.curves for x, _ in curve.points])
        y_ticks = self.y.ticks([y for curve in self.curves for _, y in curve.points])

        def spot(x: float, y: float) -> tuple[float, float]:
            across = self.x.place(x, x_ticks) * (WIDTH - LEFT - RIGHT)
            up = self.y.place(y, y_ticks) * (HEIGHT - TOP - BOTTOM)
            return LEFT + across, HEIGHT - BOTTOM - up

        drawn = [[spot(x, y) for x, y in curve.points] for curve in self.curves]
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" role="img" font-family="{FONT}" font-size="13">',
            f"<title>{escape(self.title)}</title><desc>{escape(self.subtitle)}</desc>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" rx="6" fill="#ffffff"/>',
            _text(LEFT, 26, self.title, size=16, colour="#1d2430", weight=600),
            _text(LEFT, 46, self.subtitle, colour="#5b6472"),
            *self._grid(x_ticks, y_ticks, spot),
            *(
                _curve(points, colour=_colour(at), aim=curve.aim)
                for at, (curve, points) in enumerate(zip(self.curves, drawn, strict=True))
            ),
            *self._names([points[-1] for points in drawn]),
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _grid(self, x_ticks: Sequence[float], y_ticks: Sequence[float], spot: Spot) -> list[str]:
        left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM
        x_of = {tick: spot(tick, y_ticks[0])[0] for tick in (*x_ticks, *self.x.between(x_ticks))}
        y_of = {tick: spot(x_ticks[0], tick)[1] for tick in (*y_ticks, *self.y.between(y_ticks))}
        lines = [
            _line(left, y, right, y, colour="#dde1e7" if tick in y_ticks else "#f1f3f6")
            for tick, y in y_of.items()
        ]
        lines += [
            _line(x, bottom, x, bottom + (6 if tick in x_ticks else 3), colour="#9aa3af")
            for tick, x in x_of.items()
        ]
        lines.append(_line(left, bottom, right, bottom, colour="#9aa3af"))
        lines += [
            _text(x_of[tick], bottom + 21, _number(tick), colour="#5b6472", anchor="middle")
            for tick in x_ticks
        ]
        lines += [
            _text(left - 10, y_of[tick] + 4.5, _number(tick), colour="#5b6472", anchor="end")
            for tick in y_ticks
        ]
        middle = (left + right) / 2
        lines.append(_text(middle, HEIGHT - 14, self.x.label, colour="#1d2430", anchor="middle"))
        turned = f' transform="rotate(-90 20 {(top + bottom) / 2:.1f})"'
        lines.append(
            _text(
                20, (top + bottom) / 2, self.y.label, colour="#1d2430", anchor="middle", more=turned
            )
        )
        return lines

    def _names(self, ends: Sequence[tuple[float, float]]) -> list[str]:
        """Each curve's name beside its end, moved up or down where two would touch."""
        order = sorted(range(len(ends)), key=lambda at: ends[at][1])
        places = _apart([ends[at][1] for at in order])
        return [
            _text(
                WIDTH - RIGHT + 12,
                place + 4.5,
                self.curves[at].name,
                colour="#5b6472" if self.curves[at].aim else _colour(at),
                weight=400 if self.curves[at].aim else 600,
            )
            for at, place in zip(order, places, strict=True)
        ]


def _round_step(size: float) -> float:
    """The smallest of 1, 2, 5, 10 times a power of ten that is not below `size`."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= size * (1 - 1e-9))


def _apart(places: Sequence[float]) -> list[float]:
    """Ascending places, moved until neighbours are NAME_GAP apart, around where they stood."""
    moved = list(places)
    for _ in range(100):
        for at, (one, other) in enumerate(pairwise(moved)):
            missing = NAME_GAP - (other - one)
            if missing > 0:
                moved[at] -= missing / 2
                moved[at + 1] += missing / 2
    return moved


def _colour(at: int) -> str:
    return COLOURS[at % len(COLOURS)]


def _number(value: float) -> str:
    """A tick as people write it: 10,000 or 0.25."""
    return f"{value:,.0f}" if value >= 1 and value == round(value) else f"{value:.10g}"


def _text(
    x: float,
    y: float,
    words: str,
    *,
    colour: str,
    size: int = 13,
    weight: int = 400,
    anchor: str = "start",
    more: str = "",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}"{more}>{escape(words)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, *, colour: str) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}"/>'


def _curve(points: Sequence[tuple[float, float]], *, colour: str, aim: bool) -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    if aim:
        return f'<path d="M{path}" fill="none" stroke="#5b6472" stroke-dasharray="5 4"/>'
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}" stroke="#ffffff"/>'
        for x, y in points
    )
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
