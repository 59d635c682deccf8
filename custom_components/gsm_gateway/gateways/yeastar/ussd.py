"""Reading a TG's answer to `gsm send ussd` (Yeastar 2.4)."""

import re
import unicodedata

from ..model import NoReply, SendRefused, UnexpectedReply, UssdReply, UssdSession

_FIELD = re.compile(r"^\s*USSD (Responses|Code|Len|Message):[ ]?", re.MULTILINE)
_SESSIONS = {
    "0": UssdSession.FINISHED,
    "1": UssdSession.OPEN,
    "2": UssdSession.ENDED,
}
_SCRIPTS = frozenset(
    {
        *("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "CJK", "HANGUL"),
        *("HIRAGANA", "KATAKANA", "THAI", "GEORGIAN", "ARMENIAN", "DEVANAGARI"),
        *("BENGALI", "ETHIOPIC", "KHMER", "LAO", "MYANMAR", "SINHALA", "TAMIL"),
    }
)
_SHORTEST_HEX = 8
_SHORTEST_DIGITS = 12
"""Digits alone are more often an amount than letters."""


def parse_ussd(body: str) -> UssdReply:
    """Return the operator's answer.

    Raises `NoReply` after a time-out, `SendRefused` when the network refused,
    `UnexpectedReply` for what no source describes. Both spellings of the first
    line are read (Yeastar Q12).
    """
    head = body.strip().partition("\n")[0].strip()
    if head.startswith("0:"):
        if "timeout" in head.lower():
            raise NoReply("The operator did not answer in time")
        raise SendRefused("The network refused the code")
    fields = _fields(body)
    if not head.startswith("1:") or "Message" not in fields:
        raise UnexpectedReply("No answer to a USSD code", body.encode())
    return UssdReply(
        text=decode_text(fields["Message"], fields.get("Code", "")),
        session=_SESSIONS.get(fields.get("Responses", ""), UssdSession.UNTOLD),
    )


def _fields(body: str) -> dict[str, str]:
    """Return the named values; the message runs to the end and may have many lines."""
    found: dict[str, str] = {}
    position, name = 0, ""
    for match in _FIELD.finditer(body):
        if name:
            found[name] = body[position : match.start()].strip()
        position, name = match.end(), match[1]
        if name == "Message":
            break
    if name:
        found[name] = body[position:].strip()
    return found


def decode_text(text: str, code: str) -> str:
    """Return a message as people read it (Yeastar Q11).

    `code` is a GSM data coding scheme (3GPP 23.038 section 5): 72 is UCS-2,
    told as hexadecimal digits; 15 and 0 are plain, unless the text can only be
    hexadecimal.
    """
    scheme = int(code) if code.isascii() and code.isdigit() and len(code) < 4 else 0
    decoded = _from_hex(text)
    if decoded is None:
        return text
    if _is_ucs2(scheme) or _is_surely_letters(text, decoded):
        return decoded
    return text


def _is_ucs2(scheme: int) -> bool:
    """Tell the UCS-2 schemes of 3GPP 23.038 section 5."""
    return scheme == 0x11 or (scheme & 0xCC) == 0x48


def _from_hex(text: str) -> str | None:
    """Return UTF-16BE text written in hexadecimal digits, or None if it is none."""
    digits = "".join(text.split())
    if not digits or len(digits) % 4 or not re.fullmatch(r"[0-9A-Fa-f]+", digits):
        return None
    return bytes.fromhex(digits).decode("utf-16-be", "replace")


def _is_surely_letters(text: str, decoded: str) -> bool:
    """Tell text in disguise from an amount: the plain balance 1500 is no letter U+1500."""
    if len(text) < (_SHORTEST_DIGITS if text.isdigit() else _SHORTEST_HEX):
        return False
    letters = [c for c in decoded if unicodedata.category(c).startswith("L")]
    scripts = {unicodedata.name(c, "?").split()[0].split("-")[0] for c in letters}
    return len(letters) > 1 and len(scripts) == 1 and scripts <= _SCRIPTS
