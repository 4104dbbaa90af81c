"""Fetching a community's newest metadata into the wallet, when what it knows is not enough.

Asked for only then: a fetch at every showing would tell the issuer when somebody is about to enter.
"""

from dataclasses import replace

from client.community import PinnedMetadata, check_newer, pinned
from client.history import bridged
from client.moving import at_its_address
from client.published import PublishedClient
from client.wallet.contents import Membership
from client.wallet.vault import Vault


def renew_metadata(
    vault: Vault, *, membership: Membership, service: PublishedClient
) -> PinnedMetadata:
    """Fetch, check and store; a community that has moved is followed to its new address.

    Raises MetadataRefused, ClientError, ServerUnreachable.
    """
    published = pinned(service.metadata(), fingerprint=membership.fingerprint)
    published = bridged(published, known=membership.signed, service=service)
    published = at_its_address(published, service=service)

    def renewed(now: Membership) -> Membership:
        check_newer(now.signed, published=published)  # another command may have been faster
        return replace(now, **published.stored, clock=service.clock or now.clock)

    vault.change(lambda now: now.changed(membership.fingerprint, renewed))
    return published
