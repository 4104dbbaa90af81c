"""`symbolon trustee open`: a share for a poll whose log proves that it closed, and for no other."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.commands.trustee import hand_in, open_poll
from client.errors import ServerRefused, TrusteeError
from credentials.errors import LogRefused, MetadataRefused, SealingRefused
from credentials.formats import base64url
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.sealing import Sealing
from credentials.polls import State
from credentials.sealing import ServerOpener, check_opening, check_share
from tests.polling import PollInMemory
from tests.served_community import Served, serving
from tests.served_polls import Problem, ServedPoll
from tests.unit.client.trustees import PASSPHRASE, Trustees


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """The JSON that a command has just printed."""
    return lambda: json.loads(capsys.readouterr().out)


@pytest.fixture
def trustees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trustees:
    monkeypatch.setenv("SYMBOLON_TRUSTEE_PASSPHRASE", PASSPHRASE)
    return Trustees(tmp_path)


@pytest.fixture
def poll(served: Served, trustees: Trustees) -> ServedPoll:
    return served.poll(sealing=trustees.sealing)


def link(served: Served) -> str:
    return f"{served.address}/polls/lunch"


def kept(served: Served, folder: Path) -> Path:
    """Where a trustee keeps what was shown of the poll."""
    host = served.address.partition("://")[2].replace(":", "_")
    return folder / "polls" / f"{host}_polls_lunch"


def handed_in(served: Served) -> bool:
    return any(path.endswith("/shares") for path in served.asked)


def test_two_of_three_open_a_poll_that_has_closed(
    served: Served, trustees: Trustees, poll: ServedPoll, told: Any
) -> None:
    poll.close()
    for at, so_far in ((2, 1), (0, 2)):
        open_poll(target=link(served), folder=trustees.folders[at], as_json=True)
        assert told() == {
            "poll": "lunch",
            "trustee": at + 1,
            "shares": so_far,
            "needed": 2,
            "state": "closed" if so_far == 1 else "unsealed",
            "kept": str(kept(served, trustees.folders[at]) / "closing.json"),
        }
    opening = PollEvent.from_cbor(poll.poll.entries[-1])
    digest = poll.poll.manifest.manifest_hash
    check_opening(opening.value, key=trustees.result.key, digest=digest)


def test_a_share_can_be_handed_over_as_a_file(
    served: Served, trustees: Trustees, poll: ServedPoll, told: Any, tmp_path: Path
) -> None:
    poll.close()
    out = tmp_path / "share.json"
    open_poll(target=link(served), folder=trustees.folders[1], out=out, as_json=True)
    assert told()["share"] == str(out)
    value = json.loads(out.read_text())
    digest = poll.poll.manifest.manifest_hash
    assert base64url.decode(value["manifest_hash"]) == digest
    check_share(
        base64url.decode(value["share"]),
        trustee=value["trustee"],
        key=trustees.result.trustees[1].key,
        digest=digest,
    )
    assert not handed_in(served)
    with pytest.raises(TrusteeError, match="exists already"):
        open_poll(target=link(served), folder=trustees.folders[1], out=out)


def test_nothing_is_handed_in_while_the_poll_is_open(
    served: Served, trustees: Trustees, poll: ServedPoll
) -> None:
    with pytest.raises(TrusteeError, match="not closed yet"):
        open_poll(target=link(served), folder=trustees.folders[0])
    poll.state = State.CLOSED  # the server's word alone is not enough
    with pytest.raises(TrusteeError, match="not closed yet"):
        open_poll(target=link(served), folder=trustees.folders[0])
    assert not handed_in(served)


def test_a_closing_that_is_not_in_the_log_is_none(
    served: Served, trustees: Trustees, poll: ServedPoll
) -> None:
    closing = PollEvent(kind=Kind.CLOSING, at=poll.poll.closes_at)
    served.lies["/polls/lunch/log/events"] = {
        "events": [{"octets": base64url.encode(closing.to_cbor())}]
    }
    with pytest.raises(TrusteeError, match="not closed yet"):
        open_poll(target=link(served), folder=trustees.folders[0])
    # Nor is one under leaf hashes that the community did not sign.
    poll.close()
    honest = poll.poll.checkpoint(size=1, time=poll.time).to_text().encode()
    served.lies["/polls/lunch/log/checkpoint"] = honest
    with pytest.raises(TrusteeError, match="not closed yet"):
        open_poll(target=link(served), folder=trustees.folders[0])
    assert not handed_in(served)


def test_the_log_of_another_poll_proves_nothing(
    served: Served, trustees: Trustees, poll: ServedPoll
) -> None:
    """A log under the same origin that begins with another manifest."""
    other = replace(poll.poll.manifest, question="Something else?")
    another = PollInMemory(served.community, other)
    another.close()
    poll.close()
    poll.poll.entries = another.entries
    with pytest.raises(LogRefused, match="begins with another manifest"):
        open_poll(target=link(served), folder=trustees.folders[0])
    assert not handed_in(served)


def test_a_cancelled_poll_stays_sealed(
    served: Served, trustees: Trustees, poll: ServedPoll
) -> None:
    poll.poll.cancel()
    with pytest.raises(TrusteeError, match="was cancelled"):
        open_poll(target=link(served), folder=trustees.folders[0])
    assert not handed_in(served)


def test_a_poll_that_is_cancelled_after_its_closing_stays_sealed_too(
    served: Served, trustees: Trustees, poll: ServedPoll
) -> None:
    poll.close()
    poll.poll.add(
        PollEvent(kind=Kind.CANCELLATION, at=poll.poll.closes_at, reason="The question was wrong.")
    )
    with pytest.raises(TrusteeError, match="was cancelled"):
        open_poll(target=link(served), folder=trustees.folders[0])
    assert not handed_in(served)


def test_a_poll_of_other_trustees_is_not_opened(
    served: Served, trustees: Trustees, tmp_path: Path
) -> None:
    others = Trustees(tmp_path / "others")
    for sealing, sentence in (
        (others.sealing, "another ceremony"),
        (Sealing(key=ServerOpener.generate().key), "not sealed to trustees"),
        (None, "not sealed to trustees"),
    ):
        served.poll(sealing=sealing).close()
        with pytest.raises(TrusteeError, match=sentence):
            open_poll(target=link(served), folder=trustees.folders[0])
    assert not handed_in(served)


@pytest.mark.parametrize("change", ["key", "name", "share key"])
def test_trap_23_a_ceremony_that_the_trustees_did_not_sign_like_this_opens_nothing(
    served: Served, trustees: Trustees, change: str
) -> None:
    """The organiser names these trustees, and seals to a key of its own or under other names."""
    result = trustees.result
    own = ServerOpener.generate().key
    first, *others = result.trustees
    changed = {
        "key": replace(result, key=own),
        "name": replace(result, trustees=(replace(first, name="Anna"), *others)),
        "share key": replace(result, trustees=(replace(first, key=own), *others)),
    }[change]
    served.poll(sealing=Sealing.by_trustees(changed, signatures=trustees.signatures)).close()
    with pytest.raises(SealingRefused, match="not signed by"):
        open_poll(target=link(served), folder=trustees.folders[0])
    assert not handed_in(served)


def test_a_share_that_the_server_refuses_is_an_error(
    served: Served, trustees: Trustees, poll: ServedPoll
) -> None:
    poll.close()
    served.lies["/polls/lunch/shares"] = Problem("share-refused", 422)
    with pytest.raises(ServerRefused):
        open_poll(target=link(served), folder=trustees.folders[0])


def test_another_community_under_the_address_is_refused(
    served: Served, trustees: Trustees, poll: ServedPoll
) -> None:
    poll.close()
    with pytest.raises(MetadataRefused):
        open_poll(
            target=link(served),
            folder=trustees.folders[0],
            fingerprint=base64url.encode(bytes(32)),
        )
    assert not handed_in(served)


def test_anyone_sends_a_share_that_was_written_to_a_file(
    served: Served, trustees: Trustees, poll: ServedPoll, told: Any, tmp_path: Path
) -> None:
    poll.close()
    out = tmp_path / "share.json"
    open_poll(target=link(served), folder=trustees.folders[1], out=out, as_json=True)
    told()
    hand_in(target=link(served), file=out, as_json=True)
    assert told() == {"poll": "lunch", "trustee": 2, "shares": 1, "needed": 2, "state": "closed"}
    with pytest.raises(TrusteeError, match="another poll"):
        hand_in(target=f"{served.address}/polls/dinner", file=out)
    value = json.loads(out.read_text())
    for bad in ({"trustee": 0}, {"share": "AA"}, {"poll": "A B"}, {"more": 1}, {"symbolon": "x"}):
        out.write_text(json.dumps({**value, **bad}))
        with pytest.raises(TrusteeError, match="not a trustee's share"):
            hand_in(target=link(served), file=out)
    out.write_text("[" * 60_000)
    with pytest.raises(TrusteeError, match="not a trustee's share"):
        hand_in(target=link(served), file=out)
