"""What the pages of polls have in common, and the list of polls.

They load the style sheet and run nothing; everything that people wrote is escaped.
"""

from collections.abc import Sequence
from html import escape

from credentials import times
from credentials.polls import State
from server.pages.document import document
from server.polls.poll import Poll

STATES = {
    State.OPEN: "Open",
    State.CLOSED: "Closed",
    State.UNSEALED: "Opened",
    State.CERTIFIED: "Certified",
    State.CANCELLED: "Cancelled",
}


def list_page(polls: Sequence[Poll], *, community: str) -> str:
    """All polls, the newest first."""
    rows = "".join(
        f'<li><a href="/polls/{poll.id}">{escape(poll.manifest.question)}</a>'
        f"<p>{pill(poll)} {when(poll)}</p></li>"
        for poll in reversed(polls)
    )
    listed = f'<ul class="polls">{rows}</ul>' if polls else "<p>No poll was opened yet.</p>"
    feed = '<p class="quiet"><a href="/polls/feed.atom">Follow in a feed reader</a></p>'
    return document(f"Polls of {escape(community)}", listed + feed)


def pill(poll: Poll) -> str:
    """The poll's state in a word."""
    return f'<span class="state {poll.state.value}">{STATES[poll.state]}</span>'


def when(poll: Poll) -> str:
    """Until when voting goes on, or since when it has ended."""
    if poll.is_open:
        return f"Voting goes on until {in_words(poll.closes_at, timezone=poll.manifest.timezone)}."
    ended_at = poll.closed_at or poll.closes_at
    return f"Voting ended on {in_words(ended_at, timezone=poll.manifest.timezone)}."


def in_words(unix_seconds: int, *, timezone: str) -> str:
    """A time for people, in a zone and in UTC, and for programs."""
    shown = escape(times.in_words(unix_seconds, timezone=timezone))
    return f'<time datetime="{times.iso(unix_seconds) or ""}">{shown}</time>'


def definitions(rows: Sequence[tuple[str, str]]) -> str:
    """Terms with what they mean; the meanings are HTML already."""
    return "<dl>" + "".join(f"<dt>{term}</dt><dd>{text}</dd>" for term, text in rows) + "</dl>"


def table(rows: Sequence[Sequence[str]], *, head: Sequence[str]) -> str:
    """A table of cells that are HTML already; it scrolls by itself where it is too wide."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{top}</tr>{body}</table></div>'
