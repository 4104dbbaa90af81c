"""`symbolon-server organiser token`."""

import typer

from server.commands.session import DEFAULT_DATA, DataOption, JsonOption, open_community, show
from server.organiser.access import OrganiserAccess

commands = typer.Typer(help="The organiser's own access over HTTP.", no_args_is_help=True)


@commands.callback()
def _group() -> None:
    """With one command only, typer would otherwise drop its name."""


@commands.command("token")
def renew_token(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Make the token for the addresses under /organiser; the one before stops working at once.

    Whoever has it can remove members and make claim links. It is shown this once.
    """
    token = OrganiserAccess(open_community(data).database).renew_token()
    show(
        {"token": token},
        as_json=as_json,
        text=f"The organiser's token, shown only now:\n{token}",
    )
