"""How long to wait before a box is tried again."""

from .clock import Clock

_WAITS = (1.0, 2.0, 4.0)
"""Seconds from the beginning of one try to that of the next, the last for ever.

A box on the LAN is worth asking often: one that comes back is used within 5 s.
"""


class Backoff:
    """Waits a little longer after each failure, up to a few seconds."""

    def __init__(self, clock: Clock) -> None:
        """Start with the shortest wait."""
        self._clock = clock
        self._failures = 0
        self._began = clock.monotonic()

    def begin(self) -> None:
        """Note that a try begins."""
        self._began = self._clock.monotonic()

    def succeeded(self) -> None:
        """Go back to the shortest wait."""
        self._failures = 0

    async def wait(self) -> None:
        """Wait until the next try is due."""
        wait = _WAITS[min(self._failures, len(_WAITS) - 1)]
        self._failures += 1
        await self._clock.sleep(self._began + wait - self._clock.monotonic())
