"""The published versions of the community's metadata, as signed octets; none is ever changed."""

from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, func, insert, select

from credentials.formats.metadata import SignedMetadata
from server.database import tables

community_metadata = Table(
    "community_metadata",
    tables,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("octets", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
)


# Asked with every request, so it is made once.
_NEWEST = select(func.max(community_metadata.c.version))


def newest_version(connection: Connection) -> int | None:
    """The number of the newest version, or None before the first."""
    return connection.execute(_NEWEST).scalar()


def signed_metadata(connection: Connection, version: int) -> SignedMetadata:
    """One published version."""
    row = connection.execute(
        select(community_metadata.c.octets, community_metadata.c.signature).where(
            community_metadata.c.version == version
        )
    ).one()
    return SignedMetadata(octets=row.octets, signature=row.signature)


def versions(connection: Connection, *, first: int, last: int) -> list[SignedMetadata]:
    """The published versions from `first` to `last`, in their order."""
    rows = connection.execute(
        select(community_metadata)
        .where(community_metadata.c.version.between(first, last))
        .order_by(community_metadata.c.version)
    )
    return [SignedMetadata(octets=row.octets, signature=row.signature) for row in rows]


def add_version(connection: Connection, *, version: int, signed: SignedMetadata) -> None:
    """Publish a version; IntegrityError if that number is taken."""
    connection.execute(
        insert(community_metadata).values(
            version=version, octets=signed.octets, signature=signed.signature
        )
    )
