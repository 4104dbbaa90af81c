"""The rounds of a count as a picture: bars in SVG, drawn here, which load and run nothing.

Lengths are in percent and letters in pixels, so that the words keep their size on a telephone,
where the bars become shorter. Every number stands beside its bar, and what the colours say is said
in words too. On a page style.css colours the bars; the picture by itself brings its own colours,
for light and for dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from textwrap import wrap
from xml.sax.saxutils import escape

from credentials.tally import Mark, Round, TallyResult, mark_in_words, mark_of
from server.polls.outcome import number

WIDTH, MARGIN = 560, 20  # pixels, of the picture by itself
LINE = 20
BAR = 10
GAP = 16
LABEL = 38  # characters in a line
LABEL_LINES = 2

_TITLES = {
    "count": "The count",
    "round": "Round",
    "surplus": "Votes beyond the quota passed on",
    "pairwise": "Others beaten, one against one",
    "paths": "Others beaten, by strongest paths",
}
_COLOURS = (
    "svg{color:#1b1f1d;background:#fff}.bar{fill:#8b989f}.bar.elected{fill:#1f7a64}"
    ".bar.eliminated{fill:#c2603f}.track{fill:currentColor;opacity:.09}"
    "@media(prefers-color-scheme:dark){svg{color:#e8ecea;background:#121413}"
    ".bar.elected{fill:#4fb899}.bar.eliminated{fill:#e08a6b}}"
)


_KINDS = {Mark.ELECTED: " elected", Mark.DROPS_OUT: " eliminated"}


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is said beside the bars, and what colours them."""

    result: TallyResult
    so_far: bool

    def words(self, one: Round, option: int) -> str:
        return mark_in_words(option, one, result=self.result, so_far=self.so_far)

    def kind(self, one: Round, option: int) -> str:
        mark = mark_of(option, one, result=self.result, so_far=self.so_far)
        return "" if mark is None else _KINDS.get(mark, "")


def chart(
    result: TallyResult,
    *,
    question: str,
    options: Sequence[str],
    so_far: bool = False,
    alone: bool = False,
) -> str:
    """All rounds, one under the other; an SVG document if `alone`, else a part of a page.

    `so_far` while voting goes on.
    """
    marks = _Marks(result, so_far)
    body: list[str] = []
    top = 0
    # One scale for all rounds, so that what an option gains is seen.
    scores = [score for one in result.rounds for score in one.scores if score is not None]
    most = max(map(Fraction, scores), default=Fraction(0))
    for at, one in enumerate(result.rounds, start=1):
        top += GAP if at > 1 else 0
        title = _title(one, at=at, of=len(result.rounds))
        drawn, top = _round(one, title=title, options=options, marks=marks, most=most, top=top)
        body += drawn
    said = (
        "; ".join(_said(one, options=options, marks=marks) for one in result.rounds) or "No votes."
    )
    words = f"<title>{escape(question)}</title><desc>{escape(said)}</desc>"
    look = 'role="img" fill="currentColor" font-size="15" font-family="system-ui, sans-serif"'
    bars, height = "".join(body), top + 8
    if not alone:
        return f'<svg class="chart" width="100%" height="{height}" {look}>{words}{bars}</svg>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH + 2 * MARGIN}" '
        f'height="{height + 2 * MARGIN}" {look}>{words}<style>{_COLOURS}</style>'
        f'<svg x="{MARGIN}" y="{MARGIN}" width="{WIDTH}" height="{height}">{bars}</svg></svg>'
    )


def _title(one: Round, *, at: int, of: int) -> str:
    title = _TITLES.get(one.title, "Round")
    if of == 1:
        return title
    return f"{title} {at}" if title == "Round" else f"{at}. {title}"


def _round(
    one: Round,
    *,
    title: str,
    options: Sequence[str],
    marks: "_Marks",
    most: Fraction,
    top: int,
) -> tuple[list[str], int]:
    """What to draw, and where it ends; the longest bar anywhere stands for `most`."""
    body = [f'<text x="0" y="{top + 16}" font-weight="600">{escape(title)}</text>']
    top += LINE + 12
    for option, score in enumerate(one.scores, start=1):
        if score is None:
            continue
        length = float(Fraction(score) / most) * 100 if most else 0.0
        body.append(
            f'<text x="100%" y="{top + 14}" text-anchor="end" font-weight="600">'
            f"{number(score)}</text>"
        )
        for line in _lines(options[option - 1]):
            body.append(f'<text x="0" y="{top + 14}">{escape(line)}</text>')
            top += LINE
        if mark := marks.words(one, option):
            body.append(f'<text class="mark" x="0" y="{top + 12}" font-size="13">{mark}</text>')
            top += LINE
        body.append(
            f'<rect class="track" x="0" y="{top + 2}" width="100%" height="{BAR}" rx="5" '
            'fill-opacity=".09"/>'
            f'<rect class="bar{marks.kind(one, option)}" x="0" y="{top + 2}" width="{length:.2f}%" '
            f'height="{BAR}" rx="5"/>'
        )
        top += BAR + GAP
    if one.exhausted:
        body.append(
            f'<text x="0" y="{top + 10}" font-size="13">'
            f"{number(one.exhausted)} no longer counted for any option</text>"
        )
        top += LINE
    return body, top


def _lines(label: str) -> list[str]:
    """An option's text in at most two lines; the page has the whole of it."""
    return wrap(label, LABEL, max_lines=LABEL_LINES, placeholder="…") or [label[:LABEL]]


def _said(one: Round, *, options: Sequence[str], marks: "_Marks") -> str:
    return ", ".join(
        " ".join(filter(None, (options[option - 1], number(score), marks.words(one, option))))
        for option, score in enumerate(one.scores, start=1)
        if score is not None
    )
