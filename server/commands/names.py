"""Short ids out of names, where the organiser does not choose one."""

import re
import unicodedata

from server.problems import OperatorError


def id_from(name: str, *, given: str | None) -> str:
    """`given`, else `name` in a-z, 0-9 and -, at most 32 characters; raises OperatorError."""
    if given is not None:
        return given
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    short = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:32].rstrip("-")
    if not short:
        raise OperatorError("No short id can be made from that name; give one with --id.")
    return short
