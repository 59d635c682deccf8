"""Long-running work that Home Assistant must not cut off by itself."""

import asyncio
from collections.abc import Awaitable, Callable
import logging
from typing import Final

from .gateways.clock import Clock

_LOGGER = logging.getLogger(__name__)

RESTART_DELAY: Final = 10.0
"""Seconds until work that crashed is begun again."""


class OwnedTasks:
    """Plain asyncio tasks that begin again when they crash, until they are stopped.

    Home Assistant cancels its own background tasks, and forgets entries, without a
    word to a box; what runs here ends by `stop` alone.
    """

    def __init__(self, title: str, clock: Clock) -> None:
        self._title = title
        self._clock = clock
        self._latest: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def run(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Begin `work`, after the end of what ran by this name."""
        if self._stopped:
            return
        before = self._latest.get(name)
        task = asyncio.create_task(
            self._keep(name, work, before), name=f"{self._title} {name}"
        )
        self._latest[name] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Cancel everything and wait for its end; nothing begins any more."""
        self._stopped = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(
        self,
        name: str,
        work: Callable[[], Awaitable[None]],
        before: asyncio.Task[None] | None,
    ) -> None:
        if before is not None and not before.done():
            before.cancel()
            await asyncio.wait([before])
        crashed = False
        while True:
            try:
                await work()
            except Exception:
                level = logging.DEBUG if crashed else logging.ERROR
                _LOGGER.log(
                    level,
                    "%s: the %s task crashed and begins again",
                    self._title,
                    name,
                    exc_info=True,
                )
                crashed = True
            else:
                return
            await self._clock.sleep(RESTART_DELAY)
