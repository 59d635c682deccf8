"""An operator's answer as a person reads it, and what it says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
import re
from typing import Final
import unicodedata

LONGEST: Final = 2000
"""Characters that are read; no answer of a network is longer."""

FARTHEST: Final = 4 * LONGEST
"""Characters that so much may be written with: octets in hexadecimal digits."""

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}")
_PADDING: Final = re.compile(r"[@\s\x00]+\Z")


@dataclass(frozen=True, slots=True)
class Balance:
    """Money on a SIM."""

    amount: Decimal
    """Negative where the customer owes."""
    currency: str | None
    """ISO 4217; `None` where the answer does not name one."""
    valid_until: date | None
    """The day on which the money or the SIM expires, where the answer says it."""


def readable(text: str) -> str:
    """Return the first 2,000 characters of an answer as a person reads them.

    Some boxes hand on the octets of an answer as hexadecimal digits. The NUL of
    a box and the `@` that fills up a septet (GSM 03.38) are cut off behind.
    """
    octets = text[:FARTHEST].strip("\x00\r\n @")
    if _HEX.fullmatch(octets) is not None:
        text = _decoded(bytes.fromhex(octets)) or text
    return unicodedata.normalize("NFC", _PADDING.sub("", text[:LONGEST]))


def _decoded(octets: bytes) -> str | None:
    """Return the text of octets in ASCII, UTF-8 or UCS-2, `None` if they are none."""
    for encoding, width in (("utf-8", 1), ("utf-16-be", 2)):
        whole = octets[: len(octets) // width * width]
        try:
            text = whole.decode(encoding).rstrip("\x00\r\n@ ")
        except UnicodeDecodeError:
            continue
        if text and all(char in "\r\n" or _shows(char) for char in text):
            return text
    return None


def _shows(char: str) -> bool:
    return unicodedata.category(char)[0] != "C"
