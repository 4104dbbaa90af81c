"""The grounds of the festival: a city with doors and apps, its clock, and a recorded service.

Nobody has come yet.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import httpx

from credentials.formats.metadata import Door, Event, Metadata
from server.doors.organiser import DoorOffice
from tests.attacks.city import PASSPHRASE, REPOSITORY, City
from tests.attacks.collusion.apps import App
from tests.attacks.collusion.clock import Clock
from tests.attacks.collusion.record import Record

HALVES = {
    "pass": ("resident", "guest"),
    "diet": ("any", "none"),
    "tongue": ("greek", "other"),
    "camp": ("north", "south"),
}
"""What the credentials of this festival say: half of the members have each value."""

SCHEMA = {
    "name": "festival-pass",
    "attributes": [
        {"name": name, "type": "choice", "values": list(values)} for name, values in HALVES.items()
    ],
}
DOORS = {
    "gate": "once",
    "yard": "re_entry",
    "daily": "once_per_day",
    "lounge": "members_only",
}
"""Each in an event of its own: the doors of one event may know a member again."""

SERVICE_SECONDS = 60
DAY = 86_400


@dataclass
class Grounds:
    """A founded city, served in a process of its own at the festival's time."""

    directory: Path

    def found(self) -> Self:
        """Make the city with everything in it but members, and serve it."""
        self.midnight = (int(time.time()) // DAY + 1) * DAY
        self.city = City(self.directory, workers=1).found(schema=SCHEMA)
        self.clock = Clock(self.directory / "clock")
        self.record = Record(self.directory / "record")
        self.record.file.touch()
        self.clock.set(self.midnight)
        session = self.city.session
        events = tuple(Event(id=door, name=door, timezone="UTC") for door in DOORS)
        session.community.publish(lambda now: _with_events(now, events))
        office = DoorOffice(session.database, session.community)
        for door, mode in DOORS.items():
            shown = () if mode == "members_only" else ("reissued",)
            listed = Door(id=door, name=door, event=door, mode=mode, disclose=shown, expires_by="")
            self.city.tokens[door] = office.add(listed)
        self.serve()
        self.apps = {name: App(self.city, name, self.record) for name in ("cafe", "forum")}
        return self

    def serve(self) -> None:
        """Start the service in a process of its own, and wait until it answers."""
        self._errors = (self.directory / "stderr").open("ab")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.attacks.collusion.served"),
                *(str(self.city.data), str(self.city.port)),
                *(str(self.directory / "clock"), str(self.record.file)),
            ],
            cwd=REPOSITORY,
            env={**os.environ, "SYMBOLON_PASSPHRASE": PASSPHRASE},
            stderr=self._errors,
        )
        deadline = time.monotonic() + SERVICE_SECONDS
        while True:
            try:
                self.city.get("/health")
                return
            except httpx.TransportError:
                assert self._process.poll() is None, (self.directory / "stderr").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def stop(self) -> None:
        """End everything that was started."""
        for app in self.apps.values():
            app.stop()
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        self.city.client.close()
        self.city.session.database.close()


def _with_events(metadata: Metadata, events: tuple[Event, ...]) -> Metadata:
    return replace(metadata, events=(*metadata.events, *events))
