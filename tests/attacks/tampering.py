"""What an organiser can do who owns the database and holds the community's key.

The service runs on; it serves what it finds. And a real wallet of a member, whose evidence counts.
"""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection

from client.commands.vote import vote
from client.wallet.contents import Vote
from credentials.formats.claim_link import ClaimLink
from credentials.formats.manifest import Manifest
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.merkle import Frontier, leaf_hash
from server.polls import store
from tests.attacks.city import City
from tests.unit.client.member import Person, newcomer


def drop_waiting(city: City, poll: str, leaf: bytes) -> None:
    """Forget a ballot that is not in the log yet."""
    with city.session.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM ballots WHERE leaf_hash = ?", (leaf,))
        connection.exec_driver_sql("UPDATE polls SET waiting = waiting - 1 WHERE id = ?", (poll,))


def drop_entry(city: City, manifest: Manifest, leaf: bytes, *, time: int) -> None:
    """Take a ballot out of the log of an open poll; sign what is left, at `time`.

    The other ballots wait again, so that the batches will be as they must be.
    """
    with city.session.database.write() as connection:
        poll = (manifest.poll,)
        connection.exec_driver_sql("DELETE FROM ballots WHERE leaf_hash = ?", (leaf,))
        connection.exec_driver_sql("UPDATE ballots SET log_index = NULL WHERE poll = ?", poll)
        connection.exec_driver_sql("DELETE FROM poll_events WHERE poll = ? AND log_index > 0", poll)
        left = store.count_ballots(connection, manifest.poll)
        store.update_poll(connection, manifest.poll, waiting=left, batch_at=time + 3600)
        _sign_anew(city, connection, manifest, time=time)
    city.forget_what_was_signed()


def reverse_ballots(city: City, manifest: Manifest, *, time: int) -> None:
    """Turn the order of the ballots in the log round: as many entries, and another root."""
    with city.session.database.write() as connection:
        rows = connection.exec_driver_sql(
            "SELECT leaf_hash, log_index FROM ballots WHERE poll = ? AND log_index IS NOT NULL "
            "ORDER BY log_index",
            (manifest.poll,),
        ).all()
        for (leaf, _), (_, index) in zip(rows, reversed(rows), strict=True):
            connection.exec_driver_sql(
                "UPDATE ballots SET log_index = ? WHERE leaf_hash = ?", (index, leaf)
            )
        _sign_anew(city, connection, manifest, time=time)


def replace_manifest(city: City, manifest: Manifest, *, other: Manifest, in_log: bool) -> None:
    """Put another manifest in the place of a poll's; in the log too, or only beside it."""
    with city.session.database.write() as connection:
        connection.exec_driver_sql(
            "UPDATE polls SET manifest = ?, manifest_hash = ? WHERE id = ?",
            (other.to_cbor(), other.manifest_hash, manifest.poll),
        )
        if in_log:
            connection.exec_driver_sql(
                "UPDATE poll_events SET octets = ?, leaf_hash = ? WHERE poll = ? AND log_index = 0",
                (other.to_cbor(), leaf_hash(other.to_cbor()), manifest.poll),
            )
            _sign_anew(city, connection, manifest, time=manifest.opens_at + 1)


def _sign_anew(city: City, connection: Connection, manifest: Manifest, *, time: int) -> None:
    """One checkpoint over the log as it is now, in the place of all earlier ones."""
    frontier = Frontier().grown_by_leaves(store.leaves(connection, manifest.poll))
    store.update_poll(connection, manifest.poll, size=frontier.size, frontier=frontier.to_octets())
    connection.exec_driver_sql("DELETE FROM poll_checkpoints WHERE poll = ?", (manifest.poll,))
    checkpoint = Checkpoint(
        origin=manifest.origin, size=frontier.size, root=frontier.root, time=time
    )
    key = city.session.keystore.metadata_key
    note = SignedCheckpoint.sign(checkpoint, private_key=key).to_text()
    store.add_checkpoint(connection, poll=manifest.poll, size=frontier.size, note=note)


def person(city: City, folder: Path, *, seed: bytes) -> Person:
    """A member with the real wallet, enrolled in this city."""
    link = ClaimLink(
        address=city.address, code=city.invite().code, fingerprint=city.metadata.community_id
    )
    served: Any = SimpleNamespace(address=city.address, link=link)
    member = newcomer(served, folder, seed=seed)
    member.claim()
    return member


def vote_of(person: Person, manifest: Manifest, **how: Any) -> Vote:
    """Vote with the wallet's command; the ballot that it keeps."""
    vote(wallet=person.vault.path, target=manifest.poll, yes=True, as_json=True, **how)
    cast = [v for v in person.membership.votes if v.manifest_hash == manifest.manifest_hash]
    return max(cast, key=lambda each: each.sequence)
