"""What befalls the simulated boxes: control commands, chosen by chance."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .boxes import LINES

_LINKS = {"alpha": "smpp", "bravo": "http", "tango": "ami"}
_ANSWERS = {
    "alpha": ("submit_sm_resp", "deliver_sm", "receipt", "enquire_link_resp"),
    "bravo": ("sms_info.html", "send_status.xml", "tools.html"),
    "tango": ("gsm send sms", "ReceivedSMS", "UpdateSMSSend", "gsm show spans"),
}
_REQUESTS = {
    "alpha": ("submit_sm", "deliver_sm_resp"),
    "bravo": ("sms_info.html",),
    "tango": ("gsm send sms",),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One control command."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


def _cut(box: str, random: Random) -> Fault:
    """Cut an answer in the middle of it."""
    what, after = random.choice(_ANSWERS[box]), random.randint(1, 60)
    return Fault("cut", {"port": _LINKS[box], "after": after, "what": what})


def _reset(box: str, random: Random) -> Fault:
    """Cut a request in the middle of it, or right after it was acted on."""
    what, after = random.choice(_REQUESTS[box]), random.choice((1, 20, 90, 65536))
    return Fault("reset", {"port": _LINKS[box], "after": after, "what": what})


def _half_open(box: str, random: Random) -> Fault:
    power = random.choice(("kept", "lost"))
    return Fault("half_open", {"seconds": random.randint(10, 40), "power": power})


def _reboot(box: str, random: Random) -> Fault:
    return Fault("reboot", {"seconds": random.randint(20, 60), "wait": False})


def _hang(box: str, random: Random) -> Fault:
    """Be silent for a while, sometimes longer than anybody waits."""
    return Fault("hang", {"state": True, "seconds": random.choice((5, 20, 90))})


def _drop(box: str, random: Random) -> Fault:
    return Fault("drop")


def _line(name: str, **arguments: Any) -> Callable[[str, Random], Fault]:
    def make(box: str, random: Random) -> Fault:
        return Fault(name, {"line": random.randint(1, LINES), **arguments})

    return make


def _plain(command: str, **arguments: Any) -> Callable[[str, Random], Fault]:
    return lambda box, random: Fault(command, arguments)


_COMMON = [
    *[_cut] * 3,
    *[_reset] * 3,
    _half_open,
    _reboot,
    _hang,
    _drop,
    *[_line("lose_result")] * 2,
    _line("lose_result", on_air=False),
    _line("late_result", seconds=90),
    *[_line("fail_send", error="38")] * 2,
    _line("busy", seconds=20),
]
_OWN = {
    "alpha": [
        _plain("smpp_refuse", status="0x58"),
        _plain("smpp_refuse", status="0x45"),
        *[_plain("smpp_duplicate")] * 2,
        _plain("option", name="smpp_unacked", value="lost"),
        *[_plain("option", name="smpp_unacked", value="repeat")] * 3,
        _plain("option", name="smpp_temporary_error", value="repeat"),
        _plain("option", name="smpp_temporary_error", value="as-unacked"),
        _plain("option", name="smpp_response", value="after"),
        _plain("option", name="smpp_response", value="before"),
    ],
    "bravo": [
        _line("fail_send", passing="50"),
        _plain("http_stall"),
        _plain("http_close_before_reply"),
        _plain("http_lose_reply"),
    ],
    "tango": [
        _plain("set_option", name="result_order", value="swapped"),
        *[_plain("set_option", name="result_order", value="as-sent")] * 2,
    ],
}


def choose(box: str, random: Random) -> Fault:
    """Return what befalls a box next."""
    return random.choice([*_COMMON, *_OWN[box]])(box, random)


def arrival(
    box: str, sender: str, text: str, parts: int, random: Random
) -> tuple[str, dict[str, Any]]:
    """Return the command that brings an SMS, its parts perhaps late and out of order."""
    where = {"line": random.randint(1, LINES), "from": sender, "text": text}
    if parts == 1 or random.random() < 0.3:
        return "receive", where
    order = list(range(1, parts + 1))
    random.shuffle(order)
    delays = [0, *(random.choice((0, 1, 5, 60)) for _ in order[1:])]
    if random.random() < 0.35:
        delays[-1] = 330  # after everybody has given it up
    if random.random() < 0.1:
        where["missing"] = str(order[-1])
    joined = {"order": ",".join(map(str, order)), "delays": ",".join(map(str, delays))}
    return "receive_parts", where | joined
