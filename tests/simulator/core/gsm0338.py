"""GSM 03.38 alphabet and the room of a single SMS, written from the standard (3GPP TS 23.038)."""

from typing import Literal

type RadioEncoding = Literal["gsm7", "ucs2", "binary"]

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
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
ESCAPE = 0x1B

_BASIC_CODES = {char: code for code, char in enumerate(BASIC) if code != ESCAPE}
_EXTENSION_CODES = {char: code for code, char in EXTENSION.items()}


def encode(text: str, replacement: str | None = None) -> bytes:
    """Return one septet per byte; raise ValueError for a foreign letter without `replacement`."""
    out = bytearray()
    for char in text:
        if char in _BASIC_CODES:
            out.append(_BASIC_CODES[char])
        elif char in _EXTENSION_CODES:
            out += bytes((ESCAPE, _EXTENSION_CODES[char]))
        elif replacement is not None:
            out.append(_BASIC_CODES[replacement])
        else:
            raise ValueError(f"{char!r} is not in the GSM alphabet")
    return bytes(out)


def decode(septets: bytes) -> str:
    """Return the text of unpacked septets; a radio has no room for the eighth bit."""
    out: list[str] = []
    escaped = False
    for byte in septets:
        code = byte & 0x7F
        if escaped:
            out.append(EXTENSION.get(code, BASIC[code] if code != ESCAPE else " "))
            escaped = False
        elif code == ESCAPE:
            escaped = True
        else:
            out.append(BASIC[code])
    if escaped:
        out.append(" ")
    return "".join(out)


def fits(text: str) -> bool:
    """Tell whether every letter is in the GSM alphabet."""
    return all(char in _BASIC_CODES or char in _EXTENSION_CODES for char in text)


def radio_encoding(text: str) -> RadioEncoding:
    """Return the alphabet that a box chooses for `text`."""
    return "gsm7" if fits(text) else "ucs2"


def split(text: str, encoding: RadioEncoding | None = None) -> list[str]:
    """Cut `text` as the radio does: 160 or 153 septets, 70 or 67 UTF-16 units per part."""
    chosen = encoding or radio_encoding(text)
    single, joined = {"gsm7": (160, 153), "ucs2": (70, 67), "binary": (140, 134)}[
        chosen
    ]
    costs = [_cost(char, chosen) for char in text]
    if sum(costs) <= single:
        return [text]
    parts: list[str] = []
    current, used = "", 0
    for char, cost in zip(text, costs, strict=True):
        if used + cost > joined:
            parts.append(current)
            current, used = "", 0
        current += char
        used += cost
    return [*parts, current]


def _cost(char: str, encoding: RadioEncoding) -> int:
    """Return what one letter takes of a part's room."""
    if encoding == "ucs2":
        return 2 if ord(char) > 0xFFFF else 1
    return 2 if encoding == "gsm7" and char in _EXTENSION_CODES else 1
