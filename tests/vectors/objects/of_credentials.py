"""Credential header, the issuer's answer and its witness, the wallet's commitment."""

from dataclasses import replace
from typing import Any

from credentials.bbs.blind import blind_generators_of
from credentials.bbs.commitment import core_commit
from credentials.bbs.proof import calculate_random_scalars
from credentials.curve.scalars import ORDER
from credentials.formats.credential import CredentialHeader, IssuedWitness
from credentials.issuance import commit, commitment_nonce
from credentials.messages import API_ID
from tests.vectors.changes import IDENTITY
from tests.vectors.changes import spoilt as spoilt_points
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    of_objects,
    spoilt,
)
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_randomness import fixed_octets, randomness


def files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    return {
        "credential-header": _header(community),
        "issued": _issued(community, holder),
        "witness": _witness(community, holder),
        "commitment": _commitment(community, holder),
        "credential-signature": _signature(community, holder),
    }


def _header(community: VectorCommunity) -> ObjectFile:
    octets = community.metadata.credential_header
    change = Changes(octets, "credential-header")
    own = CredentialHeader.from_cbor(octets)
    return ObjectFile(
        about="what every credential of a community is signed with",
        rule="credential-header",
        form="cbor",
        accepted=of_objects(
            the_vectors_own=own,
            another_schema=replace(own, schema_id=b"s" * 32),
            zeros=CredentialHeader(issuer_id=bytes(32), schema_id=bytes(32), registry_id=bytes(32)),
        ),
        refused=[
            *spoilt(octets),
            change("a short issuer id", "issuer-id", bytes(31), why="a hash has 32 octets"),
            change("a long schema id", "schema-id", bytes(33), why="a hash has 32 octets"),
            change("text as registry id", "registry-id", "r" * 32, why="a hash is octets"),
        ],
    )


def _issued(community: VectorCommunity, holder: Holder) -> ObjectFile:
    issued = holder.issued
    octets = issued.to_cbor()
    change = Changes(octets, "issued")
    return ObjectFile(
        about="the issuer's answer, read; whether it is right is asked in rejections/credentials",
        rule="issued",
        form="cbor",
        accepted=of_objects(
            the_vectors_own=issued,
            of_another_member=community.holder("bo").issued,
            the_largest_numbers=replace(
                issued, handle=ORDER - 1, serial=2**24 - 1, attributes=(2**24 - 1,) * 16
            ),
        ),
        refused=[
            *spoilt(octets),
            change("a short signature", "signature", bytes(79), why="A and e have 80 octets"),
            change(
                "the handle is zero",
                "handle",
                bytes(32),
                why="a scalar is not zero",
                refusal="InvalidScalar",
            ),
            change(
                "the handle is r",
                "handle",
                ORDER.to_bytes(32, "big"),
                why="a scalar is below the order",
                refusal="InvalidScalar",
            ),
            change("the serial is 0", "serial", 0, why="serials begin at 1"),
            change("the serial is 2^24", "serial", 2**24, why="serials are below 2^24"),
            change("no attributes", "attributes", (), why="reissued is always there"),
            change("an attribute is octets", "attributes", (b"",), why="text or number"),
            change("an attribute is 2^24", "attributes", (2**24,), why="numbers are below 2^24"),
            change("an empty text", "attributes", ("",), why="shown text is not empty"),
        ],
    )


def _witness(community: VectorCommunity, holder: Holder) -> ObjectFile:
    witnesses = [
        IssuedWitness(
            point=community.at(holder.credential, head.epoch).witness_octets, head=head.hash
        )
        for head in community.heads[:3]
    ]
    change = Changes(witnesses[1].to_cbor(), "witness")
    return ObjectFile(
        about="a witness with its head, read; whether it holds is asked in rejections/witnesses",
        rule="witness",
        form="cbor",
        accepted=of_objects(
            at_the_first_head=witnesses[0],
            at_the_second=witnesses[1],
            after_a_removal=witnesses[2],
        ),
        refused=[
            *spoilt(witnesses[1].to_cbor()),
            change("a short point", "point", bytes(47), why="a point of G1 has 48 octets"),
            change("a point of G2", "point", bytes(96), why="a point of G1 has 48 octets"),
            change("no head", "head", b"", why="a hash has 32 octets"),
        ],
    )


