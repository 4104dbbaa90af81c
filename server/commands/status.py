"""`symbolon-server status`: how the community stands, without a passphrase.

Each part is looked at by itself, so that what can be told is told, whatever is wrong elsewhere.
"""

import shutil
import stat
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from sqlalchemy.exc import DatabaseError

from credentials.errors import SymbolonError
from credentials.formats import base64url
from server import migrations
from server.agreement.finding import Part
from server.agreement.words import amount, in_words
from server.backup.database_copy import check_database
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    Session,
    open_unchecked,
    show,
)
from server.faults import sentence_of
from server.files import FileLock
from server.problems import OperatorError, Refusal
from server.sealed_keystore import SealedKeystore
from server.version import VERSION

_ROOM = 256 * 1024 * 1024


@dataclass(slots=True)
class Report:
    """What was found: `lines` for people, `document` for programs, and what needs attention."""

    document: dict[str, Any] = field(default_factory=dict)
    lines: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, value: Any, words: str) -> None:
        """One thing that was found."""
        self.document[name] = value
        self.lines.append((name, words))

    def part(self, name: str, look: Callable[[Session, "Report"], None], session: Session) -> None:
        """Look at one part; what cannot be looked at needs attention."""
        try:
            look(session, self)
        except (OperatorError, Refusal, SymbolonError, OSError, DatabaseError) as error:
            self.document.setdefault(name, None)
            words = sentence_of(error)
            if words not in self.wrong:
                self.wrong.append(words)


def status(*, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Show how everything stands: community, files, clock, heads, polls, attendees, backups.

    Needs no passphrase. Exit status 1 if something needs attention.
    """
    session, report = open_unchecked(data), Report()
    for name, look in (
        ("database", _database),
        ("community", _community),
        ("keystore", _keystore),
        ("agreement", _agreement),
        ("clock", _clock),
        ("head", _head),
        ("polls", _polls),
        ("attendees", _attendees),
        ("served", _served),
        ("backup", _backup),
        ("disk", _disk),
    ):
        report.part(name, look, session)
    report.document["wrong"] = report.wrong
    width = max(len(name) for name, _ in report.lines)
    lines = [f"{name:<{width}}  {words}" for name, words in report.lines]
    lines += [f"LOOK: {words}" for words in report.wrong] or ["All is well."]
    show(report.document, as_json=as_json, text="\n".join(lines))
    if report.wrong:
        raise typer.Exit(1)


def _database(session: Session, report: Report) -> None:
    file = session.settings.database_file
    report.add("version", VERSION, f"symbolon-server {VERSION}")
    check_database(file, name=str(file))
    age, revision = migrations.age(session.database), migrations.revision(session.database)
    words = {
        migrations.Age.CURRENT: "whole",
        migrations.Age.OLDER: "whole, of an earlier version: `serve` brings it to this one",
        migrations.Age.NEWER: "whole, of a later version than this program",
    }[age]
    report.add("database", {"revision": revision, "age": age.name.lower()}, words)
    if age is not migrations.Age.CURRENT:
        report.wrong.append(f"The database is {words}.")


def _community(session: Session, report: Report) -> None:
    metadata = session.community.metadata()
    fingerprint = base64url.encode(metadata.community_id)
    report.add("community", metadata.name, metadata.name)
    report.add("address", metadata.address, metadata.address)
    report.add("fingerprint", fingerprint, fingerprint)


def _keystore(session: Session, report: Report) -> None:
    file = session.settings.keystore_file
    SealedKeystore.read(file)
    report.add("keystore", "whole", "whole (opened only with the passphrase)")
    _private(file, report)
    _private(session.settings.database_file, report)


def _private(file: Path, report: Report) -> None:
    if stat.S_IMODE(file.stat().st_mode) & 0o077 and file.parent.stat().st_mode & 0o007:
        report.wrong.append(f"Others on this machine may read {file}: chmod 600 {file}")


def _agreement(session: Session, report: Report) -> None:
    session.check()


def _clock(session: Session, report: Report) -> None:
    found, now = session.guard.look(remember=False), session.guard.wall()
    doubt = found.words if found is not None and found.part is Part.CLOCK else None
    report.add("clock", {"now": now, "doubt": doubt}, in_words(now))
    if doubt is not None:
        report.wrong.append(doubt)


def _head(session: Session, report: Report) -> None:
    standing = session.registry.status()
    head = standing.head
    report.add(
        "head",
        {
            "epoch": head.epoch,
            "published_at": head.published_at,
            "next_at": head.next_at,
            "removals": head.removals,
            "pending": standing.pending,
        },
        f"{head.epoch}, of {in_words(head.published_at)}; the next is due on "
        f"{in_words(head.next_at)} ({amount(standing.pending, 'removal')} waiting)",
    )


def _polls(session: Session, report: Report) -> None:
    states = Counter(listed.state.value for listed in session.polls.office.polls())
    report.add("polls", dict(states), _counted(states))


def _attendees(session: Session, report: Report) -> None:
    states = Counter(str(one.state) for one in session.entitlements.attendees())
    report.add("attendees", dict(states), _counted(states))


def _served(session: Session, report: Report) -> None:
    served = FileLock(session.settings.serve_lock).is_held()
    report.add("served", served, "yes" if served else "no")


def _backup(session: Session, report: Report) -> None:
    anchor = session.guard.anchor.read()
    made_at = None if anchor is None else anchor.backup_at
    report.add("backup", made_at, "none yet" if made_at is None else in_words(made_at))


def _disk(session: Session, report: Report) -> None:
    free = shutil.disk_usage(session.settings.data_directory).free
    report.add("disk", free, f"{free / 1e9:.1f} GB free")
    if free < _ROOM:
        report.wrong.append(f"The disk is nearly full: {free // 1_000_000:,} MB are left.")


def _counted(states: Counter[str]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in sorted(states.items())) or "none"
