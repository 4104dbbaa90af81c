"""What a wallet does not let a server do to its votes, and what it says before voting."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.answers import Cast
from client.commands.vote import vote
from client.errors import ClientError, ServerUnreachable, WalletError
from client.wallet.contents import PROMISED, SENT, Vote
from client.wallet.voting import SequenceWrong, check_promise, make_vote
from client.wallet.voting import cast as send
from credentials.errors import (
    PolicyError,
    PromiseRefused,
    SealingRefused,
)
from credentials.formats import base64url
from credentials.formats.poll import Ballot
from credentials.formats.sealing import Sealing
from credentials.sealing import ServerOpener
from tests.poll_papers import sealed_by_trustees, signed_sealing
from tests.served_community import Served, serving
from tests.served_polls import Problem
from tests.unit.client.member import PASSPHRASE, Person, member

SECRET = 987_654_321


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(roll=1) as served:
        yield served


@pytest.fixture
def ana(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    return member(served, tmp_path)


def cast(person: Person, **how: Any) -> Vote:
    """Vote with the command; the newest ballot that the wallet keeps."""
    vote(wallet=person.vault.path, target="lunch", yes=True, as_json=True, **how)
    return max(person.membership.votes, key=lambda each: each.sequence)


def test_a_server_leads_a_wallet_on_once_only(served: Served, ana: Person) -> None:
    served.poll()
    served.lies["/polls/lunch/ballots"] = Problem("sequence-wrong", 409, expected=7)
    with pytest.raises(SequenceWrong):
        cast(ana, choice=1)
    assert served.asked.count("/polls/lunch/ballots") == 2
    assert ana.membership.votes == ()


@pytest.mark.parametrize("expected", [0, -1, 2**24, 2**64 - 1, "3"])
def test_a_number_that_cannot_be_is_not_taken(
    served: Served, ana: Person, expected: object
) -> None:
    served.poll()
    served.lies["/polls/lunch/ballots"] = Problem("sequence-wrong", 409, expected=expected)
    with pytest.raises(ClientError):
        cast(ana, choice=1)
    assert served.asked.count("/polls/lunch/ballots") == 1


def test_a_server_that_forgets_a_promised_ballot_is_not_helped(served: Served, ana: Person) -> None:
    poll = served.poll()
    cast(ana, choice=1)
    poll.highest.clear()
    with pytest.raises(WalletError, match="denies a ballot"):
        cast(ana, choice=2)
    assert [each.answer for each in ana.membership.votes] == ["Soup"]


def test_a_promise_of_another_community_is_refused_and_the_ballot_kept(
    served: Served, ana: Person, tmp_path: Path
) -> None:
    served.poll()
    with serving() as other:
        other.poll()
        stranger = member(other, tmp_path, seed=b"another wallet's")
        theirs = cast(stranger, choice=1)
    served.lies["/polls/lunch/ballots"] = {
        "leaf_hash": base64url.encode(theirs.leaf_hash),
        "promise": base64url.encode(theirs.promise),
        "signature": base64url.encode(theirs.signature),
    }
    with pytest.raises(PromiseRefused):
        cast(ana, choice=1)
    assert [each.state for each in ana.membership.votes] == [SENT]


def test_a_promise_about_another_ballot_is_refused(served: Served, ana: Person) -> None:
    poll = served.poll()
    first = cast(ana, choice=1)
    served.lies["/polls/lunch/ballots"] = poll.answer(
        ["ballots"], {"ballot": base64url.encode(first.ballot)}
    )
    with pytest.raises(PromiseRefused, match="another ballot"):
        cast(ana, choice=2)


def test_a_promise_about_another_ballot_under_the_right_name_is_refused(
    served: Served, ana: Person
) -> None:
    served.poll()
    poll, credential = ana.poll(), ana.on_roll()
    made, other = (make_vote(credential, poll=poll, marks=(n,), count=0) for n in (1, 2))
    promise = served.polls["lunch"].poll.promise(Ballot.from_cbor(other.ballot))
    with pytest.raises(PromiseRefused, match="another ballot than the one that was cast"):
        check_promise(
            Cast(leaf_hash=made.leaf_hash, promise=promise),
            vote=made,
            poll=poll,
            metadata=served.community.metadata,
        )


def test_a_promise_for_too_late_a_time_is_refused(served: Served, ana: Person) -> None:
    served.poll().poll.closes_at += 10_000
    told = served.polls["lunch"].told()
    served.lies["/polls/lunch"] = told | {"closes_at": told["closes_at"] - 10_000}
    with pytest.raises(PromiseRefused, match="too late"):
        cast(ana, choice=1)


def test_a_poll_whose_log_has_another_origin_is_refused(served: Served, ana: Person) -> None:
    served.poll(origin="www.agora.example/polls/lunch")
    with pytest.raises(PolicyError, match="origin"):
        cast(ana, choice=1)


def test_trustees_who_do_not_hold_the_key_are_found_out(served: Served, ana: Person) -> None:
    """An organiser names trustees, and seals to a key of its own."""
    honest = sealed_by_trustees(SECRET, threshold=2, names=("Ada", "Ben", "Cy"))
    served.poll(sealing=honest)
    assert cast(ana, choice=1).state == PROMISED
    assert honest.result is not None
    own = replace(honest.result, key=ServerOpener(secret=5).key)
    false = signed_sealing(5, shares=(1, 2, 3), threshold=2, names=("Ada", "Ben", "Cy"))
    for sealing in (Sealing.by_trustees(own, signatures=honest.signatures), false):
        served.poll(sealing=sealing)
        with pytest.raises(SealingRefused):
            cast(ana, choice=1)


def test_trap_23_trustees_are_shown_with_fingerprints_and_what_their_signatures_prove(
    served: Served, ana: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    sealing = sealed_by_trustees(SECRET, threshold=2, names=("Ada", "Ben", "Cy"))
    served.poll(sealing=sealing)
    vote(wallet=ana.vault.path, target="lunch", choice=1, yes=True)
    shown = " ".join(capsys.readouterr().err.split())
    before, _, asked = shown.partition("Who asks")
    for part in (before, asked):
        for trustee in sealing.trustees:
            assert f"{trustee.name} {trustee.fingerprint}" in part
        assert "any 2 of these 3 trustees" in part
        assert "proves only that somebody who holds this key took part" in part
    assert "none is pinned" in before


def test_who_seals_is_said_before_voting(
    served: Served, ana: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    served.poll(secret=SECRET)
    vote(wallet=ana.vault.path, target="lunch", choice=1, yes=True)
    shown = " ".join(capsys.readouterr().err.split())
    for words in (
        "choose one option",
        "the option with the most votes wins",
        "by the server alone: it can read votes at any time",
        "1 on the roll",
        "Vote “Soup” on “What is for lunch?”.",
        "Until the poll closes you can vote again",
    ):
        assert words in shown


def test_a_ballot_is_kept_when_nobody_answers(tmp_path: Path) -> None:
    with serving() as served:
        served.poll()
        ana = member(served, tmp_path)
        poll = ana.poll()
        made = make_vote(ana.on_roll(), poll=poll, marks=(1,), count=0)
    with pytest.raises(ServerUnreachable):
        send(ana.vault, made, poll=poll, fingerprint=ana.membership.fingerprint, polls=ana.polls)
    assert ana.membership.votes == (made,)
