"""What the ballots in a poll's log come to: certified, provisional, or live."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from credentials.formats.poll import Ballot
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.vote import Marks
from credentials.polls import State, count_votes, read_vote, tie_seed, withdrawals
from credentials.tally import TallyResult, outcome_in_words
from server.database import Database
from server.polls import store
from server.polls.poll import Poll
from server.problems import PollCancelled, PollSealed, PollStillOpen

SMALLEST_BREAKDOWN = 10
"""With fewer voters a page shows who won, and no counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A count, of `ballots` in the log by `voters` pseudonyms; provisional until certified.

    so_far: voting goes on, so that nobody is elected yet. beside: the count without the options
    that were withdrawn, None where none was.
    """

    tally: TallyResult
    beside: TallyResult | None = None
    ballots: int
    voters: int
    provisional: bool
    so_far: bool = False

    def sentence(self, options: Sequence[str]) -> str:
        """What the poll came to, or stands at."""
        return outcome_in_words(self.tally, options=options, so_far=self.so_far)

    def sentence_beside(self, options: Sequence[str]) -> str:
        """What it would have come to without the options that were withdrawn; empty for none."""
        if self.beside is None:
            return ""
        return outcome_in_words(self.beside, options=options, so_far=self.so_far)

    @property
    def is_suppressed(self) -> bool:
        """Whether so few voted that a breakdown would tell on them."""
        return self.voters < SMALLEST_BREAKDOWN


class Results:
    """Counts polls, each state of a log once per process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, poll: Poll) -> Result:
        """The result as it may be shown now; raises PollStillOpen, PollSealed, PollCancelled."""
        if poll.is_open and not poll.manifest.live:
            raise PollStillOpen
        return self.count(poll)

    def count(self, poll: Poll) -> Result:
        """Count what is in the log now; raises PollSealed and PollCancelled."""
        if poll.state is State.CANCELLED:
            raise PollCancelled
        if poll.manifest.sealing is not None and poll.state in (State.OPEN, State.CLOSED):
            raise PollSealed
        return _count(self, replace(poll, waiting=0, batch_at=0))

    def count_anew(self, poll: Poll) -> Result:
        """The count itself."""
        with self._database.read() as connection:
            rows = store.event_rows(connection, poll.id)[1:]
            happened = [PollEvent.from_cbor(octets) for _, octets in rows]
            events = {event.kind: event for event in happened}
            opening = events[Kind.OPENING].value if Kind.OPENING in events else None
            signature = events[Kind.BEACON].value if Kind.BEACON in events else None
            highest: dict[bytes, tuple[int, bytes]] = {}
            number = 0
            for octets in store.ballot_octets(connection, poll.id):
                ballot = Ballot.from_cbor(octets)
                number += 1
                if highest.get(ballot.pseudonym, (0, b""))[0] < ballot.sequence:
                    highest[ballot.pseudonym] = (ballot.sequence, ballot.content)
        votes: Counter[Marks | None] = Counter(
            read_vote(
                content,
                manifest=poll.manifest,
                pseudonym=pseudonym,
                sequence=sequence,
                opening=opening,
            )
            for pseudonym, (sequence, content) in highest.items()
        )
        seed = tie_seed(poll.manifest, opening=opening, beacon=poll.beacon, signature=signature)
        withdrawn = [one.option for one in withdrawals(happened, manifest=poll.manifest)]
        return Result(
            tally=count_votes(votes, manifest=poll.manifest, seed=seed),
            beside=count_votes(votes, manifest=poll.manifest, seed=seed, withdrawn=withdrawn)
            if withdrawn
            else None,
            ballots=number,
            voters=len(highest),
            provisional=poll.state is not State.CERTIFIED,
            so_far=poll.is_open,
        )


@lru_cache(maxsize=64)
def _count(results: Results, poll: Poll) -> Result:
    """A log of one size never changes; what waits for it is no part of the poll that is asked."""
    return results.count_anew(poll)
