"""A clock that stands still until a test moves it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import override

from custom_components.gsm_gateway.gateways.clock import Clock

START = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
_FEWEST = 12
"""Rounds of the event loop in which what comes by a socket is seen, too."""
_TURNS = 2000
"""Rounds after which something runs in a circle."""


async def settle() -> None:
    """Let every task run until it waits for something."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    for turn in range(_TURNS):
        if turn >= _FEWEST and not ready:
            return
        await asyncio.sleep(0)


class HandClock(Clock):
    """Time that passes only in `advance`."""

    def __init__(self) -> None:
        super().__init__()
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._limits: list[tuple[float, asyncio.Timeout]] = []

    @override
    def now(self) -> datetime:
        return START + timedelta(seconds=self._elapsed)

    @override
    def monotonic(self) -> float:
        return self._elapsed

    @override
    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._elapsed + seconds, woken))
        await woken

    @override
    def timeout(self, seconds: float) -> asyncio.Timeout:
        limit = asyncio.timeout(None)
        self._limits.append((self._elapsed + seconds, limit))
        return limit

    async def advance(self, seconds: float) -> None:
        """Let time pass, and everything happen that happens in it."""
        end = self._elapsed + seconds
        await settle()
        while (due := self._next()) <= end:
            self._elapsed = max(self._elapsed, due)
            self._fire()
            await settle()
        self._elapsed = end

    async def leap(self, seconds: float) -> None:
        """Let time pass at once, as for a machine that slept."""
        self._elapsed += seconds
        self._fire()
        await settle()

    def _next(self) -> float:
        self._sleepers = [each for each in self._sleepers if not each[1].done()]
        moments = [at for at, _ in self._sleepers] + [at for at, _ in self._limits]
        return min(moments, default=float("inf"))

    def _fire(self) -> None:
        for at, woken in self._sleepers:
            if at <= self._elapsed and not woken.done():
                woken.set_result(None)
        over = [limit for at, limit in self._limits if at <= self._elapsed]
        self._limits = [each for each in self._limits if each[0] > self._elapsed]
        for limit in over:
            try:
                limit.reschedule(asyncio.get_running_loop().time())
            except RuntimeError:  # the block has been left in time
                continue
