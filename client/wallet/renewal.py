"""Asking a community what became of a wallet's credentials, at a time when nothing is shown.

Source: docs/protocol.md, "Issuance" and "Traffic". The community learns which member asks, over a
connection of its own; so this is never part of showing or voting.
"""

import time
from collections.abc import Callable
from functools import partial

from client.community import PinnedMetadata
from client.issuance import IssuanceClient
from client.published import PublishedClient
from client.wallet.contents import Membership
from client.wallet.restore import restore, with_restored
from client.wallet.standing import update
from client.wallet.traffic import check_before_naming, named
from client.wallet.vault import Vault


def renew(
    vault: Vault,
    *,
    published: PinnedMetadata,
    service: PublishedClient,
    issuance: IssuanceClient,
    progress: Callable[[int, int], None] = lambda asked, found: None,
    at_once: bool = False,
) -> Membership:
    """Fetch all credentials of a community as they are now, and store them.

    Raises TooSoon after showing or voting, unless `at_once`, and as `restore`.
    """
    now = int(time.time())
    contents = vault.read()
    if not at_once:
        check_before_naming(contents.known(published.fingerprint), now=now)
    # Everyone who renews asks for what is published: to leave out what is known already would tell
    # who has looked for news before, as voters do.
    update(vault, fingerprint=published.fingerprint, service=service, now=now)
    # Noted before anything is sent: the community may hear it though no answer comes back.
    contents = vault.change(
        lambda kept: kept.changed(published.fingerprint, lambda m: named(m, now=now))
    )
    found = restore(
        contents.seed,
        service=service,
        issuance=issuance,
        published=published,
        beside=contents,
        progress=progress,
    )
    vault.change(partial(with_restored, found=found, between=published.between))
    return found
