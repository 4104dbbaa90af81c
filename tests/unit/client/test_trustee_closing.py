"""When a trustee's share may leave the house: by the clock, the witnesses, and the trustee."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.commands import terminal
from client.commands.evidence import check_evidence
from client.commands.trustee import open_poll
from client.errors import ClientError, ConsentRefused, TrusteeError
from client.evidence import Evidence, EvidenceRefused
from credentials.errors import LogRefused
from credentials.formats.poll_event import Kind, PollEvent
from credentials.log.cosignature import WitnessKey
from tests.served_community import Served, serving
from tests.served_polls import ServedPoll
from tests.unit.client.trustees import PASSPHRASE, Trustees

HOUR = 3600
REASON = "Everybody voted."


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def trustees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trustees:
    monkeypatch.setenv("SYMBOLON_TRUSTEE_PASSPHRASE", PASSPHRASE)
    return Trustees(tmp_path)


def witness(name: str) -> WitnessKey:
    return WitnessKey(name=name, private_key=Ed25519PrivateKey.generate())


@pytest.fixture
def witnesses() -> tuple[WitnessKey, ...]:
    return tuple(witness(f"w{number}.example") for number in (1, 2, 3))


@pytest.fixture
def watched(
    served: Served, trustees: Trustees, witnesses: tuple[WitnessKey, ...]
) -> Callable[..., ServedPoll]:
    """Opens a poll that pins three witnesses and needs two; it closes in so many seconds."""

    def begin(seconds: int = HOUR) -> ServedPoll:
        now = int(time.time())
        return served.poll(
            sealing=trustees.sealing,
            witnesses=tuple(one.verifier_key.to_text() for one in witnesses),
            witnesses_needed=2,
            opens_at=now - 2 * HOUR,
            closes_at=now + seconds,
        )

    return begin


def close_early(poll: ServedPoll) -> None:
    poll.time = int(time.time())
    poll.poll.add(PollEvent(kind=Kind.CLOSING, at=poll.time - 1, reason=REASON))


def cosign(served: Served, poll: ServedPoll, *witnesses: WitnessKey) -> None:
    """Put cosignatures under the newest checkpoint."""
    signed = poll.poll.checkpoint(time=poll.time)
    for one in witnesses:
        line = one.cosign(signed.note.text, time=poll.time + 1)
        signed = signed.with_cosignature(line, key=one.verifier_key)
    served.lies["/polls/lunch/log/checkpoint"] = signed.to_text().encode()


def open_at(served: Served, trustees: Trustees, **how: Any) -> None:
    open_poll(target=f"{served.address}/polls/lunch", folder=trustees.folders[0], **how)


def handed_in(served: Served) -> bool:
    return any(path.endswith("/shares") for path in served.asked)


def kept(served: Served, trustees: Trustees) -> Path:
    host = served.address.partition("://")[2].replace(":", "_")
    return trustees.folders[0] / "polls" / f"{host}_polls_lunch"


# --- the clock


def test_trap_20_a_closing_in_the_future_opens_nothing(served: Served, trustees: Trustees) -> None:
    now = int(time.time())
    poll = served.poll(sealing=trustees.sealing, opens_at=now - HOUR, closes_at=now + HOUR)
    poll.close()
    with pytest.raises(TrusteeError, match="closes in the future"):
        open_at(served, trustees)
    assert not handed_in(served)


@pytest.mark.parametrize("seconds", [HOUR, -5])
def test_trap_20_an_early_closing_opens_nothing_where_no_witness_is_pinned(
    served: Served, trustees: Trustees, seconds: int
) -> None:
    now = int(time.time())
    poll = served.poll(sealing=trustees.sealing, opens_at=now - HOUR, closes_at=now + seconds)
    poll.poll.add(PollEvent(kind=Kind.CLOSING, at=now - 10, reason=REASON))
    for early in (None, "lunch"):
        with pytest.raises(TrusteeError, match="closing is before its time"):
            open_at(served, trustees, early=early)
    assert not handed_in(served)


@pytest.mark.parametrize(
    ("honest", "sentence"), [(True, "closes in the future"), (False, "not at its time")]
)
def test_trap_20_an_extended_poll_is_not_opened_at_its_first_closing_time(
    served: Served, trustees: Trustees, honest: bool, sentence: str
) -> None:
    now = int(time.time())
    poll = served.poll(sealing=trustees.sealing, opens_at=now - HOUR, closes_at=now - 5)
    poll.poll.extend(now + HOUR, at=now - 10)
    if honest:
        poll.close()
    else:
        poll.poll.add(PollEvent(kind=Kind.CLOSING, at=now - 5))
    with pytest.raises(TrusteeError, match=sentence):
        open_at(served, trustees)
    assert not handed_in(served)


def test_an_extended_poll_is_opened_after_its_later_closing_time(
    served: Served, trustees: Trustees
) -> None:
    now = int(time.time())
    poll = served.poll(sealing=trustees.sealing, opens_at=now - HOUR, closes_at=now - 50)
    poll.poll.extend(now - 5, at=now - 60)
    poll.close()
    open_at(served, trustees)
    assert handed_in(served)


# --- witnesses


def test_trap_20_pinned_witnesses_have_to_have_cosigned_a_closing_on_time_too(
    served: Served,
    trustees: Trustees,
    watched: Callable[..., ServedPoll],
    witnesses: tuple[WitnessKey, ...],
) -> None:
    poll = watched(-5)
    poll.close()
    stranger, namesake = witness("stranger.example"), witness("w2.example")
    for seen in ((), (witnesses[0],), (witnesses[0], stranger, namesake)):
        cosign(served, poll, *seen)
        with pytest.raises(TrusteeError, match=r"2 of the witnesses .* must have cosigned"):
            open_at(served, trustees)
    assert not handed_in(served)
    cosign(served, poll, witnesses[0], witnesses[2])
    open_at(served, trustees)
    assert handed_in(served)


def test_trap_20_a_cosignature_of_the_log_before_its_closing_does_not_count(
    served: Served,
    trustees: Trustees,
    watched: Callable[..., ServedPoll],
    witnesses: tuple[WitnessKey, ...],
) -> None:
    poll = watched(-5)
    before = poll.poll.checkpoint(time=poll.time)
    poll.close()
    signed = poll.poll.checkpoint(time=poll.time)
    lines = "".join(w.cosign(before.note.text, time=1).to_line() for w in witnesses)
    served.lies["/polls/lunch/log/checkpoint"] = (signed.to_text() + lines).encode()
    with pytest.raises(LogRefused, match="cosignature is wrong"):
        open_at(served, trustees)
    assert not handed_in(served)


def test_witnesses_whom_the_trustee_names_have_to_have_cosigned_as_well(
    served: Served, trustees: Trustees
) -> None:
    near, far = witness("near.example"), witness("far.example")
    poll = served.poll(sealing=trustees.sealing)
    poll.close()
    cosign(served, poll, near)
    keys = [near.verifier_key.to_text(), far.verifier_key.to_text()]
    with pytest.raises(TrusteeError, match=r"far\.example has not cosigned"):
        open_at(served, trustees, witnesses=keys)
    with pytest.raises(TrusteeError, match=r"near\.example has not cosigned"):
        open_at(served, trustees, witnesses=[witness("near.example").verifier_key.to_text()])
    assert not handed_in(served)
    open_at(served, trustees, witnesses=keys[:1])
    assert handed_in(served)


# --- the trustee's word


@pytest.fixture
def closed_early(
    served: Served,
    watched: Callable[..., ServedPoll],
    witnesses: tuple[WitnessKey, ...],
) -> ServedPoll:
    """A poll that ended before its time, as its witnesses have seen."""
    poll = watched()
    close_early(poll)
    cosign(served, poll, *witnesses[:2])
    return poll


def answers(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Somebody sits at the terminal and types this."""
    monkeypatch.setattr(terminal, "_need_person", lambda instead: None)
    monkeypatch.setattr(terminal, "_read_line", lambda question: text)


