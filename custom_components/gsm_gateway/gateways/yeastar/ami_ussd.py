"""Dialling USSD codes over AMI without keeping the box's messages waiting."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
import logging
from typing import Any, override

from ..clock import Clock
from ..model import CannotConnect, ChannelBusy, GatewayError, UssdReply
from ..ports import UssdKeeper, UssdRunner
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


type _Way = Callable[[int, str], Coroutine[Any, Any, UssdReply]]


@dataclass(slots=True)
class _Dialogue:
    """The way that the codes of a dialogue go, once the first one has found it."""

    stack: AsyncExitStack
    way: _Way | None = None


class AmiUssd(UssdRunner, UssdKeeper):
    """Dials on a login of its own: a TG answers nothing else on a socket meanwhile (Q13).

    All codes of a dialogue go by one login, for a box may let only that one
    answer the menu that it has opened (Yeastar D9).
    """

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
        self._dialogues: dict[int, _Dialogue] = {}

    @override
    @asynccontextmanager
    async def dialogue(self, channel: int) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            self._dialogues[channel] = _Dialogue(stack)
            try:
                yield
            finally:
                del self._dialogues[channel]

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        """Dial on the first way that lets us in; what was dialled once is not tried again."""
        commands.send_ussd(channel, code, BOX_SECONDS)  # or refuse it before anything
        if (dialogue := self._dialogues.get(channel)) is None:
            async with self.dialogue(channel):
                return await self._begin(self._dialogues[channel], channel, code)
        if dialogue.way is None:
            return await self._begin(dialogue, channel, code)
        return await dialogue.way(channel, code)

    async def _begin(self, dialogue: _Dialogue, channel: int, code: str) -> UssdReply:
        """Dial the first code, and let the others go the way that it took."""
        main = self._main.link
        await self._require_ready(main, channel)
        if (own := await self._second_login(channel)) is not None:
            dialogue.stack.push_async_callback(own.aclose)
            dialogue.way = partial(_dial, own)
            return await dialogue.way(channel, code)
        try:
            dialogue.way = self._web.run_ussd
            return await dialogue.way(channel, code)
        except CannotConnect:
            _LOGGER.debug("The HTTP API is closed")
        if main.busy:
            raise ChannelBusy("The box is busy with something else")
        dialogue.way = partial(_dial, main)
        return await dialogue.way(channel, code)

    async def _require_ready(self, main: AmiLink, channel: int) -> None:
        """Raise `ChannelUnavailable` or `ChannelBusy` if nothing can be dialled now."""
        try:
            async with self._clock.timeout(READY_SECONDS):
                await require_ready(main, channel)
        except TimeoutError:
            raise ChannelBusy("The box is busy with something else") from None

    async def _second_login(self, channel: int) -> AmiLink | None:
        """Return a login for one dialogue, or None where the box does not let us in twice.

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
            return None
        return link


async def _dial(link: AmiLink, channel: int, code: str) -> UssdReply:
    line = commands.send_ussd(channel, code, BOX_SECONDS)
    return parse_ussd(await link.command(line, ANSWER_SECONDS))
