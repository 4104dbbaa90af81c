"""P3: 2,000 mutants in a row, of which none passes and none ends in an exception but our own.

`python -m tests.attacks.mutants 200000` runs as many as wanted.
"""

from collections import Counter

import pytest

from tests.attacks import mutants
from tests.attacks.mutations import MUTATIONS

KINDS = {"presentation", "code", "ballot", "request", "head", "witness", "log", "digits"}


@pytest.fixture(scope="module")
def run() -> tuple[Counter[tuple[str, str, str]], list[str]]:
    return mutants.run(2000, seed="make test")


def test_p3_two_thousand_mutants_are_refused_in_our_own_words(run):
    ends, bugs = run
    assert not bugs, bugs[:3]
    assert sum(ends.values()) == 2000
    assert {kind for kind, _, _ in ends} == KINDS
    assert {name for _, name, _ in ends} == set(MUTATIONS)


def test_p3_the_mutants_reach_every_stage_of_a_verifier(run):
    """Both refusals of octets and refusals of proofs are among their ends."""
    ends, _ = run
    of: Counter[tuple[str, str]] = Counter()
    for (kind, _, end), number in ends.items():
        of[kind, end] += number
    for kind, end in (
        ("presentation", "EncodingError"),
        ("presentation", "PresentationRefused"),
        ("code", "invalid"),
        ("ballot", "EncodingError"),
        ("ballot", "BallotRefused"),
        ("request", "EncodingError"),
        ("request", "wallet: answered"),
        ("head", "HeadRefused"),
        ("witness", "WitnessRefused"),
        ("log", "WitnessRefused"),
        ("digits", "DigitsRefused"),
    ):
        assert of[kind, end] > 0, (kind, end)


def test_p3_a_verifier_that_forgets_the_challenge_is_found_out(monkeypatch: pytest.MonkeyPatch):
    """The defence taken out: the mutants notice that changed presentations pass."""
    from credentials.presentation import composition

    class Anything(int):
        """Equal to every challenge."""

        __hash__ = int.__hash__

        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return False

    true = composition.challenge_of
    monkeypatch.setattr(
        composition, "challenge_of", lambda *args, **names: Anything(true(*args, **names))
    )
    _, bugs = mutants.run(300, seed="forgetful")
    assert any("was accepted" in bug for bug in bugs)
