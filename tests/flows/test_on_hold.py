"""While something is in the way: what is read goes on, what cannot be undone waits, and then goes
on as if nothing had been."""

from pathlib import Path

import pytest

from server.hold import Hold
from server.polls.assembly import assemble_polls
from server.problems import OnHold
from tests.flows.town import TOMORROW, Town, open_publisher


class Held(Hold):
    """Something is in the way until it is not."""

    held = True

    def reason(self) -> str | None:
        return "The clock jumped." if self.held else None


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_a_poll_at_its_closing_time_waits_and_takes_nothing_that_came_too_late(
    town: Town,
) -> None:
    hold = Held()
    polls = assemble_polls(
        town.database,
        community=town.community,
        registry=town.registry,
        publisher=town.publisher,
        keystore=lambda: town.keystore,
        clock=town.clock,
        guard=hold,
    )
    town.join("Ana")
    manifest = town.open_poll("lunch")
    size = polls.life.current("lunch").size
    town.clock.now += TOMORROW + 1
    assert polls.life.look_after_all() == 0
    assert polls.service.poll("lunch").is_open
    with town.database.write() as connection, pytest.raises(OnHold, match="clock jumped"):
        polls.life.hold(connection, "lunch")
    with pytest.raises(OnHold):
        polls.office.close("lunch", reason="Rain.")
    assert polls.life.current("lunch").size == size
    hold.held = False
    assert polls.life.look_after_all() == 1
    closed = polls.life.current("lunch")
    assert closed.closed_at == manifest.closes_at


def test_no_pass_ends_and_no_head_is_published(town: Town) -> None:
    hold = Held()
    publisher = open_publisher(town.file, town.keystore, clock=town.clock, guard=hold)
    town.join("Ana")
    before = town.head
    town.clock.now += 40 * TOMORROW  # the pass was good for thirty days
    assert publisher.publish_due() is None
    with pytest.raises(OnHold):
        publisher.publish()
    assert town.states() == {"Ana": "claimed"}
    assert town.head == before
    hold.held = False
    assert publisher.publish_due() is not None
    assert town.states() == {"Ana": "ended"}
