"""Modules on and off, as the box's own command line does it (Yeastar 2.5)."""

from typing import override

from ..model import SendRefused
from ..ports import ModuleSwitch
from . import commands
from .ami import AmiTransport


class AmiPower(ModuleSwitch):
    """The command of one source; no other has tried it over AMI."""

    def __init__(self, ami: AmiTransport) -> None:
        """Use the login of one box."""
        self._ami = ami

    @override
    async def switch_module(self, channel: int, *, on: bool) -> None:
        answer = await self._ami.link.command(commands.power(channel, on=on))
        if commands.is_refusal(words := answer.strip()[:200]):
            raise SendRefused(words)
