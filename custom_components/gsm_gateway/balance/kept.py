"""What was kept as JSON, read back strictly: a file may be damaged, or somebody has edited it.

All raise `ValueError` or `TypeError` for what nobody can have written.
"""

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

_YEARS: Final = range(1900, 3000)
"""In which no interval leads out of the calendar."""
_MOST: Final = Decimal("1e15")


def read_text(value: object) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def read_count(value: object) -> int:
    """Return how many there are of something."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("no count")
    return value


def read_flag(value: object) -> bool:
    """Return yes or no."""
    if not isinstance(value, bool):
        raise TypeError("neither yes nor no")
    return value


def read_amount(value: object) -> Decimal:
    """Return an amount of money."""
    try:
        amount = Decimal(read_text(value))
    except InvalidOperation:
        raise ValueError("no amount") from None
    if not (amount.is_finite() and abs(amount) < _MOST):
        raise ValueError("no amount of money")
    return amount


def read_date(value: object) -> date:
    """Return a day."""
    return date.fromisoformat(read_text(value))


def read_moment(value: object) -> datetime:
    """Return a moment, in UTC."""
    return in_calendar(datetime.fromisoformat(read_text(value)))


def in_calendar(moment: datetime) -> datetime:
    """Return an aware moment in UTC, if intervals can be added to it."""
    if moment.tzinfo is None or moment.year not in _YEARS:
        raise ValueError("no moment in our time")
    return moment.astimezone(UTC)
