"""The AMI login of a TG that stays: events, sends and states."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import override

from panoramisk.message import Message

from ..clock import Clock
from ..model import (
    CannotConnect,
    GatewayError,
    GatewayStatus,
    InvalidAuth,
    SendRefused,
    SendReport,
    SendState,
)
from ..ports import Listener, Receiver, Sender, StatusReader
from ..reconnect import Backoff
from . import commands
from .ami_link import AmiLink
from .ami_status import read_status, require_ready
from .events import RECEIVED, RESULT, PortField, send_report, sms_part
from .relogin import Relogin
from .settings import YeastarSettings

PING_SECONDS = 15.0
RESULT_SECONDS = 60.0


class AmiTransport(Receiver, Sender, StatusReader):
    """All that a TG does over AMI but USSD."""

    reaches = SendState.SENT

    def __init__(self, settings: YeastarSettings, clock: Clock) -> None:
        """Prepare; `run` connects."""
        self._settings = settings
        self._clock = clock
        self._link: AmiLink | None = None
        self._listener: Listener | None = None
        self._results: dict[str, asyncio.Future[None]] = {}
        self._port_field = PortField()

    @property
    def link(self) -> AmiLink:
        """The open connection. Raises `CannotConnect`."""
        if self._link is None:
            raise CannotConnect("The box is out of reach")
        return self._link

    @override
    async def run(self, listener: Listener) -> None:
        self._listener = listener
        backoff = Backoff(self._clock)
        relogin = Relogin(self._clock)
        while True:
            backoff.begin()
            try:
                async with self._logged_in() as link:
                    backoff.succeeded()
                    relogin.accepted()
                    listener.on_connection(connected=True, error=None)
                    error = await self._stay(link)
            except GatewayError as problem:
                error = relogin.judge(problem)
            listener.on_connection(connected=False, error=error)
            if isinstance(error, InvalidAuth):
                return
            await backoff.wait()

    @asynccontextmanager
    async def _logged_in(self) -> AsyncGenerator[AmiLink]:
        """Log in for events, and off at the end. Raises as `AmiLink.open`."""
        link = AmiLink(self._clock)
        self.hear(link, "main")
        await link.open(self._settings, events=True)
        async with aclosing(link):
            self._link = link
            try:
                yield link
            finally:
                self._link = None

    async def _stay(self, link: AmiLink) -> GatewayError:
        """Ask for a sign of life now and then; return why the link ended.

        Requests take turns, so a ping waits for a command that runs and a
        busy box is not taken for a dead one.
        """
        while True:
            try:
                async with self._clock.timeout(PING_SECONDS):
                    await link.lost.wait()
                return CannotConnect("The box closed the connection")
            except TimeoutError:
                pass
            try:
                await link.request({"Action": "Ping"})
            except GatewayError as error:
                return CannotConnect(f"The connection is dead: {error}")

    def hear(self, link: AmiLink, login: str) -> None:
        """Listen to what the box says by itself on one of its logins."""
        link.on_event(RECEIVED, partial(self._on_received, login))
        link.on_event(RESULT, self._on_result)

    def _on_received(self, login: str, event: Message) -> None:
        if self._listener is not None:
            self._listener.on_part(sms_part(event, self._port_field, login))

    def _on_result(self, event: Message) -> None:
        report = send_report(event)
        if report is None or self._listener is None:
            return
        self._listener.on_report(report)
        waiting = self._results.get(report.token)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

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
        return self._link is not None

    @override
    def serves(self, channel: int) -> bool:
        return True

    @override
    async def send(
        self, channel: int, to: str, text: str, token: str, *, unicode: bool = False
    ) -> None:
        line = commands.send_sms(channel, to, text, token)
        link = self.link
        await require_ready(link, channel)
        result = self._results[token] = asyncio.get_running_loop().create_future()
        try:
            words = (await link.command(line)).strip()[:200]
            if not result.done():
                if commands.is_refusal(words):
                    raise SendRefused(words)
                if not words:
                    self._report(token, SendState.ACCEPTED)
            await self._wait_for_result(token, result, words)
        finally:
            del self._results[token]

    async def _wait_for_result(
        self, token: str, result: asyncio.Future[None], words: str
    ) -> None:
        """Hold the port until the box tells the result (at most one SMS per port).

        `words` of the box, where it usually says nothing, may mean anything; a
        result that stays out is explained with them.
        """
        try:
            async with self._clock.timeout(RESULT_SECONDS):
                await result
        except TimeoutError:
            reason = words or "The box told no result in a minute"
            self._report(token, SendState.UNKNOWN, reason)

    def _report(self, token: str, state: SendState, reason: str = "") -> None:
        """Tell the listener what became of a message."""
        if self._listener is not None:
            self._listener.on_report(
                SendReport(token=token, state=state, reason=reason)
            )

    @override
    async def resume(self, tokens: Mapping[str, int]) -> None:
        """Report as unknown: a box tells a result once, to whoever listens then (D5)."""
        for token in tokens.keys() - self._results.keys():
            self._report(
                token, SendState.UNKNOWN, "The result came while nobody listened"
            )

    @override
    async def read_status(self) -> GatewayStatus:
        return await read_status(self.link)
