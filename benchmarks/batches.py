"""Verifying many presentations at once: what each costs, alone, by the dozen and by the thousand.

Every presentation is another member's: its own credential, pseudonym, proof and, at apps, nonce.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks.chart import Axis, Chart, Curve
from benchmarks.measure import Measured, Row, between_references, show
from benchmarks.showings import WITH_DATE, Showing, at_door, poll, to_app, vote
from credentials.curve import curve
from credentials.curve.scalars import random_scalar
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.holder import Credential, Witness
from credentials.polls import VerifiedBallot, verify_ballots
from credentials.presentation import VerifiedPresentation, settle
from tests.community import Community

LARGEST = 1000
SIZES = (1, 3, 10, 30, 100, 300, LARGEST)
ROUNDS = 5
APP = "apps"
DOOR = "doors, one time slot"
DATE = "apps, one date range"
BALLOT = "ballots, serial range"
FORGED = f"apps, one of {LARGEST:,} forged"
AIMS = {APP: 1.8, BALLOT: 3.2}


def main() -> None:
    """Print the table of the largest batches, and draw cost over size."""
    community = Community()
    community.publish()
    members = [community.enrol().credential for _ in range(LARGEST)]
    manifest = poll(community)
    ballots = [
        vote(community, member, manifest=manifest, choice=1 + at % 2)
        for at, member in enumerate(members)
    ]
    showings = [to_app(community, member) for member in members]
    kinds: dict[str, Callable[[int, int], None]] = {
        APP: _presentations(showings),
        DOOR: _presentations([at_door(community, member) for member in members]),
        DATE: _presentations(
            [to_app(community, member, policy=WITH_DATE) for member in members],
        ),
        BALLOT: _ballots(ballots, manifest=manifest, community=community),
    }
    costs = {name: {size: _each(kind, size=size) for size in SIZES} for name, kind in kinds.items()}
    showings[LARGEST // 3] = to_app(community, _with_forged_witness(members[LARGEST // 3]))
    forged = _each(_presentations(showings, refused=1), size=LARGEST)
    for size in (LARGEST, 100):
        show(
            f"Batches of {size:,}, each presentation of another member, medians of {ROUNDS}",
            [
                Row(
                    name=name,
                    figure=f"{cost[size].figure} each",
                    aim=f"{AIMS[name]} R" if size == LARGEST and name in AIMS else "",
                )
                for name, cost in costs.items()
            ],
        )
    found = Row(name=FORGED, figure=f"{forged.figure} each")
    show("Finding who is at fault in a batch, by bisection", [found])
    _draw(costs)


def _presentations(showings: Sequence[Showing], *, refused: int = 0) -> Callable[[int, int], None]:
    pseudonyms = {showing.presentation.pseudonym for showing in showings}
    assert len(pseudonyms) == len(showings)

    def verify(start: int, end: int) -> None:
        settled = settle([showing.check() for showing in showings[start:end]])
        good = sum(isinstance(one, VerifiedPresentation) for one in settled)
        assert good >= len(settled) - refused

    return verify


def _with_forged_witness(credential: Credential) -> Credential:
    """A witness that belongs to nobody: its proof is well-formed, and only the pairing fails."""
    point = curve.multiply_g1(curve.g1_generator, random_scalar())
    difference = credential.keys.head.value.point + -curve.multiply_g1(point, credential.handle)
    return replace(credential, witness=Witness(point=point, difference=difference))


def _ballots(
    ballots: Sequence[Ballot], *, manifest: Manifest, community: Community
) -> Callable[[int, int], None]:
    verifier = community.verifier

    def verify(start: int, end: int) -> None:
        verdicts = verify_ballots(ballots[start:end], manifest=manifest, verifier=verifier)
        assert all(isinstance(one, VerifiedBallot) for one in verdicts)

    return verify


def _each(verify: Callable[[int, int], None], *, size: int) -> Measured:
    """One presentation's cost in batches of this size; small ones are repeated, to 100 at least."""
    count = size * -(-100 // size)

    def batches() -> None:
        for start in range(0, count, size):
            verify(start, start + size)

    verify(0, 100)  # a verifier builds its tables once they pay
    return between_references(batches, rounds=ROUNDS).each(count)


def _draw(costs: dict[str, dict[int, Measured]]) -> None:
    curves = [
        Curve(name=name, points=[(size, cost.references) for size, cost in by_size.items()])
        for name, by_size in costs.items()
    ]
    curves += [
        Curve(name=f"aim {aim} R", points=[(SIZES[0], aim), (LARGEST, aim)], aim=True)
        for aim in AIMS.values()
    ]
    chart = Chart(
        title="Verifying in batches",
        subtitle="Cost of each presentation; R is one check of two pairings",
        x=Axis(label="presentations in a batch", log=True),
        y=Axis(label="R for each presentation"),
        curves=curves,
    )
    chart.save("batches")


if __name__ == "__main__":
    main()
