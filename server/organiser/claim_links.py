"""Claim links out: one CSV file for a mail merge, and a QR code for each attendee.

Both let whoever holds them claim, so the files are readable by their owner only. Addresses stand as
they are, because mail goes to them; a name that a spreadsheet would take for a formula does not.
"""

import csv
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from credentials.formats.claim_link import ClaimLink
from server.issuance.entitlements import Claim
from server.problems import OperatorError

COLUMNS = ("id", "name", "email", "link")


def link_for(claim: Claim, *, address: str, fingerprint: bytes) -> str:
    """The claim link: the community's address, and in its fragment code and key fingerprint."""
    return ClaimLink(address=address, code=claim.code, fingerprint=fingerprint).format()


def write_links(path: Path, *, claims: Iterable[Claim], address: str, fingerprint: bytes) -> int:
    """Write the CSV file, whole or not at all; returns the number of links.

    Raises OperatorError if it cannot be written.
    """
    unfinished = path.with_name(path.name + ".part")
    count = 0
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for claim in claims:
                attendee = claim.attendee
                link = link_for(claim, address=address, fingerprint=fingerprint)
                writer.writerow((attendee.id, _inert(attendee.name), attendee.email, link))
                count += 1
        os.replace(unfinished, path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise OperatorError(f"{path} cannot be written: {error.strerror}.") from None
    return count


def write_pictures(
    directory: Path,
    *,
    claims: Iterable[Claim],
    address: str,
    fingerprint: bytes,
    advance: Callable[[], None],
) -> int:
    """Write `<id>.png` for each claim and call `advance` after each; returns their number.

    Raises OperatorError if one cannot be written.
    """
    import segno

    count = 0
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for claim in claims:
            link = link_for(claim, address=address, fingerprint=fingerprint)
            path = directory / f"{claim.attendee.id}.png"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                segno.make(link, error="m", micro=False).save(file, kind="png", scale=8, border=4)
            count += 1
            advance()
    except OSError as error:
        raise OperatorError(f"{directory} cannot be written: {error.strerror}.") from None
    return count


def _inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula; attendees choose their own names."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
