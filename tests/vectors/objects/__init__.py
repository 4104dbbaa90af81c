"""Vectors of every wire object and file: what is accepted, what is refused, and with which class.

Each module makes the files of one part of the product, through the product's own classes, so that
they follow a changed format when they are written anew. README.md of the folder with the vectors
says what stands in a file.
"""

from tests.vectors.objects import (
    of_ballots,
    of_bundles,
    of_credentials,
    of_events,
    of_evidence,
    of_links,
    of_logs,
    of_metadata,
    of_policies,
    of_polls,
    of_presentations,
    of_promises,
    of_registries,
    of_schemas,
    of_scopes,
    of_seals,
    of_seeds,
    of_shares,
    of_texts,
    of_trustee_files,
    of_trustees,
    of_votes,
    of_wallets,
)
from tests.vectors.objects.fixed_ceremony import ceremony
from tests.vectors.objects.object_file import ObjectFile
from tests.vectors.objects.poll_log import PollLog
from tests.vectors.vector_community import Holder, VectorCommunity


def object_files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    """Every file by its name."""
    log = PollLog(community, holder)
    held = ceremony()
    return {
        **of_texts.files(),
        **of_schemas.files(),
        **of_credentials.files(community, holder),
        **of_registries.files(community),
        **of_metadata.files(community),
        **of_policies.files(community),
        **of_presentations.files(community, holder),
        **of_scopes.files(community),
        **of_polls.files(community),
        **of_votes.files(),
        **of_ballots.files(community, holder),
        **of_promises.files(community, holder),
        **of_events.files(),
        **of_seals.files(),
        **of_logs.files(log),
        **of_bundles.files(log),
        **of_evidence.files(log),
        **of_trustees.files(held),
        **of_trustee_files.files(held),
        **of_shares.files(held),
        **of_seeds.files(community, holder),
        **of_wallets.files(community, holder, log),
        **of_links.files(community),
    }
