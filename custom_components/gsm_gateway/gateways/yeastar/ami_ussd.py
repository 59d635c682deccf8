"""Dialling USSD codes over AMI without keeping the box's messages waiting."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
import logging
from typing import override

from ..clock import Clock
from ..model import CannotConnect, ChannelBusy, GatewayError, UssdReply
from ..ports import UssdRunner
from . import commands
from .ami import AmiTransport
from .ami_link import AmiLink
from .ami_status import require_ready
from .api import WebApi
from .settings import YeastarSettings
from .ussd import parse_ussd

_LOGGER = logging.getLogger(__name__)

READY_SECONDS = 3.0
LOGIN_SECONDS = 4.0
BOX_SECONDS = 30
"""What the box is told to wait for the operator."""
ANSWER_SECONDS = 32.0
"""With the two above less than the 40 s that a USSD has."""


class AmiUssd(UssdRunner):
    """Dials on a login of its own: a TG answers nothing else on a socket meanwhile (Q13)."""

    def __init__(
        self,
        settings: YeastarSettings,
        clock: Clock,
        main: AmiTransport,
        web: WebApi,
    ) -> None:
        """Use `web`, else the link of `main`, where a second login is refused."""
        self._settings = settings
        self._clock = clock
        self._main = main
        self._web = web

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        """Dial on the first way that lets us in; what was dialled once is not tried again."""
        line = commands.send_ussd(channel, code, BOX_SECONDS)
        main = self._main.link
        await self._require_ready(main, channel)
        async with self._second_login(channel) as own:
            if own is not None:
                return parse_ussd(await own.command(line, ANSWER_SECONDS))
        try:
            return await self._web.run_ussd(channel, code)
        except CannotConnect:
            _LOGGER.debug("The HTTP API is closed")
        if main.busy:
            raise ChannelBusy("The box is busy with something else")
        return parse_ussd(await main.command(line, ANSWER_SECONDS))

    async def _require_ready(self, main: AmiLink, channel: int) -> None:
        """Raise `ChannelUnavailable` or `ChannelBusy` if nothing can be dialled now."""
        try:
            async with self._clock.timeout(READY_SECONDS):
                await require_ready(main, channel)
        except TimeoutError:
            raise ChannelBusy("The box is busy with something else") from None

    @asynccontextmanager
    async def _second_login(self, channel: int) -> AsyncGenerator[AmiLink | None]:
        """Give a login for one code, or None where the box does not let us in twice.

        It asks for no events; those that come all the same are handed on
        under its own name, for the inbox to tell twins by.
        """
        link = AmiLink(self._clock)
        self._main.hear(link, f"ussd {channel}")
        try:
            async with self._clock.timeout(LOGIN_SECONDS):
                await link.open(self._settings, events=False)
        except GatewayError, TimeoutError:
            _LOGGER.debug("A second AMI login is refused")
            yield None
            return
        async with aclosing(link):
            yield link
