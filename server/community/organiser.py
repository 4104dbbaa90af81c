"""The organiser's side of the community itself: what it is called, and where it is.

Its key is what it is known by, so neither changes it. The address stands in claim links, wallets,
prepared doors and the logs of polls; who knows the community hears of another one from its signed
metadata only (client/moving.py), so the old address has to serve that for a while.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from sqlalchemy import Connection

from credentials.formats.metadata import Metadata
from server.community.service import CommunityService
from server.database import Database
from server.problems import OperatorError

Running: TypeAlias = Callable[[Connection], list[str]]
"""The ids of the polls that have begun and not ended, in the caller's transaction."""


class CommunityOffice:
    """The community as the organiser handles it; raises OperatorError.

    `running` gives the polls whose log goes on: it is named by the address, so nobody moves then.
    """

    def __init__(
        self, database: Database, community: CommunityService, *, running: Running
    ) -> None:
        self._database = database
        self._community = community
        self._running = running

    def rename(self, name: str) -> Metadata:
        """Publish another name."""

        def renamed(metadata: Metadata) -> Metadata:
            if metadata.name == name:
                raise OperatorError(f"The community is called {name} already.")
            return replace(metadata, name=name)

        return self._community.publish(renamed)

    def check_movable(self, address: str) -> None:
        """Raise OperatorError where `move` would, so that nobody is asked in vain."""
        with self._database.read() as connection:
            self._check_move(connection, address)

    def move(self, address: str) -> Metadata:
        """Publish another address, in its canonical spelling."""
        with self._database.write() as connection:
            self._check_move(connection, address)
            return self._community.publish(
                lambda metadata: replace(metadata, address=address), connection=connection
            )

    def _check_move(self, connection: Connection, address: str) -> None:
        metadata = self._community.metadata(connection=connection)
        if metadata.address == address:
            raise OperatorError(f"The community is at {address} already.")
        running = self._running(connection)
        if running:
            raise OperatorError(
                f"Polls go on: {', '.join(running)}. The logs of polls are named by the address, "
                "and ballots, witnesses and trustees go by that name. Move when they are certified "
                "or cancelled."
            )


def consequences_of_move(metadata: Metadata, *, address: str, unclaimed: int) -> tuple[str, ...]:
    """What has to be so, and what others have to do, if the community moves; in sentences."""
    old = metadata.address
    links = (
        f"{unclaimed} claim links that are not used yet carry {old}; they lead on from there."
        if unclaimed
        else "No unused claim link carries the old address."
    )
    return (
        f"{metadata.name} moves from {old} to {address}. Members, passes and pseudonyms stay.",
        f"Let {old} reach this server, without redirects, until everybody has heard of it: wallets "
        "with their next refresh or renewal, apps with the SDK by themselves. Keep the name for "
        "longer: whoever gets it can answer wallets that have not heard of the move.",
        links,
        f"Prepare every door anew: symbolon door prepare {address}/doors/ID. Witnesses follow "
        "later polls at the new address.",
    )
