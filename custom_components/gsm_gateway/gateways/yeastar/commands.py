"""The `smscommand` lines that a TG understands."""

import re
import unicodedata
from urllib.parse import quote

from ..model import SendRefused, TextTooLong
from ..text import count_parts

_NUMBER = re.compile(r"\+?[0-9*#]{1,20}")
_NEEDS_ENCODING = frozenset('"%\\+')
_BREAKS_CODE = frozenset('"%\\')
TEXT_LIMIT_BYTES = 1024
"""Before encoding (Yeastar 2.2)."""
SHOW_SPANS = "gsm show spans"
_REFUSALS = ("no such command", "unable to find span", "usage:", "invalid sms content")
"""How words begin that surely refuse, in lower case.

Inferred: no source tells the words of a TG (Yeastar section 7).
"""


def span_of(channel: int) -> int:
    """Return the AMI span of a port: always one more (Yeastar Q5)."""
    return channel + 1


def channel_of(span: int) -> int:
    """Return the port printed on the box for an AMI span (Yeastar Q5)."""
    return span - 1


def show_span(span: int) -> str:
    """Ask for the details of one span."""
    return f"gsm show span {span}"


def power(channel: int, *, on: bool) -> str:
    """Turn a module on or off (Yeastar 2.5: known of the box's own command line)."""
    return f"gsm power {'on' if on else 'off'} {span_of(channel)}"


def send_sms(channel: int, to: str, text: str, token: str) -> str:
    """Send a text; its result comes as an event with `token` (Yeastar Q6).

    Raises `SendRefused` for a number that would break the command.
    """
    if not _NUMBER.fullmatch(to):
        raise SendRefused("Not a phone number")
    return f'gsm send sms {span_of(channel)} {to} "{encode(text)}" {token}'


def is_refusal(words: str) -> bool:
    """Tell whether a box that answers a command with these words did not take it."""
    return words.lower().startswith(_REFUSALS)


def send_ussd(channel: int, code: str, seconds: int) -> str:
    """Dial a code and wait `seconds` for the answer (Yeastar D10: always say how long).

    A code is never encoded: no source has a box that decodes one. Raises
    `SendRefused` for a code that would break the command.
    """
    if not code or any(c in _BREAKS_CODE or _is_control(c) for c in code):
        raise SendRefused("Not a USSD code")
    return f'gsm send ussd {span_of(channel)} "{code}" {seconds}'


def encode(text: str) -> str:
    """Return a text as it may stand between quotes.

    Boxes differ in whether they decode (Yeastar Q15, D6), so a text is left
    as it is unless it holds what would break the command or decode to
    something else.
    """
    if any(c in _NEEDS_ENCODING or _is_control(c) for c in text):
        return quote(text, safe="", errors="replace")
    return text


def count(text: str) -> int:
    """Return the number of SMS of a text; the box chooses its alphabet by the letters.

    Raises `TextTooLong`.
    """
    return sum(map(count_parts, split(text)))


def split(text: str) -> list[str]:
    """Return the text in one piece: the box cuts it. Raises `TextTooLong`."""
    if len(text.encode("utf-8", "replace")) > TEXT_LIMIT_BYTES:
        raise TextTooLong(f"More than {TEXT_LIMIT_BYTES} bytes")
    return [text]


def _is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"
