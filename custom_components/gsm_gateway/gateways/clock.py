"""The one clock that everything below the border runs on."""

import asyncio
from datetime import UTC, datetime
import time


class Clock:
    """Wall time, elapsed time and waiting, all in seconds.

    A `scale` above 1 makes time run faster, so that tests and demonstrations
    live through minutes in moments. All times it gives are aware UTC.
    """

    def __init__(self, scale: float = 1.0) -> None:
        """Start at the present moment and run `scale` times as fast as it."""
        self._scale = scale
        self._start = datetime.now(UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """Return the wall time."""
        if self._scale == 1.0:
            return datetime.now(UTC)
        return self._start + (datetime.now(UTC) - self._start) * self._scale

    def monotonic(self) -> float:
        """Return seconds that no change of the wall clock disturbs."""
        return (time.monotonic() - self._origin) * self._scale

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(max(0.0, seconds) / self._scale)

    def timeout(self, seconds: float) -> asyncio.Timeout:
        """Return a context that raises `TimeoutError` after `seconds`."""
        return asyncio.timeout(seconds / self._scale)
