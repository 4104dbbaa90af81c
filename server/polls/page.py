"""The page of a poll, in whatever state it is. It loads and runs nothing from elsewhere."""

from collections.abc import Sequence
from html import escape

from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.vote import APPROVAL, QUADRATIC, RANKED, SCORE, SINGLE_CHOICE
from credentials.polls import Withdrawal, withdrawals
from credentials.sealing.words import SIGNED_BY_KEYS
from server.pages.document import document
from server.polls.document import definitions, in_words, pill, table, when
from server.polls.log import SeenWitness
from server.polls.outcome import METHODS, sealing_sentence, tie_sentence, witnesses_sentence
from server.polls.poll import Poll
from server.polls.results import Result
from server.polls.service import Roll
from server.polls.shown_result import no_result, shown_result

_EVENTS = {
    Kind.EXTENSION: "Extended",
    Kind.WITHDRAWAL: "Withdrawn",
    Kind.CANCELLATION: "Cancelled",
    Kind.CLOSING: "Closed",
    Kind.OPENING: "Votes opened",
    Kind.BEACON: "The beacon's round is here, for the lot",
    Kind.OBJECTION: "Objection of the organiser",
    Kind.CERTIFICATION: "Result certified",
}

_BALLOTS = {
    SINGLE_CHOICE: "Each voter chooses one option.",
    APPROVAL: "Each voter ticks every option that they approve of, {most}.",
    SCORE: "Each voter gives every option a score from 0 to {limit}.",
    RANKED: "Each voter ranks options, the most preferred first, {most}.",
    QUADRATIC: "Each voter spends up to {limit} credits.",
}


def poll_page(
    poll: Poll,
    *,
    community: str,
    address: str,
    fingerprint: str,
    roll: Roll,
    result: Result | None,
    drawn: str,
    events: Sequence[PollEvent],
    witnesses: Sequence[SeenWitness],
    witnessed: Sequence[str],
    shares: set[int],
) -> str:
    """Everything about one poll; `drawn` is the picture of its rounds, if it may be shown."""
    rules = [(term, escape(text)) for term, text in rules_in_words(poll)]
    body = [
        f'<p class="lead">{pill(poll)} {when(poll)}</p>',
        _cancelled(events),
        no_result(poll, roll=roll)
        if result is None
        else shown_result(poll, result, roll=roll, drawn=drawn),
        _objections(events),
        _options(poll, address=address, withdrawn=withdrawals(events, manifest=poll.manifest)),
        f"<h2>How it is decided</h2>{definitions(rules)}",
        _sealing(poll, shares=shares),
        _history(poll, events=events),
        _witnesses(poll, witnesses=witnesses, witnessed=witnessed),
        _verify(poll, address=address, fingerprint=fingerprint),
    ]
    above = f'<nav><a href="/polls">Polls of {escape(community)}</a></nav>\n'
    return document(escape(poll.manifest.question), "\n".join(filter(None, body)), above=above)


def _cancelled(events: Sequence[PollEvent]) -> str:
    reasons = [event.reason for event in events if event.kind is Kind.CANCELLATION]
    return "".join(f'<p class="note bad">Cancelled: {escape(reason)}</p>' for reason in reasons)


def _objections(events: Sequence[PollEvent]) -> str:
    """What the organiser objects to the result, which stays."""
    reasons = [event.reason for event in events if event.kind is Kind.OBJECTION]
    return "".join(
        f'<p class="note bad">The organiser objects to this result: {escape(reason)}</p>'
        for reason in reasons
    )


def _options(poll: Poll, *, address: str, withdrawn: Sequence[Withdrawal]) -> str:
    """The options with their numbers, and how to vote while that is possible."""
    gone = {one.option: one for one in withdrawn}
    rows = "".join(
        f"<li>{escape(option)}{_withdrawn(gone.get(number), timezone=poll.manifest.timezone)}</li>"
        for number, option in enumerate(poll.manifest.options, start=1)
    )
    listed = f'<ol class="options">{rows}</ol>'
    if not poll.is_open:
        return f"<h2>The options</h2>{listed}"
    command = escape(f"symbolon wallet vote {address}/polls/{poll.id}")
    return (
        f"<h2>Vote</h2>{listed}<p>Vote with your wallet. It shows what you are about to say, and "
        f"asks:</p><pre><code>{command}</code></pre>"
    )


def _withdrawn(one: Withdrawal | None, *, timezone: str) -> str:
    """That an option does not stand any more, since when and why."""
    if one is None:
        return ""
    return f"<p>Withdrawn on {in_words(one.at, timezone=timezone)}: {escape(one.in_words)}</p>"


def rules_in_words(poll: Poll) -> list[tuple[str, str]]:
    """How one votes and what decides, as terms and plain sentences."""
    manifest = poll.manifest
    rows = [
        ("Ballot", _ballot(poll)),
        ("Count", METHODS[manifest.tally]),
        ("Seats", f"{manifest.seats} options are elected." if manifest.seats > 1 else ""),
        (
            "Quorum",
            f"At least {manifest.quorum} ballots, abstentions included." if manifest.quorum else "",
        ),
        (
            "Threshold",
            f"The winner needs more than {'/'.join(map(str, manifest.threshold))} of the votes."
            if manifest.threshold[0]
            else "",
        ),
        ("Ties", tie_sentence(poll)),
        (
            "Only for",
            ", ".join(f"{name} = {value}" for name, value in manifest.require),
        ),
        (
            "Second thoughts",
            "A voter can abstain, and can vote again until the close; the last vote counts.",
        ),
    ]
    return [(term, text) for term, text in rows if text]


