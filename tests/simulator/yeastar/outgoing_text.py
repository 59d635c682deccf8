"""What a text in ``gsm send sms`` becomes on its way to the air (Q15, D6)."""

import re
from typing import Literal

Decoding = Literal["always", "when-encoded", "never"]
PlusRule = Literal["kept", "blank"]
LonePercentRule = Literal["kept", "eaten"]
LimitUnit = Literal["bytes", "letters"]

TEXT_LIMIT = 1024
_ENCODED = re.compile(r"(?:[A-Za-z0-9_.~+*!'()-]|%[0-9A-Fa-f]{2})+")
_HEX = frozenset(b"0123456789abcdefABCDEF")
_PERCENT, _PLUS, _BLANK = b"%+ "


def decode_outgoing(
    text: str, decoding: Decoding, plus: PlusRule, lone_percent: LonePercentRule
) -> str:
    """Return the text that the box sends for the text it was given.

    ``when-encoded`` takes a text for encoded if it holds a %XX and nothing that an encoder
    would have encoded.
    """
    encoded = "%" in text and _ENCODED.fullmatch(text) is not None
    if decoding == "never" or (decoding == "when-encoded" and not encoded):
        return text
    return percent_decode(text, plus, lone_percent)


def percent_decode(text: str, plus: PlusRule, lone_percent: LonePercentRule) -> str:
    """Undo %XX; a lone percent sign stays, or is eaten with the two characters behind it."""
    raw = text.encode("utf-8", "replace")
    out = bytearray()
    at = 0
    while at < len(raw):
        byte, pair = raw[at], raw[at + 1 : at + 3]
        if byte == _PERCENT and len(pair) == 2 and _HEX.issuperset(pair):
            out.append(int(pair, 16))
            at += 3
        elif byte == _PERCENT and lone_percent == "eaten":
            at += 3
        else:
            out.append(_BLANK if byte == _PLUS and plus == "blank" else byte)
            at += 1
    return out.decode("utf-8", "replace")


def is_too_long(text: str, unit: LimitUnit) -> bool:
    """Tell whether a text is over the limit of 1024 bytes or letters."""
    return (
        len(text.encode("utf-8", "replace")) if unit == "bytes" else len(text)
    ) > TEXT_LIMIT


def cut_to_limit(text: str, unit: LimitUnit) -> str:
    """Cut a text to 1024 bytes (whole letters only) or letters."""
    if unit == "letters":
        return text[:TEXT_LIMIT]
    return text.encode("utf-8", "replace")[:TEXT_LIMIT].decode("utf-8", "ignore")
