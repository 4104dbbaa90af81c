"""Help pages on which flags stand alone: they take no value, so none is named beside them.

Typer 0.29 writes `<bool>` after every flag, `--help` too, and has no setting that leaves it out.
"""

from typing import Any

from typer.core import TyperOption

_named = TyperOption.display_type_rich


def _named_unless_flag(option: TyperOption, ctx: Any) -> str | None:
    return None if option.is_flag else _named(option, ctx)


def let_flags_stand_alone() -> None:
    """From now on, in every help page of this process."""
    TyperOption.display_type_rich = _named_unless_flag  # type: ignore[method-assign, assignment]