def test_trap_20_an_early_closing_needs_the_trustees_word(
    served: Served,
    trustees: Trustees,
    closed_early: ServedPoll,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ClientError, match="use --early-closing lunch"):
        open_at(served, trustees)
    for other in ("", "y", "yes", "dinner"):
        with pytest.raises(TrusteeError, match="names another poll"):
            open_at(served, trustees, early=other)
        answers(monkeypatch, other)
        with pytest.raises(ConsentRefused, match="you are not asked"):
            open_at(served, trustees)
    assert not handed_in(served)
    assert not (kept(served, trustees) / "closing.json").exists()
    answers(monkeypatch, "lunch")
    open_at(served, trustees)
    assert handed_in(served)


def test_what_is_shown_before_an_early_closing_is_agreed_to_is_all_of_it_and_kept(
    served: Served,
    trustees: Trustees,
    closed_early: ServedPoll,
    witnesses: tuple[WitnessKey, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    open_at(served, trustees, early="lunch", as_json=True)
    output = capsys.readouterr()
    shown = "".join(output.err.split())
    expected = ("What is for lunch?", REASON, "Should close", "because")
    keys = [one.verifier_key.to_text() for one in witnesses[:2]]
    for words in (*expected, *keys):
        assert "".join(words.split()) in shown, words
    assert "".join(witnesses[2].verifier_key.to_text().split()) not in shown
    words = json.loads((kept(served, trustees) / "shown.json").read_text())
    assert words["answer"] == "--early-closing"
    assert REASON in json.dumps(words["shown"])
    assert json.loads(output.out)["kept"] == str(kept(served, trustees) / "closing.json")


def test_after_its_own_closing_time_a_poll_that_was_closed_early_needs_no_word(
    served: Served,
    trustees: Trustees,
    watched: Callable[..., ServedPoll],
    witnesses: tuple[WitnessKey, ...],
) -> None:
    poll = watched(-5)
    poll.time = int(time.time())
    poll.poll.add(PollEvent(kind=Kind.CLOSING, at=poll.time - HOUR, reason=REASON))
    with pytest.raises(TrusteeError, match="must have cosigned"):
        open_at(served, trustees)
    cosign(served, poll, *witnesses[:2])
    open_at(served, trustees)
    assert handed_in(served)


# --- what is kept


def test_trap_20_a_trustee_who_has_seen_another_log_before_gives_nothing(
    served: Served, trustees: Trustees, capsys: pytest.CaptureFixture[str]
) -> None:
    """The trustee looked while the poll was extended; later the extension is gone."""
    now = int(time.time())
    poll = served.poll(sealing=trustees.sealing, opens_at=now - HOUR, closes_at=now - 5)
    poll.poll.extend(now + HOUR, at=now - 10)
    with pytest.raises(TrusteeError, match="not closed yet"):
        open_at(served, trustees)
    poll.poll.entries.pop()
    poll.poll.closes_at = now - 5
    poll.close()
    with pytest.raises(typer.Exit):
        open_at(served, trustees)
    assert not handed_in(served)
    assert "shows another log" in capsys.readouterr().err
    (file,) = kept(served, trustees).glob("fork-*.json")
    check_evidence(file=file)
    assert "signed two logs of one poll" in " ".join(capsys.readouterr().out.split())


def test_an_older_state_of_the_same_log_accuses_nobody(served: Served, trustees: Trustees) -> None:
    poll = served.poll(sealing=trustees.sealing)
    poll.close()
    open_at(served, trustees)
    newest = poll.poll.entries[-1]
    poll.poll.entries.pop()
    poll.time -= 10
    with pytest.raises(TrusteeError, match="not closed yet"):
        open_at(served, trustees)
    poll.poll.entries.append(newest)
    poll.time += 10
    open_at(served, trustees)


def test_the_closing_is_kept_before_the_share_leaves(served: Served, trustees: Trustees) -> None:
    poll = served.poll(sealing=trustees.sealing)
    poll.close()
    folder = kept(served, trustees)
    seen: list[bool] = []
    take = poll._take_share

    def taken(trustee: int, share: bytes) -> Any:
        seen.append((folder / "closing.json").exists())
        return take(trustee, share)

    poll._take_share = taken  # type: ignore[method-assign]
    open_at(served, trustees)
    assert seen == [True]
    evidence = Evidence.from_json((folder / "closing.json").read_bytes())
    assert evidence.manifest == poll.poll.manifest.to_cbor()
    assert evidence.leaves == b"".join(poll.poll.leaves)
    assert evidence.ending == poll.poll.entries[-1]
    assert (folder / "checkpoint.note").read_text() == evidence.checkpoint
    with pytest.raises(EvidenceRefused, match=r"proves nothing yet: .* end of voting"):
        evidence.prove(fingerprint=None)
