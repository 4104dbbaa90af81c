"""`symbolon poll export`: the ballots of a certified poll, as other programs count them."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.audit import opened_bundle
from client.commands.sources import FingerprintOption, note_fingerprint
from client.commands.tally import Format
from client.commands.terminal import JsonOption, note, progress, say_json, say_rows
from client.errors import BallotsRefused

if TYPE_CHECKING:
    from credentials.formats.manifest import Manifest


def export(
    *,
    source: Annotated[
        str,
        typer.Argument(
            help="A bundle file, or the poll's link, from which it is fetched.", metavar="POLL"
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", help="The file that is made; it must not exist.", metavar="FILE"),
    ],
    format: Annotated[
        Format | None,
        typer.Option("--format", help="What is written, if not as the file's name says."),
    ] = None,
    fingerprint: FingerprintOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the ballots of a certified poll to a file: BLT, ABIF, PrefLib, CVR JSON or CSV.

    The bundle is audited first; nothing is written unless all of it holds. The file has what each
    voter's last ballot says, equal ones together, and neither pseudonyms nor times nor their order.
    """
    from client.audit import audit
    from client.community import parse_fingerprint
    from client.elections.polls import election_of
    from client.elections.reading import SUFFIXES
    from client.elections.writing import write_election
    from client.whole_file import write_whole

    wanted = format or SUFFIXES.get(out.suffix.casefold())
    if wanted is None:
        raise BallotsRefused(f"{out.name} does not say which format it is; say it with --format.")
    if out.exists():
        raise BallotsRefused(f"{out} exists; choose another name.")
    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    with opened_bundle(source) as file, progress("Checking every entry") as told:
        report = audit(file, fingerprint=pin, progress=told)
    if report.published is not None:
        note_fingerprint(report.published, given=pin)
    election = election_of(report)
    text, said = write_election(election, format=wanted)
    write_whole(out, text.encode(), error=BallotsRefused)
    manifest = report.manifest
    again = [] if manifest is None else _count_again(out, manifest, seed=report.seed)
    said += tuple(
        f"“{election.options[one.option - 1]}” was withdrawn. In the file it is an option, as in "
        f"the result; the count beside that is the one with --without {one.option}."
        for one in report.withdrawn
    )
    if as_json:
        say_json(
            {
                "file": str(out),
                "format": str(wanted),
                "ballots": election.total,
                "different": election.different,
                "said": list(said),
                "count": again,
            }
        )
        return
    say_rows(
        [
            ("Written", f"{out}: {election.total} ballots, {election.different} different"),
            ("Count it", shlex.join(again)),
        ]
    )
    for sentence in said:
        note(sentence)


def _count_again(out: Path, manifest: "Manifest", *, seed: bytes | None) -> list[str]:
    """The command that comes to the poll's own result."""
    command = ["symbolon", "tally", str(out), "--method", manifest.tally]
    numerator, denominator = manifest.threshold
    for name, value, usual in (
        ("--seats", manifest.seats, 1),
        ("--quorum", manifest.quorum, 0),
        ("--limit", manifest.limit if manifest.ballot_type == "score" else 0, 0),
        ("--threshold", f"{numerator}/{denominator}", "0/1"),
        ("--seed", "" if seed is None else seed.hex(), ""),
    ):
        if value != usual:
            command += [name, str(value)]
    return command
