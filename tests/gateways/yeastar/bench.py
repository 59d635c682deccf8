"""A box, simulated or scripted, with the driver on it, and somebody who listens."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from custom_components.gsm_gateway.gateways import yeastar
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.ports import Gateway
from custom_components.gsm_gateway.gateways.yeastar import YeastarSettings
from tests.gateways.recorder import Recorder
from tests.gateways.yeastar.scripted import ScriptedAmi, Talk
from tests.messaging.hand_clock import HandClock
from tests.simulator.core.clock import Clock as SimulatedClock
from tests.simulator.core.journal import SMS_ON_AIR, USSD_DIALLED, Entry
from tests.simulator.yeastar import YeastarBox, YeastarOptions

SCALE = 100.0
"""How fast the simulated box lives."""
NUMBER = "+491511234567"
CLOSED_PORT = 1


@dataclass
class Bench:
    """One driver at work."""

    gateway: Gateway
    clock: Clock
    listener: Recorder = field(default_factory=Recorder)
    run: asyncio.Task[None] | None = None

    def start(self) -> asyncio.Task[None]:
        """Run the link."""
        self.run = asyncio.create_task(self.gateway.receiver.run(self.listener))
        return self.run

    async def stop(self) -> None:
        """End the link."""
        if self.run is not None:
            self.run.cancel()
            await asyncio.gather(self.run, return_exceptions=True)

    async def send(self, text: str, channel: int = 1, serial: int = 1234) -> None:
        """Send one text."""
        token = self.gateway.sender.token(serial)
        (piece,) = self.gateway.sender.split(text)
        await self.gateway.sender.send(channel, NUMBER, piece, token)

    async def dial(self, code: str = "*100#", channel: int = 1) -> str:
        """Dial a code and return the answer's text."""
        return (await self.gateway.ussd.run_ussd(channel, code)).text


@dataclass
class SimBench(Bench):
    """A driver on a simulated box."""

    box: YeastarBox = field(kw_only=True)

    @property
    def on_air(self) -> list[Entry]:
        """Every SMS that went out."""
        return self.box.journal.entries(SMS_ON_AIR)

    @property
    def dialled(self) -> list[tuple[Any, Any]]:
        """Every code that was dialled, and by which interface."""
        entries = self.box.journal.entries(USSD_DIALLED)
        return [(entry["code"], entry["interface"]) for entry in entries]


@dataclass
class ScriptedBench(Bench):
    """A driver on a scripted box, whose time the test moves."""

    server: ScriptedAmi = field(kw_only=True)
    clock: HandClock

    async def connect(self) -> Talk:
        """Run the link and return its connection, logged in."""
        self.start()
        talk = await self.server.accept()
        await talk.log_in()
        await self.listener.until_connected()
        return talk


def timers() -> list[asyncio.TimerHandle]:
    """Return what the event loop is going to do by itself."""
    scheduled = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
    return [timer for timer in scheduled if not timer.cancelled()]


def settings_for(
    *, ami_port: int = CLOSED_PORT, http_port: int = CLOSED_PORT, **changes: Any
) -> YeastarSettings:
    """Return the settings that fit a box on this machine."""
    return YeastarSettings(
        **{
            "host": "127.0.0.1",
            "ami_port": ami_port,
            "http_port": http_port,
            "username": "apiuser",
            "password": "apipass",
            **changes,
        }
    )


def settings_of(box: YeastarBox, **changes: Any) -> YeastarSettings:
    """Return the settings that fit a simulated box."""
    ports = {"ami_port": box.ami_port, "http_port": box.http_port}
    return settings_for(**(ports | changes))


@asynccontextmanager
async def on_box(
    *,
    box: YeastarBox | None = None,
    clock: Clock | None = None,
    connected: bool = True,
    changes: dict[str, Any] | None = None,
    **options: Any,
) -> AsyncGenerator[SimBench]:
    """Start a simulated box with these options, and the driver on it."""
    box = box or YeastarBox(YeastarOptions(**options), clock=SimulatedClock(SCALE))
    clock = clock or Clock()
    async with box, aiohttp.ClientSession() as session:
        settings = settings_of(box, **(changes or {}))
        gateway = yeastar.compose(session, settings, channels=[1, 2], clock=clock)
        bench = SimBench(gateway, clock, box=box)
        try:
            if connected:
                bench.start()
                await bench.listener.until_connected()
            yield bench
        finally:
            await bench.stop()


@asynccontextmanager
async def on_script(**changes: Any) -> AsyncGenerator[ScriptedBench]:
    """Start a scripted box, and the driver on it."""
    clock = HandClock()
    async with ScriptedAmi.listening() as server, aiohttp.ClientSession() as session:
        settings = settings_for(**{"ami_port": server.port, **changes})
        gateway = yeastar.compose(session, settings, channels=[1, 2], clock=clock)
        bench = ScriptedBench(gateway, clock, server=server)
        try:
            yield bench
        finally:
            stopping = asyncio.ensure_future(bench.stop())
            await clock.advance(1.0)
            await stopping


def result(token: bytes, status: bytes) -> bytes:
    """Return the event that the device's own papers show."""
    return (
        b"Event: UpdateSMSSend\r\nPrivilege: all,smscommand\r\nID: %b\r\n"
        b"Smsc: +22670900505\r\nStatus: %b\r\n--END SMS EVENT--\r\n\r\n"
        % (token, status)
    )


async def hand_over(
    bench: ScriptedBench, text: str = "text"
) -> tuple[Talk, asyncio.Task[None]]:
    """Send up to the command, which the box has got and not answered."""
    talk = await bench.connect()
    sending = asyncio.create_task(bench.send(text))
    await talk.tell_ready()
    assert b"gsm send sms 2 +491511234567 " in await talk.hear_command()
    return talk, sending
