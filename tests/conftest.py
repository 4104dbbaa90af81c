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
