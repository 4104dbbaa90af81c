"""What a witness remembers in its folder: the communities it knows, and what it cosigned last.

    communities/HOST           a community's signed metadata, the JSON of its well-known address
    logs/ORIGIN/checkpoint     the last checkpoint that was cosigned, a signed note
    alarm-ORIGIN-TIME/         two checkpoints that do not belong together, and what is wrong

Names in it are origins with "_" for "/" and ":". Everything is replaced as a whole and flushed.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from client.errors import ClientError
from client.file_lock import locked
from client.poll_log import folder_name
from client.whole_file import make_folder, write_whole
from credentials.errors import EncodingError, LogRefused, MetadataRefused
from credentials.formats.metadata import SignedMetadata
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.lines import encode_base64


class Record:
    """The folder of one witness. Raises ClientError from every method."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def community(self, address: str) -> SignedMetadata | None:
        """The signed metadata last seen at a community's address, none at first."""
        return self._read(self._community(address))

    def met(self, fingerprint: bytes) -> SignedMetadata | None:
        """The newest signed metadata of a community, at whatever address it was seen."""
        paths = sorted((self.folder / "communities").glob("*"))
        kept = [signed for path in paths if (signed := self._read(path)) is not None]
        opened = [(signed.open_unpinned(), signed) for signed in kept]
        own = [(one.version, signed) for one, signed in opened if one.community_id == fingerprint]
        return max(own, key=lambda pair: pair[0])[1] if own else None

    def _read(self, path: Path) -> SignedMetadata | None:
        try:
            return SignedMetadata.from_json(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ClientError(f"{path} cannot be read: {error.strerror}.") from None
        except (ValueError, EncodingError, MetadataRefused):
            raise ClientError(f"{path} is damaged; look at it before you go on.") from None

    def keep_community(self, signed: SignedMetadata, *, address: str) -> None:
        """Remember signed metadata that may follow what was known."""
        path = self._community(address)
        make_folder(path.parent)
        write_whole(path, json.dumps(signed.to_json()).encode())

    def last(self, origin: str) -> SignedCheckpoint | None:
        """The last checkpoint of a log that was cosigned, none at first."""
        path = self._checkpoint(origin)
        try:
            return SignedCheckpoint.parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ClientError(f"{path} cannot be read: {error.strerror}.") from None
        except (UnicodeDecodeError, LogRefused):
            raise ClientError(f"{path} is damaged; look at it before you go on.") from None

    @contextmanager
    def locked(self, origin: str) -> Iterator[None]:
        """Hold the only lock on what is remembered of a log."""
        path = self._checkpoint(origin)
        make_folder(path.parent)
        with locked(path):
            yield

    def keep(self, signed: SignedCheckpoint, *, origin: str) -> None:
        """Remember a checkpoint, on disk before this returns; to be called under the lock."""
        write_whole(self._checkpoint(origin), signed.to_text().encode())

    def keep_evidence(
        self,
        earlier: SignedCheckpoint,
        later: SignedCheckpoint,
        *,
        proof: Sequence[bytes],
        reason: str,
        origin: str,
        time: int,
    ) -> Path:
        """Write down two checkpoints that accuse a log; returns the folder."""
        folder = self.folder / f"alarm-{folder_name(origin)}-{time}"
        make_folder(folder)
        write_whole(folder / "earlier.note", earlier.to_text().encode())
        write_whole(folder / "later.note", later.to_text().encode())
        found = {
            "origin": origin,
            "reason": reason,
            "seen_at": time,
            "proof": [encode_base64(value) for value in proof],
        }
        write_whole(folder / "found.json", json.dumps(found, indent=2).encode())
        return folder

    def _community(self, address: str) -> Path:
        return self.folder / "communities" / folder_name(address.partition("://")[2])

    def _checkpoint(self, origin: str) -> Path:
        return self.folder / "logs" / folder_name(origin) / "checkpoint"
