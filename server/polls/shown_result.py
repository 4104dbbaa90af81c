"""A result on the page of its poll: the outcome, the turnout, the rounds, and the lot."""

from collections.abc import Sequence
from html import escape

from credentials.polls import State
from credentials.tally import Outcome, TallyResult, listed
from server.polls.document import in_words, table
from server.polls.outcome import number, turnout_sentence
from server.polls.poll import Poll
from server.polls.results import SMALLEST_BREAKDOWN, Result
from server.polls.service import Roll

WIDEST_MATRIX = 12  # options


def no_result(poll: Poll, *, roll: Roll) -> str:
    """Why there is nothing to show yet, or ever."""
    if poll.is_open:
        why = "How it stands is shown to nobody before the close."
    elif poll.state is State.CANCELLED:
        why = "The poll has no result."
    else:
        needed = poll.manifest.sealing.threshold if poll.manifest.sealing else 0
        who = "the server opens them" if not needed else f"{needed} of the trustees open them"
        why = f"The votes are sealed until {who}."
    may = "may" if poll.is_open else "could"
    return f"<p>{_roll(roll)} {may} vote. {why}</p>"


def shown_result(poll: Poll, result: Result, *, roll: Roll, drawn: str) -> str:
    """The section of the result; `drawn` is the picture of its rounds, if it may be shown."""
    tally, options = result.tally, poll.manifest.options
    label = _label(poll, result)
    parts = [
        f'<p class="label">{label}</p><p class="outcome">{escape(result.sentence(options))}</p>',
        _turnout(result, roll=roll),
    ]
    if result.is_suppressed:
        parts.append(
            f'<p class="quiet">With fewer than {SMALLEST_BREAKDOWN} voters the counts are not '
            "shown here. They are in the file below, which anybody can recount.</p>"
        )
        return _section(parts) + _beside(result, options=options)
    parts.append(_apart(result))
    head = _section(parts)
    rounds = f"<figure>{drawn}</figure>" if tally.rounds else ""
    beside = _beside(result, options=options)
    return head + rounds + _lots(poll, result) + _matrix(tally, options=options) + beside


def _beside(result: Result, *, options: Sequence[str]) -> str:
    """The count without the options that were withdrawn; the result stays as it is."""
    if result.beside is None:
        return ""
    said = escape(result.sentence_beside(options))
    scores = "" if result.is_suppressed else _last_scores(result.beside, options=options)
    return (
        f'<div class="note"><p>{said}</p>{scores}<p>This count stands beside the result, which is '
        "that of all options, as the poll said from the beginning.</p></div>"
    )


def _last_scores(tally: TallyResult, *, options: Sequence[str]) -> str:
    if not tally.rounds:
        return ""
    last = tally.rounds[-1].scores
    rows = "".join(
        f"<li>{escape(text)}: {number(score)}</li>"
        for text, score in zip(options, last, strict=True)
        if score is not None
    )
    return f"<ul>{rows}</ul>"


def _label(poll: Poll, result: Result) -> str:
    if poll.is_open:
        return "So far"
    return "Provisional result" if result.provisional else "Certified result"


def _section(parts: Sequence[str]) -> str:
    return f'<section class="result">{"".join(parts)}</section>'


def _turnout(result: Result, *, roll: Roll) -> str:
    said = turnout_sentence(result.voters, roll=roll)
    bar = f'<progress max="{roll.most}" value="{result.voters}" aria-hidden="true"></progress>'
    return f"<p>{escape(said)}</p>{bar if roll.most else ''}"


def _apart(result: Result) -> str:
    """Ballots that chose nothing, could not be read, or were replaced."""
    tally, replaced = result.tally, result.ballots - result.voters
    told = [
        f"{tally.abstentions} abstained." if tally.abstentions else "",
        f"{_of(tally.invalid, 'vote was', 'votes were')} invalid." if tally.invalid else "",
        f"{_of(replaced, 'ballot was', 'ballots were')} replaced by a later one of the same voter."
        if replaced
        else "",
    ]
    text = " ".join(filter(None, told))
    return f'<p class="quiet">{text}</p>' if text else ""


def _lots(poll: Poll, result: Result) -> str:
    """Every tie that the lot broke, and where the lot comes from."""
    tally = result.tally
    fallen = [
        (at, listed([poll.manifest.options[option - 1] for option in one.by_lot]))
        for at, one in enumerate(tally.rounds, start=1)
        if one.by_lot
    ]
    if not fallen:
        return _open_tie(poll) if tally.outcome is Outcome.TIE else ""
    many = len(tally.rounds) > 1
    ties = "".join(
        f"<li>{f'Round {at}: ' if many else ''}{escape(names)} were level; the lot put them in "
        "this order.</li>"
        for at, names in fallen
    )
    return (
        f'<div class="note"><p>A tie was broken by lot.</p><ul>{ties}</ul>'
        f"<p>{_source(poll)} Anybody can draw it again.</p></div>"
    )


def _open_tie(poll: Poll) -> str:
    """What becomes of a tie that nothing has decided yet, or will."""
    beacon = poll.beacon
    if beacon is None or poll.has_ended:
        return ""
    due = in_words(beacon.due_at, timezone=poll.manifest.timezone)
    return (
        '<div class="note"><p>A lot will decide. It is drawn from round '
        f"{beacon.number} of the public beacon drand, due on {due}.</p></div>"
    )


def _source(poll: Poll) -> str:
    """Where the lot comes from, and who could have known it."""
    if poll.beacon is not None:
        return (
            f"The lot is drawn from round {poll.beacon.number} of the public beacon drand, due on "
            f"{in_words(poll.beacon.due_at, timezone=poll.manifest.timezone)}."
        )
    return (
        "The lot is drawn from the value that opened the votes; fewer trustees than were needed to "
        "open them could not know it before."
    )


def _matrix(tally: TallyResult, *, options: Sequence[str]) -> str:
    """For Schulze: how many prefer one option to another."""
    if not tally.matrix or len(options) > WIDEST_MATRIX:
        return ""
    numbers = [str(number) for number in range(1, len(options) + 1)]
    rows = [
        [f"{number}. {escape(text)}", *(_cell(tally, at, to) for to in range(len(options)))]
        for at, (number, text) in enumerate(zip(numbers, options, strict=True))
    ]
    return (
        "<details><summary>How many voters prefer one option to another</summary>"
        + table(rows, head=["prefer this to", *numbers])
        + "</details>"
    )


def _cell(tally: TallyResult, at: int, to: int) -> str:
    if at == to:
        return ""
    number = tally.matrix[at][to]
    return f"<b>{number}</b>" if number > tally.matrix[to][at] else str(number)


def _roll(roll: Roll) -> str:
    if roll.least == roll.most:
        return _of(roll.most, "member", "members")
    return f"{roll.least} to {roll.most} members"


def _of(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
