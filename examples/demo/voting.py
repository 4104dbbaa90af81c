"""The third act: everybody votes, each of them counts once, and anyone recounts."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from examples.demo.cast import MEMBERS, OPTIONS, VOTES, Told
from examples.demo.stage import IN_A_HURRY, WALLET_PASSPHRASE, Stage
from examples.demo.twice import cast_twice_at_once


def vote(stage: Stage, told: Told) -> None:
    """Act 3: everybody votes, and each of them counts once."""
    stage.act("3  A vote")
    before = stage.wallet_file("Bo-before")
    shutil.copy(stage.wallet_file("Bo"), before)

    def cast(pair: tuple[str, int]) -> Any:
        name, choice = pair
        answer = ("--choice", str(choice)) if choice else ("--abstain",)
        return stage.wallet(name, "vote", stage.poll("budget"), *answer, *IN_A_HURRY)

    with ThreadPoolExecutor(2) as pool:
        cast_votes = list(pool.map(cast, list(zip(MEMBERS, VOTES, strict=True))[:-1]))
    stage.check("eleven members vote", holds=len({one["ballot"] for one in cast_votes}) == 11)
    again = stage.wallet("Bo", "vote", stage.poll("budget"), "--choice", "1", *IN_A_HURRY)
    stage.check(
        "Bo votes again: his second ballot will count instead of his first",
        holds=again["number"] == 2,
        seen=again,
    )
    again = stage.wallet("Bo-before", "vote", stage.poll("budget"), "--choice", "2", *IN_A_HURRY)
    stage.check(
        "an old copy of his wallet learns that it is his third; he still has one vote",
        holds=again["number"] == 3,
        seen=again,
    )
    statuses = cast_twice_at_once(
        stage.wallet_file("Leo"),
        passphrase=WALLET_PASSPHRASE,
        address=stage.address,
        poll="budget",
        choice=VOTES[-1],
    )
    stage.check(
        "Leo's ballot arrives twice at the same moment, over two connections",
        holds=statuses == [200, 201],
        seen=statuses,
    )
    stage.organiser("poll", "close", "budget", "--reason", "Everybody has voted.")
    stage.organiser("poll", "certify", "budget")
    result = stage.organiser("poll", "result", "budget")
    counts = [VOTES.count(k) for k, _ in enumerate(OPTIONS, start=1)]
    stage.check(
        "the count is exact: 14 ballots of 12 members, of which 12 count",
        holds=result["rounds"][0]["scores"] == counts
        and (result["voters"], result["superseded"]) == (12, 2)
        and result["abstentions"] == VOTES.count(0),
        seen=result,
    )
    told_counts = [f"{option}: {count}" for option, count in zip(OPTIONS, counts, strict=True)]
    stage.tell(", ".join(told_counts))
    audit = stage.symbolon("audit", stage.poll("budget"), "--fingerprint", told.fingerprint)
    stage.check(
        "anyone re-verifies every ballot, the log and the count",
        holds=audit.returncode == 0,
        seen=audit.stdout + audit.stderr,
    )
    receipts = stage.symbolon("poll", "receipts", "--wallet", stage.wallet_file("Ana"))
    stage.check(
        "Ana's wallet finds her ballot in the log, without saying which it looks for",
        holds=receipts.returncode == 0 and "in the log" in receipts.stdout,
        seen=receipts.stdout + receipts.stderr,
    )
    for name in ("Ana", "Cy"):
        stage.wallet(name, "vote", stage.poll("next"), "--choice", "2", *IN_A_HURRY)
    stage.check("Ana and Cy also vote in the second poll, which stays open", holds=True)
