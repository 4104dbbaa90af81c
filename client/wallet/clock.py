"""Whether this device's clock is right, before a code is drawn that a door would refuse for it.

The wallet remembers the last comparison with the server's clock; it does not ask for one before it
shows, which would tell the community that somebody is about to enter (docs/protocol.md, "Traffic").
"""

from client.clocks import wrong_clock
from client.wallet.contents import Membership


def warn_of_clock(membership: Membership, *, now: int) -> str:
    """What is wrong with this device's clock, and what follows at a door; empty if nothing is."""
    published = [membership.metadata.published_at]
    if membership.chain is not None:
        published.append(membership.chain.newest.published_at)
    reading = membership.clock
    wrong = wrong_clock(reading, now=now, published=max(published))
    if not wrong or wrong.startswith("The server"):
        return wrong
    late = reading is None or reading.agree or reading.ahead < 0
    follows = "as too old" if late else "as those of a wrong clock"
    return (
        f"{wrong} Codes it shows will be refused {follows}: set the clock. If you have set it "
        "since, `symbolon wallet refresh` compares again."
    )
