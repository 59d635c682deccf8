"""Sums over the last hour, the last day, or since a border of the calendar."""

from collections import Counter, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import inf
from typing import Final

from ..gateways.clock import Clock

LONGEST: Final = 32 * 86400.0
"""Seconds; longer than a month."""
_JUMP: Final = 1.0
"""Seconds by which a border may seem to move, the clock being corrected."""


@dataclass(slots=True, eq=False)
class Entry[K]:
    """What was added at one moment."""

    at: float
    """By the monotonic clock."""
    key: K
    amount: int
    """0 once it is taken away."""


class Window[K: Hashable]:
    """What was added, by key, in the last `length` seconds.

    Nothing that happens to the wall clock disturbs it. Entries are added in
    the order of their times.
    """

    def __init__(self, clock: Clock, length: float) -> None:
        """Start empty."""
        self._clock = clock
        self._length = length
        self._entries: deque[Entry[K]] = deque()
        self._sums: Counter[K] = Counter()
        self._total = 0

    @property
    def total(self) -> int:
        """What all keys have together."""
        self._trim()
        return self._total

    @property
    def distinct(self) -> int:
        """How many keys have something."""
        self._trim()
        return len(self._sums)

    def of(self, key: K) -> int:
        """Return what a key has."""
        self._trim()
        return self._sums[key]

    def add(self, key: K, amount: int, at: float) -> Entry[K]:
        """Add something."""
        entry = Entry(at, key, amount)
        self._entries.append(entry)
        self._sums[key] += amount
        self._total += amount
        self._trim()
        return entry

    def remove(self, entry: Entry[K]) -> None:
        """Take back what is perhaps still there."""
        self._total -= entry.amount
        self._sums[entry.key] -= entry.amount
        if not self._sums[entry.key]:
            del self._sums[entry.key]
        entry.amount = 0

    def clear(self, key: K) -> None:
        """Take back everything that a key has."""
        for entry in self._entries:
            if entry.key == key:
                self.remove(entry)

    def clear_before(self, at: float) -> None:
        """Take back everything that was added before."""
        for entry in self._entries:
            if entry.at < at:
                self.remove(entry)

    def leaving(self, key: K | None = None) -> list[tuple[float, int]]:
        """Return in how many seconds how much leaves, of one key or of all, the next first."""
        self._trim()
        ends = self._length - self._clock.monotonic()
        return [
            (entry.at + ends, entry.amount)
            for entry in self._entries
            if entry.amount and key in (None, entry.key)
        ]

    def first_key_leaves(self) -> float:
        """Return in how many seconds there is one key less."""
        self._trim()
        last = {entry.key: entry.at for entry in self._entries if entry.amount}
        return min(last.values()) + self._length - self._clock.monotonic()

    def _trim(self) -> None:
        border = self._clock.monotonic() - self._length
        while self._entries and self._entries[0].at <= border:
            self.remove(self._entries.popleft())


class Since:
    """What was added since a border of the calendar, which moves when the wall clock jumps."""

    def __init__(self, border: Callable[[], float]) -> None:
        """Start empty. `border` tells, by the monotonic clock, when it was."""
        self._border = border
        self._counted_from = -inf
        self._entries: deque[Entry[None]] = deque()
        self._total = 0

    @property
    def total(self) -> int:
        """What was added since the border."""
        border = self._border()
        if abs(border - self._counted_from) > _JUMP:
            self._counted_from = border
            self._total = sum(e.amount for e in self._entries if e.at >= border)
        return self._total

    def add(self, amount: int, at: float) -> Entry[None]:
        """Add something."""
        while self._entries and self._entries[0].at <= at - LONGEST:
            self.remove(self._entries.popleft())
        entry = Entry(at, None, amount)
        self._entries.append(entry)
        if at >= self._counted_from:
            self._total += amount
        return entry

    def remove(self, entry: Entry[None]) -> None:
        """Take back what is perhaps still there."""
        if entry.at >= self._counted_from:
            self._total -= entry.amount
        entry.amount = 0

    def clear_before(self, at: float) -> None:
        """Take back everything that was added before."""
        for entry in self._entries:
            if entry.at < at:
                self.remove(entry)