def _commitment(community: VectorCommunity, holder: Holder) -> ObjectFile:
    own = holder.commitment
    others = [community.holder(name) for name in ("bo", "cleo")]
    metadata = community.metadata
    schemas = (replace(metadata.schema, name="another-pass"),)

    def bound(nonce: bytes) -> dict[str, str]:
        made = commitment_nonce(
            nonce, community_id=metadata.community_id, header=metadata.credential_header
        )
        return {"boundNonce": made.hex()}

    def elsewhere(name: str, **changes: Any) -> bytes:
        """The same secrets under the same nonce, for whoever publishes changed metadata."""
        with randomness(f"commitment/{name}"):
            return commit(holder.secrets, metadata=replace(metadata, **changes), nonce=holder.nonce)

    refused = [
        Refused(
            name=name,
            value=other,
            refusal="CommitmentRefused",
            why="the proof over C and the nonce does not hold, or the octets are no commitment",
        )
        for name, other in spoilt_points(own, points=1)
    ]
    return ObjectFile(
        about="a wallet's commitment with its proof for community, header and the issuer's nonce",
        rule="commitment",
        form="octets",
        given={
            "communityId": metadata.community_id.hex(),
            "header": metadata.credential_header.hex(),
            "nonce": holder.nonce.hex(),
        },
        accepted=[
            Accepted(name="the vectors' own", value=own, gives=bound(holder.nonce)),
            *(
                Accepted(
                    name=f"of {one.name}",
                    value=one.commitment,
                    gives=bound(one.nonce),
                    given={"nonce": one.nonce.hex()},
                )
                for one in others
            ),
        ],
        refused=[
            *refused,
            Refused(
                name="over another nonce",
                value=others[0].commitment,
                refusal="CommitmentRefused",
                why="the nonce is in the challenge",
            ),
            Refused(
                name="for another community",
                value=elsewhere("for another community", metadata_key=bytes(32)),
                refusal="CommitmentRefused",
                why="a proof that a false community relays is worth nothing",
            ),
            Refused(
                name="for another header",
                value=elsewhere("for another header", schemas=schemas),
                refusal="CommitmentRefused",
                why="the header is in the challenge",
            ),
            Refused(
                name="over the nonce alone",
                value=_over_the_nonce_alone(holder),
                refusal="CommitmentRefused",
                why="the challenge holds the hash that binds the nonce",
            ),
        ],
    )


def _over_the_nonce_alone(holder: Holder) -> bytes:
    with randomness("commitment/over the nonce alone"):
        return core_commit(
            blind_generators=blind_generators_of(2, API_ID),
            scalars=[holder.secrets.prover_nym],
            secret_prover_blind=holder.secrets.secret_prover_blind,
            tildes=calculate_random_scalars(2),
            api_id=API_ID,
            nonce=holder.nonce,
        )


def _signature(community: VectorCommunity, holder: Holder) -> ObjectFile:
    own = holder.issued.signature
    return ObjectFile(
        about="A and e of a credential, decoded",
        rule="credential-signature",
        form="octets",
        accepted=[
            Accepted(name="the vectors' own", value=own),
            Accepted(name="of another member", value=community.holder("bo").issued.signature),
            Accepted(
                name="another e", value=own[:48] + fixed_octets("another e", 31).rjust(32, b"\0")
            ),
        ],
        refused=[
            Refused(
                name="A is the identity",
                value=IDENTITY + own[48:],
                refusal="InvalidPoint",
                why="no point is the identity",
            ),
            Refused(
                name="A is beside the curve",
                value=own[:47] + bytes([own[47] ^ 1]) + own[48:],
                refusal="InvalidPoint",
                why="every point is on the curve and in the group",
            ),
            Refused(
                name="A is of order 3",
                value=b"\x80" + bytes(47) + own[48:],
                refusal="InvalidPoint",
                why="every point is in the group",
            ),
            Refused(
                name="e is zero",
                value=own[:48] + bytes(32),
                refusal="InvalidScalar",
                why="a scalar is not zero",
            ),
            Refused(
                name="e is r",
                value=own[:48] + ORDER.to_bytes(32, "big"),
                refusal="InvalidScalar",
                why="a scalar is below the order",
            ),
            Refused(
                name="an octet is missing",
                value=own[:-1],
                refusal="EncodingError",
                why="a signature has 80 octets",
            ),
        ],
    )
