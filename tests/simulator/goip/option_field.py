"""How an option of the box is written down."""

from collections.abc import Callable
from dataclasses import field


def option[ValueT](
    default: ValueT, text: str, check: Callable[[ValueT], object] | None = None
) -> ValueT:
    """Return a dataclass field with a help text; `check` raises ValueError for a bad value."""
    value: ValueT = field(default=default, metadata={"help": text, "check": check})
    return value
