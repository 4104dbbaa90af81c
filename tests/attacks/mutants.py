"""Mutated presentations, codes, ballots, requests and registry data, through our own readers.

Nothing that was changed may be accepted, and nothing may end in another exception than our own:

    python -m tests.attacks.mutants 200000

runs as many mutants on all processors and prints how each mutation ended; `make test` runs 2,000.
The mutations are in mutations.py and mutations_of_cbor.py, the readers in mutants_bench.py.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from random import Random

from tests.attacks import mutations_of_cbor  # noqa: F401 - enters its mutations
from tests.attacks.mutants_bench import Bench
from tests.attacks.mutations import MUTATIONS, Original


def mutants(bench: Bench, *, seed: str) -> Iterator[tuple[str, Original, bytes]]:
    """Endless mutants: the mutation's name, what it was made from, and its octets."""
    rng = Random(seed)  # noqa: S311 - nothing secret is drawn
    names = sorted(MUTATIONS)
    weights = [original.weight for original in bench.originals]
    while True:
        (original,) = rng.choices(bench.originals, weights)
        name = rng.choice(names)
        octets = MUTATIONS[name](rng, original, bench.spare)
        if octets is not None:
            yield name, original, octets


def run(count: int, *, seed: str) -> tuple[Counter[tuple[str, str, str]], list[str]]:
    """How many mutants ended in which way, by kind and mutation; and what must not happen."""
    bench = Bench()
    for original in bench.originals:
        first = bench.outcome(original, original.octets)
        if first not in ("unchanged", "wallet: answered"):
            raise AssertionError(f"the unchanged {original.kind} ended in {first}")
    ends: Counter[tuple[str, str, str]] = Counter()
    bugs = []
    for name, original, octets in islice(mutants(bench, seed=seed), count):
        try:
            end = bench.outcome(original, octets)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a panic of a library is no Exception
            end = f"BUG {type(error).__name__}"
            bugs.append(f"{name} of a {original.kind}: {error!r}: {octets.hex()}")
        ends[original.kind, name, end] += 1
    return ends, bugs


def _run(arguments: tuple[int, str]) -> tuple[Counter[tuple[str, str, str]], list[str]]:
    return run(arguments[0], seed=arguments[1])


def main(count: int, *, seed: str = "1") -> int:
    """Run `count` mutants on all processors, print what came of them, and 1 if there was a bug."""
    began = time.monotonic()
    workers = os.cpu_count() or 1
    shares = [(count // workers + (at < count % workers), f"{seed}/{at}") for at in range(workers)]
    ends: Counter[tuple[str, str, str]] = Counter()
    bugs: list[str] = []
    with ProcessPoolExecutor(workers) as pool:
        for found, wrong in pool.map(_run, shares):
            ends += found
            bugs += wrong
    for title, at in (("kind and outcome", 0), ("mutation and outcome", 1)):
        print(f"\n{title}")  # noqa: T201
        rows: Counter[tuple[str, str]] = Counter()
        for key, number in ends.items():
            rows[key[at], key[2]] += number
        for (name, end), number in sorted(rows.items()):
            print(f"{number:9,}  {name:34} {end}")  # noqa: T201
    for bug in bugs[:20]:
        print(f"BUG: {bug}")  # noqa: T201
    seconds = time.monotonic() - began
    print(f"\n{sum(ends.values()):,} mutants, {len(bugs)} bugs, {seconds:.0f} s")  # noqa: T201
    return 1 if bugs else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
