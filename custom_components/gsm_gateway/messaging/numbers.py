"""Forms of one phone number, told from the country of the SIM."""

from collections.abc import Callable
from enum import StrEnum
import re
import unicodedata

from .countries import COUNTRIES, Country
from .messages import BadNumber, NoReplyAddress

_DIALABLE = re.compile(r"\+?[0-9*#]{1,20}")
_DIGITS = re.compile(r"\+?[0-9]{1,20}")
_FILLERS = frozenset({"Zs", "Pd", "Ps", "Pe", "Cf"})
"""Unicode's blanks, dashes, brackets, and the marks for the direction of writing."""
_SHORTEST_INTERNATIONAL = 8
_SHORTEST_NATIONAL = 7


class NumberForm(StrEnum):
    """How a box wants the number of a recipient."""

    AS_GIVEN = "as_given"
    PLUS = "plus"
    """`+49…`"""
    DOUBLE_ZERO = "double_zero"
    """`0049…`"""
    NATIONAL = "national"
    """`0…` within the country of the SIM, else as given."""


def country_of(imsi: str | None) -> Country | None:
    """Return the country that issued a SIM (ITU-T E.212: the IMSI's first three digits)."""
    return COUNTRIES.get(imsi[:3]) if imsi else None


def dialable(number: str) -> str:
    """Return a number without blanks, dashes and brackets. Raises `BadNumber`."""
    bare = "".join(c for c in number if unicodedata.category(c) not in _FILLERS)
    if _DIALABLE.fullmatch(bare) is None:
        raise BadNumber(number)
    return bare


def reply_address(sender: str) -> str:
    """Return the number that answers a sender. Raises `NoReplyAddress` for a name."""
    try:
        return dialable(sender)
    except BadNumber:
        raise NoReplyAddress(sender) from None


def from_integer(
    number: int, known: Callable[[str], bool], country: Country | None
) -> str:
    """Return the number that a template has turned into an integer, its `+` lost.

    `known` tells whether a message or a contact has exactly this number. Where
    nothing speaks for a `+`, the number stays as it is. Raises `BadNumber`.
    """
    digits = dialable(str(number))
    if known(f"+{digits}"):
        return f"+{digits}"
    if country is None or known(digits) or len(digits) < _SHORTEST_INTERNATIONAL:
        return digits
    if country.trunk and digits.startswith(country.trunk):
        return digits
    # With a trunk prefix of 0, a national number never comes as an integer.
    if not country.trunk.startswith("0") and len(digits) in country.lengths:
        return digits
    return f"+{digits}"


def normalised(number: str, country: Country | None) -> str:
    """Return the one form (`+` and calling code where known) of all ways to write a number.

    Names and short numbers come back as they are.
    """
    try:
        digits = dialable(number)
    except BadNumber:
        return number
    if _DIGITS.fullmatch(digits) is None or digits.startswith("+"):
        return digits
    if digits.startswith("00") and len(digits) - 2 >= _SHORTEST_INTERNATIONAL:
        return f"+{digits[2:]}"
    if country is None:
        return digits
    return _from_national(digits, country)


def same(one: str, other: str, country: Country | None) -> bool:
    """Tell whether two writings mean one number; whole numbers, never last digits."""
    return normalised(one, country) == normalised(other, country)


def formed(number: str, form: NumberForm, country: Country | None) -> str:
    """Return a dialable number in the form that a box wants.

    Short numbers, those with `*` or `#`, and those whose other form nobody can
    tell stay as they are.
    """
    international = normalised(number, country)
    if form is NumberForm.AS_GIVEN or not international.startswith("+"):
        return number
    if form is NumberForm.PLUS:
        return international
    if form is NumberForm.DOUBLE_ZERO:
        return f"00{international[1:]}"
    if country is None:
        return number
    national = international.removeprefix(f"+{country.code}")
    if national == international or not _whole(national, country):
        return number
    return f"{country.trunk}{national}"


def _whole(national: str, country: Country) -> bool:
    """Tell whether this is more than a short number."""
    return len(national) >= _SHORTEST_NATIONAL or len(national) in country.lengths


def _from_national(digits: str, country: Country) -> str:
    """Add what a number that is dialled within `country` leaves out."""
    code, trunk, lengths = country.code, country.trunk, country.lengths
    national = digits.removeprefix(trunk)
    if trunk.startswith("0"):
        if national != digits and len(national) >= _SHORTEST_NATIONAL:
            return f"+{code}{national}"
    elif national != digits and len(national) in lengths:
        return f"+{code}{national}"
    if digits.startswith(code) and len(digits) - len(code) in lengths:
        return f"+{digits}"
    if len(digits) in lengths:
        return f"+{code}{digits}"
    return digits
