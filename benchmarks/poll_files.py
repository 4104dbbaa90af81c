"""Bundles of large polls, for measuring audits: every ballot really proven.

    python -m benchmarks.poll_files 10000 FILE [--sealed] [--each 5]

Every ballot is of another member, or with --each every so many are of one who votes again. Proving
is spread over all cores; 100,000 ballots of as many members take a quarter of an hour on two. The
votes are rankings of five options, sealed to one key.
"""

import argparse
import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from credentials.curve.scalars import random_scalar
from credentials.formats.head import Head
from credentials.formats.manifest import Manifest
from credentials.formats.poll_bundle import BundleHead, write_bundle
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.sealing import Sealing
from credentials.formats.vote import RANKED, Marks
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.merkle import Frontier, leaf_hash
from credentials.polls import count_votes, make_ballot
from credentials.sealing import ServerOpener, share_of
from tests.community import Community

CHUNK = 100
OPTIONS = ("Kitchen", "Workshop", "Stage", "Garden", "Nothing")


class Town:
    """A community with as many members as there are voters, and the poll that they vote in."""

    def __init__(self, voters: int, *, sealed: bool) -> None:
        self.community = Community(roll=voters)
        self.secret = random_scalar()
        key = ServerOpener(secret=self.secret).key
        metadata = self.community.metadata
        self.manifest = Manifest(
            community_id=metadata.community_id,
            issuer_id=metadata.keys.issuer_id,
            registry_id=metadata.keys.registry_id,
            schema_id=metadata.schema.schema_id,
            poll="budget",
            question="What shall we build?",
            options=OPTIONS,
            ballot_type=RANKED,
            tally="irv/1",
            opens_at=metadata.published_at,
            closes_at=metadata.published_at + 86_400,
            origin="agora.example/polls/budget",
            sealing=Sealing(key=key) if sealed else None,
            head=self.head.hash,
        )

    @property
    def head(self) -> Head:
        """The roll."""
        return self.community.heads.newest

    def votes(self, serial: int, *, each: int) -> tuple[list[bytes], Marks]:
        """The ballots of a new member with this serial, and what the last of them says."""
        chance = random.Random(serial)  # noqa: S311 - which votes are cast keeps no secret
        self.community.serial = serial - 1
        credential = self.community.enrol().credential
        ballots: list[bytes] = []
        marks: Marks = ()
        for sequence in range(1, each + 1):
            number = chance.randint(0, len(OPTIONS))
            marks = tuple(chance.sample(range(1, len(OPTIONS) + 1), number))
            ballot = make_ballot(
                credential,
                manifest=self.manifest,
                head=self.head,
                marks=marks,
                sequence=sequence,
            )
            ballots.append(ballot.to_cbor())
        return ballots, marks


_town: Town | None = None
"""Set before the processes are forked, so that all of them are of one town."""


def _votes(task: tuple[range, int]) -> list[tuple[list[bytes], Marks]]:
    serials, each = task
    return [cast("Town", _town).votes(serial, each=each) for serial in serials]


def main() -> None:
    """Write one bundle."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("ballots", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--sealed", action="store_true")
    parser.add_argument("--each", type=int, default=1, help="ballots of each voter")
    arguments = parser.parse_args()
    make(
        arguments.ballots,
        file=arguments.file,
        sealed=arguments.sealed,
        each=arguments.each,
    )


def make(ballots: int, *, file: Path, sealed: bool, each: int = 1) -> None:
    """Write the bundle of a certified poll with that many ballots, `each` of every voter."""
    global _town  # noqa: PLW0603
    voters = ballots // each
    _town = Town(voters, sealed=sealed)
    tasks = [(range(at, min(at + CHUNK, voters + 1)), each) for at in range(1, voters + 1, CHUNK)]
    cast_votes: Counter[Marks | None] = Counter()
    entries: list[bytes] = []
    with multiprocessing.get_context("fork").Pool(len(os.sched_getaffinity(0))) as pool:
        for made in pool.imap_unordered(_votes, tasks):
            entries += [octets for ballots_of_one, _ in made for octets in ballots_of_one]
            cast_votes.update(marks for _, marks in made)
    entries.sort(key=leaf_hash)
    with file.open("wb") as out:
        for piece in write_bundle(*_bundle(_town, entries=entries, votes=cast_votes)):
            out.write(piece)


def _bundle(
    town: Town, *, entries: list[bytes], votes: Counter[Marks | None]
) -> tuple[BundleHead, Iterator[bytes]]:
    manifest, closes_at = town.manifest, town.manifest.closes_at
    entries.insert(0, manifest.to_cbor())
    entries.append(PollEvent(kind=Kind.CLOSING, at=closes_at).to_cbor())
    frontier = Frontier().grown(entries)
    after: list[bytes] = []
    if manifest.sealing is not None:
        opening = share_of(town.secret, digest=manifest.manifest_hash)
        after.append(PollEvent(kind=Kind.OPENING, at=closes_at, value=opening).to_cbor())
    result = count_votes(votes, manifest=manifest, seed=None).to_cbor()
    after.append(PollEvent(kind=Kind.CERTIFICATION, at=closes_at, value=result).to_cbor())
    frontier = frontier.grown(after)
    checkpoint = SignedCheckpoint.sign(
        Checkpoint(
            origin=manifest.origin, size=frontier.size, root=frontier.root, time=closes_at + 1
        ),
        private_key=town.community.signing_key,
    )
    head = BundleHead(
        metadata=town.community.signed,
        head=town.community.heads.signed[-1],
        checkpoint=checkpoint.to_text().encode(),
        entries=frontier.size,
    )
    return head, iter([*entries, *after])


if __name__ == "__main__":
    main()
