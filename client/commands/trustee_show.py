"""`symbolon trustee show`: what a ceremony's file holds, and how far a trustee's folder is."""

import json
from pathlib import Path
from typing import Annotated

import typer

from client.commands.terminal import JsonOption, say, say_json
from client.commands.trustee_words import (
    DirOption,
    PassphraseOption,
    card_json,
    open_folder,
    result_json,
    say_card,
    say_participants,
    say_result,
)
from client.errors import TrusteeError


def show(
    *,
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A card, part or ceremony; your own folder otherwise.", metavar="[FILE]"
        ),
    ] = None,
    folder: DirOption,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a file of a ceremony holds, or how far your own folder is. Shows no secret."""
    if file is not None:
        _show_file(file, as_json=as_json)
        return
    opened = open_folder(folder, passphrase_file)
    card = opened.keys.card
    if opened.share is None:
        dealt = opened.file("deal").exists()
        stage = "dealt; run `finish` with the deals of all" if dealt else "run `deal` next"
        if as_json:
            say_json({**card_json(card), "dealt": dealt, "share": False})
            return
        say_card(card)
        if dealt:
            say_participants(opened.participants())
        say(f"State: {stage}.")
        return
    share, result = opened.result()
    if as_json:
        say_json(
            {**card_json(card), "dealt": True, "share": True, "number": share.number}
            | result_json(result)
        )
        return
    say_card(card)
    say_result(result)
    say(f"State: finished; you hold the share of trustee {share.number}.")


def _show_file(file: Path, *, as_json: bool) -> None:
    from client.trustee.folder import read_text
    from credentials.errors import CeremonyRefused
    from credentials.sealing.cards import read_card
    from credentials.sealing.ceremony import read_ceremony, read_part

    text = read_text(file)
    try:
        kind = json.loads(text)["symbolon"]
    except (ValueError, KeyError, TypeError, RecursionError):
        kind = None
    try:
        if kind == "trustee-card":
            card = read_card(text)
            if as_json:
                say_json(card_json(card))
            else:
                say_card(card)
            return
        if kind == "ceremony-part":
            result, trustee, _ = read_part(text)
            by = [trustee.name]
        elif kind == "ceremony":
            result, _ = read_ceremony(text)
            by = [trustee.name for trustee in result.trustees]
        else:
            raise TrusteeError(f"{file} is no card, part or ceremony; deals are read by `finish`.")
    except CeremonyRefused as error:
        raise TrusteeError(f"{file}: {error}.") from None
    if as_json:
        say_json({**result_json(result), "signed_by": by})
        return
    say_result(result)
    say(f"Signed by {', '.join(by)}.")
