"""A simulated GoIP with the driver on it, and somebody who listens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, override

import aiohttp

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import GoipSettings, SmppSettings
from custom_components.gsm_gateway.gateways.model import (
    GatewayError,
    IncomingCall,
    SendReport,
    SendState,
    SmsPart,
)
from custom_components.gsm_gateway.gateways.ports import Gateway
from custom_components.gsm_gateway.gateways.text import decode
from tests.simulator.core.clock import Clock as SimulatedClock
from tests.simulator.core.faults import Times
from tests.simulator.core.journal import Entry
from tests.simulator.goip import GoipBox
from tests.simulator.goip.options import FIRMWARES, firmware

SCALE = 20.0
LIMIT_SECONDS = 10.0
ALL_FIRMWARES = tuple(FIRMWARES)
NUMBER = "+491511234567"


class Recorder:
    """Keeps what a box says; safe parts are acknowledged unless told otherwise."""

    def __init__(self) -> None:
        self.parts: list[SmsPart] = []
        self.reports: list[SendReport] = []
        self.connections: list[tuple[bool, GatewayError | None]] = []
        self.verdict = "acknowledge"
        self._news = asyncio.Event()

    def on_part(self, part: SmsPart) -> None:
        """Keep a part and answer it."""
        self.parts.append(part)
        if self.verdict == "acknowledge":
            part.acknowledge()
        elif self.verdict == "refuse":
            part.refuse()
        self._news.set()

    def on_report(self, report: SendReport) -> None:
        """Keep a report."""
        self.reports.append(report)
        self._news.set()

    def on_call(self, call: IncomingCall) -> None:
        """Do nothing: a GoIP tells of none."""

    def on_connection(self, *, connected: bool, error: GatewayError | None) -> None:
        """Keep a state of the connection."""
        self.connections.append((connected, error))
        self._news.set()

    async def until(self, condition: Callable[[Recorder], object]) -> None:
        """Return when a condition holds; it is looked at after each piece of news."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while not condition(self):
                self._news.clear()
                await self._news.wait()

    async def until_connected(self, *, connected: bool = True) -> None:
        """Return when the last word about the connection is this."""
        await self.until(lambda r: r.connections and r.connections[-1][0] is connected)

    async def until_reported(self, state: SendState) -> SendReport:
        """Return the first report of a state."""
        await self.until(lambda r: state in r.states)
        return next(report for report in self.reports if report.state is state)

    @property
    def states(self) -> list[SendState]:
        """The reported states, in order."""
        return [report.state for report in self.reports]

    @property
    def texts(self) -> list[str]:
        """The texts of the parts, in order."""
        return [decode(part.payload, part.coding) for part in self.parts]


@dataclass
class Bench:
    """One box and one driver."""

    box: GoipBox
    session: aiohttp.ClientSession
    settings: GoipSettings
    gateway: Gateway
    listener: Recorder = field(default_factory=Recorder)
    run: asyncio.Task[None] | None = None

    async def send(self, text: str, channel: int = 1, serial: int = 1234) -> str:
        """Send one piece and return its token."""
        token = self.gateway.sender.token(serial)
        (piece,) = self.gateway.sender.split(text)
        await self.gateway.sender.send(channel, NUMBER, piece, token)
        return token

    def on_air(self) -> list[Entry]:
        """Return every SMS that went out."""
        return self.box.journal.entries(kind="sms_on_air")

    def posts(self, page: str = "sms_info.html") -> int:
        """Return how often a page that acts was asked for."""
        return self.box.requests[page]

    async def connect(self, *channels: int) -> None:
        """Run the links until these channels can send."""
        self.run = asyncio.create_task(self.gateway.receiver.run(self.listener))
        await self.listener.until(
            lambda _: all(map(self.gateway.sender.ready, channels or (1,)))
        )

    async def stop(self) -> None:
        """End the links."""
        if self.run is not None:
            self.run.cancel()
            await asyncio.gather(self.run, return_exceptions=True)
            self.run = None


def settings_for(box: GoipBox, *, smpp: bool, **changes: Any) -> GoipSettings:
    """Return the settings that fit a box."""
    facts: dict[str, Any] = {
        "host": "127.0.0.1",
        "http_port": box.http_port,
        "username": "admin",
        "password": "admin",
    }
    if smpp:
        facts["smpp"] = SmppSettings(
            port=box.smpp_port, system_id="goip", password="goip"
        )
    return GoipSettings(**(facts | changes))


@asynccontextmanager
async def bench(
    kind: str = "new",
    *,
    smpp: bool = False,
    channels: Sequence[int] = (1, 2),
    box: GoipBox | None = None,
    connected: bool = True,
    scale: float = SCALE,
    **options: Any,
) -> AsyncIterator[Bench]:
    """Start a box of a firmware, and the driver on it."""
    box = box or GoipBox(firmware(kind, **options), clock=SimulatedClock(scale))
    async with box, aiohttp.ClientSession() as session:
        settings = settings_for(box, smpp=smpp)
        gateway = goip.compose(session, settings, channels=channels, clock=Clock(scale))
        made = Bench(box, session, settings, gateway)
        if connected:
            await made.connect(*channels)
        try:
            yield made
        finally:
            await made.stop()


class Nth(Times):
    """A fault that happens once, to the n-th request from now on."""

    def __init__(self, number: int) -> None:
        super().__init__(number)

    @override
    def take(self) -> bool:
        """Count down and tell whether this is the one."""
        self.left -= 1
        return self.left == 0
