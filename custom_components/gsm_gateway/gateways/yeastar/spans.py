"""What `gsm show spans` and `gsm show span N` tell, read by words (Yeastar Q16, Q17, D8)."""

import re

from ..model import ChannelStatus
from .commands import channel_of

_SPAN_LINE = re.compile(r"\s*GSM span (\d{1,3}):(.*)")
_SIGNAL = "Signal Quality (0,31)"
_UNKNOWN_SIGNAL = (-1, 99)
_NOT_TOLD = frozenset({"", "undefined", "unknown", "(null)"})
type Words = frozenset[str]


def parse_spans(body: str) -> dict[int, Words]:
    """Return the lower-case words of each span's line, by span."""
    found: dict[int, Words] = {}
    for line in body.splitlines():
        if match := _SPAN_LINE.match(line):
            words = (word.strip().lower() for word in match[2].split(","))
            found[int(match[1])] = frozenset(words)
    return found


def has_sim(words: Words) -> bool:
    """Tell whether a span's details are worth asking for."""
    return "power on" in words and "undetected sim card" not in words


def channel_status(span: int, words: Words, detail: str = "") -> ChannelStatus:
    """Join a span's line and its details, which a span that is down does not have."""
    fields = parse_detail(detail)
    powered = "power on" in words
    network = fields.get("Network Status", "").lower()
    return ChannelStatus(
        channel=channel_of(span),
        sim_present=has_sim(words) if powered else None,
        registered=_registered(network, words),
        roaming="roaming" in network if network else None,
        module_on=powered,
        signal_csq=_signal(fields.get(_SIGNAL, "")),
        operator=_told(fields.get("Network Name")),
        imsi=_told(fields.get("SIM IMSI")),
        imei=_told(fields.get("Model IMEI")),
    )


def parse_detail(body: str) -> dict[str, str]:
    """Return the `Name: value` lines of `gsm show span N`."""
    pairs = (line.partition(":") for line in body.splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def _registered(network: str, words: Words) -> bool | None:
    """Return whether the SIM is in a network, or None where nothing tells.

    The words are those of the GSM channel library that these boxes share.
    """
    if network:
        return None if network == "unknown" else network.startswith("registered")
    return None if has_sim(words) and "up" in words else False


def _signal(text: str) -> int | None:
    """Return the CSQ value; 99 and -1 mean that it is not known."""
    try:
        value = int(text)
    except ValueError:
        return None
    return value if value not in _UNKNOWN_SIGNAL and 0 <= value <= 31 else None


def _told(text: str | None) -> str | None:
    """Return a value, or None for the words that stand for none."""
    return None if text is None or text.lower() in _NOT_TOLD else text
