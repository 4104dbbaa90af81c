"""The rounds of a count as a picture: bars in SVG, drawn here, which load and run nothing.

Text is escaped; colours follow the page's scheme by `currentColor` and the accent of style.css.
"""

from collections.abc import Sequence
from fractions import Fraction
from xml.sax.saxutils import escape

from credentials.tally import Round, TallyResult
from server.polls.outcome import number

WIDTH = 640
BAR = 20
ROW = BAR + 22
ROUND_HEAD = 34
LONGEST_LABEL = 60  # characters

_TITLES = {
    "count": "Count",
    "round": "Round",
    "surplus": "Surplus passed on",
    "pairwise": "How many others each beats, one against one",
    "paths": "How many others each beats, by the strongest path",
}


def chart(result: TallyResult, *, question: str, options: Sequence[str]) -> str:
    """An SVG document of all rounds, one under the other."""
    body: list[str] = []
    top = 8
    for at, one in enumerate(result.rounds, start=1):
        drawn, top = _round(one, at=at, of=len(result.rounds), options=options, top=top)
        body += drawn
    said = escape("; ".join(_said(one, options=options) for one in result.rounds) or "No votes.")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 8}" role="img" '
        f'class="chart" font-family="system-ui, sans-serif" font-size="14" fill="currentColor">'
        f"<title>{escape(question)}</title><desc>{said}</desc>"
        f"{''.join(body)}</svg>"
    )


def _round(
    one: Round, *, at: int, of: int, options: Sequence[str], top: int
) -> tuple[list[str], int]:
    title = _TITLES.get(one.title, "Round")
    if of > 1:
        title = f"{at}. {title}"
    body = [f'<text x="0" y="{top + 18}" font-weight="600">{escape(title)}</text>']
    top += ROUND_HEAD
    most = max((Fraction(score) for score in one.scores if score is not None), default=Fraction(0))
    for option, score in enumerate(one.scores, start=1):
        if score is None:
            continue
        length = float(Fraction(score) / most) * (WIDTH - 90) if most else 0.0
        mark = _mark(one, option)
        colour = "#1f8a70" if option in one.elected else "#8899a6"
        if option in one.eliminated:
            colour = "#c8664a"
        label = options[option - 1]
        if len(label) > LONGEST_LABEL:
            label = label[: LONGEST_LABEL - 1] + "…"
        body.append(
            f'<text x="0" y="{top + 12}">{escape(label)}{escape(mark)}</text>'
            f'<rect x="0" y="{top + 17}" width="{max(length, 1):.1f}" height="{BAR - 6}" rx="3" '
            f'fill="{colour}"/>'
            f'<text x="{length + 8:.1f}" y="{top + 29}" font-size="13">{number(score)}</text>'
        )
        top += ROW
    if one.exhausted:
        body.append(
            f'<text x="0" y="{top + 12}" font-size="13">'
            f"{number(one.exhausted)} no longer counted for any option</text>"
        )
        top += 22
    return body, top + 10


def _mark(one: Round, option: int) -> str:
    lot = ", by lot" if option in one.by_lot else ""
    if option in one.elected:
        return f" — elected{lot}"
    if option in one.eliminated:
        return f" — struck out{lot}"
    return ""


def _said(one: Round, *, options: Sequence[str]) -> str:
    return ", ".join(
        f"{options[option - 1]} {number(score)}{_mark(one, option)}"
        for option, score in enumerate(one.scores, start=1)
        if score is not None
    )
