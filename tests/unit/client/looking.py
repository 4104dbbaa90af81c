"""A member who votes and looks for the ballot, for the tests of receipts and evidence."""

from pathlib import Path
from typing import Any

import pytest
import typer

from client.commands.ballots import receipts
from client.commands.vote import vote
from client.evidence import Evidence
from client.wallet.contents import Vote
from tests.served_community import Served
from tests.unit.client.member import Person


def voted(person: Person, told: Any, *, choice: int = 1) -> Vote:
    vote(wallet=person.vault.path, target="lunch", choice=choice, yes=True, as_json=True)
    told()
    return max(person.membership.votes, key=lambda each: each.sequence)


def looked(
    person: Person, told: Any, *, alarm: bool = False, stale: bool = False
) -> dict[str, Any]:
    """What `poll receipts` says; its exit status is 2 with an alarm, and 4 with an old log."""
    if not alarm and not stale:
        receipts(wallet=person.vault.path, as_json=True)
        return dict(told())
    with pytest.raises(typer.Exit) as ended:
        receipts(wallet=person.vault.path, as_json=True)
    assert ended.value.exit_code == (4 if stale else 2)
    return dict(told())


def evidence_in(shown: dict[str, Any]) -> Evidence:
    (file,) = shown["evidence"]
    return Evidence.from_json(Path(file).read_bytes())


def proven(evidence: Evidence, served: Served) -> str:
    return evidence.prove(fingerprint=served.community.metadata.community_id).sentence


def dropped(served: Served, person: Person, told: Any) -> Vote:
    """A vote that was promised, and then dropped."""
    kept = voted(person, told)
    served.polls["lunch"].drop(kept.leaf_hash)
    return kept
