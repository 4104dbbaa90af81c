"""`symbolon verify --bundle`: recount a poll and say what came out, in plain words."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from client.commands.sources import note_fingerprint, read_field, read_octets
from client.commands.terminal import note, progress, say, say_json, say_rows
from client.errors import ClientError

if TYPE_CHECKING:
    from client.audit import AuditReport

EXIT_UNSOUND = 1


def verify_poll(
    source: str, *, fingerprint: bytes | None, ballot: str | None, as_json: bool
) -> None:
    """Recount the poll in a bundle file or at a link; ends with status 1 if it is not sound."""
    from client.audit import NOT_CHECKED, audit
    from client.community import show_fingerprint

    octets = _bundle(source)
    with progress("Checking every ballot") as report:
        found = audit(octets, fingerprint=fingerprint, progress=report)
    note_fingerprint(found.published, given=fingerprint)
    included = None if ballot is None else _hash(ballot) in found.hashes
    sound = found.sound and included is not False
    if as_json:
        say_json(
            {
                "sound": sound,
                "fingerprint": show_fingerprint(found.published.fingerprint),
                "question": found.manifest.question,
                "counts": dict(zip(found.manifest.options, found.result.counts, strict=True)),
                "abstentions": found.result.abstentions,
                "ballots": found.result.ballots,
                "roll_at_most": found.head.highest_serial,
                "outcome": found.result.outcome.value,
                "winner": _winner(found),
                "bad": [{"ballot": _show_hash(b.ballot_hash), "why": b.reason} for b in found.bad],
                "ballot_included": included,
                "not_checked": list(NOT_CHECKED),
            }
        )
    else:
        _say_poll(found, included=included)
        note("Not checked: " + "; ".join(NOT_CHECKED) + ".")
    if not sound:
        raise typer.Exit(EXIT_UNSOUND)


def _say_poll(found: "AuditReport", *, included: bool | None) -> None:
    if found.sound:
        say(
            f"The poll is sound: each of its {found.result.ballots} ballot(s) is of another member "
            f"of {found.published.metadata.name}, exactly as that member cast it. "
            f"On the roll are at most {found.head.highest_serial}."
        )
    elif found.too_many:
        say(
            f"The poll is NOT sound: it has {found.result.ballots} ballots, and a roll of at most "
            f"{found.head.highest_serial}."
        )
    else:
        say(f"The poll is NOT sound: {len(found.bad)} ballot(s) should not be in it.")
        for bad in found.bad:
            say(f"  {_show_hash(bad.ballot_hash)}: {bad.reason}")
    say(f"\n{found.manifest.question}")
    counts = zip(found.manifest.options, found.result.counts, strict=True)
    rows = [(f"  {option}", str(count)) for option, count in counts]
    say_rows([*rows, ("  abstained", str(found.result.abstentions))])
    winner = _winner(found)
    say(f"Result: {winner or found.result.outcome.value.replace('_', ' ')}.")
    if included is not None:
        say("Your ballot is in it." if included else "That ballot is NOT in it.")


def _winner(found: "AuditReport") -> str | None:
    number = found.result.winner
    return None if number is None else found.manifest.options[number - 1]


def _bundle(source: str) -> bytes:
    from client.issuer import IssuerClient
    from client.transport import Transport, checked_address
    from credentials.errors import EncodingError
    from credentials.formats import base64url

    if source.startswith(("https://", "http://")):
        address, found, poll = checked_address(source).partition("/polls/")
        poll = poll.removesuffix("/bundle")
        if not found or "/" in poll:
            raise ClientError("A poll's link looks like https://city.example/polls/lunch.")
        with Transport() as transport:
            return IssuerClient(address, transport=transport).poll_bundle(poll)
    file = Path(source)
    octets = read_octets(file)
    if not octets.lstrip().startswith(b"{"):
        return octets
    try:
        return base64url.decode(read_field(file, name="bundle"))
    except EncodingError:
        raise ClientError(f"{file} does not hold a poll's bundle.") from None


def _hash(text: str) -> bytes:
    from credentials.errors import EncodingError
    from credentials.formats import base64url

    try:
        return base64url.decode(text.strip())
    except EncodingError:
        raise ClientError("That is not a ballot hash as `wallet vote` prints it.") from None


def _show_hash(octets: bytes) -> str:
    from credentials.formats import base64url

    return base64url.encode(octets)
