"""Fetching a community's newest metadata into the wallet, when what it knows is not enough.

Asked for only then: a fetch at every showing would tell the issuer when somebody is about to enter.
"""

from dataclasses import replace

from client.community import check_newer, pinned
from client.issuer import IssuerClient
from client.transport import Transport
from client.wallet.contents import Membership
from client.wallet.vault import Vault
from credentials.formats.metadata import Metadata


def renew_metadata(vault: Vault, *, membership: Membership) -> Metadata:
    """Fetch, check and store. Raises MetadataRefused, ServerUnreachable."""
    with Transport() as transport:
        signed = IssuerClient(membership.address, transport=transport).metadata()
    published = pinned(signed, fingerprint=membership.fingerprint)
    check_newer(membership.signed, published=published)
    vault.change(
        lambda now: now.changed(membership.fingerprint, lambda m: replace(m, **published.stored))
    )
    return published.metadata
