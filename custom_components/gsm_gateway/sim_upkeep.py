"""What is looked at every day for each SIM of a box, whatever is asked or sent."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started

from .announce_balance import SIGNAL_BALANCE_TOLD, ReadingNews
from .keep_alive import KeepAlive
from .lapsing import Lapsing
from .messaging.line import Line
from .report import SIGNAL_SMS_STATUS

if TYPE_CHECKING:
    from .runtime import GatewayRuntime

LOOK_AGAIN: Final = 300.0
"""Seconds after which a new day is noticed."""


class SimUpkeep:
    """One for each box at work; the owner keeps a task on `run()`."""

    def __init__(self, runtime: GatewayRuntime, lines: Mapping[str, Line]) -> None:
        """Look at nothing before `async_start`."""
        self._runtime = runtime
        hass, entry, balances = runtime.hass, runtime.entry, runtime.balances
        self._lapsing = Lapsing(hass, entry, balances, runtime.messenger.clock)
        self._keep_alive = KeepAlive(hass, entry, lines, balances)
        self._awake = asyncio.Event()
        self._started = asyncio.Event()

    @callback
    def async_start(self) -> None:
        """Hear of readings and messages, and begin once the automations are at work."""
        hass, entry = self._runtime.hass, self._runtime.entry
        for stop in (
            async_dispatcher_connect(hass, SIGNAL_BALANCE_TOLD, self._read),
            async_dispatcher_connect(hass, SIGNAL_SMS_STATUS, self._sent),
            async_at_started(hass, self._begin),
            self._lapsing.async_leave,
            self._keep_alive.async_leave,
        ):
            entry.async_on_unload(stop)

    @callback
    def async_wake(self) -> None:
        """Look again: settings, a reading, a device or a line has changed."""
        self._awake.set()

    async def run(self) -> None:
        """Look at all SIMs, again and again, until cancelled."""
        await self._started.wait()
        while True:
            self._awake.clear()
            self._lapsing.async_tell()
            await self._lapsing.async_look()
            await self._keep_alive.async_look()
            self._keep_alive.async_tell()
            with suppress(TimeoutError):
                async with self._runtime.messenger.clock.timeout(LOOK_AGAIN):
                    await self._awake.wait()

    @callback
    def _begin(self, _hass: HomeAssistant) -> None:
        self._started.set()

    @callback
    def _sent(self, data: Mapping[str, Any]) -> None:
        if self._keep_alive.async_hear(data):
            self.async_wake()

    @callback
    def _read(self, news: ReadingNews) -> None:
        if news.data["config_entry_id"] == self._runtime.entry.entry_id:
            self.async_wake()
