"""`symbolon-server attendees add|edit|transfer|change`: who has a ticket, and what it says."""

from typing import Annotated

import typer

from server.commands.attendee_options import (
    AtNextHeadOption,
    AttendeeArgument,
    EmergencyOption,
    SetOption,
    YesOption,
    confirm,
    link_of,
    read_attributes,
    time,
    told_link,
    when_replacing,
)
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    open_community,
    show,
)
from server.email_address import take_email
from server.issuance.attendee import State
from server.organiser.names import take_name
from server.problems import OperatorError

NameOption = Annotated[str, typer.Option("--name", help="The person's name.")]
EmailOption = Annotated[str, typer.Option("--email", help="The person's e-mail address.")]


def add(
    *,
    name: NameOption,
    email: EmailOption,
    values: SetOption = None,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add one person by hand, and print the claim link. No list removes who was added so."""
    session = open_community(data, passphrase_file=passphrase_file)
    schema = session.community.metadata().schema
    claim = session.entitlements.add(
        name=take_name(name),
        email=take_email(email),
        attributes=read_attributes(values, schema=schema),
    )
    link = link_of(claim, session=session)
    show(
        {"id": claim.attendee.id, "state": claim.attendee.state, "link": link},
        as_json=as_json,
        text=f"Added as {claim.attendee.id}. The claim link, for this attendee only:\n{link}",
    )


def edit(
    *,
    attendee: AttendeeArgument,
    name: Annotated[str | None, typer.Option("--name", help="The right name.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="The right address.")] = None,
    keep_link: Annotated[
        bool,
        typer.Option("--keep-link", help="Keep an unused link: the wrong address was nobody's."),
    ] = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct the name or address of the same person. The credential stays as it is.

    A link that nobody has used went to the wrong address, and may be in a stranger's hands: it is
    dead from now on, and a new one is printed; not so with --keep-link. Where it has been used, ask
    the person: if it was not they who did it, run `attendees reissue`. For another person there
    is `attendees transfer`.
    """
    if name is None and email is None:
        raise OperatorError("Nothing to correct: give --name, --email or both.")
    session = open_community(data, passphrase_file=passphrase_file)
    entitlement_id = session.entitlements.find(attendee)
    claim = session.entitlements.edit(
        entitlement_id,
        name=None if name is None else take_name(name),
        email=None if email is None else take_email(email),
        keep_link=keep_link,
    )
    after = session.entitlements.attendee(entitlement_id)
    link = None if claim is None else link_of(claim, session=session)
    if link is not None:
        kept = "Corrected. The link stays" if keep_link else "Corrected. The link before is dead"
        text = f"{kept}; the claim link, for this attendee only:\n{link}"
    elif email is not None and after.claimed:
        text = (
            "Corrected. The link has been used: if it was not this person who did that, "
            f"run symbolon-server attendees reissue {after.id}"
        )
    else:
        text = "Corrected."
    show({"id": after.id, "state": after.state, "link": link}, as_json=as_json, text=text)


def transfer(
    *,
    attendee: AttendeeArgument,
    name: NameOption,
    email: EmailOption,
    emergency: EmergencyOption = False,
    at_next_head: AtNextHeadOption = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a ticket to another person, under a new claim link.

    The link and the credential before are dead for ever, and a registry head that removes it is
    published now: for an hour wallets that have not heard of it still pass, unless --emergency is
    said. The new holder enrols anew, with a new serial: no vote in polls that are open. If the
    ticket was in use, the new credential says `reissued`, so that doors that admit once look
    whether somebody came in on it.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    entitlement_id = session.entitlements.find(attendee)
    when = when_replacing(emergency=emergency, at_next_head=at_next_head)
    new_name, new_email = take_name(name), take_email(email)
    confirm("The present holder's link and credential will be dead for ever.", yes=yes)
    claim = session.entitlements.transfer(entitlement_id, name=new_name, email=new_email, when=when)
    link = link_of(claim, session=session)
    show(
        {"id": claim.attendee.id, "state": claim.attendee.state, "link": link},
        as_json=as_json,
        text=told_link(claim, link, what="Transferred.", session=session, when=when),
    )


def change(
    *,
    attendee: AttendeeArgument,
    values: SetOption = None,
    settle: Annotated[
        bool,
        typer.Option("--settle", help="Say no longer that it is reissued; after the events."),
    ] = False,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Change what an attendee's credential says; the wallet keeps its pseudonyms.

    The old credential is removed at the next registry head, and is good for an hour more where
    nobody heard of that; the wallet fetches the new one by itself after it. A pass that has ended
    goes on with a later `valid_until`.
    """
    if not values and not settle:
        raise OperatorError("Nothing to change: give --set NAME=VALUE, or --settle.")
    session = open_community(data)
    changed = session.entitlements.change(
        session.entitlements.find(attendee),
        read_attributes(values, schema=session.community.metadata().schema),
        settle=settle,
    )
    next_at = session.registry.status().head.next_at
    if changed.state is State.INVITED:
        text = "Changed. The link is the same."
    else:
        text = f"Changed. What was signed before is removed with the head of {time(next_at)}."
    show({"id": changed.id, "state": changed.state, "next_at": next_at}, as_json=as_json, text=text)
