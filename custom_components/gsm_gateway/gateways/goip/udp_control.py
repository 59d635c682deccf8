"""Commands to lines and box over UDP (GoIP 2.6)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import override

from ..model import (
    CannotConnect,
    ChannelStatus,
    GatewayError,
    NoReply,
    SendRefused,
)
from ..ports import CallDropper, ModuleRestarter, ModuleSwitch, Restarter
from .udp_errors import refusal
from .udp_line import UdpLine
from .udp_packets import plain

_SECONDS = 3.0
_TRIES = 3
_DROP_SECONDS = 0.9
"""Three tries are within the three seconds that a caller is to hear it ring."""
_ON, _OFF = "1", ("2", "0")
"""2 is off in the document, where 0 leaves a module as it is; 0 is off in the
vendor's own server (D16). One after the other they are off in both."""


class UdpControl(ModuleSwitch, ModuleRestarter, Restarter, CallDropper):
    """What a line can be told; it can be told twice without harm."""

    def __init__(self, lines: Mapping[int, UdpLine]) -> None:
        """Use the lines of one box."""
        self._lines = lines

    @override
    async def switch_module(self, channel: int, *, on: bool) -> None:
        line = self._line(channel)
        if on:
            await _tell(line, "module_ctl_i", _ON)
        else:
            await self._switch_off(line)
        line.tell_status(ChannelStatus(channel=channel, module_on=on))

    @override
    async def restart_module(self, channel: int) -> None:
        await _tell(self._line(channel), "svr_reboot_module")

    @override
    async def restart(self) -> None:
        fresh = (line for line in self._lines.values() if line.is_fresh)
        if (line := next(fresh, None)) is None:
            raise CannotConnect("No line of the box has called lately")
        with suppress(NoReply):  # it may be away before it answers
            await _tell(line, "svr_reboot_dev")

    @override
    async def drop_call(self, channel: int) -> None:
        await _tell(self._line(channel), "svr_drop_call", seconds=_DROP_SECONDS)

    async def read_number(self, line: UdpLine) -> str:
        """Return the SIM's own number, as the box has it set. Raises `GatewayError`."""
        return await _tell(line, "get_gsm_num")

    async def _switch_off(self, line: UdpLine) -> None:
        """Say both words for off. Raises the last error if neither is taken."""
        errors: list[GatewayError] = []
        for value in _OFF:
            try:
                await _tell(line, "module_ctl_i", value)
            except SendRefused as error:
                errors.append(error)
        if len(errors) == len(_OFF):
            raise errors[-1]

    def _line(self, channel: int) -> UdpLine:
        line = self._lines.get(channel)
        if line is None:
            raise CannotConnect(f"Line {channel} has no id")
        return line


async def _tell(
    line: UdpLine, verb: str, value: str = "", *, seconds: float = _SECONDS
) -> str:
    """Give a command, and return what the line says to it.

    Raises `CannotConnect`, `NoReply`, and the error that the line tells.
    """
    with line.command() as exchange:
        words = (
            verb,
            exchange.number,
            *([value] if value else []),
            line.login.password,
        )
        reply = await exchange.ask(
            " ".join(words).encode(),
            (verb.upper(), "ERROR"),
            seconds=seconds,
            tries=_TRIES,
        )
    if reply.verb == "ERROR":
        raise refusal(reply.words)
    return plain(reply.words)
