"""All that a TG does over AMI: stay connected, receive, send, dial USSD, tell its state."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
import logging
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
    TextTooLong,
    UnexpectedReply,
    UssdReply,
)
from ..ports import Listener, Receiver, Sender, StatusReader, UssdRunner
from . import commands
from .ami_link import AmiLink, ApiClosed
from .api import WebApi
from .events import RECEIVED, RESULT, PortField, send_report, sms_part
from .settings import YeastarSettings
from .spans import channel_status, has_sim, parse_detail, parse_spans
from .ussd import parse_ussd

_LOGGER = logging.getLogger(__name__)

RECONNECT_SECONDS = (1.0, 2.0, 4.0)
"""Waits between tries, the last for ever: a box on the LAN is worth asking often."""
PING_SECONDS = 15.0
RESULT_SECONDS = 60.0
USSD_SECONDS = 30
USSD_LIMIT_SECONDS = 38.0
_MODELS = {1: "TG100", 2: "TG200", 4: "TG400", 8: "TG800", 16: "TG1600"}


class AmiTransport(Receiver, Sender, StatusReader):
    """The login that stays: events, sends and states."""

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
        waits = iter(RECONNECT_SECONDS)
        while True:
            started = self._clock.monotonic()
            try:
                async with open_link(self._settings, self._clock, self._hear) as link:
                    self._link = link
                    waits = iter(RECONNECT_SECONDS)
                    listener.on_connection(connected=True, error=None)
                    error: GatewayError = await self._stay(link)
            except InvalidAuth as refused:
                listener.on_connection(connected=False, error=refused)
                return
            except GatewayError as problem:
                error = problem
            finally:
                self._link = None
            listener.on_connection(connected=False, error=error)
            spent = self._clock.monotonic() - started
            await self._clock.sleep(next(waits, RECONNECT_SECONDS[-1]) - spent)

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

    def _hear(self, link: AmiLink) -> None:
        """Listen to what the box says by itself."""
        link.on_event(RECEIVED, self._on_received)
        link.on_event(RESULT, self._on_result)

    def _on_received(self, event: Message) -> None:
        if self._listener is not None:
            self._listener.on_part(sms_part(event, self._port_field))

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
        return whole_text(text)

    @override
    def ready(self, channel: int) -> bool:
        return self._link is not None

    @override
    async def send(self, channel: int, to: str, text: str, token: str) -> None:
        link = self.link
        line = commands.send_sms(channel, to, text, token)
        result = self._results[token] = asyncio.get_running_loop().create_future()
        try:
            answer = (await link.command(line)).strip()
            if answer and not result.done():
                raise SendRefused(answer[:200])
            if not result.done():
                self._report(token, SendState.ACCEPTED)
            await self._wait_for_result(token, result)
        finally:
            del self._results[token]

    async def _wait_for_result(self, token: str, result: asyncio.Future[None]) -> None:
        """Hold the port until the box tells the result (at most one SMS per port)."""
        try:
            async with self._clock.timeout(RESULT_SECONDS):
                await result
        except TimeoutError:
            self._report(token, SendState.UNKNOWN, "The box told no result in a minute")

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
        line = commands.send_ussd(channel, code, USSD_SECONDS)
        try:
            async with open_link(self._settings, self._clock) as link:
                return parse_ussd(await link.command(line, USSD_LIMIT_SECONDS))
        except InvalidAuth, ApiClosed:
            _LOGGER.debug("A second AMI login is refused")
        try:
            return await self._web.run_ussd(channel, code)
        except CannotConnect, InvalidAuth:
            _LOGGER.debug("The HTTP API is closed")
        return parse_ussd(await self._main.link.command(line, USSD_LIMIT_SECONDS))


@asynccontextmanager
async def open_link(
    settings: YeastarSettings,
    clock: Clock,
    hear: Callable[[AmiLink], None] | None = None,
) -> AsyncGenerator[AmiLink]:
    """Log in, and log off at the end. Raises as `AmiLink.open`.

    Without `hear` the login asks for no events.
    """
    link = AmiLink(settings.host, settings.ami_port, clock)
    if hear is not None:
        hear(link)
    await link.open(settings.username, settings.password, events=hear is not None)
    try:
        yield link
    finally:
        await link.log_off()


async def read_status(link: AmiLink) -> GatewayStatus:
    """Ask for all spans, and for the details of those with a SIM.

    Raises `UnexpectedReply` when the box knows no spans: it is no TG.
    """
    try:
        body = await link.command(commands.SHOW_SPANS)
    except SendRefused as error:
        raise UnexpectedReply(f"No list of spans: {error.reason}") from None
    spans = parse_spans(body)
    if not spans:
        raise UnexpectedReply("No list of spans", body.encode())
    details = {
        span: await link.command(commands.show_span(span))
        for span, words in spans.items()
        if has_sim(words)
    }
    imeis = (parse_detail(body).get("Model IMEI", "") for body in details.values())
    return GatewayStatus(
        channels=tuple(
            channel_status(span, words, details.get(span, ""))
            for span, words in sorted(spans.items())
        ),
        model=_MODELS.get(len(spans)),
        module_imeis=frozenset(imei for imei in imeis if imei.isdigit()),
    )


def whole_text(text: str) -> list[str]:
    """Return the text in one piece: the box cuts it. Raises `TextTooLong`."""
    if len(text.encode()) > commands.TEXT_LIMIT_BYTES:
        raise TextTooLong(f"More than {commands.TEXT_LIMIT_BYTES} bytes")
    return [text]
