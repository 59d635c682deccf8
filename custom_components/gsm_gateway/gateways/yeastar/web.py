"""A TG without AMI: it sends and dials over HTTP, and receives nothing."""

from collections.abc import Mapping
from typing import override

from ..clock import Clock
from ..model import GatewayError, GatewayStatus, SendReport, SendState, UssdReply
from ..ports import Listener, Receiver, Sender, StatusReader, UssdRunner
from ..reconnect import Backoff
from . import commands
from .api import WebApi

CHECK_SECONDS = 30.0


class WebTransport(Receiver, Sender, UssdRunner, StatusReader):
    """The HTTP API, with a look at the web server now and then."""

    reaches = SendState.ACCEPTED

    def __init__(self, api: WebApi, clock: Clock) -> None:
        """Prepare; `run` looks."""
        self._api = api
        self._clock = clock
        self._listener: Listener | None = None
        self._reachable = False

    @override
    async def run(self, listener: Listener) -> None:
        self._listener = listener
        backoff = Backoff(self._clock)
        try:
            while True:
                backoff.begin()
                try:
                    await self._api.look()
                except GatewayError as error:
                    self._reachable = False
                    listener.on_connection(connected=False, error=error)
                    await backoff.wait()
                    continue
                backoff.succeeded()
                self._reachable = True
                listener.on_connection(connected=True, error=None)
                await self._clock.sleep(CHECK_SECONDS)
        finally:
            self._reachable = False

    @override
    def token(self, serial: int) -> str:
        return str(serial)

    @override
    def split(self, text: str) -> list[str]:
        return commands.split(text)

    @override
    def count(self, text: str, *, unicode: bool = False) -> int:
        return commands.count(text)

    @override
    def ready(self, channel: int) -> bool:
        return self._reachable

    @override
    def serves(self, channel: int) -> bool:
        return True

    @override
    async def send(
        self, channel: int, to: str, text: str, token: str, *, unicode: bool = False
    ) -> None:
        await self._api.send_sms(channel, to, text)
        if self._listener is not None:
            self._listener.on_report(SendReport(token=token, state=SendState.ACCEPTED))

    @override
    async def resume(self, tokens: Mapping[str, int]) -> None:
        """Report nothing: "Commit successfully" is the last that this API ever says."""

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        return await self._api.run_ussd(channel, code)

    @override
    async def read_status(self) -> GatewayStatus:
        """Return nothing but that the box is there: this API shows no states."""
        await self._api.look()
        return GatewayStatus()
