"""Names of people as the organiser types them."""

from credentials.formats.text import tidy, unshowable
from server.problems import OperatorError

MAX_NAME = 200  # characters


def take_name(text: str) -> str:
    """A name as it is stored; raises OperatorError, which names no name."""
    name = tidy(text)
    refused = unshowable(name)
    if refused is not None:
        raise OperatorError(f"The name holds {refused}.")
    if not name or len(name) > MAX_NAME:
        raise OperatorError(f"A name has 1 to {MAX_NAME} characters.")
    return name
