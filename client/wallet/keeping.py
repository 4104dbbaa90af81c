"""Keeping a wallet current by itself: what to do next for each community, and when.

Source: docs/protocol.md, "Traffic". Times are drawn at random when the wallet stores what it
fetched (`traffic`), so that they fall together with nothing else, and not with other wallets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from client.wallet.contents import Membership, WalletContents
from client.wallet.traffic import QUIET_SECONDS

NOTHING_FAILED: Final[Mapping[bytes, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What falls due at `at` (Unix seconds): a renewal, or fetching what is published."""

    at: int
    fingerprint: bytes
    renewal: bool


def next_task(
    contents: WalletContents, *, not_before: Mapping[bytes, int] = NOTHING_FAILED
) -> Task | None:
    """The first thing that falls due; None for a wallet without a community.

    `not_before` says by fingerprint when a community may be asked again that could not be reached.
    """
    tasks = [
        replace(task, at=max(task.at, not_before.get(task.fingerprint, task.at)))
        for membership in contents.memberships
        for task in _tasks(membership)
    ]
    return min(tasks, key=lambda task: task.at, default=None)


def _tasks(membership: Membership) -> list[Task]:
    fingerprint = membership.fingerprint
    tasks = [Task(at=membership.update_at, fingerprint=fingerprint, renewal=False)]
    if membership.renew_at:
        quiet = membership.shown_at + QUIET_SECONDS
        at = max(membership.renew_at, quiet)
        tasks.append(Task(at=at, fingerprint=fingerprint, renewal=True))
    return tasks
