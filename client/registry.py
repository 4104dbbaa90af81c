"""Following a community's registry heads over the network, for wallets, doors and apps alike.

What is fetched only ever makes a chain longer: forks, gaps and steps back are HeadRefused
(`credentials.registry.chain`). Segments of heads are static files, the same for everyone.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from client.errors import ClientError
from client.issuer import IssuerClient
from credentials.errors import EncodingError, HeadRefused
from credentials.formats.head import SignedHead
from credentials.formats.metadata import Metadata
from credentials.registry.chain import SEGMENT_HEADS, HeadChain

HEADS_KEPT = 256
"""How many heads a file or process keeps; older ones are fetched again where they are needed."""

HeadsSource: TypeAlias = str | Path | Mapping[str, Any] | Sequence[Mapping[str, Any]]
"""A file with the JSON of /registry/heads, that JSON itself, or the list in it."""


def read_heads(source: HeadsSource) -> tuple[SignedHead, ...]:
    """The signed heads in a file or in JSON; nothing in them is checked yet. Raises ClientError."""
    value: Any = source
    name = "what was given"
    if isinstance(source, str | Path):
        name = str(source)
        try:
            value = json.loads(Path(source).read_bytes())
        except OSError as error:
            raise ClientError(f"{source} cannot be read: {error.strerror}.") from None
        except ValueError:
            value = None
    rows = value.get("heads") if isinstance(value, Mapping) else value
    try:
        if isinstance(rows, Sequence):
            return tuple(SignedHead.from_json(row) for row in rows)
    except EncodingError:
        pass
    raise ClientError(f"There are no registry heads in {name}.")


def follow(chain: HeadChain | None, *, issuer: IssuerClient, metadata: Metadata) -> HeadChain:
    """The chain with all that is published now; a new one where none is known yet.

    Raises HeadRefused, ServerUnreachable, ServerRefused.
    """
    return joined(chain, issuer.heads(), issuer=issuer, metadata=metadata)


def joined(
    chain: HeadChain | None,
    newest: Sequence[SignedHead],
    *,
    issuer: IssuerClient,
    metadata: Metadata,
) -> HeadChain:
    """The chain with the newest heads; those missing between are fetched. Raises as `follow`."""
    latest = HeadChain.start(newest, metadata=metadata)
    if chain is None:
        return latest
    while latest.first.epoch > chain.newest.epoch + 1:
        known = chain.newest.epoch
        segment = issuer.head_segment((known + 1) // SEGMENT_HEADS)
        chain = chain.extended(segment, metadata=metadata)
        if chain.newest.epoch == known:
            raise HeadRefused("there are registry heads missing between the known and the new one")
    return chain.extended(newest, metadata=metadata)


def reaching_back(
    chain: HeadChain, *, epoch: int, issuer: IssuerClient, metadata: Metadata
) -> HeadChain:
    """The chain with the older heads from `epoch` on. Raises as `follow`."""
    while epoch < chain.first.epoch:
        number, length = divmod(chain.first.epoch - 1, SEGMENT_HEADS)
        older = issuer.head_segment(number)[: length + 1]
        if len(older) <= length:
            raise HeadRefused("there are registry heads missing before the known ones")
        chain = chain.extended([*older, *chain.signed], metadata=metadata)
    return chain
