"""GSM 03.38 and UCS-2: alphabet, parts, and cutting."""

from collections.abc import Callable
from enum import StrEnum
from itertools import accumulate

from .clusters import cluster_starts
from .model import Coding, TextTooLong

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP 23.038 section 6.2.1, by septet."""
_ESCAPE = 0x1B
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
"""3GPP 23.038 section 6.2.1.1, by the septet after the escape."""
_SEPTETS = {c: 1 for c in _BASIC if c != "\x1b"} | dict.fromkeys(_EXTENSION.values(), 2)

_SEPTETS_ALONE = 160
_SEPTETS_OF_MANY = 153
_UNITS_ALONE = 70
_UNITS_OF_MANY = 67
_MOST_PIECES = 99


class Encoding(StrEnum):
    """How an outgoing text is to be written."""

    AUTO = "auto"
    """As it is; its letters decide."""
    GSM7 = "gsm7"
    """With the GSM alphabet alone, see `transliterate`."""
    UNICODE = "unicode"
    """As it is and as UCS-2, where the transport lets us choose."""


def fits_gsm7(text: str) -> bool:
    """Tell whether GSM 03.38 with its extension table has every character."""
    return all(character in _SEPTETS for character in text)


def count_parts(text: str, *, unicode: bool = False) -> int:
    """Return the number of SMS that a network makes of a text (3GPP 23.040 section 9.2.3.24).

    `unicode` counts it as UCS-2 whatever its letters are.
    """
    cost, alone = _measure(text, unicode=unicode)
    many = _SEPTETS_OF_MANY if alone == _SEPTETS_ALONE else _UNITS_OF_MANY
    costs = [cost(character) for character in text]
    if sum(costs) <= alone:
        return 1
    parts, room = 0, 0
    for each in costs:
        if each > room:  # an escape or a surrogate pair is never cut
            parts, room = parts + 1, many
        room -= each
    return parts


def split_single(text: str) -> list[str]:
    """Cut a text into single SMS, each with a prefix such as `1/3 ` if there are several.

    Words stay whole where that is possible, else emoji and letters with their
    accents; one blank at a cut goes. Raises `TextTooLong` for more than 99.
    """
    cost, alone = _measure(text)
    if sum(map(cost, text)) <= alone:
        return [text]
    for digits in (1, 2):
        pieces = _cut(text, cost, alone - len("/ ") - 2 * digits)
        if len(str(len(pieces))) <= digits:
            return [f"{n}/{len(pieces)} {piece}" for n, piece in enumerate(pieces, 1)]
    raise TextTooLong(f"the text needs more than {_MOST_PIECES} SMS")


def _measure(text: str, *, unicode: bool = False) -> tuple[Callable[[str], int], int]:
    """Return what each character of a text costs, and what a single SMS holds."""
    if not unicode and fits_gsm7(text):
        return _SEPTETS.__getitem__, _SEPTETS_ALONE
    return lambda character: 1 + (ord(character) > 0xFFFF), _UNITS_ALONE


def _cut(text: str, cost: Callable[[str], int], room: int) -> list[str]:
    """Cut a text into pieces of at most `room`, after words if they allow it."""
    pieces = []
    borders = frozenset(cluster_starts(text))
    start = 0
    while start < len(text):
        # Each character costs at least 1: what fits is within this slice.
        sums = list(accumulate(map(cost, text[start : start + room])))
        fits = start + sum(total <= room for total in sums)
        end = skip = fits
        if fits < len(text):
            blank = max(text.rfind(c, start, fits + 1) for c in " \n")
            if blank > start:
                end, skip = blank, blank + 1
            else:
                whole = (at for at in range(fits, start, -1) if at in borders)
                end = skip = next(whole, fits)
        pieces.append(text[start:end])
        start = skip
    return pieces


def decode(payload: bytes, coding: Coding) -> str:
    """Read a payload, with U+FFFD for what cannot be read; binary gives no text."""
    match coding:
        case Coding.GSM7:
            return _decode_gsm7(payload)
        case Coding.LATIN1:
            return payload.decode("latin-1")
        case Coding.UCS2:
            return payload.decode("utf-16-be", "replace")
        case Coding.UTF8:
            return _decode_utf8(payload)
        case Coding.BINARY:
            return ""


def clean(text: str) -> str:
    """Return a text without NUL, its surrogate pairs joined, U+FFFD for half ones."""
    units = text.replace("\0", "").encode("utf-16-be", "surrogatepass")
    return units.decode("utf-16-be", "replace")


def _decode_gsm7(septets: bytes) -> str:
    """Read one septet per byte.

    A septet that no table has after an escape stands for its basic character,
    an escape with nothing behind it for a blank (3GPP 23.038 section 6.2.1.1).
    """
    text = []
    escaped = False
    for septet in septets:
        if septet >= len(_BASIC):
            text.append("\N{REPLACEMENT CHARACTER}")
            escaped = False
        elif escaped:
            basic = " " if septet == _ESCAPE else _BASIC[septet]
            text.append(_EXTENSION.get(septet, basic))
            escaped = False
        elif septet == _ESCAPE:
            escaped = True
        else:
            text.append(_BASIC[septet])
    return "".join(text) + " " * escaped


def _decode_utf8(payload: bytes) -> str:
    """Read UTF-8, also where each half of a surrogate pair was encoded by itself.

    A box that encodes the parts of a long message one by one does that to an
    emoji on the border.
    """
    try:
        return clean(payload.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        return payload.decode("utf-8", "replace")
