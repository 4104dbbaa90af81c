"""The key ceremony's result. Replaced by the full ceremony."""

from credentials.errors import EncodingError
from credentials.formats.sealing import Sealing


def read_ceremony(value: object) -> Sealing:
    """Not here yet."""
    raise EncodingError(f"no ceremony: {type(value)}")
