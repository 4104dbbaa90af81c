"""Whether the secret keys at hand are those that were published."""

from credentials.errors import SymbolonError
from credentials.formats import base64url
from credentials.formats.head import SignedHead
from credentials.formats.metadata import SignedMetadata
from server.agreement.finding import Finding, Part
from server.agreement.standing import Standing
from server.keystore import Keystore

_BACK = (
    "One of the two was put back from another place. Put the right one there (symbolon-server "
    "restore FILE); nothing was changed."
)


def check_owner(
    community_id: bytes, *, standing: Standing, keystore: str, database: str
) -> Finding | None:
    """Whether a keystore says that it belongs to the community of the database.

    `keystore` and `database` are the names of the files.
    """
    if community_id == standing.community_id:
        return None
    return Finding(
        part=Part.KEYSTORE,
        words=(
            f"{keystore} belongs to another community ({base64url.encode(community_id)}) than "
            f"{database} ({base64url.encode(standing.community_id)}). {_BACK}"
        ),
    )


def check_secrets(
    secrets: Keystore, *, standing: Standing, keystore: str, database: str
) -> Finding | None:
    """Whether each secret key fits the one that was published."""
    published = standing.keys
    ours = secrets.issuer.public_keys()
    registry = (ours.registry_key, ours.registry_key_g1)
    differing = [
        name
        for name, same in (
            ("metadata key", secrets.metadata_public_key == standing.metadata_key),
            ("issuer key", ours.issuer_key == published.issuer_key),
            ("registry key", registry == (published.registry_key, published.registry_key_g1)),
            ("digit key", ours.digit_key == published.digit_key),
        )
        if not same
    ]
    if not differing:
        return None
    return Finding(
        part=Part.KEYSTORE,
        words=(
            f"{keystore} holds another {' and another '.join(differing)} than {database} has "
            f"published. {_BACK}"
        ),
    )


def check_signatures(
    metadata: SignedMetadata, head: SignedHead | None, *, database: str
) -> Finding | None:
    """Whether the newest metadata and head of a database are signed by the key that they name."""
    try:
        opened = metadata.open_unpinned()
        if head is None or (
            head.open(metadata_key=opened.metadata_key).registry_id == opened.keys.registry_id
        ):
            return None
        why = "the newest head belongs to other keys than the metadata"
    except SymbolonError as error:
        why = str(error)
    return Finding(
        part=Part.DATABASE,
        words=(
            f"{database} does not agree with itself: {why}. Put a good copy in its place: "
            "symbolon-server restore FILE"
        ),
    )
