"""An election as a file of a format, and what that format does not say of it."""

from client.elections import abif, blt, cvr_report, preflib, table
from client.elections.ballots import Election, Note
from client.elections.reading import FORMATS
from client.errors import BallotsRefused


def write_election(election: Election, *, format: str) -> tuple[str, tuple[str, ...]]:
    """The text of the file, and sentences about what it leaves out or says in another way.

    Equal ballots stand together, in an order that follows from what they say. Raises
    BallotsRefused for what the format cannot say at all.
    """
    match format:
        case "blt":
            text, said = blt.write(election)
        case "abif":
            text, said = abif.write(election)
        case "csv":
            text, said = table.write(election)
        case "cvr":
            text, said = cvr_report.write(election)
        case _ if format in preflib.TYPES:
            text, said = preflib.write(election, data_type=format)
        case _:
            raise BallotsRefused(f"There is no format {format!r}; there are {', '.join(FORMATS)}.")
    if invalid := election.notes[Note.INVALID]:
        said = (*said, f"{invalid} invalid ballot(s) are left out: what they say is not known.")
    return text, said
