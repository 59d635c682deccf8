"""One fast time for every process of a run: simulators, drivers, queue and harness."""

from dataclasses import dataclass
from datetime import UTC, datetime
import time
from typing import Any, Self, override


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """A moment that all processes know, and how fast time runs from there.

    Built on the machine's monotonic clock, which all processes share.
    """

    scale: float
    wall: float
    """Wall time of that moment, in seconds since 1970."""
    origin: float
    """`time.monotonic()` of that moment."""

    @classmethod
    def from_now(cls, scale: float) -> Self:
        """Begin at this moment."""
        return cls(scale=scale, wall=time.time(), origin=time.monotonic())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str()` wrote."""
        scale, wall, origin = map(float, text.split(","))
        return cls(scale=scale, wall=wall, origin=origin)

    @override
    def __str__(self) -> str:
        return f"{self.scale!r},{self.wall!r},{self.origin!r}"

    def now(self) -> float:
        """Return the fast wall time, in seconds since 1970."""
        return self.wall + (time.monotonic() - self.origin) * self.scale

    def real(self, seconds: float) -> float:
        """Return how many real seconds so many fast ones are."""
        return seconds / self.scale

    def set_clock(self, clock: Any) -> Any:
        """Let a clock (of the product or of the simulators) show this time; return it."""
        wall, now = self.wall, self.now

        class Shared(type(clock)):  # type: ignore[misc]
            """The clock's own waiting, and the common time."""

            def now(self) -> datetime:
                """Return the common wall time."""
                return datetime.fromtimestamp(now(), UTC)

            def monotonic(self) -> float:
                """Return the seconds since the common moment."""
                return now() - wall

        clock.__class__ = Shared
        return clock
