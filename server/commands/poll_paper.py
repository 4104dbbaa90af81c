"""What voters will see of a poll that is not open yet, on a terminal and as JSON."""

from typing import Any

import typer

from credentials.formats.schema import Schema
from credentials.times import in_words
from server.polls.drafts import Paper
from server.polls.outcome import sealing_sentence, witnesses_sentence
from server.polls.page import rules_in_words


def print_paper(paper: Paper, *, schema: Schema, err: bool = False) -> None:
    """Question, options, and everything that will be fixed when the poll opens."""
    typer.echo(paper.draft.question, err=err)
    for number, option in enumerate(paper.draft.options, start=1):
        typer.echo(f"  {number}. {option}", err=err)
    for term, text in _rows(paper, schema=schema):
        typer.echo(f"  {term + ':':17} {text}", err=err)


def paper_json(paper: Paper, *, schema: Schema) -> dict[str, Any]:
    """The same for a script."""
    draft = paper.draft
    return {
        "id": paper.id,
        "state": "draft",
        "question": draft.question,
        "options": list(draft.options),
        "rules": dict(_rows(paper, schema=schema)),
        "closes_at": draft.closes_at,
        "closes_after": draft.closes_after,
        "require": {name: schema.show_text(name, value) for name, value in draft.require},
        "roll": {"least": paper.least, "most": paper.most},
        "crowd_at_least": paper.sharing or None,
        "problem": paper.problem or None,
    }


def _rows(paper: Paper, *, schema: Schema) -> list[tuple[str, str]]:
    draft, poll = paper.draft, paper.poll
    rows: list[tuple[str, str]] = []
    if poll is not None:
        rows += [row for row in rules_in_words(poll) if row[0] != "Only for"]
    if draft.require:
        shown = ", ".join(f"{name} = {schema.show_text(name, v)}" for name, v in draft.require)
        rows.append(("Only for", f"{shown}, which every voter shows"))
    rows += [("Closes", _closing(paper)), ("Live", _live(paper))]
    if poll is not None:
        rows.append(("Sealing", sealing_sentence(poll.manifest)))
    rows += [
        ("Witnesses", witnesses_sentence(draft.witnesses, needed=draft.witnesses_needed)),
        ("Roll", _roll(paper)),
        ("Crowd", _crowd(paper)),
    ]
    if paper.problem:
        rows.append(("Not possible yet", paper.problem))
    return rows


def _closing(paper: Paper) -> str:
    after = paper.draft.closes_after
    if after is None:
        return in_words(paper.draft.closes_at or 0, timezone=paper.draft.timezone)
    if paper.poll is None:
        return f"{after} s after the opening"
    return f"{in_words(paper.poll.closes_at, timezone=paper.draft.timezone)} if it opens now"


def _live(paper: Paper) -> str:
    if paper.draft.live:
        return "Everybody sees the count while voting goes on, a batch at a time."
    return "The count is shown after the close."


def _roll(paper: Paper) -> str:
    if not paper.most:
        return "nobody yet: no one has claimed a credential"
    if paper.least == paper.most:
        return f"{paper.most} if it opens now; who claims later has no vote in it"
    return f"{paper.least} to {paper.most} if it opens now; who claims later has no vote in it"


def _crowd(paper: Paper) -> str:
    if paper.sharing is None:
        return "Voters show nothing of themselves: each is one of all on the roll."
    if not paper.sharing:
        return (
            "How many have what voters show is not told anywhere: wallets will say that the voter "
            "may be alone with it."
        )
    return f"At least {paper.sharing} members have what voters show."
