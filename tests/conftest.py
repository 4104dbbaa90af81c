"""Fixtures that every kind of test may use."""

import pytest

from tests.community import Community, Member


@pytest.fixture(scope="session")
def community() -> Community:
    """One community in memory; tests only read it and enrol members."""
    return Community()


@pytest.fixture(scope="session")
def other_community() -> Community:
    """Another community with keys of its own."""
    return Community(name="Stoa")


@pytest.fixture(scope="session")
def ana(community: Community) -> Member:
    """A member."""
    return community.enrol()


@pytest.fixture(scope="session")
def bo(community: Community) -> Member:
    """Another member, with the same attributes."""
    return community.enrol()


@pytest.fixture(autouse=True)
def _no_metrics_of_an_earlier_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """`serve` names the folder of its counters in the environment; no test inherits another's."""
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
