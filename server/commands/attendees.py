"""`symbolon-server attendees import|list|links|revoke|reissue|change`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    open_community,
    show,
    show_table,
    working,
)
from server.organiser.attributes import read_values
from server.organiser.claim_links import link_for, write_links, write_pictures
from server.organiser.service import ImportReport, OrganiserService
from server.problems import OperatorError
from server.registry.publisher import When

commands = typer.Typer(
    help="Attendees: lists in, claim links out, revoking, issuing anew.", no_args_is_help=True
)

AttendeeArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The attendee's id, or e-mail address.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]


@commands.command("import")
def import_list(
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV: name,email,pass or a pretix export.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--map",
            help="JSON: product, `product - variation` or `*`, to attribute values.",
        ),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import an attendee list; importing it again changes nothing.

    Comma or semicolon, UTF-8. Either columns name, email and pass, or pretix's export of order
    positions with English titles, of which tickets that are paid or confirmed count. Columns named
    like an attribute of the community's schema are read too. Rows that cannot be used are listed
    with line and reason.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    service = OrganiserService(community=session.community, entitlements=session.entitlements)
    with working("Importing attendees", session=session):
        report = service.import_attendees(file, mapping_file=mapping)
    _show_report(report, as_json=as_json)


def _show_report(report: ImportReport, *, as_json: bool) -> None:
    skipped = [{"line": row.line, "reason": row.reason} for row in report.skipped]
    show(
        {
            "form": report.form,
            "imported": report.imported,
            "already_there": report.already_there,
            "not_imported": skipped,
        },
        as_json=as_json,
        text=(
            f"Imported: {report.imported}. Already there: {report.already_there}. "
            f"Not imported: {len(skipped)}."
        ),
    )
    if skipped and not as_json:
        show_table(skipped, columns=("line", "reason"), as_json=False, empty="")


@commands.command("list")
def list_attendees(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List attendees: id, name, state (invited, claimed, reissued, revoked or ended)."""
    attendees = open_community(data).entitlements.attendees()
    show_table(
        [{"id": one.id, "name": one.name, "state": one.state} for one in attendees],
        columns=("id", "name", "state"),
        as_json=as_json,
        empty="There are no attendees yet.",
    )


@commands.command("links")
def write_claim_links(
    *,
    out: Annotated[Path, typer.Option("--out", help="The CSV file to write.")],
    pictures: Annotated[
        Path | None, typer.Option("--qr", help="Also write a QR code for each, into this folder.")
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Also those whose link has been used.")
    ] = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write claim links, for a mail merge and as QR codes, for all who have not claimed.

    Whoever has a link can claim in the attendee's place: send it to nobody else, and delete the
    files when the letters are out. They can be written again at any time.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    metadata = session.community.metadata()
    with working("Writing claim links", session=session):
        claims = list(session.entitlements.claims(unclaimed_only=not everyone))
        count = write_links(
            out, claims=claims, address=metadata.address, fingerprint=metadata.community_id
        )
    if pictures is not None:
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("QR codes", total=count)
            write_pictures(
                pictures,
                claims=claims,
                address=metadata.address,
                fingerprint=metadata.community_id,
                advance=lambda: progress.advance(task),
            )
    show(
        {"links": count, "file": str(out), "pictures": str(pictures) if pictures else None},
        as_json=as_json,
        text=f"Wrote {count} claim links to {out}"
        + (f" and as many QR codes to {pictures}." if pictures else "."),
    )


@commands.command("revoke")
def revoke(
    *,
    attendees: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Ids, or e-mail addresses.")
    ],
    now: Annotated[
        bool, typer.Option("--now", help="Publish a registry head now, with an hour of grace.")
    ] = False,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Publish one now, without any grace.")
    ] = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove attendees: their links and credentials are dead for ever, claimed or not.

    A removal takes effect at the next scheduled head. With --now that is at once, but for an hour
    wallets that have not heard of it pass, the removed ones too. With --emergency nothing made
    before passes any more, so that every wallet needs the network before it can show anything.
    `attendees reissue` takes somebody back in.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    found = list(dict.fromkeys(session.entitlements.find(one) for one in attendees))
    _confirm(f"Links and credentials of {len(found)} attendees will be dead for ever.", yes=yes)
    before = session.registry.status().head
    revoked = session.entitlements.revoke(found, when=_when(now=now, emergency=emergency))
    status = session.registry.status()
    head = status.head
    if head.epoch != before.epoch:
        effect = f"Removed with head {head.epoch}."
    elif now or emergency or not status.pending:
        effect = "There was no credential to remove, so no head was published."
    else:
        effect = f"The next head removes them, at {_time(head.next_at)}."
    show(
        {"revoked": [one.id for one in revoked], "epoch": head.epoch, "next_at": head.next_at},
        as_json=as_json,
        text=f"Revoked: {len(revoked)}. {effect}",
    )


