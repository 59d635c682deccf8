"""What befalls the simulated boxes: control commands, chosen by chance."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .boxes import LINES

_LINKS = {"alpha": "smpp", "bravo": "http", "delta": "http", "tango": "ami"}
_ANSWERS = {
    "alpha": ("submit_sm_resp", "deliver_sm", "receipt", "enquire_link_resp"),
    "bravo": ("sms_info.html", "send_status.xml", "tools.html"),
    "delta": ("tools.html", "status.xml"),
    "tango": ("gsm send sms", "ReceivedSMS", "UpdateSMSSend", "gsm show spans"),
}
_REQUESTS = {
    "alpha": ("submit_sm", "deliver_sm_resp"),
    "bravo": ("sms_info.html",),
    "delta": ("tools.html",),
    "tango": ("gsm send sms",),
}


_STEPS = ("RECEIVE", "DELIVER", "MSG", "PASSWORD", "SEND", "WAIT", "OK", "DONE", "req")
"""First words of datagrams; an acknowledgement has that of its packet."""


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


def _lose(box: str, random: Random) -> Fault:
    """Lose the next datagrams of one step of a dialogue."""
    what = random.choice(_STEPS)
    where = {"line": random.randint(1, LINES), "direction": "both"}
    return Fault("udp_lose", {"what": what, "times": random.randint(1, 3), **where})


def _udp_luck(box: str, random: Random) -> Fault:
    """Let the way of the datagrams become worse, or better."""
    name = random.choice(("udp_loss", "udp_double", "udp_reorder"))
    return Fault("option", {"name": name, "value": random.choice((0, 0.05, 0.1, 0.3))})


def _move(box: str, random: Random) -> Fault:
    """Let a line call from another address."""
    address = f"127.0.0.{random.randint(2, 9)}"
    return Fault("udp_address", {"line": random.randint(1, LINES), "address": address})


def _either(name: str, *values: Any) -> list[Callable[[str, Random], Fault]]:
    return [_plain("option", name=name, value=value) for value in values]


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
    "delta": [
        *[_lose] * 5,
        *[_udp_luck] * 4,
        *[_line("udp_port_change")] * 2,
        _plain("udp_port_change"),
        _move,
        *[_line("udp_silence", state=state) for state in (True, False, False)],
        *_either("udp_repeat_send", "status", "duplicate"),
        *_either("udp_deliver_before_ok", "on", "off"),
        *_either("udp_logout", "password", "send"),
        *_either("udp_tries", 3, 4),
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
