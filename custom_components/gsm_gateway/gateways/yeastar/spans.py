"""What `gsm show spans` and `gsm show span N` tell, read by words (Yeastar Q16, Q17, D8)."""

import re

from ..model import ChannelBusy, ChannelStatus, ChannelUnavailable, LineState
from .commands import channel_of

_SPAN_LINE = re.compile(r"\s*GSM span (\d{1,3}):(.*)")
_SIGNAL = "Signal Quality (0,31)"
_LINES_OF_A_DOWN_SPAN = {"D-channel", "Status"}
_UNKNOWN_SIGNAL = (-1, 99)
_NOT_TOLD = frozenset({"", "undefined", "unknown", "(null)"})
_TAKES_SMS = ("READY", "SMS SENDING", "SMS SENT")
"""A box queues what comes during another SMS (Yeastar Q14)."""
_RESTS = ("READY", "SMS SENT")

type Words = frozenset[str]


def parse_spans(body: str) -> dict[int, Words]:
    """Return the lower-case words of each span's line, by span."""
    matches = map(_SPAN_LINE.match, body.splitlines())
    return {int(match[1]): _words(match[2]) for match in matches if match}


def has_sim(words: Words) -> bool:
    """Tell whether a span's details are worth asking for."""
    return not words & {"power off", "undetected sim card"}


def channel_status(span: int, words: Words, detail: str = "") -> ChannelStatus:
    """Join a span's line and its details, which a span that is down does not have."""
    fields = _fields(detail)
    module_on = _module_on(words)
    network = fields.get("Network Status", "").lower()
    return ChannelStatus(
        channel=channel_of(span),
        sim_present=None if module_on is False else has_sim(words),
        registered=_registered(fields, words),
        roaming="roaming" in network if network else None,
        module_on=module_on,
        signal_csq=_signal(fields.get(_SIGNAL, "")),
        operator=_told(fields, "Network Name"),
        imsi=_told(fields, "SIM IMSI"),
        imei=_told(fields, "Model IMEI"),
        line_state=_line_state(fields.get("State", "")),
    )


def check_ready(span: int, detail: str) -> None:
    """Raise `ChannelUnavailable` or `ChannelBusy` if a span cannot work now.

    A module sends only in READY (Yeastar 2.5), which it reaches a while after
    the box answers; what a box does not tell hinders nothing.
    """
    fields = _fields(detail)
    if "Status" not in fields:
        return
    status = channel_status(span, _words(fields["Status"]), detail)
    if status.module_on is False or status.sim_present is False:
        raise ChannelUnavailable("No SIM card, or its module is switched off")
    if status.registered is False:
        raise ChannelUnavailable("The SIM card is not in the network")
    state = fields.get("State", "READY")
    if state.upper() not in _TAKES_SMS:
        raise ChannelBusy(f"The module is not ready: {state[:40]}")


def _words(line: str) -> Words:
    return frozenset(word.strip().lower() for word in line.split(","))


def _fields(detail: str) -> dict[str, str]:
    """Return the `Name: value` lines of `gsm show span N`."""
    pairs = (line.partition(":") for line in detail.splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def _module_on(words: Words) -> bool | None:
    """Return whether a module has power, or None where no word tells."""
    if "power off" in words:
        return False
    return True if "power on" in words else None


def _registered(fields: dict[str, str], words: Words) -> bool | None:
    """Return whether the SIM is in a network, or None where nothing tells.

    The words are those of the GSM channel library that these boxes share.
    """
    network = fields.get("Network Status", "").lower()
    if network:
        return None if network == "unknown" else network.startswith("registered")
    if fields and fields.keys() <= _LINES_OF_A_DOWN_SPAN:
        return False
    return None if has_sim(words) and "up" in words else False


def _line_state(state: str) -> LineState | None:
    """Return whether a line is idle; no source shows what a call looks like (2.5)."""
    if not state:
        return None
    return LineState.IDLE if state.upper() in _RESTS else LineState.BUSY


def _signal(text: str) -> int | None:
    """Return the CSQ value; 99 and -1 mean that it is not known."""
    try:
        value = int(text)
    except ValueError:
        return None
    return value if value not in _UNKNOWN_SIGNAL and 0 <= value <= 31 else None


def _told(fields: dict[str, str], name: str) -> str | None:
    """Return a value, or None for the words that stand for none."""
    text = fields.get(name, "")
    return None if text.lower() in _NOT_TOLD else text
