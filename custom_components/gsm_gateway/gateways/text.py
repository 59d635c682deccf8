"""GSM 03.38 and UCS-2: alphabet, parts, and cutting."""

from .model import Coding


def count_parts(text: str) -> int:
    """Return the number of SMS a network charges for a text sent whole."""
    raise NotImplementedError


def split_single(text: str) -> list[str]:
    """Cut a text into single SMS, each with a prefix such as `1/3 ` if there are several.

    Raises `TextTooLong` for more than 99.
    """
    raise NotImplementedError


def decode(payload: bytes, coding: Coding) -> str:
    """Read a payload, with U+FFFD for what cannot be read; binary gives no text."""
    raise NotImplementedError


def clean(text: str) -> str:
    """Return a text without NUL, and with U+FFFD for half surrogate pairs."""
    raise NotImplementedError
