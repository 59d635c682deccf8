"""USSD on the pages of a box that sends by SMPP: not while the radio sends (GoIP Q3, D4, D8)."""

from typing import override

from ..clock import Clock
from ..model import ChannelBusy, UssdReply
from ..ports import UssdRunner
from .smpp import SmppBox

_PATIENCE_SECONDS = 10.0


class SmppUssd(UssdRunner):
    """Dials when the last SMS is surely out: a busy line forgets a code without a word."""

    def __init__(self, by_web: UssdRunner, box: SmppBox, clock: Clock) -> None:
        """Dial by web what `box` leaves the line free for."""
        self._by_web = by_web
        self._box = box
        self._clock = clock

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        left = self._box.sends_until(channel) - self._clock.monotonic()
        if left > _PATIENCE_SECONDS:
            raise ChannelBusy("The line is at work")
        await self._clock.sleep(left)
        return await self._by_web.run_ussd(channel, code)
