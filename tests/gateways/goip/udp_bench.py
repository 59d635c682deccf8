"""A simulated GoIP whose lines call the driver, and somebody who listens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import (
    GoipSettings,
    SmsServer,
    UdpSettings,
)
from tests.simulator.core.clock import Clock as SimulatedClock
from tests.simulator.goip import GoipBox
from tests.simulator.goip.box import default_lines
from tests.simulator.goip.options import firmware

from .bench import SCALE, Bench
from .udp_peer import opened


@asynccontextmanager
async def called(
    kind: str = "new",
    *,
    lines: int = 2,
    scale: float = SCALE,
    send_by_web: bool = False,
    **options: Any,
) -> AsyncIterator[Bench]:
    """Start a driver and a box of which so many lines have a SIM; all of them have called."""
    clock = Clock(scale)
    server = SmsServer(0, clock, host="127.0.0.1")
    with server.watch(frozenset(), "", lambda: None):
        async with opened(server):
            pass  # the box is told a port that is open
        options = {
            "udp_server": f"127.0.0.1:{server.bound_port}",
            "udp_id": "home-",
            "udp_password": "secret",
        } | options
        box = GoipBox(
            firmware(kind, **options),
            lines=default_lines(lines + 2, lines),
            clock=SimulatedClock(scale),
        )
        ids = {number: f"home-{number}" for number in box.lines}
        async with aiohttp.ClientSession() as session, box:
            settings = GoipSettings(
                host="127.0.0.1",
                http_port=box.http_port,
                username="admin",
                password="admin",
                udp=UdpSettings(password="secret", ids=ids, send_by_web=send_by_web),
            )
            channels = list(range(1, lines + 1))
            gateway = goip.compose(
                session, settings, channels=channels, clock=clock, server=server
            )
            made = Bench(box, session, settings, gateway)
            try:
                await made.connect(*channels)
                yield made
            finally:
                await made.stop()
                await server.aclose()
