"""The third act: everybody votes, nobody twice, and anyone recounts."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from examples.demo.cast import MEMBERS, OPTIONS, VOTES, Told
from examples.demo.stage import WALLET_PASSPHRASE, Stage
from examples.demo.twice import cast_twice_at_once


def vote(stage: Stage, told: Told) -> None:
    """Act 3: everybody votes; nobody twice."""
    stage.act("3  A vote")
    before = stage.wallet_file("Bo-before")
    shutil.copy(stage.wallet_file("Bo"), before)

    def cast(pair: tuple[str, int]) -> Any:
        name, choice = pair
        answer = ("--choice", str(choice)) if choice else ("--abstain",)
        return stage.wallet(name, "vote", f"{stage.address}/polls/budget", *answer, "--yes")

    with ThreadPoolExecutor(2) as pool:
        ballots = list(pool.map(cast, list(zip(MEMBERS, VOTES, strict=True))[:-1]))
    stage.check("eleven members vote", holds=len({one["ballot"] for one in ballots}) == 11)
    refused = stage.try_wallet("Bo", "vote", f"{stage.address}/polls/budget", "--choice", "1", "-y")
    stage.check("Bo's wallet does not vote again", holds=refused.returncode == 1)
    stage.tell(refused.stderr.strip())
    refused = stage.try_wallet(
        "Bo-before", "vote", f"{stage.address}/polls/budget", "--choice", "1", "--yes"
    )
    stage.check(
        "neither does a copy of it that knows nothing of the first vote",
        holds=refused.returncode == 1 and "already" in refused.stderr,
        seen=refused.stderr,
    )
    stage.tell(refused.stderr.strip().splitlines()[-1])
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
    stage.organiser("poll", "close", "budget")
    result = stage.organiser("poll", "result", "budget")
    counts = {option: VOTES.count(k) for k, option in enumerate(OPTIONS, start=1)}
    stage.check(
        "the count is exact: 12 ballots of 12 members",
        holds=result["counts"] == counts
        and (result["ballots"], result["abstentions"]) == (12, VOTES.count(0)),
        seen=result,
    )
    stage.tell(", ".join(f"{option}: {count}" for option, count in counts.items()))
    audit = stage.verify(
        *("--bundle", f"{stage.address}/polls/budget", "--fingerprint", told.fingerprint),
        *("--ballot", ballots[0]["ballot"]),
    )
    stage.check(
        "anyone re-verifies every ballot from the bundle; Ana finds hers in it",
        holds=audit.returncode == 0,
        seen=audit.stdout + audit.stderr,
    )
    for name in ("Ana", "Cy"):
        stage.wallet(name, "vote", f"{stage.address}/polls/next", "--choice", "2", "--yes")
    stage.check("Ana and Cy also vote in the second poll, which stays open", holds=True)
