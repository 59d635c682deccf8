"""Our GoIP driver with nothing but its SMPP side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.ports import Gateway
from tests.gateways.recorder import Recorder


@dataclass
class Driver:
    """The driver and who listens to it."""

    gateway: Gateway
    heard: Recorder

    async def send(self, text: str, serial: int) -> None:
        """Send one message by line 1."""
        sender = self.gateway.sender
        await sender.send(1, "+491511234567", text, sender.token(serial))


@asynccontextmanager
async def driver_on(port: int) -> AsyncIterator[Driver]:
    """Run the driver on an SMSC as line 1 of a box without web pages."""
    smpp = goip.SmppSettings(port=port, system_id="goip", password="goip")
    settings = goip.GoipSettings(
        host="127.0.0.1", username="admin", password="admin", smpp=smpp
    )
    heard = Recorder()
    async with aiohttp.ClientSession() as session:
        gateway = goip.compose(session, settings, channels=[1], clock=Clock())
        running = asyncio.create_task(gateway.receiver.run(heard))
        try:
            await heard.until_connected()
            yield Driver(gateway, heard)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
