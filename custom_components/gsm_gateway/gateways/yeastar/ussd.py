"""Reading a TG's answer to `gsm send ussd` (Yeastar 2.4)."""

import re
import unicodedata

from ..model import NoReply, SendRefused, UnexpectedReply, UssdReply, UssdSession

_FIELD = re.compile(r"^[\t ]*USSD (Responses|Code|Len|Message): ?", re.MULTILINE)
_SESSIONS = {
    "0": UssdSession.FINISHED,
    "1": UssdSession.OPEN,
    "2": UssdSession.ENDED,
}
_HEX = re.compile(r"[0-9A-Fa-f]+")
_SCRIPTS = frozenset(
    {
        *("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "CJK", "HANGUL"),
        *("HIRAGANA", "KATAKANA", "THAI", "GEORGIAN", "ARMENIAN", "DEVANAGARI"),
        *("BENGALI", "ETHIOPIC", "KHMER", "LAO", "MYANMAR", "SINHALA", "TAMIL"),
    }
)
_SHORTEST_HEX = 8


def parse_ussd(body: str) -> UssdReply:
    """Return the operator's answer.

    Raises `NoReply` after a time-out, `SendRefused` with the box's own words
    when nothing came of it, `UnexpectedReply` for an answer without a message.
    Both spellings of the first line are read (Yeastar Q12).
    """
    head = body.strip().partition("\n")[0].strip()
    if not head.startswith("1:"):
        if "timeout" in head.lower():
            raise NoReply("The operator did not answer in time")
        raise SendRefused(head.removeprefix("0:")[:200] or "No reason given")
    fields = _fields(body)
    if "Message" not in fields:
        raise UnexpectedReply("No message in the answer to a code", body.encode())
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
    decoded = _from_hex(text)
    if decoded is not None and (_is_ucs2(code) or _is_surely_hex(text, decoded)):
        return decoded
    return text


def _is_ucs2(code: str) -> bool:
    """Tell the UCS-2 schemes of 3GPP 23.038 section 5."""
    if not (code.isascii() and code.isdigit() and len(code) < 4):
        return False
    scheme = int(code)
    return scheme == 0x11 or (scheme & 0xCC) == 0x48


def _from_hex(text: str) -> str | None:
    """Return UTF-16BE text written in hexadecimal digits, or None if it is none."""
    if not text or len(text) % 4 or not _HEX.fullmatch(text):
        return None
    return bytes.fromhex(text).decode("utf-16-be", "replace")


def _is_surely_hex(text: str, decoded: str) -> bool:
    """Tell letters in disguise from a number: the plain balance 1500 is no letter U+1500.

    Letters written in decimal digits alone are those of the scripts below
    U+1000; the others would be every second number.
    """
    if len(text) < _SHORTEST_HEX or (text.isdigit() and not text.startswith("0")):
        return False
    letters = [c for c in decoded if unicodedata.category(c).startswith("L")]
    scripts = {unicodedata.name(c, "?").split()[0].split("-")[0] for c in letters}
    return len(letters) > 1 and len(scripts) == 1 and scripts <= _SCRIPTS
