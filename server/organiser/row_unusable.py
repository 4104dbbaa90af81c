"""Why one row of a list cannot be used."""


class RowUnusable(Exception):
    """The reason, for the organiser's eyes; never holds a name or an address."""
