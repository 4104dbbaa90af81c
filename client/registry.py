"""Following a community's registry heads over the network, for wallets, doors and apps alike.

What is fetched only ever makes a chain longer: forks, gaps and steps back are HeadRefused
(`credentials.registry.chain`). Segments of heads are static files, the same for everyone.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from client.errors import ClientError
from client.published import PublishedClient
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


def follow(chain: HeadChain | None, *, service: PublishedClient, metadata: Metadata) -> HeadChain:
    """The chain with all that is published now; a new one where none is known yet.

    All heads are asked for, whatever is known: a part of them would tell who asks. Raises
    HeadRefused, ServerUnreachable, ServerRefused.
    """
    newest = service.heads()
    first = HeadChain.start(newest, metadata=metadata).first
    heads = [*_every_head(service, before=first.epoch), *newest]
    if chain is None:
        return HeadChain.start(heads, metadata=metadata)
    return chain.extended(heads, metadata=metadata)


def joined(
    chain: HeadChain | None,
    newest: Sequence[SignedHead],
    *,
    service: PublishedClient,
    metadata: Metadata,
) -> HeadChain:
    """The chain with the newest heads; where some are missing between, all heads are fetched.

    Raises as `follow`.
    """
    latest = HeadChain.start(newest, metadata=metadata)
    if chain is None:
        return latest
    if latest.first.epoch > chain.newest.epoch + 1:
        newest = [*_every_head(service, before=latest.first.epoch), *newest]
    return chain.extended(newest, metadata=metadata)


def reaching_back(
    chain: HeadChain, *, epoch: int, service: PublishedClient, metadata: Metadata
) -> HeadChain:
    """The chain with all older heads, if it does not reach back to `epoch`. Raises as `follow`."""
    if epoch >= chain.first.epoch:
        return chain
    older = _every_head(service, before=chain.first.epoch)
    return chain.extended([*older, *chain.signed], metadata=metadata)


def _every_head(service: PublishedClient, *, before: int) -> list[SignedHead]:
    """The heads of all epochs before one, whole: a part of them would tell who asks."""
    heads: list[SignedHead] = []
    for number in range(-(-before // SEGMENT_HEADS)):
        heads += service.head_segment(number)
    if len(heads) < before:
        raise HeadRefused("there are registry heads missing between those that are known")
    return heads[:before]
