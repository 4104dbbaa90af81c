"""The pages of polls: one for each, and the list. They load and run nothing from elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from credentials.formats.poll_event import Kind, PollEvent
from credentials.polls import State
from server.polls.outcome import METHODS, outcome_sentence, sealing_sentence
from server.polls.poll import Poll
from server.polls.results import SMALLEST_BREAKDOWN, Result

_STATES = {
    State.OPEN: "Voting goes on",
    State.CLOSED: "Voting has ended",
    State.UNSEALED: "Opened; the result is provisional",
    State.CERTIFIED: "The result is certified",
    State.CANCELLED: "Cancelled",
}
_BALLOTS = {
    "single_choice": "Each voter chooses one option.",
    "approval": "Each voter ticks every option that they approve of.",
    "score": "Each voter gives every option a score, up to {limit}.",
    "ranked": "Each voter ranks options, the most preferred first, as many as they like.",
    "quadratic": "Each voter spends up to {limit} credits.",
}
_EVENTS = {
    Kind.EXTENSION: "Extended",
    Kind.CANCELLATION: "Cancelled",
    Kind.CLOSING: "Closed",
    Kind.OPENING: "Votes opened",
    Kind.CERTIFICATION: "Result certified",
}


def list_page(polls: Sequence[Poll], *, community: str) -> str:
    """All polls, the newest first."""
    rows = "".join(
        f'<tr><td><a href="/polls/{poll.id}">{escape(poll.manifest.question)}</a></td>'
        f"<td>{_STATES[poll.state]}</td><td>{_time(poll.closed_at or poll.closes_at)}</td></tr>"
        for poll in reversed(polls)
    )
    table = (
        f"<table><tr><th>Question</th><th>State</th><th>Voting ends</th></tr>{rows}</table>"
        if polls
        else "<p>No poll was opened yet.</p>"
    )
    feed = '<p><a href="/polls/feed.atom">Follow in a feed reader</a></p>'
    return _document(f"Polls of {escape(community)}", table + feed)


def poll_page(
    poll: Poll,
    *,
    community: str,
    address: str,
    fingerprint: str,
    roll: int,
    result: Result | None,
    drawn: str,
    events: Sequence[PollEvent],
    witnesses: Sequence[tuple[str, int | None]],
    shares: set[int],
) -> str:
    """One poll, in whatever state it is."""
    manifest = poll.manifest
    body = [
        f'<p class="state {poll.state.value}">{_STATES[poll.state]}</p>',
        _outcome(poll, result=result, roll=roll, drawn=drawn),
        f"<h2>How it is decided</h2><p>{_rules(poll)}</p>",
        f"<h2>Who can read the votes</h2><p>{escape(sealing_sentence(manifest))}</p>",
        _trustees(poll, shares=shares),
        _history(poll, events=events),
        _witnesses(witnesses),
        _verify(poll, address=address, fingerprint=fingerprint),
    ]
    if poll.is_open:
        body.insert(2, _vote(poll, address=address))
    title = escape(manifest.question)
    return _document(title, "".join(body), above=f'<p><a href="/polls">{escape(community)}</a></p>')


def _outcome(poll: Poll, *, result: Result | None, roll: int, drawn: str) -> str:
    if result is None:
        return f"<p>{_members(roll)} may vote. {_why_no_result(poll)}</p>"
    tally = result.tally
    turnout = f"{100 * result.voters // roll}&thinsp;%" if roll else "none"
    label = "Provisional: " if result.provisional else ""
    sentence = escape(outcome_sentence(tally, options=poll.manifest.options))
    parts = [f'<p class="outcome">{label}{sentence}</p>']
    replaced = result.ballots - result.voters
    told = [
        f"{result.voters} of {_members(roll)} voted ({turnout}).",
        f"{tally.abstentions} abstained." if tally.abstentions else "",
        f"{tally.invalid} votes were invalid." if tally.invalid else "",
        f"{replaced} ballots were replaced by a later one of the same voter." if replaced else "",
    ]
    if drawn:
        parts.append(f"<p>{' '.join(filter(None, told))}</p><figure>{drawn}</figure>")
    else:
        parts.append(
            f"<p>{told[0]} With fewer than {SMALLEST_BREAKDOWN} voters the counts are not shown "
            "here; they are in the file below, which anybody can recount.</p>"
        )
    return "".join(parts)


def _why_no_result(poll: Poll) -> str:
    if poll.is_open:
        return "How it stands is shown to nobody before the close."
    if poll.state is State.CLOSED:
        return "The votes are sealed until the trustees have opened them."
    return "It has no result."


def _rules(poll: Poll) -> str:
    manifest = poll.manifest
    told = [
        _BALLOTS[manifest.ballot_type].format(limit=manifest.limit),
        METHODS[manifest.tally],
        "A voter can abstain, and can vote again until the close; the last vote counts.",
    ]
    if manifest.seats > 1:
        told.append(f"{manifest.seats} options are elected.")
    if manifest.quorum:
        told.append(f"At least {manifest.quorum} ballots are needed.")
    if manifest.threshold[0]:
        share = "/".join(map(str, manifest.threshold))
        told.append(f"The winner needs more than {share} of the votes.")
    told.append(f"Voting {'ended' if poll.closed_at else 'ends'} on {_end(poll)}.")
    return escape(" ".join(told))


def _vote(poll: Poll, *, address: str) -> str:
    command = escape(f"symbolon wallet vote {address}/polls/{poll.id}")
    return f"<h2>Vote</h2><pre><code>{command}</code></pre>"


def _trustees(poll: Poll, *, shares: set[int]) -> str:
    sealing = poll.manifest.sealing
    if sealing is None or not sealing.trustees or poll.is_open:
        return ""
    rows = "".join(
        f"<tr><td>{escape(trustee.name)}</td>"
        f"<td>{'has opened' if index in shares else 'not yet'}</td></tr>"
        for index, trustee in enumerate(sealing.trustees, start=1)
    )
    return f"<table>{rows}</table>"


def _history(poll: Poll, *, events: Sequence[PollEvent]) -> str:
    rows = [f"<tr><td>{_time(poll.manifest.opens_at)}</td><td>Opened</td><td></td></tr>"]
    for event in events:
        reason = event.reason
        if event.kind is Kind.EXTENSION:
            reason += f" (until {_time(event.closes_at)})"
        rows.append(
            f"<tr><td>{_time(event.at)}</td><td>{_EVENTS[event.kind]}</td>"
            f"<td>{escape(reason)}</td></tr>"
        )
    return f"<h2>What happened</h2><table>{''.join(rows)}</table>"


def _witnesses(witnesses: Sequence[tuple[str, int | None]]) -> str:
    if not witnesses:
        return (
            "<h2>Witnesses</h2><p>None. Anyone can watch this log: "
            "<code>symbolon witness --help</code></p>"
        )
    rows = "".join(
        f"<tr><td>{escape(name)}</td>"
        f"<td>{'not on the newest state' if at is None else 'saw it on ' + _time(at)}</td></tr>"
        for name, at in witnesses
    )
    return f"<h2>Witnesses</h2><table>{rows}</table>"


def _verify(poll: Poll, *, address: str, fingerprint: str) -> str:
    if not poll.has_ended:
        return (
            "<h2>Verify it yourself</h2><p>When the poll has ended, everything that is needed to "
            "recount it is here as one file.</p>"
        )
    name = f"poll-{poll.id}.symbolon"
    command = escape(f"symbolon audit {name} --fingerprint {fingerprint}")
    return (
        "<h2>Verify it yourself</h2>"
        f'<p><a href="/polls/{poll.id}/bundle" download="{name}">Download {name}</a>: every '
        "ballot with its proof, the whole log, and the result. Then, without a network and "
        "without trusting this server:</p>"
        f"<pre><code>{command}</code></pre>"
        "<p>Compare the fingerprint with the one in your claim link, not with this page. Voters "
        f"find their own ballots with <code>symbolon poll receipts</code>; the same result for "
        f'programs is at <a href="/polls/{poll.id}/result">{escape(address)}/polls/{poll.id}'
        "/result</a>.</p>"
    )


def _document(title: str, body: str, *, above: str = "") -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f'<title>{title}</title>\n<link rel="stylesheet" href="/style.css">\n'
        f"{above}<h1>{title}</h1>\n{body}\n</html>\n"
    )


def _members(number: int) -> str:
    return f"{number} member" if number == 1 else f"{number} members"


def _end(poll: Poll) -> str:
    return _time(poll.closed_at or poll.closes_at)


def _time(unix_seconds: int) -> str:
    return datetime.fromtimestamp(unix_seconds, tz=UTC).strftime("%-d %B %Y, %H:%M UTC")
