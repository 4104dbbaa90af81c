"""`symbolon-server backup` and `restore`: all of a community in one encrypted file, and back."""

import time
from pathlib import Path
from typing import Annotated

import typer

from server import migrations
from server.agreement.catch_up import CaughtUp
from server.agreement.words import amount, in_words
from server.backup.container import read_header
from server.backup.making import Source, check_place, make_backup
from server.backup.restoring import prepared
from server.commands.asking import YesOption, agree
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    Session,
    open_unchecked,
    read_passphrase,
    show,
)


def backup(
    *,
    out: Annotated[
        Path,
        typer.Option("--out", help="A new file; or a folder, for a name with the date in it."),
    ],
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all of the community into one encrypted file, also while it is served.

    The keystore's passphrase opens it.
    """
    session = open_unchecked(data, passphrase_file=passphrase_file)
    session.check()
    check_place(out, settings=session.settings)
    written = make_backup(source_of(session), out=out, now=int(time.time()))
    show(
        {"file": str(written), "octets": written.stat().st_size},
        as_json=as_json,
        text=(
            f"All of it is in {written}, and was read back. Keep it on another machine, and the "
            "passphrase elsewhere."
        ),
    )


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    *,
    published: Annotated[
        Path | None,
        typer.Option(
            "--published",
            help="A newer copy of published.jsonl, to bring in what was published since.",
        ),
    ] = None,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a community back from a backup, checked whole before it is put in place.

    A community that is there already is put aside. The passphrase is that of the time of the
    backup.
    """
    header = read_header(file)
    now = int(time.time())
    passphrase = read_passphrase(passphrase_file, prompt="Passphrase of the backup")
    with prepared(
        file, passphrase=passphrase, target=data, published=published, now=now
    ) as restored:
        agree(restored.consequences, yes=yes)
        moved = restored.put_in_place(now=now)
    said = [
        f"{header.name} is in {data}, as of {in_words(header.made_at)} (head "
        f"{restored.standing.epoch}, version {restored.standing.version} of the metadata)."
    ]
    said += _caught_up(restored.caught_up)
    if moved is not None:
        said.append(f"What was there is in {moved}.")
    said.append(f"Next: symbolon-server serve --data {data}")
    show(
        {
            "data": str(data),
            "made_at": header.made_at,
            "epoch": restored.standing.epoch,
            "version": restored.standing.version,
            "removed": restored.caught_up.removed if restored.caught_up else [],
            "moved": None if moved is None else str(moved),
        },
        as_json=as_json,
        text="\n".join(said),
    )


def source_of(session: Session) -> Source:
    """What a backup of an opened data directory is made of; opens the keystore."""
    metadata = session.community.metadata()
    return Source(
        settings=session.settings,
        keystore=session.keystore,
        standing=session.standing(),
        name=metadata.name,
        address=metadata.address,
        revision=migrations.revision(session.database),
    )


def caught_up_words(done: CaughtUp) -> str:
    """What came in, in one line."""
    came = ", ".join(
        (
            amount(done.heads, "head"),
            amount(done.versions, "version") + " of the metadata",
            amount(done.removals, "removal"),
        )
    )
    said = f"What others have seen since was brought in: {came}."
    if done.removed:
        said += (
            f"\nRemoved, changed or given a new link since, and out for now: "
            f"{', '.join(done.removed)}. Look at each: attendees restore brings a person back."
        )
    return said


def _caught_up(done: CaughtUp | None) -> list[str]:
    return [caught_up_words(done)] if done and (done.heads or done.versions) else []
