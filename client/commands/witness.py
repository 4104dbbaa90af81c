"""`symbolon witness`: watch the logs of polls from outside, and vouch that nothing was changed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.terminal import default_folder, note, say
from client.errors import ClientError, ForkFound, ServerRefused, ServerUnreachable

if TYPE_CHECKING:
    from client.witness.following import Follower

EXIT_FORK = 2
LOOK_SECONDS = 60

commands = typer.Typer(
    help="Watch the logs of polls, and cosign what was only added to. Anyone can be a witness.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


def default_witness() -> Path:
    """The witness's folder unless --dir or SYMBOLON_WITNESS says otherwise."""
    return default_folder() / "witness"


FolderOption = Annotated[
    Path,
    typer.Option(
        "--dir",
        envvar="SYMBOLON_WITNESS",
        default_factory=default_witness,
        show_default="in your own folder",
        help="The folder of the witness: its key, and what it cosigned.",
        metavar="FOLDER",
    ),
]


@commands.command("init")
def init(
    *,
    folder: FolderOption,
    name: Annotated[
        str,
        typer.Option(
            "--name",
            help="The witness's name, like a web address: city-observer.example.",
            metavar="NAME",
        ),
    ],
) -> None:
    """Make a witness, and print its verifier key: the organiser and auditors need it."""
    from client.witness.key_file import make_key

    key = make_key(folder.expanduser(), name=name)
    note(f"The witness {name} is ready. Give its verifier key to organisers and auditors:")
    say(key.verifier_key.to_text())


@commands.command("key")
def key(*, folder: FolderOption) -> None:
    """Print the verifier key again."""
    from client.witness.key_file import read_key

    say(read_key(folder.expanduser()).verifier_key.to_text())


@commands.command("follow")
def follow(
    *,
    folder: FolderOption,
    link: Annotated[
        str, typer.Argument(help="The poll's link, https://…/polls/ID.", metavar="POLL")
    ],
    fingerprint: Annotated[
        str | None,
        typer.Option(
            "--fingerprint",
            help="The community's fingerprint; without it the first one seen is trusted and shown.",
            metavar="TEXT",
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once and stop.")] = False,
    every: Annotated[
        int | None,
        typer.Option(
            "--every",
            min=1,
            help="Look this often, in seconds, and go on after the poll has ended.",
            metavar="SECONDS",
        ),
    ] = None,
) -> None:
    """Follow a poll's log until its final checkpoint, and cosign each that agrees with the last.

    Exit status 0: all agreed; 1: something else went wrong; 2: the log does not agree with what was
    cosigned before, and the two checkpoints are kept in the folder as evidence.
    """
    from client.community import parse_fingerprint, show_fingerprint
    from client.transport import Transport
    from client.witness.following import Follower, meet
    from client.witness.key_file import read_key
    from client.witness.record import Record
    from client.witness.service import LogClient

    if once and every is not None:
        raise ClientError("Give --once or --every, not both.")
    folder = folder.expanduser()
    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    witness, record = read_key(folder), Record(folder)
    with Transport() as transport:
        client = LogClient(link, transport=transport)
        community = meet(client, record=record, fingerprint=pin)
        metadata = community.published.metadata
        if community.first_use and pin is None:
            shown = show_fingerprint(community.published.fingerprint)
            note(f"No fingerprint was given; {metadata.name} has {shown}. Compare it.")
        follower = Follower(
            client=client,
            record=record,
            witness=witness,
            metadata_key=metadata.metadata_key,
            time=lambda: int(time.time()),
        )
        try:
            _follow(follower, once=once, every=every)
        except ForkFound as found:
            typer.secho(f"ALARM. {found}", fg="red", bold=True, err=True)
            raise typer.Exit(EXIT_FORK) from None


def _follow(follower: "Follower", *, once: bool, every: int | None) -> None:
    from client.witness.following import ENDED

    while True:
        try:
            look = follower.look()
        except (ServerUnreachable, ServerRefused) as error:
            told = _told(error, follower=follower)
            if once:
                raise told from None
            note(str(told))
        else:
            size = look.checkpoint.size
            if look.cosigned:
                say(f"Cosigned {follower.origin} with {size} entries.")
            ended = look.state in ENDED
            if ended and every is None:
                say(f"The poll is {look.state}; this was its final checkpoint.")
            if once or (ended and every is None):
                return
        time.sleep(LOOK_SECONDS if every is None else every)


def _told(error: ClientError, *, follower: "Follower") -> ClientError:
    if isinstance(error, ServerRefused) and error.slug == "witness-unknown":
        return ClientError(
            "The organiser does not know this witness yet. Its verifier key is "
            f"{follower.witness.verifier_key.to_text()}"
        )
    return error