@commands.command("reissue")
def reissue(
    *,
    attendee: AttendeeArgument,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Accept nothing made before any more.")
    ] = False,
    at_next_head: Annotated[
        bool,
        typer.Option("--at-next-head", help="Let the schedule remove the old credential."),
    ] = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an attendee who lost wallet and words, or was revoked, a new claim link.

    The old credential can never be fetched again, and a registry head that removes it is published
    now; with --at-next-head the new link works only after the next scheduled one. The new
    credential says that it is reissued: it has no vote in open polls, and once-only doors send it
    to the help desk. Someone who still has the twelve words does not need this.
    """
    if emergency and at_next_head:
        raise OperatorError("Choose one of --emergency and --at-next-head.")
    session = open_community(data, passphrase_file=passphrase_file)
    entitlement_id = session.entitlements.find(attendee)
    _confirm("The attendee's present link and credential will be dead for ever.", yes=yes)
    when = When.SCHEDULED if at_next_head else _when(now=True, emergency=emergency)
    claim = session.entitlements.reissue(entitlement_id, when=when)
    metadata = session.community.metadata()
    link = link_for(claim, address=metadata.address, fingerprint=metadata.community_id)
    show(
        {"id": claim.attendee.id, "state": claim.attendee.state, "link": link},
        as_json=as_json,
        text=f"The new claim link, for this attendee only:\n{link}",
    )


@commands.command("change")
def change(
    *,
    attendee: AttendeeArgument,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="An attribute; may be repeated."),
    ] = None,
    settle: Annotated[
        bool,
        typer.Option("--settle", help="Say no longer that it is reissued; after the events."),
    ] = False,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Change what an attendee's credential says; the wallet keeps its pseudonyms.

    The old credential is removed at the next registry head; the wallet fetches the new one by
    itself after it. A pass that has ended goes on with a later `valid_until`.
    """
    if not values and not settle:
        raise OperatorError("Nothing to change: give --set NAME=VALUE, or --settle.")
    session = open_community(data)
    given = dict(_named(text) for text in values or ())
    changed = session.entitlements.change(
        session.entitlements.find(attendee),
        read_values(session.community.metadata().schema, given),
        settle=settle,
    )
    next_at = session.registry.status().head.next_at
    show(
        {"id": changed.id, "state": changed.state, "next_at": next_at},
        as_json=as_json,
        text=f"Changed. What was signed before is removed with the head of {_time(next_at)}.",
    )


def _named(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise OperatorError("--set takes NAME=VALUE.")
    return name.strip(), value


def _when(*, now: bool, emergency: bool) -> When:
    if emergency:
        return When.EMERGENCY
    return When.NOW if now else When.SCHEDULED


def _confirm(what: str, *, yes: bool) -> None:
    if not yes:
        typer.confirm(f"{what} Go on?", abort=True, err=True)


def _time(unix_seconds: int) -> str:
    return datetime.fromtimestamp(unix_seconds, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