def _ballot(poll: Poll) -> str:
    limit = poll.manifest.limit
    most = f"at most {limit}" if limit else "as many as they like"
    alike = " Several options may have one rank." if poll.manifest.equal_ranks else ""
    return _BALLOTS[poll.manifest.ballot_type].format(limit=limit, most=most) + alike


def _sealing(poll: Poll, *, shares: set[int]) -> str:
    sealing = poll.manifest.sealing
    title = "<h2>Who can read the votes</h2>"
    if sealing is None:
        return f"{title}<p>{escape(sealing_sentence(poll.manifest))}</p>"
    if not sealing.trustees:
        return f'{title}<div class="note"><p>{escape(sealing_sentence(poll.manifest))}</p></div>'
    rows = [
        (
            escape(trustee.name),
            f"<code>{trustee.fingerprint}</code>",
            "has handed in a share" if index in shares else "not yet",
        )
        for index, trustee in enumerate(sealing.trustees, start=1)
    ]
    return (
        f"{title}<p>The votes are sealed; any {sealing.threshold} of these {len(rows)} trustees "
        f"together open them.</p>{table(rows, head=('Trustee', 'Fingerprint', 'After the close'))}"
        f'<p class="quiet">{escape(SIGNED_BY_KEYS)}</p>'
    )


def _history(poll: Poll, *, events: Sequence[PollEvent]) -> str:
    zone = poll.manifest.timezone
    rows = [(in_words(poll.manifest.opens_at, timezone=zone), "Opened")]
    for event in events:
        told = _EVENTS[event.kind]
        if event.kind is Kind.WITHDRAWAL:
            told += f" “{escape(poll.manifest.options[event.option - 1])}”"
        if event.kind is Kind.EXTENSION:
            told += f" until {in_words(event.closes_at, timezone=zone)}"
        if event.reason:
            told += f": {escape(event.reason)}"
        rows.append((in_words(event.at, timezone=zone), told))
    items = "".join(f"<li>{time}<br>{told}</li>" for time, told in rows)
    return f'<h2>What happened</h2><ol class="events">{items}</ol>'


def _witnesses(poll: Poll, *, witnesses: Sequence[SeenWitness], witnessed: Sequence[str]) -> str:
    said = witnesses_sentence(poll.manifest.witnesses, needed=poll.manifest.witnesses_needed)
    pinned = f"<p>{escape(said)}{_seen(poll, witnessed)}</p>"
    if not witnesses:
        return (
            f"<h2>Witnesses</h2>{pinned}<p>None is listed. Anyone can watch this poll: "
            "<code>symbolon witness --help</code></p>"
        )
    rows = [
        (
            escape(one.name),
            "yes" if one.pinned else "no",
            "not the newest state"
            if one.at is None
            else in_words(one.at, timezone=poll.manifest.timezone),
        )
        for one in witnesses
    ]
    return (
        "<h2>Witnesses</h2><p>They watch the log and sign each state of it, so that nobody is "
        f"shown another one.</p>{pinned}"
        f"{table(rows, head=('Witness', 'Pinned by this poll', 'Signed the newest state'))}"
    )


def _seen(poll: Poll, witnessed: Sequence[str]) -> str:
    """Which of the pinned witnesses have seen the closing."""
    if poll.is_open or not poll.manifest.witnesses:
        return ""
    return f" It was cosigned by: {escape(', '.join(witnessed) or 'none of them yet')}."


def _verify(poll: Poll, *, address: str, fingerprint: str) -> str:
    title = "<h2>Verify it yourself</h2>"
    receipts = (
        "<p>If you voted, your wallet finds your ballot in the log, without telling anybody which "
        "one it looks for:</p><pre><code>symbolon poll receipts</code></pre>"
    )
    if not poll.has_ended:
        return (
            f"{title}{receipts}<p>When the poll has ended, everything that is needed to recount it "
            "is here as one file.</p>"
        )
    name = f"poll-{poll.id}.symbolon"
    command = escape(f"symbolon audit {name} --fingerprint {fingerprint}")
    result = f"{escape(address)}/polls/{poll.id}/result"
    return (
        f'{title}<p><a class="button" href="/polls/{poll.id}/bundle" download="{name}">'
        f"Download {name}</a></p><p>The file has every ballot with its proof and the whole log. "
        "Whoever has it recounts the poll, without a network and without trusting this server:</p>"
        f"<pre><code>{command}</code></pre>"
        "<p>Compare the fingerprint with the one in your claim link, and not with this page.</p>"
        f"{receipts}"
        f'<p class="quiet">For programs: <a href="/polls/{poll.id}/result">{result}</a></p>'
    )
