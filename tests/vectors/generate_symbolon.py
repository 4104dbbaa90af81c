"""Writes Symbolon's own vectors, in symbolon/: `python -m tests.vectors.generate_symbolon`.

Every input is fixed, so the same files come out every time. README.md says what is in them.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from credentials.bbs.ciphersuite import P1, create_generators
from credentials.curve import G1, curve
from credentials.issuance import commitment_nonce, commitment_of, signer_nym_entropy
from credentials.messages import API_ID
from tests.vectors.objects import object_files
from tests.vectors.vector_community import SERIALS, Holder, VectorCommunity
from tests.vectors.vector_presentations import asked, hexed, vector
from tests.vectors.vector_rejections import rejections
from tests.vectors.vector_sealing import sealing_file

FOLDER = Path(__file__).parent / "symbolon"
SHOWN_DIGITS = (0, 1, 2, 127, 128, 254, 255)


def point(value: G1) -> str:
    return curve.encode_g1(value).hex()


def community_file(community: VectorCommunity) -> dict[str, Any]:
    metadata, keys = community.metadata, community.issuer._keys
    (q_1,) = create_generators(1, API_ID)
    return {
        "about": "the community's keys, schema and metadata",
        "secret": {
            "x": hexed(community.secret.x),
            "alpha": hexed(community.secret.alpha),
            "xi": hexed(community.secret.xi),
            "u": hexed(community.u),
            "metadataKeySeed": community.signing_seed.hex(),
        },
        "issuerKey": metadata.keys.issuer_key.hex(),
        "registryKey": metadata.keys.registry_key.hex(),
        "registryKeyG1": metadata.keys.registry_key_g1.hex(),
        "digitKey": metadata.keys.digit_key.hex(),
        "issuerId": metadata.keys.issuer_id.hex(),
        "registryId": metadata.keys.registry_id.hex(),
        "schema": metadata.schema.to_json(),
        "schemaCbor": metadata.schema.to_cbor().hex(),
        "schemaId": metadata.schema.schema_id.hex(),
        "header": metadata.credential_header.hex(),
        "metadata": community.signed.octets.hex(),
        "metadataSignature": community.signed.signature.hex(),
        "communityId": metadata.community_id.hex(),
        "apiId": API_ID.decode(),
        "p1": point(P1),
        "q1": point(q_1),
        "generators": [point(one) for one in keys.generators],
        "domain": hexed(keys.domain),
    }


def registry_file(community: VectorCommunity, holder: Holder) -> dict[str, Any]:
    stays = holder.credential
    witnesses = []
    for epoch in range(len(community.heads)):
        witness = community.at(stays, epoch).witness_octets
        witnesses.append({"epoch": epoch, "witness": witness.hex()})
    return {
        "about": "five heads, four removals, and one member's witness at each head",
        "handles": {name: hexed(community.handle(name)) for name in SERIALS},
        "heads": [
            {
                "epoch": head.epoch,
                "value": head.value.hex(),
                "removals": head.removals,
                "root": head.root.hex(),
                "highestSerial": head.highest_serial,
                "previous": head.previous.hex(),
                "publishedAt": head.published_at,
                "nextAt": head.next_at,
                "grace": head.grace,
                "head": signed.octets.hex(),
                "signature": signed.signature.hex(),
                "hash": head.hash.hex(),
            }
            for head, signed in zip(community.heads, community.signed_heads, strict=True)
        ],
        "log": [entry.hex() for entry in community.entries],
        "handle": hexed(stays.handle),
        "issuedAt": stays.keys.head.head.epoch,
        "witnesses": witnesses,
        "accepted": [
            {"now": now, "epochs": [head.epoch for head in community.chain.accepted(now=now)]}
            for now in (community.heads[-1].published_at + after for after in (0, 3599, 3600))
        ],
    }


def digits_file(community: VectorCommunity) -> dict[str, Any]:
    table = community.table
    return {
        "about": "the digit table, 12,288 octets: its hash, and some of its 256 points",
        "digitKey": community.metadata.keys.digit_key.hex(),
        "sha256": hashlib.sha256(table).hexdigest(),
        "points": {str(d): table[48 * d : 48 * d + 48].hex() for d in SHOWN_DIGITS},
    }


def credential_file(community: VectorCommunity, holder: Holder) -> dict[str, Any]:
    own, credential, issued = holder.secrets, holder.credential, holder.issued
    point_c = curve.encode_g1(commitment_of(own))
    s_tilde, m_tilde = holder.commitment_tildes
    return {
        "about": "one blind issuance, from the wallet's seed to the credential",
        "member": holder.name,
        "seed": holder.seed.hex(),
        "count": 0,
        "proverNym": hexed(own.prover_nym),
        "secretProverBlind": hexed(own.secret_prover_blind),
        "nonce": holder.nonce.hex(),
        "boundNonce": commitment_nonce(
            holder.nonce,
            community_id=community.metadata.community_id,
            header=community.metadata.credential_header,
        ).hex(),
        "randomness": {"sTilde": hexed(s_tilde), "mTilde": hexed(m_tilde)},
        "commitment": point_c.hex(),
        "commitmentWithProof": holder.commitment.hex(),
        "signerNymEntropy": hexed(
            signer_nym_entropy(pk=community.metadata.keys.issuer_key, commitment=point_c)
        ),
        "handle": hexed(issued.handle),
        "serial": issued.serial,
        "attributes": dict(credential.attributes),
        "scalars": [hexed(scalar) for scalar in credential.scalars],
        "pointB": point(credential.point_b),
        "signature": issued.signature.hex(),
        "issued": issued.to_cbor().hex(),
        "epoch": credential.keys.head.head.epoch,
        "witness": credential.witness_octets.hex(),
    }


def generate() -> dict[str, str]:
    """The text of every file, by its path below symbolon/."""
    community = VectorCommunity()
    ana = community.holder("ana")
    files: dict[str, Any] = {
        "community.json": community_file(community),
        "registry.json": registry_file(community, ana),
        "digits.json": digits_file(community),
        "credential.json": credential_file(community, ana),
        "sealing.json": sealing_file(),
    }
    for name, one in asked(community).items():
        files[f"presentations/{name}.json"] = vector(community, one, ana.credential)
    for name, found in rejections(community, ana).items():
        files[f"rejections/{name}.json"] = found
    for name, file in object_files(community, ana).items():
        files[f"objects/{name}.json"] = file.to_json()
    return {
        path: json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        for path, content in files.items()
    }


def write() -> None:
    """Write all files."""
    for path, text in generate().items():
        target = FOLDER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
