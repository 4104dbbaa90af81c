"""`symbolon-server community show|edit|move`."""

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from credentials.formats import base64url
from credentials.formats.addresses import canonical_address
from credentials.formats.names import mend_shown_text
from server.commands.asking import YesOption, agree
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    Session,
    open_community,
    show,
)
from server.community.organiser import CommunityOffice, consequences_of_move
from server.community.reached import check_reaches
from server.issuance.attendee import State

commands = typer.Typer(
    help="The community itself: what it is, its name, and where it is.", no_args_is_help=True
)


@commands.command("show")
def show_community(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Show name, address, fingerprint and ids, and how much of everything there is.

    By its fingerprint members know the community; publish it where they find it without this
    server.
    """
    document = _document(open_community(data))
    if as_json:
        show(document, as_json=True)
        return
    typer.echo(document["name"])
    for name, value in document.items():
        if name != "name":
            typer.echo(f"  {name.replace('_', ' ') + ':':18} {_in_words(name, value)}")


@commands.command("edit")
def edit(
    *,
    name: Annotated[str, typer.Option("--name", help="Another name for members.")],
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change the community's name, and publish that.

    Key, fingerprint and address stay. Wallets hear of it with their next refresh.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    published = _office(session).rename(mend_shown_text(name, name="the community's name"))
    show(
        {"name": published.name, "version": published.version},
        as_json=as_json,
        text=f"The community is called {published.name} now.",
    )


@commands.command("move")
def move(
    *,
    address: Annotated[
        str,
        typer.Option(
            "--address", help="Where it is reached from now on, such as https://a.example."
        ),
    ],
    unchecked: Annotated[
        bool,
        typer.Option(
            "--unchecked", help="Do not look whether the new address reaches this server."
        ),
    ] = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move the community to another address, by publishing it in the signed metadata.

    Both addresses have to reach this server, without redirects: wallets, apps and claim links hear
    of the move at the old one, and look at the new one before they follow. Not while polls go on,
    whose logs are named by the address.
    """
    address = canonical_address(address, name="--address")
    session = open_community(data, passphrase_file=passphrase_file)
    office = _office(session)
    office.check_movable(address)
    before = session.community.metadata()
    if not unchecked:
        check_reaches(address, own=session.community.signed())
    unclaimed = Counter(one.state for one in session.entitlements.attendees())[State.INVITED]
    agree(consequences_of_move(before, address=address, unclaimed=unclaimed), yes=yes)
    published = office.move(address)
    show(
        {
            "address": published.address,
            "before": before.address,
            "version": published.version,
            "unclaimed_links": unclaimed,
        },
        as_json=as_json,
        text=f"{published.name} is at {published.address} now. New claim links lead there: "
        "symbolon-server attendees links",
    )


def _office(session: Session) -> CommunityOffice:
    return CommunityOffice(
        session.database, session.community, running=session.polls.office.running
    )


def _document(session: Session) -> dict[str, Any]:
    metadata, registry = session.community.metadata(), session.registry.status()
    crowd = metadata.crowd
    return {
        "name": metadata.name,
        "address": metadata.address,
        "fingerprint": base64url.encode(metadata.community_id),
        "community_id": metadata.community_id.hex(),
        "issuer_id": metadata.keys.issuer_id.hex(),
        "registry_id": metadata.keys.registry_id.hex(),
        "metadata_version": metadata.version,
        "published_at": metadata.published_at,
        "schema": metadata.schema.name,
        "events": len(metadata.events),
        "doors": len(metadata.doors),
        "apps": len(metadata.apps),
        "attendees": _counted(one.state.value for one in session.entitlements.attendees()),
        "head": registry.head.epoch,
        "next_head_at": registry.head.next_at,
        "removals": registry.head.removals,
        "removals_waiting": registry.pending,
        "crowd_at_least": None if crowd is None else crowd.members,
        "polls": _counted(str(one.state) for one in session.polls.office.polls()),
    }


def _counted(states: Any) -> dict[str, int]:
    return dict(sorted(Counter(states).items()))


def _in_words(name: str, value: Any) -> str:
    if name.endswith("_at"):
        return datetime.fromtimestamp(value, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(value, dict):
        total = sum(value.values())
        states = ", ".join(f"{count} {state}" for state, count in value.items())
        return f"{total} ({states})" if value else "0"
    return "not told yet: fewer than ten have claimed" if value is None else str(value)
