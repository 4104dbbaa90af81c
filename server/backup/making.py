"""Making a backup, also while the service runs."""

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from server.agreement.anchor import Anchor, AnchorFile
from server.agreement.standing import Standing
from server.backup.container import Header, check_backup, new_salt, write_backup
from server.backup.database_copy import check_database, copy_database
from server.keystore import Keystore
from server.problems import OperatorError
from server.sealed_keystore import SealedKeystore
from server.settings import Settings
from server.version import VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a backup is made of: an opened data directory, and what its database says."""

    settings: Settings
    keystore: Keystore
    standing: Standing
    name: str
    address: str
    revision: str


def check_place(out: Path, *, settings: Settings) -> None:
    """Raise OperatorError for a backup that somebody wants inside the data directory itself."""
    folder = out if out.is_dir() else out.parent
    if folder.resolve().is_relative_to(settings.data_directory.resolve()):
        raise OperatorError(
            f"{out} is in the data directory itself, and would be lost with it; write the backup "
            "elsewhere, best on another disk."
        )


def make_backup(source: Source, *, out: Path, now: int) -> Path:
    """Write a backup into a new file, or under a name with the time into a folder; the file.

    It is read back before it counts. Raises OperatorError where the file exists or there is no room
    for it.
    """
    if out.is_dir():
        out /= f"symbolon-{datetime.fromtimestamp(now, tz=UTC):%Y-%m-%d-%H%M%S}.backup"
    if out.exists():
        raise OperatorError(f"{out} exists already; it is left as it is.")
    if not out.parent.is_dir():
        raise OperatorError(f"There is no folder {out.parent}.")
    settings = source.settings
    _check_room(settings.database_file, folders=(settings.data_directory, out.parent))
    # What is copied in the clear stays in the data directory, which has it in the clear anyway.
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.data_directory) as folder:
        copy = Path(folder) / "symbolon.db"
        copy_database(settings.database_file, copy)
        check_database(copy, name=str(settings.database_file))
        header = Header(
            name=source.name,
            address=source.address,
            made_at=now,
            program=VERSION,
            revision=source.revision,
            version=source.standing.version,
            epoch=source.standing.epoch,
            keystore=SealedKeystore.read(settings.keystore_file).to_octets().decode(),
            salt=new_salt(),
        )
        write_backup(out, header=header, keystore=source.keystore, database=copy)
    try:
        check_backup(out, keystore=source.keystore)
    except OperatorError:
        out.unlink()
        raise OperatorError(
            "The backup could not be read back, and was taken away again."
        ) from None
    _remember(settings, standing=source.standing, now=now)
    return out


def _check_room(database: Path, *, folders: tuple[Path, ...]) -> None:
    needed = 2 * database.stat().st_size
    for folder in folders:
        if shutil.disk_usage(folder).free < needed:
            raise OperatorError(f"There is not enough room on the disk of {folder} for a backup.")


def _remember(settings: Settings, *, standing: Standing, now: int) -> None:
    def made(before: Anchor | None) -> Anchor:
        return replace(before or Anchor.at(standing), backup_at=now)

    AnchorFile(settings.anchor_file).change(made)
