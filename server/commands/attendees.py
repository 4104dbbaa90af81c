"""`symbolon-server attendees import|list|links|reissue`."""

from pathlib import Path
from typing import Annotated

import typer

from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    Session,
    open_community,
    show,
    show_table,
    working,
)
from server.issuance.entitlements import EntitlementService
from server.organiser.claim_links import link_for, write_links, write_pictures
from server.organiser.service import ImportReport, OrganiserService

commands = typer.Typer(
    help="Attendees: lists in, claim links out, issuing anew.", no_args_is_help=True
)


def _entitlements(session: Session) -> EntitlementService:
    return EntitlementService(session.database, link_key=lambda: session.keystore.link_key)


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
    service = OrganiserService(community=session.community, entitlements=_entitlements(session))
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
    """List attendees: id, name, state (invited, claimed or reissued)."""
    attendees = _entitlements(open_community(data)).attendees()
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
        claims = list(_entitlements(session).claims(unclaimed_only=not everyone))
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


@commands.command("reissue")
def reissue(
    *,
    attendee: Annotated[
        str, typer.Argument(metavar="ID", help="The attendee's id, or e-mail address.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an attendee who lost wallet and words a new claim link.

    The old credential can never be fetched again and is removed at the next registry head. The new
    one says that it is reissued: it has no vote in open polls, and once-only doors send it to the
    help desk. Someone who still has the twelve words does not need this.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    entitlements = _entitlements(session)
    entitlement_id = entitlements.find(attendee)
    if not yes:
        typer.confirm(
            "The attendee's present link and credential will be dead for ever. Go on?",
            abort=True,
            err=True,
        )
    claim = entitlements.reissue(entitlement_id)
    metadata = session.community.metadata()
    link = link_for(claim, address=metadata.address, fingerprint=metadata.community_id)
    show(
        {"id": claim.attendee.id, "state": claim.attendee.state, "link": link},
        as_json=as_json,
        text=f"The new claim link, for this attendee only:\n{link}",
    )
