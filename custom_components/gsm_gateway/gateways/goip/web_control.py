"""Switching modules and restarting the box by its web pages (GoIP 1.7)."""

from collections.abc import Awaitable
from typing import override

from ..model import NoReply, SendRefused
from ..ports import ModuleSwitch, Restarter
from .pages import GoipPages, PageFailed, PageMissing
from .refusals import read_reply


class WebControl(ModuleSwitch, Restarter):
    """What the pages can do beside messages; each is asked for once."""

    def __init__(self, pages: GoipPages) -> None:
        """Use the pages of one box."""
        self._pages = pages

    @override
    async def switch_module(self, channel: int, *, on: bool) -> None:
        query = {"type": "list", "down": "0" if on else "1", "line": str(channel)}
        await _act(self._pages.get("status.html", query))

    @override
    async def restart(self) -> None:
        try:
            await _act(self._pages.post("reboot.html", {}))
        except NoReply:
            return  # it had no time to answer


async def _act(asked: Awaitable[str]) -> None:
    """Wait for a page that acts. Raises `GatewayError`."""
    try:
        answer = await asked
    except PageMissing:
        raise SendRefused("The box has no page for that") from None
    except PageFailed as failed:
        raise SendRefused(str(failed), failed.status) from failed
    if refusal := read_reply(answer):
        raise refusal
