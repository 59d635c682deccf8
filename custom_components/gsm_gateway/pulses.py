"""Which channels of a box that tells its status by itself are still heard."""

from collections.abc import Callable

from .gateways.clock import Clock
from .gateways.model import SILENT_SECONDS


class Pulses:
    """When each channel was heard last, and a word when one falls silent."""

    def __init__(self, clock: Clock, on_silence: Callable[[], None]) -> None:
        self._clock = clock
        self._on_silence = on_silence
        self._until: dict[int, float] = {}

    def heard(self, channel: int) -> bool:
        """Note a sign of life and return whether the channel was silent before."""
        was_silent = channel not in self._until
        self._until[channel] = self._clock.monotonic() + SILENT_SECONDS
        return was_silent

    def alive(self, channel: int) -> bool:
        """Tell whether a channel is heard."""
        return channel in self._until

    def forget(self) -> None:
        """Take all channels for silent."""
        self._until.clear()

    async def run(self) -> None:
        """Look for channels that have fallen silent, until cancelled."""
        while True:
            now = self._clock.monotonic()
            alive = {each: until for each, until in self._until.items() if until > now}
            if alive != self._until:
                self._until = alive
                self._on_silence()
            until = min(alive.values(), default=now + SILENT_SECONDS)
            await self._clock.sleep(until - now)
