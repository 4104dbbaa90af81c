"""An Atom feed (RFC 4287) of what happens to polls, the same for everybody who reads it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from credentials.formats.poll_event import Kind, PollEvent
from credentials.tally import TallyResult, outcome_in_words
from credentials.times import in_words
from server.polls.poll import Poll

TOLD = {
    Kind.EXTENSION: "Voting goes on for longer",
    Kind.WITHDRAWAL: "An option was withdrawn",
    Kind.CANCELLATION: "Cancelled",
    Kind.CLOSING: "Voting has ended",
    Kind.OBJECTION: "The organiser objects to the result",
    Kind.CERTIFICATION: "The result is certified",
}
MOST = 100


def feed(polls: Iterable[tuple[Poll, Iterable[PollEvent]]], *, community: str, address: str) -> str:
    """The feed of a community at its web address, the newest 100 entries first."""
    entries: list[tuple[int, int, str]] = []
    for poll, events in polls:
        zone = poll.manifest.timezone
        until = f"Voting ends {in_words(poll.manifest.closes_at, timezone=zone)}."
        happened = [(poll.manifest.opens_at, "Voting has begun", until)]
        happened += [
            (event.at, TOLD[event.kind], _told_of(event, poll))
            for event in events
            if event.kind in TOLD
        ]
        for number, (at, what, reason) in enumerate(happened):
            entry = _entry(poll, number, at, what, reason, address=address)
            entries.append((at, number, entry))
    entries.sort(reverse=True)
    updated = _time(entries[0][0] if entries else 0)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{escape(address)}/polls</id><title>Polls of {escape(community)}</title>"
        f'<link rel="self" href="{escape(address)}/polls/feed.atom"/>'
        f"<author><name>{escape(community)}</name></author><updated>{updated}</updated>"
        f"{''.join(text for _, _, text in entries[:MOST])}</feed>\n"
    )


def _told_of(event: PollEvent, poll: Poll) -> str:
    """The reason, and what an event has come to: until when, without what, with which result."""
    if event.kind is Kind.EXTENSION:
        until = in_words(event.closes_at, timezone=poll.manifest.timezone)
        return f"Until {until}: {event.reason}"
    if event.kind is Kind.WITHDRAWAL:
        return f"“{poll.manifest.options[event.option - 1]}”: {event.reason}"
    if event.kind is Kind.CERTIFICATION:
        result = TallyResult.from_cbor(event.value)
        return outcome_in_words(result, options=poll.manifest.options)
    return event.reason


def _entry(poll: Poll, number: int, at: int, what: str, reason: str, *, address: str) -> str:
    link = f"{escape(address)}/polls/{poll.id}"
    summary = f"<summary>{escape(reason)}</summary>" if reason else ""
    return (
        f"<entry><id>{link}#{number}</id><title>{escape(what)}: "
        f"{escape(poll.manifest.question)}</title><updated>{_time(at)}</updated>"
        f'<link href="{link}"/>{summary}</entry>'
    )


def _time(unix_seconds: int) -> str:
    return datetime.fromtimestamp(unix_seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
