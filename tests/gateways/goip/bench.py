"""A simulated GoIP with the driver on it, and somebody who listens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, override

import aiohttp

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import GoipSettings, SmppSettings
from custom_components.gsm_gateway.gateways.model import (
    SendReport,
    SendState,
    SmsPart,
)
from custom_components.gsm_gateway.gateways.ports import Gateway
from tests.gateways.recorder import Recorder
from tests.simulator.core.clock import Clock as SimulatedClock
from tests.simulator.core.faults import Times
from tests.simulator.core.journal import Entry
from tests.simulator.goip import GoipBox
from tests.simulator.goip.options import FIRMWARES, firmware

SCALE = 20.0
ALL_FIRMWARES = tuple(FIRMWARES)
NUMBER = "+491511234567"


class Listener(Recorder):
    """A recorder that can refuse parts, or leave them unanswered."""

    def __init__(self) -> None:
        super().__init__()
        self.verdict = "acknowledge"

    @override
    def on_part(self, part: SmsPart) -> None:
        if self.verdict == "acknowledge":
            super().on_part(part)
            return
        super().on_part(replace(part, acknowledge=lambda: None))
        self.parts[-1] = part
        if self.verdict == "refuse":
            part.refuse()

    async def until_seen(self, condition: Callable[[Listener], object]) -> None:
        """Return when a condition on this listener holds."""
        await self.until(lambda: condition(self))

    async def until_reported(self, state: SendState) -> SendReport:
        """Return the first report of a state."""
        await self.until(lambda: state in self.told)
        return next(report for report in self.reports if report.state is state)

    @property
    def told(self) -> list[SendState]:
        """The reported states, in order."""
        return [report.state for report in self.reports]


@dataclass
class Bench:
    """One box and one driver."""

    box: GoipBox
    session: aiohttp.ClientSession
    settings: GoipSettings
    gateway: Gateway
    listener: Listener = field(default_factory=Listener)
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
        await self.listener.until_seen(
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
