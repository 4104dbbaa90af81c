"""What a command says of a member's ballots, and what it does when a community broke its word."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from client.commands.terminal import note, say_rows
from client.errors import ClientError

if TYPE_CHECKING:
    from client.evidence import Evidence
    from client.wallet.receipts import Checked, Found

EXIT_ALARM = 2


def say_checked(checked: "Checked") -> None:
    """Each ballot and where it stands, and every alarm."""
    say_rows([(each.vote.question, standing(each)) for each in checked.found])
    for question in checked.stale:
        note(f"“{question}”: the server shows an older state of the log than before; ask again.")
    for question, why in checked.unread:
        note(f"“{question}”: the log could not be read: {why}")
    for fork in checked.forks:
        note(f"ALARM: “{fork.question}”: {fork.how}.")


def checked_json(checked: "Checked") -> dict[str, Any]:
    """The same for a script."""
    from credentials.formats import base64url

    return {
        "ballots": [
            {
                "poll": each.vote.poll,
                "question": each.vote.question,
                "ballot": base64url.encode(each.vote.leaf_hash),
                "number": each.vote.sequence,
                "state": each.vote.state,
                "place": each.place,
                "overdue": each.overdue,
                "alarm": each.evidence is not None,
            }
            for each in checked.found
        ],
        "forks": [{"poll": fork.poll, "how": fork.how} for fork in checked.forks],
        "stale": list(checked.stale),
        "unread": [{"question": question, "why": why} for question, why in checked.unread],
    }


def standing(found: "Found") -> str:
    """Where a ballot stands, in words."""
    from client.wallet.contents import MISSING, PROMISED

    name = f"ballot {found.vote.sequence}: "
    if found.place is not None:
        late = " It was added later than promised." if found.evidence else ""
        return f"{name}in the log, entry {found.place}.{late}"
    if found.vote.state == MISSING:
        return f"{name}MISSING. The community promised it, and its log lacks it."
    if found.overdue:
        return f"{name}overdue: the promised time is over, and the log was not signed since."
    if found.vote.state == PROMISED:
        return f"{name}promised, not in the log yet."
    return f"{name}sent without an answer, and not in the log; vote again to send it again."


def write_evidence(evidence: "tuple[Evidence, ...]", *, folder: Path) -> list[Path]:
    """Write each piece of evidence into a file named by its hash, and say so.

    A file that cannot be written is said too: it must not keep the alarm from being raised.
    """
    files = []
    for each in evidence:
        octets = each.to_json().encode()
        file = folder / f"symbolon-evidence-{hashlib.sha256(octets).hexdigest()[:16]}.json"
        if not file.exists():
            try:
                write_new(file, octets)
            except ClientError as error:
                note(f"There is evidence, but: {error}")
                continue
        files.append(file)
        note(f"Evidence is in {file}; anyone can check it with `symbolon poll check-evidence`.")
        if each.promise is not None:
            note("Whoever you give it to learns which ballot was yours.")
    return files


def write_new(file: Path, octets: bytes) -> None:
    """Write a file that is not there yet. Raises ClientError."""
    try:
        with file.open("xb") as opened:
            opened.write(octets)
    except FileExistsError:
        raise ClientError(f"{file} exists already; it is left as it is.") from None
    except OSError as error:
        raise ClientError(f"{file} cannot be written: {error.strerror}.") from None
