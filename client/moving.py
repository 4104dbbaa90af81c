"""Following a community to another address.

Source: docs/protocol.md, "A community that moves". Nobody is led anywhere by a redirect, by DNS or
by a person's word: a community is at another address when its signed metadata, which follows what
is known here version by version, names that address, and what answers there is that same metadata
or what follows it. Nothing but the request for metadata is sent there before.
"""

from dataclasses import replace

from client.community import PinnedMetadata, pinned
from client.errors import ClientError, ServerRefused, ServerUnreachable
from client.history import bridged
from client.service import ServiceClient
from client.transport import origin_for_people
from credentials.errors import MetadataRefused

MOVES = 4
"""A community that was away for long may have moved on; so often it is followed at once."""


def at_its_address(published: PinnedMetadata, *, service: ServiceClient) -> PinnedMetadata:
    """What the community publishes at the address that it names itself, if that is another one.

    `published` came from `service` and was opened with a fingerprint, or at a first use; what comes
    back names the address it was found at, and its `between` leads there from `published`. Raises
    ClientError where the new address does not answer for the community, so that everything stays
    as it was.
    """
    for _ in range(MOVES):
        address = published.metadata.address
        if address == service.address:
            return published
        service = service.at(address)
        published = _found_there(published, service=service)
    raise ClientError(f"{published.metadata.name} moves on and on; nothing was changed.")


def _found_there(published: PinnedMetadata, *, service: ServiceClient) -> PinnedMetadata:
    says = (
        f"{published.metadata.name} says that it is at {origin_for_people(service.address)} now, "
    )
    try:
        there = pinned(service.metadata(), fingerprint=published.fingerprint)
        there = bridged(there, known=published.signed, service=service)
    except (ServerUnreachable, ServerRefused):
        raise ServerUnreachable(
            f"{says}which does not answer. Nothing was changed; try again later, or ask the "
            "organiser."
        ) from None
    except (MetadataRefused, ClientError) as error:
        raise ClientError(
            f"{says}but what answers there cannot be it: {error}. Nothing was changed; ask the "
            "organiser."
        ) from None
    return replace(there, between=(*published.between, published.signed, *there.between))
