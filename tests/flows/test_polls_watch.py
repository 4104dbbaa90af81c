"""A running service moves polls on by itself: nobody has to ask for them."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from server.polls import watch
from tests.flows.service import Organiser, Served, Wallet

PATIENCE = 30.0  # seconds


def state(organiser: Organiser, poll: str) -> str:
    """What the database says, without moving anything."""
    listed = {one["id"]: one["state"] for one in organiser.ask("poll", "list")}
    return str(listed[poll])


def test_workers_close_a_poll_at_its_time_and_open_it_once(
    organiser: Organiser, serve: Callable[..., Served], tmp_path: Path
) -> None:
    attendees = tmp_path / "attendees.csv"
    attendees.write_text("name,email,pass\nAna,ana@example.org,member\n")
    organiser.ask("attendees", "import", str(attendees))
    served = serve(organiser, workers=2)
    Wallet(served).claim(organiser.claim_links()["Ana"].code)
    organiser.ask(
        *("poll", "create", "Where?", "--id", "place", "--closes", "4s", "--open"),
        *("--option", "Garden", "--option", "Roof", "--seal", "server"),
    )
    assert state(organiser, "place") == "open"
    deadline = time.monotonic() + PATIENCE
    while state(organiser, "place") != "unsealed" and time.monotonic() < deadline:
        time.sleep(0.5)
    assert state(organiser, "place") == "unsealed"
    told = served.http.get("/polls/place").json()
    assert told["closed_at"] == told["closes_at"]
    events = served.http.get("/polls/place/log/events").json()["events"]
    assert [event["kind"] for event in events] == ["closing", "opening"]


def test_the_watch_goes_on_after_a_fault_and_says_where_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Over(BaseException):
        """Ends a watch that has no end."""

    class Life:
        looks = 0

        def look_after_all(self) -> int:
            self.looks += 1
            if self.looks == 1:
                raise RuntimeError("ana@example.org")
            if self.looks == 3:
                raise Over
            return 0

    monkeypatch.setattr(watch, "CHECK_SECONDS", 0)

    class Lots:
        looks = 0

        def fetch_due(self, source: object) -> int:
            assert source is relay
            self.looks += 1
            return 0

    life, lots, relay = Life(), Lots(), object()
    with pytest.raises(Over):
        watch._watch(life, lots, relay)  # type: ignore[arg-type]
    assert lots.looks == 2, "others wait for their rounds where one poll cannot be moved"
    said = capsys.readouterr().err
    assert said.count('"fault"') == 1
    assert "poll-watch" in said
    assert "ana@example.org" not in said
