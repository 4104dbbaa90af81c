"""`symbolon poll check-evidence`: whether a file proves that a community broke its word."""

from pathlib import Path
from typing import Annotated

import typer

from client.commands.alarm import write_new
from client.commands.sources import FingerprintOption, read_octets
from client.commands.terminal import JsonOption, note, say, say_json, say_rows
from client.errors import ClientError
from client.evidence import Evidence, EvidenceRefused


def check_evidence(
    *,
    file: Annotated[Path, typer.Argument(help="An evidence file.", metavar="FILE")],
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            help="Hold a closing that a trustee keeps against the poll as it is published: its "
            "bundle, or its link.",
            metavar="POLL",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="With --against: write what proves it into one file.", metavar="FILE"
        ),
    ] = None,
    fingerprint: FingerprintOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check evidence that a community broke its word in a poll, offline.

    Exit status 0: it proves what it says; 1: it proves nothing, and why.
    """
    from client.community import parse_fingerprint, show_fingerprint

    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    evidence = Evidence.from_json(read_octets(file))
    if against is not None:
        evidence = _against(evidence, against)
    proven = evidence.prove(fingerprint=pin)
    if against is not None and out is not None:
        write_new(out, evidence.to_json().encode())
    shown = show_fingerprint(proven.fingerprint)
    if as_json:
        say_json(
            {
                "proven": proven.sentence,
                "community": proven.community,
                "fingerprint": shown,
                "question": proven.question,
            }
        )
        return
    say(proven.sentence)
    say_rows([("Poll", proven.question), ("Community", proven.community), ("Fingerprint", shown)])
    if pin is None:
        note("No fingerprint was given; compare the one above with the community's.")


def _against(kept: Evidence, published: str) -> Evidence:
    """Evidence of a fork, between what was kept and a poll's bundle or link.

    Raises EvidenceRefused where both can be of one log.
    """
    from credentials.errors import EncodingError, LogRefused

    try:
        fork = kept.against(*_log_of(published))
    except (EncodingError, LogRefused, UnicodeDecodeError) as error:
        raise EvidenceRefused(f"The two cannot be compared: {error}.") from None
    if fork is None:
        raise EvidenceRefused(
            "The log as it is published goes on from the one that was kept, so this proves "
            "nothing. Whether it keeps to the rules, `symbolon audit` tells."
        )
    return fork


def _log_of(published: str) -> tuple[str, bytes]:
    """The signed note and the leaf hashes of a poll's log, from its link or its bundle."""
    from client.commands.vote import place
    from client.polls import PollsClient
    from client.transport import Transport
    from credentials.formats.poll_bundle import read_bundle
    from credentials.merkle import leaf_hash

    if published.startswith(("https://", "http://")):
        address, poll = place(published)
        if address is None or poll is None:
            raise ClientError("A poll's link looks like https://city.example/polls/lunch.")
        with Transport() as transport:
            polls = PollsClient(address, transport=transport)
            return polls.checkpoint(poll), polls.leaves(poll)
    try:
        with Path(published).open("rb") as file:
            head, entries = read_bundle(file)
            return head.checkpoint.decode(), b"".join(leaf_hash(entry) for entry in entries)
    except OSError as error:
        raise ClientError(f"{published} cannot be read: {error.strerror}.") from None
