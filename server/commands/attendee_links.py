"""`symbolon-server attendees links`: claim links out, for a mail merge and as pictures."""

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
    working,
)
from server.organiser.claim_links import write_links, write_pictures
from server.problems import OperatorError


def write_claim_links(
    *,
    out: Annotated[Path, typer.Option("--out", help="The CSV file to write.")],
    pictures: Annotated[
        Path | None, typer.Option("--qr", help="Also write a QR code for each, into this folder.")
    ] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Only links that were never written into a file.")
    ] = False,
    everyone: Annotated[
        bool, typer.Option("--all", help="Also those whose link has been used.")
    ] = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write claim links, for a mail merge and as QR codes, for all who have not claimed.

    With --new only those that no file had before: for a late import, so that nobody gets a second
    letter. Each stands beside the address that is right now. Whoever has a link can claim in the
    attendee's place: send it to nobody else, and delete the files when the letters are out. They
    can be written again at any time.
    """
    if new and everyone:
        raise OperatorError("Choose one of --new and --all.")
    session = open_community(data, passphrase_file=passphrase_file)
    metadata = session.community.metadata()
    with working("Writing claim links", session=session):
        claims = list(session.entitlements.claims(unclaimed_only=not everyone, unwritten_only=new))
        before = sum(claim.attendee.link_written for claim in claims)
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
    session.entitlements.note_written(claims)
    again = f" {before} of them stood in a file before; --new leaves these out." if before else ""
    show(
        {
            "links": count,
            "written_before": before,
            "file": str(out),
            "pictures": str(pictures) if pictures else None,
        },
        as_json=as_json,
        text=f"Wrote {count} claim links to {out}"
        + (f" and as many QR codes to {pictures}." if pictures else ".")
        + again,
    )
