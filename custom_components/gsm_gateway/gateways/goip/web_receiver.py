"""A GoIP of which only the web pages are used: it is looked at now and then."""

from typing import override

from ..clock import Clock
from ..model import GatewayError, InvalidAuth
from ..ports import Listener, Receiver
from ..reconnect import Backoff
from .status import WebStatus
from .web_send import WebSender

CHECK_SECONDS = 30.0


class WebReceiver(Receiver):
    """Tells whether the pages are within reach; messages come from the inbox page."""

    def __init__(self, status: WebStatus, sender: WebSender, clock: Clock) -> None:
        """Use the pages of one box."""
        self._status = status
        self._sender = sender
        self._clock = clock

    @override
    async def run(self, listener: Listener) -> None:
        self._sender.listener = listener
        backoff = Backoff(self._clock)
        try:
            while True:
                backoff.begin()
                try:
                    await self._status.check()
                except GatewayError as error:
                    self._sender.reachable = False
                    listener.on_connection(connected=False, error=error)
                    if isinstance(error, InvalidAuth):
                        return
                    await backoff.wait()
                    continue
                self._sender.reachable = True
                backoff.succeeded()
                listener.on_connection(connected=True, error=None)
                await self._clock.sleep(CHECK_SECONDS)
        finally:
            self._sender.reachable = False
