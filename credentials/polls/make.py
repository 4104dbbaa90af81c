"""Making a ballot, sealed where the poll is, and a proof of having cast none.

The credential is at the registry head that the poll pins, with its table of digits. Source:
docs/protocol.md, "Polls".
"""

from credentials.curve import curve
from credentials.formats.abstention import Abstention, abstention_digest
from credentials.formats.head import Head
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot, action_digest
from credentials.formats.presentation import Presentation
from credentials.formats.vote import Marks
from credentials.holder import Credential
from credentials.presentation import present
from credentials.presentation.pseudonym import scope_point
from credentials.scope import poll_scope
from credentials.sealing import seal


def poll_pseudonym(credential: Credential, *, manifest: Manifest) -> bytes:
    """The member's pseudonym in a poll, 48 octets; it means nothing anywhere else."""
    context_id = poll_scope(manifest.community_id, manifest.manifest_hash).context_id
    point = scope_point(context_id).point
    return curve.encode_g1(credential.pseudonym(context_id, scope_point=point))


def make_ballot(
    credential: Credential, *, manifest: Manifest, head: Head, marks: Marks, sequence: int
) -> Ballot:
    """The ballot for exactly these marks under exactly this sequence number.

    Raises BallotRefused for marks that the paper does not allow, RequirementNotMet for a credential
    that is not on the roll, and what `present` raises.
    """
    if manifest.sealing is None:
        content = manifest.paper.encode(marks)
    else:
        content = seal(
            manifest.paper.padded(marks),
            key=manifest.sealing.key,
            digest=manifest.manifest_hash,
            pseudonym=poll_pseudonym(credential, manifest=manifest),
            sequence=sequence,
        )
    action = action_digest(manifest.manifest_hash, sequence, content)
    return Ballot(
        manifest_hash=manifest.manifest_hash,
        sequence=sequence,
        content=content,
        presentation=_present(credential, manifest=manifest, head=head, action=action),
    )


def make_abstention(credential: Credential, *, manifest: Manifest, head: Head) -> Abstention:
    """The proof that this member's pseudonym in the poll is the one shown; see make_ballot."""
    action = abstention_digest(manifest.manifest_hash)
    return Abstention(
        manifest_hash=manifest.manifest_hash,
        presentation=_present(credential, manifest=manifest, head=head, action=action),
    )


def _present(
    credential: Credential, *, manifest: Manifest, head: Head, action: bytes
) -> Presentation:
    return present(
        credential,
        policy=manifest.policy(head),
        scope=poll_scope(manifest.community_id, manifest.manifest_hash),
        freshness=manifest.manifest_hash,
        action=action,
    )
