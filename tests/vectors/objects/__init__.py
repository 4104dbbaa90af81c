"""Vectors of every wire object and file: what is accepted, what is refused, and with which class.

Each module makes the files of one part of the product, through the product's own classes, so that
they follow a changed format when they are written anew. README.md of the folder with the vectors
says what stands in a file.
"""

from tests.vectors.objects import (
    of_communities,
    of_credentials,
    of_logs,
    of_polls,
    of_presentations,
    of_registries,
    of_scopes,
    of_seals,
    of_texts,
    of_trustees,
    of_wallets,
)
from tests.vectors.objects.object_file import ObjectFile
from tests.vectors.vector_community import Holder, VectorCommunity


def object_files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    """Every file by its name."""
    return {
        **of_texts.files(),
        **of_credentials.files(community, holder),
        **of_registries.files(community),
        **of_communities.files(community),
        **of_presentations.files(community, holder),
        **of_scopes.files(community),
        **of_polls.files(community, holder),
        **of_seals.files(),
        **of_logs.files(community, holder),
        **of_trustees.files(),
        **of_wallets.files(community, holder),
    }
