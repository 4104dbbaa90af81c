"""From a ticket to the values of a credential's attributes.

Values come, the stronger first, from columns named like the attribute, from the organiser's mapping
of products, and for the choice `pass` from the ticket's own name. A flag that nobody gives is no.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from credentials.errors import SchemaError
from credentials.formats.schema import REISSUED, Schema
from server.problems import OperatorError

PASS = "pass"  # noqa: S105 - the name of an attribute
EVERY_PRODUCT = "*"

Values = dict[str, str | int]


class RowUnusable(Exception):
    """Why one row is not imported; never holds a name or an address."""


class ProductMapping:
    """The organiser's JSON: a product, `product - variation` or `*`, to attribute values."""

    def __init__(self, products: Mapping[str, Values]) -> None:
        self._products = products

    @classmethod
    def read(cls, path: Path, *, schema: Schema) -> "ProductMapping":
        """Read and check a mapping file; raises OperatorError."""
        try:
            document = json.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            raise OperatorError(f"{path} cannot be read: {reason}.") from None
        except ValueError:
            raise OperatorError(f"{path} is not JSON.") from None
        if not isinstance(document, dict):
            raise OperatorError(f"{path} is not a JSON object of products.")
        products: dict[str, Values] = {}
        for product, given in document.items():
            if not isinstance(given, dict):
                raise OperatorError(f"{path}: {product!r} needs an object of attribute values.")
            try:
                products[product] = read_values(schema, given)
            except SchemaError as error:
                raise OperatorError(f"{path}: {product!r}: {error}.") from None
        return cls(products)

    def names(self) -> set[str]:
        """The attributes that it gives for any product."""
        return {name for values in self._products.values() for name in values}

    def values(self, product: str, *, variation: str) -> Values:
        """The values for a ticket; raises RowUnusable where the mapping does not name it."""
        every = self._products.get(EVERY_PRODUCT)
        for title in (f"{product} - {variation}" if variation else product, product):
            if title in self._products:
                return {**(every or {}), **self._products[title]}
        if every is None or len(self._products) > 1:
            raise RowUnusable("the product is not in the mapping file")
        return dict(every)


class AttributeReader:
    """Finds every attribute of a schema for the rows of one file."""

    def __init__(
        self, schema: Schema, *, columns: Sequence[str], mapping: ProductMapping | None
    ) -> None:
        """Raises OperatorError for an attribute that neither a column nor the mapping gives."""
        self._schema = schema
        self._mapping = mapping
        self._names = [item.name for item in schema.attributes if item.name != REISSUED]
        self._columns = [name for name in self._names if name in columns and name != PASS]
        mapped = mapping.names() if mapping is not None else set()
        for name in self._names:
            flag = schema.attribute(name).type == "flag"
            if not (flag or name == PASS or name in columns or name in mapped):
                raise OperatorError(
                    f"Nothing gives the attribute {name!r}: "
                    "add a column with that title, or values for it with --map."
                )
        self._slugs: dict[str, str] = {}
        if PASS in self._names:
            self._slugs = {slug(value): value for value in schema.attribute(PASS).values}

    def read(self, cells: Mapping[str, str], *, product: str, variation: str) -> Values:
        """The values for one row; raises RowUnusable."""
        values: Values = {}
        if self._mapping is not None:
            values.update(self._mapping.values(product, variation=variation))
        try:
            for name in self._columns:
                if cells[name]:
                    values[name] = self._schema.parse_text(name, cells[name])
            if PASS in self._names and PASS not in values:
                values[PASS] = self._pass(product, variation=variation)
            for name in self._names:
                if name not in values and self._schema.attribute(name).type == "flag":
                    values[name] = 0
            self._schema.check({REISSUED: 0, **values})
        except SchemaError as error:
            raise RowUnusable(str(error)) from None
        return values

    def _pass(self, product: str, *, variation: str) -> str | int:
        if not product:
            raise RowUnusable("the pass is missing")
        for title in (f"{product} {variation}", variation, product):
            value = self._slugs.get(slug(title))
            if title.strip() and value is not None:
                return value
        if not self._slugs:
            return self._schema.parse_text(PASS, product)
        raise RowUnusable("the product is none of the community's passes; name it with --map")


def slug(text: str) -> str:
    """Lower case letters and digits with single hyphens: `Full Week!` gives `full-week`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def read_values(schema: Schema, given: Mapping[str, object]) -> Values:
    """Values as a person or a JSON document gives them, by name; raises SchemaError."""
    return {name: _from_json(schema, name=name, value=value) for name, value in given.items()}


def _from_json(schema: Schema, *, name: str, value: object) -> str | int:
    if name == REISSUED:
        raise SchemaError("the flag 'reissued' is set by the issuer alone")
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return schema.parse_text(name, text)
