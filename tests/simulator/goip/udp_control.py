"""Control commands, most of them `cmd id [value] password` (device file 2.6, D16)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..core.line import Line
from .line_facts import imei
from .udp_words import NotUnderstood, Reply, number, text

if TYPE_CHECKING:
    from .box import GoipBox

WRONG_PASSWORD = "PASSWORD"
WRONG_VALUE = "VALUE"
DONE = "ok"
FORWARDING_MODES = ("3", "4")
PASSWORD_SECOND = ("CF", "CW", "GSM")

type Does = Callable[[list[str]], str]


class WrongValueError(ValueError):
    """A value that a command cannot take."""


class UdpControl:
    """The control commands of one line; what the box only keeps stands in `settings`."""

    def __init__(self, box: GoipBox, line: Line, reply: Reply) -> None:
        """Bind to a line."""
        self._box = box
        self._line = line
        self._reply = reply
        self.settings = {
            "exp_time": "-1",
            "remain_time": "-1",
            "out_call_interval": "0",
        }
        self._commands: dict[str, Does] = {
            "get_gsm_num": lambda _: self._number(),
            "get_gsm_state": lambda _: self._state(),
            "get_imei": lambda _: imei(line),
            "get_exp_time": lambda _: self.settings["exp_time"],
            "get_remain_time": lambda _: self.settings["remain_time"],
            "get_out_call_interval": lambda _: self.settings["out_call_interval"],
            "set_gsm_num": self._set_number,
            "set_exp_time": lambda values: self._set("exp_time", values),
            "set_out_call_interval": lambda values: self._set(
                "out_call_interval", values
            ),
            "reset_remain_time": lambda _: self._set("remain_time", ["-1"]),
            "module_ctl_i": self._switch_one,
            "module_ctl": self._switch_each,
            "svr_drop_call": lambda _: self._drop_call(),
            "svr_reboot_module": lambda _: self._reboot_module(),
            "svr_reboot_dev": lambda _: self._reboot_box(),
            "GSM": lambda _: self._several(),
            "CF": self._forward,
            "CW": self._call_waiting,
        }

    def take(self, verb: str, rest: bytes) -> None:
        """Do one command and answer; raise NotUnderstood for another one."""
        does = self._commands.get(verb)
        found = rest.split()
        if does is None or len(found) < 2:
            raise NotUnderstood
        sendid = number(found.pop(0))
        values = [text(word) for word in found]
        password = values.pop(0 if verb in PASSWORD_SECOND else -1)
        if password != self._box.options.udp_password:
            self._reply(f"ERROR {sendid} {WRONG_PASSWORD}\n".encode())
            return
        try:
            answer = does(values)
        except WrongValueError:
            word = "CFERROR" if verb == "CF" else "ERROR"
            self._reply(f"{word} {sendid} {WRONG_VALUE}\n".encode())
            return
        word = {"CF": "CFOK", "CW": "CWOK"}.get(verb, verb)
        self._reply(f"{word} {sendid} {answer}".rstrip().encode() + b"\n")

    # What the box tells

    def _number(self) -> str:
        """Return the number of the card, empty without one."""
        card = self._line.sim
        return card.number if card else ""

    def _state(self) -> str:
        """Return how the line is, in one of the two readings of the name."""
        if self._box.options.udp_line_state == "call":
            return self._box.calls.state(self._line)
        return "LOGIN" if self._line.registered else "LOGOUT"

    def _several(self) -> str:
        """Return several values at once."""
        values = [self._number(), self._state(), imei(self._line)]
        return ";".join([*values, *self.settings.values()]) + ";"

    # What the box changes

    def _set_number(self, values: list[str]) -> str:
        """Write the number on the card."""
        if self._line.sim is None:
            raise WrongValueError
        self._line.sim.number = _only(values)
        return DONE

    def _set(self, name: str, values: list[str]) -> str:
        """Keep a whole number of minutes or seconds."""
        value = _only(values)
        if not value.removeprefix("-").isdigit():
            raise WrongValueError
        self.settings[name] = value
        return DONE

    def _switch_one(self, values: list[str]) -> str:
        """Switch the line's own module: 1 on, 2 off, 0 as the option says."""
        self._switch(self._line, _only(values))
        return DONE

    def _switch_each(self, values: list[str]) -> str:
        """Switch modules by one digit per line; lines without a digit stay as they are."""
        digits = _only(values)
        if len(digits) > len(self._box.lines) or set(digits) - set("012"):
            raise WrongValueError
        for line, digit in zip(self._box.lines.values(), digits, strict=False):
            self._switch(line, digit)
        return DONE

    def _switch(self, line: Line, digit: str) -> None:
        """Switch one module; raise WrongValueError."""
        if digit not in ("0", "1", "2"):
            raise WrongValueError
        leaves = digit == "0" and self._box.options.udp_module_zero == "leave"
        if not leaves and line.module_on != (digit == "1"):
            self._box.switch_module(line, digit == "1", by="udp")

    def _drop_call(self) -> str:
        """End a call, or only say so."""
        if self._box.options.udp_drops_call:
            self._box.calls.hang_up(self._line, "udp")
        return DONE

    def _reboot_module(self) -> str:
        """Restart the radio module."""
        self._box.jobs.restart_module(self._line, "module_reboot")
        return DONE

    def _reboot_box(self) -> str:
        """Restart the box, once the answer is out."""
        self._box.spawn(self._box.reboot_soon())
        return DONE

    def _forward(self, values: list[str]) -> str:
        """Take or end a call forwarding: reason, mode, number, time."""
        if len(values) < 2 or values[1] not in FORWARDING_MODES:
            raise WrongValueError
        return ""

    def _call_waiting(self, values: list[str]) -> str:
        """Switch call waiting."""
        _only(values)
        return ""


def _only(values: list[str]) -> str:
    """Return the only value; raise WrongValueError when there is none, or more."""
    if len(values) != 1:
        raise WrongValueError
    return values[0]
