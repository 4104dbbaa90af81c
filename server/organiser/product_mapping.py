"""The organiser's mapping file: which product gives what, and what a list's status words mean.

    {
      "*": {"valid_until": "2031-12-31"},
      "Week pass": {"pass": "week"},
      "Week pass - Volunteer": {"pass": "week", "volunteer": true},
      "T-shirt": null,
      "statuses": {"on the way": "valid", "perhaps": "pending"}
    }

A product, or `product - variation`, gives the values of attributes, those under `*` first; null
says that it gives no membership. `*` alone, or with nulls only, stands for every other product too.
"""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from credentials.errors import SchemaError
from credentials.formats.schema import Schema
from credentials.formats.text import fold
from server.organiser.attributes import Values, read_values
from server.organiser.row_unusable import RowUnusable
from server.organiser.shown_text import quoted
from server.organiser.status_words import words_of
from server.organiser.ticket import TicketState
from server.problems import OperatorError

EVERY_PRODUCT: Final = "*"
STATUSES: Final = "statuses"

_STATES: Final = {
    "valid": TicketState.VALID,
    "pending": TicketState.PENDING,
    "canceled": TicketState.CANCELED,
    "cancelled": TicketState.CANCELED,
}


class _NamedTwice(Exception):
    """A key that stands twice in one object; JSON would silently take the last."""


class ProductMapping:
    """A product, `product - variation` or `*`, to attribute values or to nothing."""

    def __init__(
        self,
        products: Mapping[str, Values | None],
        *,
        statuses: Mapping[str, TicketState] | None = None,
    ) -> None:
        self._products = {fold(product): values for product, values in products.items()}
        self.statuses: Mapping[str, TicketState] = statuses or {}

    @classmethod
    def read(cls, path: Path, *, schema: Schema) -> "ProductMapping":
        """Read and check a mapping file; raises OperatorError."""
        try:
            document = json.loads(path.read_bytes(), object_pairs_hook=_distinct)
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            raise OperatorError(f"{path} cannot be read: {reason}.") from None
        except (ValueError, RecursionError):
            raise OperatorError(f"{path} is not JSON.") from None
        except _NamedTwice as key:
            raise OperatorError(f"{path} names {str(key)!r} twice.") from None
        if not isinstance(document, dict):
            raise OperatorError(f"{path} is not a JSON object of products.")
        statuses = _read_statuses(document.pop(STATUSES, {}), path=path)
        products: dict[str, Values | None] = {}
        for product, given in document.items():
            if given is None and product != EVERY_PRODUCT:
                products[product] = None
                continue
            if not isinstance(given, dict):
                raise OperatorError(
                    f"{path}: {product!r} needs an object of attribute values, "
                    "or null if it gives no membership."
                )
            try:
                products[product] = read_values(schema, given)
            except SchemaError as error:
                raise OperatorError(f"{path}: {product!r}: {error}.") from None
        if len({fold(product) for product in products}) != len(products):
            raise OperatorError(f"{path} names a product twice.")
        return cls(products, statuses=statuses)

    @property
    def gives_values(self) -> bool:
        """Whether any product is named with values, so that others must be named too."""
        return any(
            values is not None for name, values in self._products.items() if name != EVERY_PRODUCT
        )

    def attributes(self) -> set[str]:
        """The attributes that it gives for any product."""
        return {name for values in self._products.values() for name in values or ()}

    def names(self, product: str, *, variation: str) -> bool:
        """Whether the product or its variation is named, with values or null."""
        return any(title in self._products for title in _titles(product, variation=variation))

    def gives_none(self, product: str, *, variation: str) -> bool:
        """Whether the product is said to give no membership."""
        for title in _titles(product, variation=variation):
            if title in self._products:
                return self._products[title] is None
        return False

    def values(self, product: str, *, variation: str) -> Values:
        """The values for a ticket; raises RowUnusable where the mapping does not name it."""
        every = self._products.get(EVERY_PRODUCT)
        for title in _titles(product, variation=variation):
            if title in self._products:
                return {**(every or {}), **(self._products[title] or {})}
        if self.gives_values:
            if not product:
                raise RowUnusable("no product is named, and the mapping file needs one")
            full = f"{product} - {variation}" if variation else product
            name = quoted(full, otherwise="of this row", max=80)
            raise RowUnusable(f"the product {name} is not in the mapping file")
        return dict(every or {})


@functools.lru_cache(maxsize=1024)
def _titles(product: str, *, variation: str) -> tuple[str, ...]:
    whole = fold(product)
    return (fold(f"{product} - {variation}"), whole) if variation else (whole,)


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document: dict[str, object] = {}
    for key, value in pairs:
        if key in document:
            raise _NamedTwice(key)
        document[key] = value
    return document


def _read_statuses(given: object, *, path: Path) -> dict[str, TicketState]:
    if not isinstance(given, dict) or not all(
        isinstance(state, str) and state.lower() in _STATES for state in given.values()
    ):
        raise OperatorError(
            f'{path}: "{STATUSES}" needs an object of words that stand in the list, each with '
            "valid, pending or canceled."
        )
    return {words_of(word): _STATES[state.lower()] for word, state in given.items()}
