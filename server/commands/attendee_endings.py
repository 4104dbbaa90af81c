"""`symbolon-server attendees remove|restore|reissue|delete`: who goes, and who comes back."""

from typing import Annotated

import typer

from server.commands.attendee_options import (
    AtNextHeadOption,
    AttendeeArgument,
    EmergencyOption,
    NowOption,
    YesOption,
    confirm,
    link_of,
    time,
    told_link,
    when_removing,
    when_replacing,
)
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    Session,
    open_community,
    show,
)


def remove(
    *,
    attendees: Annotated[
        list[str], typer.Argument(metavar="ID...", help="Ids, or e-mail addresses.")
    ],
    now: NowOption = False,
    emergency: EmergencyOption = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove attendees: their links and credentials are dead for ever, claimed or not.

    A link is dead at once. A credential is removed by the next scheduled head, and passes for up to
    an hour more where nobody heard of that; with --now the head is published now. With --emergency
    nothing made before passes any more, so that every wallet needs the network before it can show
    anything. `attendees restore` takes somebody back in. A list that goes on saying that the
    ticket is good does not.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    found = list(dict.fromkeys(session.entitlements.find(one) for one in attendees))
    confirm(f"Links and credentials of {len(found)} attendees will be dead for ever.", yes=yes)
    before = session.registry.status().head
    removed = session.entitlements.remove(found, when=when_removing(now=now, emergency=emergency))
    head = session.registry.status().head
    effect = _effect(session, found, before_epoch=before.epoch, emergency=emergency)
    show(
        {"removed": [one.id for one in removed], "epoch": head.epoch, "next_at": head.next_at},
        as_json=as_json,
        text=f"Removed: {len(removed)}. {effect}",
    )


def restore(
    *,
    attendee: AttendeeArgument,
    emergency: EmergencyOption = False,
    at_next_head: AtNextHeadOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a removed attendee back in, with a new claim link: the ticket is paid again.

    What was signed before stays dead. Where there was something, the new credential says that it is
    reissued and has a new serial: no vote in polls that are open.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    when = when_replacing(emergency=emergency, at_next_head=at_next_head)
    claim = session.entitlements.restore(session.entitlements.find(attendee), when=when)
    link = link_of(claim, session=session)
    show(
        {"id": claim.attendee.id, "state": claim.attendee.state, "link": link},
        as_json=as_json,
        text=told_link(claim, link, what="Restored.", session=session, when=when),
    )


def reissue(
    *,
    attendee: AttendeeArgument,
    emergency: EmergencyOption = False,
    at_next_head: AtNextHeadOption = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an attendee who lost wallet and words a new claim link.

    The old credential can never be fetched again, and a registry head that removes it is published
    now: for an hour wallets that have not heard of it still pass. With --at-next-head the new link
    works only after the next scheduled one. The new credential says that it is reissued: it has no
    vote in open polls, and once-only doors send it to the help desk. Someone who still has the
    twelve words does not need this.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    entitlement_id = session.entitlements.find(attendee)
    when = when_replacing(emergency=emergency, at_next_head=at_next_head)
    confirm("The attendee's present link and credential will be dead for ever.", yes=yes)
    claim = session.entitlements.reissue(entitlement_id, when=when)
    link = link_of(claim, session=session)
    show(
        {"id": claim.attendee.id, "state": claim.attendee.state, "link": link},
        as_json=as_json,
        text=told_link(claim, link, what="Issued anew.", session=session, when=when),
    )


def delete(
    *,
    attendee: AttendeeArgument,
    now: NowOption = False,
    emergency: EmergencyOption = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove an attendee, and erase what is known of the person. It cannot be undone.

    Name, address, attributes, order and the signed credential are erased. Kept are, without a name:
    the commitment and the handle, because the public log of removals holds the handle for ever and
    neither may be signed again; the serial, because rolls of polls count on it; a digest of
    the ticket's id, so that no list brings the person back; and rounded counts. Backups, and files
    of links that were written, are yours to erase.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    entitlement_id = session.entitlements.find(attendee)
    has_id = session.entitlements.attendee(entitlement_id).key is not None
    confirm("What is known of this person will be erased for ever.", yes=yes)
    before = session.registry.status().head
    deleted = session.entitlements.delete(
        entitlement_id, when=when_removing(now=now, emergency=emergency)
    )
    effect = _effect(session, [deleted.id], before_epoch=before.epoch, emergency=emergency)
    again = "" if has_id else " Take the row out of your list, too: it would add the person anew."
    show(
        {"id": deleted.id, "state": deleted.state},
        as_json=as_json,
        text=f"Deleted. {effect} Kept without a name: handle, commitment and serial.{again}",
    )


def _effect(session: Session, found: list[str], *, before_epoch: int, emergency: bool) -> str:
    """When what was signed ceases to pass."""
    head = session.registry.status().head
    grace = "at once" if emergency else "and for an hour more where nobody heard of it"
    if head.epoch != before_epoch:
        return f"Removed with head {head.epoch}, {grace}."
    if not any(session.entitlements.is_waiting(one) for one in found):
        return "There was no credential to remove, so no head was published."
    return f"The head of {time(head.next_at)} removes what was signed, {grace}."
