"""From a ticket to the values of a credential's attributes.

Values come, the stronger first, from columns named like the attribute, from the organiser's mapping
of products, and for the choice `pass` from the ticket's own name. A flag that nobody gives is no.
"""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from credentials.errors import SchemaError
from credentials.formats.schema import REISSUED, Schema
from server.organiser.attributes import Values
from server.organiser.column_titles import positions_of
from server.organiser.product_mapping import ProductMapping
from server.organiser.row_unusable import RowUnusable
from server.organiser.shown_text import quoted
from server.problems import OperatorError

PASS = "pass"  # noqa: S105 - the name of an attribute


class AttributeReader:
    """Finds every attribute of a schema for the rows of one table."""

    def __init__(
        self, schema: Schema, *, columns: Sequence[str], mapping: ProductMapping | None, path: Path
    ) -> None:
        """Raises OperatorError for an attribute that neither a column nor the mapping gives."""
        self._schema = schema
        self._mapping = mapping or ProductMapping({})
        self._names = [item.name for item in schema.attributes if item.name != REISSUED]
        found = {name: positions_of([name], columns=columns) for name in self._names}
        self._columns = {name: at[0] for name, at in found.items() if at and name != PASS}
        mapped = self._mapping.attributes()
        for name in self._names:
            flag = schema.attribute(name).type == "flag"
            if not (flag or name == PASS or name in self._columns or name in mapped):
                raise OperatorError(
                    f"Nothing in {path} gives the attribute {name!r}: "
                    "add a column with that title, or values for it with --map."
                )
        self._slugs: dict[str, str] = {}
        if PASS in self._names:
            self._slugs = {slug(value): value for value in schema.attribute(PASS).values}

    def read(self, cells: Sequence[str], *, product: str, variation: str) -> Values:
        """The values for one row; raises RowUnusable."""
        values: Values = self._mapping.values(product, variation=variation)
        try:
            for name, at in self._columns.items():
                if cells[at]:
                    values[name] = self._schema.parse_text(name, cells[at])
            if PASS in self._names and PASS not in values:
                values[PASS] = self._pass(product, variation=variation)
            for name in self._names:
                if name not in values and self._schema.attribute(name).type == "flag":
                    values[name] = 0
            self._schema.check({REISSUED: 0, **values})
        except SchemaError as error:
            raise RowUnusable(str(error)) from None
        return values

    def is_pass(self, product: str, *, variation: str) -> bool:
        """Whether the ticket's own name is one of the community's passes."""
        return self._pass_named(product, variation=variation) is not None

    def _pass(self, product: str, *, variation: str) -> str | int:
        if not product:
            raise RowUnusable("the pass is missing")
        value = self._pass_named(product, variation=variation)
        if value is not None:
            return value
        if not self._slugs:
            return self._schema.parse_text(PASS, product)
        full = f"{product} - {variation}" if variation else product
        name = quoted(full, otherwise="of this row", max=80)
        raise RowUnusable(f"the product {name} is none of the community's passes; use --map")

    def _pass_named(self, product: str, *, variation: str) -> str | None:
        for title in (f"{product} {variation}", variation, product):
            value = self._slugs.get(slug(title))
            if slug(title) and value is not None:
                return value
        return None


def slug(text: str) -> str:
    """Small letters and digits of any script with single hyphens: `Full Week!` is `full-week`."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
    return re.sub(r"[\W_]+", "-", plain).strip("-")
