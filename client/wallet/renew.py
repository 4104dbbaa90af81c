"""Fetching a community's newest metadata into the wallet, when what it knows is not enough.

Asked for only then: a fetch at every showing would tell the issuer when somebody is about to enter.
"""

from dataclasses import replace

from client.community import PinnedMetadata, check_newer, pinned
from client.published import PublishedClient
from client.wallet.contents import Membership
from client.wallet.vault import Vault


def renew_metadata(
    vault: Vault, *, membership: Membership, service: PublishedClient
) -> PinnedMetadata:
    """Fetch, check and store. Raises MetadataRefused, ServerUnreachable."""
    published = pinned(service.metadata(), fingerprint=membership.fingerprint)
    check_newer(membership.signed, published=published)
    vault.change(
        lambda now: now.changed(membership.fingerprint, lambda m: replace(m, **published.stored))
    )
    return published
