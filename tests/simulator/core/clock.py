"""Simulated time."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
import time
from typing import override


class Clock:
    """Time that runs `scale` times as fast as the real one."""

    def __init__(self, scale: float = 1.0, epoch: float | None = None) -> None:
        """Start; simulated and real time are equal at `epoch` (seconds since 1970), or now."""
        if scale <= 0:
            raise ValueError("the time scale must be above 0")
        self.scale = scale
        real = time.time()
        self.epoch = real if epoch is None else epoch
        began = self.epoch + (real - self.epoch) * scale
        self._start = datetime.fromtimestamp(began, UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """Return the simulated time as aware UTC."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return the simulated seconds since the clock was made."""
        return (time.monotonic() - self._origin) * self.scale

    async def sleep(self, seconds: float) -> None:
        """Wait simulated seconds."""
        await asyncio.sleep(max(seconds, 0.0) / self.scale)

    async def wait_for[ResultT](
        self, awaitable: Awaitable[ResultT], seconds: float
    ) -> ResultT:
        """Return the result of `awaitable`, or raise TimeoutError after simulated seconds."""
        work = asyncio.ensure_future(awaitable)
        limit = asyncio.ensure_future(self.sleep(seconds))
        try:
            await asyncio.wait({work, limit}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise TimeoutError
            return work.result()
        finally:
            work.cancel()
            limit.cancel()


class ManualClock(Clock):
    """Time that stands still until a test moves it."""

    def __init__(self, start: datetime | None = None) -> None:
        """Start at `start`, which must be aware, or at the real time of now."""
        super().__init__()
        self._start = start or self._start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    @override
    def monotonic(self) -> float:
        """Return the seconds that the test has let pass."""
        return self._elapsed

    @override
    async def sleep(self, seconds: float) -> None:
        """Wait until the test has moved the clock by `seconds`."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self._elapsed + seconds, next(self._order), future))
        await future

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass and wake every sleeper at its own moment.

        What is ready now runs first, so that it begins to sleep now.
        """
        await settle()
        target = self._elapsed + seconds
        while self._sleepers and self._sleepers[0][0] <= target:
            due, _, future = heappop(self._sleepers)
            self._elapsed = due
            if not future.done():
                future.set_result(None)
                await settle()
        self._elapsed = target
        await settle()


async def settle(turns: int = 10) -> None:
    """Let tasks that are ready run a few turns of the event loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
