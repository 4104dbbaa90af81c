"""One city with doors, apps and a service of two workers, for all attacks that do not harm it."""

import secrets
from collections.abc import Iterator

import pytest

from credentials.formats.manifest import Manifest
from tests.attacks.city import City
from tests.attacks.festival import Festival, play
from tests.attacks.wallet import Wallet, enrol

DOORS = {
    "gate": "once",
    "back-gate": "once",
    "daily": "once_per_day",
    "yard": "re_entry",
    "lounge": "members_only",
}
APPS = {
    "cafe": "https://cafe.example/answer",
    "forum": "https://forum.example/answer",
    "apex": "https://agora.example/answer",
    "www": "https://www.agora.example/answer",
}


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A served city; each test enrols members and opens polls of its own."""
    made = City(tmp_path_factory.mktemp("city")).found()
    for door, mode in DOORS.items():
        made.add_door(door, mode)
    for app, address in APPS.items():
        made.add_app(app, address)
    made.serve()
    enrol(made)  # so that no poll's roll is empty
    yield made
    made.stop()


@pytest.fixture(scope="session")
def festival(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Festival]:
    """A festival of its own, played once; tests only search what it left behind."""
    yield from play(tmp_path_factory.mktemp("festival"))


@pytest.fixture
def mia(city: City) -> Wallet:
    """A new member."""
    return enrol(city)


@pytest.fixture
def leo(city: City) -> Wallet:
    """Another new member."""
    return enrol(city)


@pytest.fixture(scope="session")
def crowd(city: City) -> tuple[Wallet, ...]:
    """Twelve members: enough for a batch, and for a breakdown."""
    return tuple(enrol(city) for _ in range(12))


@pytest.fixture
def poll(city: City) -> Manifest:
    """A new poll of three options."""
    return city.open_poll(f"trap-{secrets.token_hex(4)}", options=("red", "green", "blue"))
