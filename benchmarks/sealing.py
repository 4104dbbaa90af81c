"""Sealing a vote and opening it, the shares of three trustees of five, and a ceremony of five."""

import secrets
from itertools import cycle

from benchmarks.measure import Row, rows_against_reference, show, take_turns
from credentials.curve import curve
from credentials.curve.scalars import random_scalar
from credentials.formats.vote import SEALED_OVERHEAD
from credentials.sealing import (
    check_opening,
    check_share,
    combine,
    open_sealed,
    seal,
    share_of,
)
from credentials.sealing.cards import TrusteeKeys
from credentials.sealing.ceremony import finish
from credentials.sealing.deals import make_deal
from credentials.sealing.participants import Participants

TRUSTEES, THRESHOLD = 5, 3
OPTIONS = 10
SEALED = 50
ROUNDS = 200
CEREMONY_ROUNDS = 20
SEAL, OPEN = "seal a vote (in the wallet)", "open a sealed vote"
CHECK_SHARE, COMBINE = "check a trustee's share", "combine three shares"
CHECK_OPENING = "check the opening value"
AIMS = {OPEN: "1 to 1.5 ms"}


def main() -> None:
    """Print the tables."""
    keys = [TrusteeKeys.generate(f"Trustee {number}") for number in range(1, TRUSTEES + 1)]
    participants = Participants.of((one.card for one in keys), threshold=THRESHOLD)
    deals = [make_deal(participants, keys=one) for one in keys]
    finished = [finish(deals, participants=participants, keys=one) for one in keys]
    result = finished[0][1]
    digest, vote = secrets.token_bytes(32), bytes(1 + OPTIONS)
    shares = {one.number: share_of(one.secret, digest=digest) for one, _ in finished[:THRESHOLD]}
    opening = combine(shares, threshold=THRESHOLD)
    pseudonyms = [
        curve.encode_g1(curve.multiply_g1(curve.g1_generator, random_scalar()))
        for _ in range(SEALED)
    ]

    def sealed(pseudonym: bytes) -> bytes:
        return seal(vote, key=result.key, digest=digest, pseudonym=pseudonym, sequence=1)

    ballots = cycle([(sealed(pseudonym), pseudonym) for pseudonym in pseudonyms])

    def open_next() -> None:
        octets, pseudonym = next(ballots)
        opened = open_sealed(
            octets, opening=opening, digest=digest, pseudonym=pseudonym, sequence=1
        )
        assert opened == vote

    medians = take_turns(
        {
            SEAL: lambda: sealed(pseudonyms[0]),
            OPEN: open_next,
            "make a trustee's share": lambda: share_of(finished[0][0].secret, digest=digest),
            CHECK_SHARE: lambda: check_share(
                shares[1], trustee=1, key=result.trustees[0].key, digest=digest
            ),
            COMBINE: lambda: combine(shares, threshold=THRESHOLD),
            CHECK_OPENING: lambda: check_opening(opening, key=result.key, digest=digest),
        },
        rounds=ROUNDS,
        warm=5,
    )
    show(f"Sealed votes, medians of {ROUNDS}", rows_against_reference(medians, aims=AIMS))
    medians = take_turns(
        {
            "make a deal": lambda: make_deal(participants, keys=keys[0]),
            "check all deals, make share and result": lambda: finish(
                deals, participants=participants, keys=keys[0]
            ),
        },
        rounds=CEREMONY_ROUNDS,
    )
    show(
        f"A ceremony of {TRUSTEES}, {THRESHOLD} of whom open, medians of {CEREMONY_ROUNDS}",
        rows_against_reference(medians, aims={}),
    )
    show(
        "Octets",
        [
            Row(name="added to a vote by sealing", figure=f"{SEALED_OVERHEAD:6}"),
            Row(
                name=f"a sealed vote of {OPTIONS} options", figure=f"{len(sealed(pseudonyms[0])):6}"
            ),
            Row(name="a deal, as a file", figure=f"{len(deals[0]):6}"),
        ],
    )


if __name__ == "__main__":
    main()
