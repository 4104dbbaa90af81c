"""Strict reading of the JSON that people write: schemas, policies, the metadata envelope."""

from collections.abc import Collection

from credentials.errors import SymbolonError


def read_object(
    value: object,
    *,
    required: Collection[str],
    optional: Collection[str] = (),
    name: str,
    error: type[SymbolonError],
) -> dict[str, object]:
    """`value` if it is an object with all `required` keys and no unknown one; raises `error`."""
    if not isinstance(value, dict):
        raise error(f"{name} is not a JSON object")
    for key in required:
        if key not in value:
            raise error(f"{name} lacks {key!r}")
    if any(key not in required and key not in optional for key in value):
        known = ", ".join([*required, *optional])
        raise error(f"{name} holds something else than {known}")
    return dict(value)


def read_list(value: object, *, name: str, error: type[SymbolonError]) -> list[object]:
    """`value` if it is an array; raises `error`."""
    if not isinstance(value, (list, tuple)):
        raise error(f"{name} is not a JSON array")
    return list(value)


def read_flag(value: object, *, name: str, error: type[SymbolonError]) -> bool:
    """`value` if it is true or false; raises `error`."""
    if not isinstance(value, bool):
        raise error(f"{name} is not true or false")
    return value
