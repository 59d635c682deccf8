"""Forms of one phone number, told from the country of the SIM."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """How numbers of one country are written."""

    code: str
    """Calling code, without `+`."""
    trunk: str
    """What a national call begins with, perhaps empty."""
    lengths: range
    """Digits of a mobile number without `trunk`."""


def country_of(imsi: str | None) -> Country | None:
    """Return the country that issued a SIM (ITU-T E.212: the IMSI's first three digits)."""
    raise NotImplementedError


def dialable(number: str) -> str:
    """Return a number without blanks, dashes and brackets. Raises `BadNumber`."""
    raise NotImplementedError


def reply_address(sender: str) -> str:
    """Return the number that answers a sender. Raises `NoReplyAddress` for a name."""
    raise NotImplementedError


def from_integer(
    number: int, known: Callable[[str], bool], country: Country | None
) -> str:
    """Return the number that a template has turned into an integer.

    `known` tells whether a message or a contact has exactly this number.
    Raises `BadNumber`.
    """
    raise NotImplementedError


def normalised(number: str, country: Country | None) -> str:
    """Return the one form (`+` and calling code where known) of all ways to write a number.

    Names and short numbers come back as they are.
    """
    raise NotImplementedError


def same(one: str, other: str, country: Country | None) -> bool:
    """Tell whether two writings mean one number; whole numbers, never last digits."""
    raise NotImplementedError
