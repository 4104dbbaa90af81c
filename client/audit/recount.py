"""From the ballots in a log to the result that they come to, compared with the certified one.

Votes are opened by the workers, a few hundred at a time.
"""

from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice

from client.audit.reading import Entries
from client.audit.report import Checks
from client.audit.workers import CHUNK, SealedVote, Workers
from credentials.errors import SymbolonError
from credentials.formats.manifest import Manifest
from credentials.formats.vote import Marks
from credentials.polls import State, count_votes, tie_seed
from credentials.sealing import check_opening
from credentials.tally import TallyResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """The result, and the count without withdrawn options beside it; None for what there is not.

    votes: with how often each counts, None for invalid ones. seed: that of the lot.
    """

    result: TallyResult | None = None
    beside: TallyResult | None = None
    votes: Counter[Marks | None] = field(default_factory=Counter)
    seed: bytes | None = None


def recount(found: Entries, *, manifest: Manifest, workers: Workers, checks: Checks) -> Recount:
    """What the ballots come to, compared with the certified result."""
    replay = found.replay
    if replay.state is State.CANCELLED:
        return Recount()
    if not found.closing_size:
        checks.open("result", "the log does not get as far as the closing")
        return Recount()
    if manifest.sealing is not None and not _opens(found, manifest=manifest, checks=checks):
        checks.open("result", "the votes cannot be opened")
        return Recount()
    votes = _votes(found, workers=workers)
    if manifest.sealing is not None:
        invalid = votes[None]
        checks.passed("votes opened", f"{votes.total() - invalid} opened, {invalid} invalid")
    try:
        seed = tie_seed(
            manifest,
            opening=replay.opening,
            beacon=replay.beacon,
            signature=replay.signature,
        )
        result = count_votes(votes, manifest=manifest, seed=seed)
        beside = (
            count_votes(votes, manifest=manifest, seed=seed, withdrawn=replay.withdrawn)
            if replay.withdrawn
            else None
        )
    except SymbolonError as error:
        checks.failed("result", error)
        return Recount()
    if replay.result is None:
        checks.open("result", "no result was certified")
    elif result.to_cbor() == replay.result:
        checks.passed("result", "the certified one is the recount, octet by octet")
    else:
        checks.failed("result", "the recount comes to another result than the certified one")
    return Recount(result=result, beside=beside, votes=votes, seed=seed)


def _opens(found: Entries, *, manifest: Manifest, checks: Checks) -> bool:
    opening, sealing = found.replay.opening, manifest.sealing
    if opening is None or sealing is None:
        checks.open("opening value", "the log does not get as far as the opening")
        return False
    try:
        check_opening(opening, key=sealing.key, digest=manifest.manifest_hash)
    except SymbolonError as error:
        checks.failed("opening value", error)
        return False
    checks.passed("opening value", "it belongs to the poll's key")
    return True


def _votes(found: Entries, *, workers: Workers) -> Counter[Marks | None]:
    """How often each vote counts; few chunks wait at a time."""
    votes: Counter[Marks | None] = Counter()
    waiting: deque[Future[Counter[Marks | None]]] = deque()
    for chunk in _chunks(found):
        waiting.append(workers.open(chunk, opening=found.replay.opening))
        if len(waiting) > workers.at_once:
            votes += waiting.popleft().result()
    for each in waiting:
        votes += each.result()
    return votes


def _chunks(found: Entries) -> Iterator[list[SealedVote]]:
    ballots = iter(found.replay.highest.items())
    while chunk := [(p, number, content) for p, (number, content) in islice(ballots, CHUNK)]:
        yield chunk
