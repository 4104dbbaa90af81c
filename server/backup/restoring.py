"""Bringing a backup back: everything is checked beside the place before anything is put there."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from credentials.errors import SymbolonError
from server import migrations
from server.agreement.anchor import Anchor, AnchorFile, check_anchor, lost_entries
from server.agreement.catch_up import CaughtUp, catch_up, record
from server.agreement.keys import check_secrets, check_signatures
from server.agreement.published import PublishedFile
from server.agreement.standing import Standing, read_standing
from server.agreement.words import amount, in_words
from server.backup.container import Header, unpack
from server.backup.database_copy import check_database
from server.bearer import draw_token
from server.community.service import CommunityService
from server.database import Database
from server.files import FileLock, write_whole
from server.problems import OperatorError
from server.registry.service import RegistryService
from server.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A restored data directory beside its place, and what has to be said before it goes there.

    caught_up: what was brought in that others had seen since the backup was made; None where the
    place had no such memory.
    """

    directory: Path
    target: Path
    header: Header
    standing: Standing
    caught_up: CaughtUp | None
    consequences: tuple[str, ...]

    def put_in_place(self, *, now: int) -> Path | None:
        """Let the directory take its place; where the one that was there is now, if any."""
        moved: Path | None = None
        if self.target.exists() and any(self.target.iterdir()):
            moved = self.target.with_name(
                f"{self.target.name}.before-{datetime.fromtimestamp(now, tz=UTC):%Y-%m-%d-%H%M%S}"
            )
            self.target.rename(moved)
        self.directory.replace(self.target)
        return moved


@contextmanager
def prepared(
    backup: Path, *, passphrase: str, target: Path, published: Path | None, now: int
) -> Iterator[Prepared]:
    """Unpack and check a backup; what was not put in place is removed at the end.

    `published` is a copy of published.jsonl that is newer than the backup; without it that of the
    place is taken, if it is of the same community. Raises OperatorError.
    """
    target = target.absolute()
    there = Settings(data_directory=target)
    if there.serve_lock.exists() and FileLock(there.serve_lock).is_held():
        raise OperatorError(f"The service runs on {target}; stop it first. Nothing was changed.")
    if not target.parent.is_dir():
        raise OperatorError(f"There is no folder {target.parent}.")
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield _prepare(
            backup, passphrase=passphrase, folder=folder, there=there, published=published, now=now
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(
    backup: Path,
    *,
    passphrase: str,
    folder: Path,
    there: Settings,
    published: Path | None,
    now: int,
) -> Prepared:
    settings = Settings(data_directory=folder)
    header, keystore = unpack(backup, passphrase=passphrase, database=settings.database_file)
    check_database(settings.database_file, name=f"The database in {backup}")
    database = Database(settings.database_url)
    try:
        age = migrations.age(database)
        if age is migrations.Age.NEWER:
            raise migrations.newer()
        community = CommunityService(database, signing_key=lambda: keystore.metadata_key)
        registry = RegistryService(database, community)
        standing = read_standing(
            database, community, registry, complete=age is migrations.Age.CURRENT
        )
        head = None if standing.epoch < 0 else registry.heads()[-1]
        found = check_secrets(
            keystore, standing=standing, keystore="the keystore", database="the database"
        ) or check_signatures(community.signed(), head, database="the database")
        if found is not None:
            raise OperatorError(f"In {backup}, {found.words}")
        write_whole(settings.keystore_file, header.keystore.encode())
        before = _anchor_there(there, community_id=standing.community_id)
        caught_up = None
        source = published or there.published_file
        if age is migrations.Age.CURRENT and (published is not None or source.exists()):
            caught_up = _caught_up(
                database,
                source,
                required=published is not None or before is not None,
                community=community,
                registry=registry,
            )
            standing = read_standing(database, community, registry)
        if age is migrations.Age.CURRENT:
            record(PublishedFile(settings.published_file), community=community, registry=registry)
        if before is not None:
            _refuse_forks(before, standing=standing, backup=backup)
        _write_rest(settings, there=there, standing=standing, before=before, header=header)
        return Prepared(
            directory=folder,
            target=there.data_directory,
            header=header,
            standing=standing,
            caught_up=caught_up,
            consequences=tuple(
                _consequences(
                    header,
                    standing=standing,
                    caught_up=caught_up,
                    before=before,
                    there=there,
                    now=now,
                )
            ),
        )
    finally:
        database.close()


def _caught_up(
    database: Database,
    source: Path,
    *,
    required: bool,
    community: CommunityService,
    registry: RegistryService,
) -> CaughtUp | None:
    """Bring in what was published since; None where `source` is not of this community."""
    try:
        lines = PublishedFile(source).read()
        return catch_up(database, lines, community=community, registry=registry)
    except (SymbolonError, OperatorError) as error:
        if required:
            raise OperatorError(f"{source} does not go with the backup: {error}") from None
        return None


def _refuse_forks(before: Anchor, *, standing: Standing, backup: Path) -> None:
    """Refuse what would sign numbers again that were signed; what polls lost is only said."""
    found = check_anchor(
        replace(before, polls={}), standing=standing, database=f"The database in {backup}"
    )
    if found is not None:
        raise OperatorError(f"{found.words} Nothing was changed.")


def _anchor_there(there: Settings, *, community_id: bytes) -> Anchor | None:
    """The anchor of the place, if it is of the same community."""
    try:
        anchor = AnchorFile(there.anchor_file).read()
    except OperatorError:
        return None
    return anchor if anchor is not None and anchor.community_id == community_id else None


def _write_rest(
    settings: Settings,
    *,
    there: Settings,
    standing: Standing,
    before: Anchor | None,
    header: Header,
) -> None:
    token = draw_token() + "\n"
    if before is not None and there.metrics_token_file.exists():
        token = there.metrics_token_file.read_text()
    write_whole(settings.metrics_token_file, token.encode())
    anchor = Anchor.at(standing, believed_at=header.made_at)
    if before is not None:
        anchor = replace(
            before.moved(standing),
            believed_at=max(before.believed_at or 0, header.made_at),
        )
    anchor = replace(anchor, backup_at=max(anchor.backup_at or 0, header.made_at))
    write_whole(settings.anchor_file, anchor.to_octets())


def _consequences(
    header: Header,
    *,
    standing: Standing,
    caught_up: CaughtUp | None,
    before: Anchor | None,
    there: Settings,
    now: int,
) -> Iterator[str]:
    if there.data_directory.is_dir() and any(there.data_directory.iterdir()):
        whose = "that community" if before else "another community, or files that are of none"
        yield (
            f"{there.data_directory} holds {whose}; it is put aside, not deleted. The backup is "
            f"from {in_words(header.made_at)}: who was invited, claimed, entered or voted since "
            "then is not in it."
        )
    if before is not None:
        for poll, count in sorted(lost_entries(before, standing=standing).items()):
            yield (
                f"The poll {poll} loses the last {amount(count, 'entry', 'entries')} of its log, "
                "which others have seen: its witnesses will raise an alarm. Say so, and hold it "
                "again."
            )
    elif caught_up is None and 0 < standing.next_at <= now:
        yield (
            f"The backup ends with head {standing.epoch}, and the next one was due on "
            f"{in_words(standing.next_at)}. If it was published, wallets and doors will refuse a "
            "second one for good: bring in what was published since with --published FILE (a copy "
            "of published.jsonl), or use a newer backup."
        )
