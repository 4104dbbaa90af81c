"""A code by somebody who is not a member, made as well as anyone without the issuer's key can."""

import secrets
import time
from dataclasses import replace

from credentials.doors import door_policy
from credentials.formats.head import Head
from credentials.formats.metadata import Metadata
from credentials.formats.qr import to_qr_text
from credentials.holder import accept
from credentials.issuance import Issuer, IssuerSecret, commit, derive_secrets, draw_handle
from credentials.presentation import present
from credentials.scope import door_scope, time_slot


def forged_code(metadata: Metadata, *, head: Head, door_id: str) -> str:
    """A door code of a credential that the stranger issued to himself, with a key of his own.

    He has a registry of his own too, in which nobody was removed, and names the published head.
    """
    own_key = IssuerSecret.generate()
    own_metadata = replace(metadata, keys=own_key.public_keys())
    own_head = replace(head, registry_id=own_metadata.keys.registry_id)
    own_secrets = derive_secrets(secrets.token_bytes(16), metadata=own_metadata, count=0)
    nonce = secrets.token_bytes(32)
    issuer = Issuer(own_key, metadata=own_metadata)
    issued = issuer.issue(
        commit(own_secrets, metadata=own_metadata, nonce=nonce),
        nonce=nonce,
        handle=draw_handle(),
        serial=1,
        attributes={"reissued": 0, "pass": "resident", "volunteer": 1, "valid_until": 22_000},
    )
    witness = issuer.witness(own_head, handle=issued.handle)
    credential = accept(issued, secrets=own_secrets, metadata=own_metadata)
    credential = credential.at(own_head, witness=witness.point)
    door = metadata.door(door_id)
    event = metadata.event(door.event) if door else None
    if door is None or event is None:
        raise LookupError(door_id)
    slot = time_slot(int(time.time()))
    presentation = present(
        credential,
        policy=door_policy(door, schema=metadata.schema),
        scope=door_scope(metadata.community_id, event, door.mode, slot, day_begins=door.day_begins),
        freshness=slot,
    )
    return to_qr_text(replace(presentation, removals=head.removals).to_cbor())
