"""USSD dialogues of one SIM: a code, the replies to its menus, and what they leave open."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
import logging
from math import ceil, inf

from ..gateways.clock import Clock
from ..gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
    NoReply,
    SendRefused,
    UssdReply,
    UssdSession,
)
from ..gateways.ports import Gateway
from .ussd_menu import reads_like_menu

_LOGGER = logging.getLogger(__name__)

_LIMIT = 40.0
"""Seconds after which a dialogue, however many steps it has, gives the SIM back."""
_CLOSE_LIMIT = 5.0
_MENU_LIFE = 90.0
"""Seconds after which an operator surely waits for a choice no longer."""
NOT_DIALLED = (CannotConnect, InvalidAuth, ChannelUnavailable, ChannelBusy)
"""What a box says that has certainly dialled nothing."""
_OVER = (UssdSession.FINISHED, UssdSession.ENDED)


class MenuOpen(ChannelBusy):
    """A menu may still be open, and would take the code for a choice; nothing was dialled."""

    def __init__(self, seconds: int) -> None:
        """Keep how many seconds are left until the SIM dials again."""
        super().__init__("a menu may still be open")
        self.seconds = seconds


class AlarmFirst(NoReply):
    """A dialogue was broken off, because an alarm needed the SIM."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("an alarm went first")


class BrokenOff(NoReply):
    """A USSD was broken off, because its owner waits no longer; it may have been dialled."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the USSD was broken off")


class MenuLeft(NoReply):
    """A dialogue ended in the midst of its menus; the steps before were taken."""

    def __init__(self, reply: int) -> None:
        """Keep which reply was not answered, counted from 1."""
        super().__init__(f"no answer to reply {reply}")
        self.reply = reply


@dataclass(slots=True)
class _Talk:
    """How far a dialogue has come."""

    codes: Sequence[str]
    replies: list[UssdReply] = field(default_factory=list)
    begun: int = 0
    """Steps that the network may have got."""
    refused: bool = False
    """Whether the network refused the code itself."""

    @property
    def may_be_open(self) -> bool:
        """Whether a menu may wait for a choice; codes with replies are known to open one."""
        if len(self.replies) < self.begun:
            return len(self.codes) > 1 and not self.refused
        last = self.replies[-1]
        if last.session is UssdSession.UNTOLD:
            return len(self.codes) > 1 or reads_like_menu(last.text)
        return last.session is UssdSession.OPEN


class Dialogues:
    """The USSD dialogues of one SIM, one at a time; its `Line` gives the turns."""

    def __init__(self, channel: int, gateway: Gateway, clock: Clock) -> None:
        """Know of no open menu."""
        self.menu_until = -inf
        """When (monotonic) a menu that may be open is surely gone."""
        self.ending = False
        """Whether one is over, but perhaps not closed yet."""
        self._channel = channel
        self._gateway = gateway
        self._clock = clock
        self._running: asyncio.Timeout | None = None

    @property
    def yields(self) -> bool:
        """Whether one is under way that `yield_to_alarm` ends soon, or that ends by itself."""
        under_way = self.ending or self._running is not None
        return under_way and self._gateway.ussd_closer is not None

    def yield_to_alarm(self) -> None:
        """End the dialogue under way with `AlarmFirst`, if it `yields` and does not end yet."""
        if self.yields and self._running is not None:
            self._running.reschedule(0)
            self._running, self.ending = None, True

    async def run(self, codes: Sequence[str]) -> list[UssdReply]:
        """Dial the first code, answer its menus with the others, and return the answers.

        No step is repeated. It ends early when the network tells that nothing
        is open any more. Raises as `Line.run_ussd`.
        """
        left = self.menu_until - self._clock.monotonic()
        if left > 0:
            raise MenuOpen(ceil(left))
        talk = _Talk(codes)
        try:
            await self._talk(talk)
        finally:
            self.ending = True
            try:
                await self._close(talk)
            finally:
                self.ending = False
        return talk.replies

    async def _talk(self, talk: _Talk) -> None:
        keeper = self._gateway.ussd_keeper
        try:
            async with (
                keeper.dialogue(self._channel) if keeper else nullcontext(),
                self._limited(),
            ):
                await self._take_steps(talk)
        except AlarmFirst:
            raise
        except (*NOT_DIALLED, NoReply) as error:
            if talk.replies:
                raise MenuLeft(len(talk.replies)) from error
            if not isinstance(error, NoReply):
                talk.begun = 0
            raise
        except SendRefused:
            talk.refused = not talk.replies
            raise

    async def _take_steps(self, talk: _Talk) -> None:
        for code in talk.codes:
            if talk.replies and talk.replies[-1].session in _OVER:
                return
            talk.begun += 1
            talk.replies.append(await self._gateway.ussd.run_ussd(self._channel, code))

    @asynccontextmanager
    async def _limited(self) -> AsyncGenerator[None]:
        """End what is inside when its time is over, or for an alarm."""
        try:
            async with asyncio.timeout(None) as scope:
                self._running = scope
                try:
                    async with self._clock.timeout(_LIMIT):
                        yield
                except TimeoutError:
                    raise NoReply("no answer to the USSD code within 40 s") from None
                finally:
                    self._running = None
        except TimeoutError:
            raise AlarmFirst from None

    async def _close(self, talk: _Talk) -> None:
        """End what the dialogue may have left open, or leave it alone until it is gone."""
        if not talk.begun:
            return
        if talk.may_be_open:
            self.menu_until = self._clock.monotonic() + _MENU_LIFE
        if (closer := self._gateway.ussd_closer) is None:
            return
        try:
            async with self._clock.timeout(_CLOSE_LIMIT):
                await closer.close_ussd(self._channel)
        except (GatewayError, TimeoutError) as error:
            _LOGGER.debug("A USSD dialogue could not be closed: %s", error)
        else:
            self.menu_until = -inf
