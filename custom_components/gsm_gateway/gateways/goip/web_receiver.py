"""A GoIP of which only the web pages are used: it is looked at now and then."""

from typing import override

from ..clock import Clock
from ..model import GatewayError, InvalidAuth
from ..ports import Listener, Receiver, StatusReader
from .web_send import WebSender

CHECK_SECONDS = 30.0
RECONNECT_SECONDS = (1.0, 2.0, 4.0)


class WebReceiver(Receiver):
    """Tells whether the pages are within reach; messages come from the inbox page."""

    def __init__(self, status: StatusReader, sender: WebSender, clock: Clock) -> None:
        """Use the pages of one box."""
        self._status = status
        self._sender = sender
        self._clock = clock

    @override
    async def run(self, listener: Listener) -> None:
        self._sender.listener = listener
        waits = iter(RECONNECT_SECONDS)
        try:
            while True:
                try:
                    await self._status.read_status()
                except InvalidAuth as refused:
                    listener.on_connection(connected=False, error=refused)
                    return
                except GatewayError as error:
                    self._sender.reachable = False
                    listener.on_connection(connected=False, error=error)
                    await self._clock.sleep(next(waits, RECONNECT_SECONDS[-1]))
                    continue
                self._sender.reachable = True
                waits = iter(RECONNECT_SECONDS)
                listener.on_connection(connected=True, error=None)
                await self._clock.sleep(CHECK_SECONDS)
        finally:
            self._sender.reachable = False
