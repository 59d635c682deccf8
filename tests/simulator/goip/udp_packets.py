"""The datagrams that a line begins, and the words of those that come (device file 2.2, 2.3)."""

from dataclasses import dataclass
import re
from typing import TYPE_CHECKING

from ..core.connection import About
from ..core.line import Line
from .line_facts import cell_info, imei

if TYPE_CHECKING:
    from .box import GoipBox

_LAST_FIELDS = {"new": "CGATT", "mid": "iccid", "old": "voip_status"}
_NO_NUMBER = {"empty": "", "null": "(null)", "NULL": "<NULL>"}
_ENDINGS = {"semicolon": ";", "none": "", "newline": ";\n"}
_VERB = re.compile(r"([A-Za-z_]{1,24})[: ](-?\d{1,12})?")
_ANSWERS = ("OK", "ERROR", "DISABLE")


@dataclass(frozen=True)
class Answer:
    """What the server says to a packet of the line: `verb n OK`, or another `word`."""

    verb: str
    number: int
    word: str


def keepalive(box: GoipBox, line: Line, number: int, logged_in: bool) -> bytes:
    """Return the keepalive with this number."""
    options = box.options
    identity, password = box.udp.identity(line)
    fields = {"id": identity, "pass": password, **_line_fields(box, line, logged_in)}
    names = list(fields)
    known = names[: names.index(_LAST_FIELDS[options.udp_form]) + 1]
    return _joined(
        [f"req:{number}", *(f"{name}:{fields[name]}" for name in known)],
        options.udp_ending,
    )


def _line_fields(box: GoipBox, line: Line, logged_in: bool) -> dict[str, str]:
    """Return what a keepalive tells of a line, in its order."""
    options = box.options
    card = line.sim if line.module_on else None
    csq = line.shown_signal
    silent = csq == 99 and options.udp_no_signal == "empty"
    return {
        "num": (card and card.number) or _NO_NUMBER[options.udp_no_number],
        "signal": "" if silent else str(csq),
        "gsm_status": "LOGIN" if line.registered else "LOGOUT",
        "voip_status": "LOGOUT",
        "voip_state": "IDLE",
        "remain_time": "-1",
        "imei": imei(line),
        "imsi": card.imsi if card else "",
        "iccid": card.iccid if card else "",
        "pro": line.operator,
        "idle": str(int(box.uptime)),
        "disable_status": "0" if line.module_on else "1",
        "SMS_LOGIN": "Y" if logged_in else "N",
        "SMB_LOGIN": "",
        "CELLINFO": cell_info(line),
        "CGATT": "Y" if line.registered else "N",
    }


def pushed(box: GoipBox, line: Line, verb: str, number: int, tail: str) -> bytes:
    """Return a packet of another verb; `tail` stands behind id and password.

    What ends with a text has no ending of its own.
    """
    options = box.options
    identity, password = box.udp.identity(line)
    fields = [
        f"{verb}:{number}",
        f"id:{identity}",
        f"{options.udp_password_key}:{password}",
        *([tail] if tail else []),
    ]
    has_text = tail.startswith("msg:") or ";msg:" in tail
    return _joined(fields, "none" if has_text else options.udp_ending)


def _joined(fields: list[str], ending: str) -> bytes:
    """Return a whole datagram."""
    return (";".join(fields) + _ENDINGS[ending]).encode()


def is_reg(data: bytes) -> bool:
    """Tell whether a datagram is the answer to a keepalive (Q19)."""
    return data.startswith(b"reg:")


def read_answer(data: bytes) -> Answer | None:
    """Return the answer to a packet of the line, None for what is none."""
    words = data.split(None, 3)
    if len(words) < 3 or words[2].rstrip(b";").decode("latin-1") not in _ANSWERS:
        return None
    try:
        number = int(words[1])
    except ValueError:
        return None
    word = words[2].rstrip(b";").decode()
    return Answer(words[0].decode("latin-1"), number, word)


def about_datagram(data: bytes, line: int) -> About:
    """Return verb and number of a datagram, for the journal."""
    found = _VERB.match(data[:48].decode("latin-1"))
    about: About = {"dialogue": found[1] if found else "", "line": line}
    if found and found[2]:
        about["packet"] = int(found[2])
    return about
