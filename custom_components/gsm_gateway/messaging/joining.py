"""Long messages put together from their parts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ..gateways.clock import Clock
from ..gateways.model import SmsPart, Transport

_PATIENCE = 300.0
"""Seconds after its last part in which a message is still waited for."""
_REMEMBERED = 24 * 3600.0
"""Seconds in which a late part still finds its message."""

type _Key = tuple[Transport, int, str, str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """A message as far as its parts have come, in their order."""

    message_id: str
    parts: tuple[SmsPart, ...]
    total: int
    received_at: datetime
    """Arrival of the last part."""
    redelivered: bool = False
    """It has been given away before, incomplete."""

    @property
    def complete(self) -> bool:
        """Whether every part is there."""
        return len(self.parts) == self.total


@dataclass(slots=True)
class _Set:
    """The parts of one long message that have come."""

    message_id: str
    total: int
    at: float
    received_at: datetime
    parts: dict[int, SmsPart] = field(default_factory=dict)
    given: int = 0
    """How many of them were given away, incomplete."""

    @property
    def has_news(self) -> bool:
        """Whether a part came that was not given away."""
        return len(self.parts) > self.given

    def joined(self) -> Joined:
        return Joined(
            message_id=self.message_id,
            parts=tuple(self.parts[index] for index in sorted(self.parts)),
            total=self.total,
            received_at=self.received_at,
            redelivered=bool(self.given),
        )


class Joiner:
    """The long messages of one box that are not complete yet."""

    def __init__(self, clock: Clock, new_id: Callable[[], str]) -> None:
        self._clock = clock
        self._new_id = new_id
        self._sets: dict[_Key, _Set] = {}

    def add(self, part: SmsPart) -> list[Joined]:
        """Take a part and return what is to be announced now, in this order."""
        where = part.concatenation
        if where is None or where.total <= 1 or not 0 <= where.index <= where.total:
            total = 1 if where is None else max(1, where.total)
            return [self._new(total, {0: part}).joined()]
        key = (
            part.transport,
            part.channel,
            part.sender,
            where.reference,
            where.total,
        )
        out = self._overdue(key)
        present = self._sets.get(key)
        if present is not None and where.index in present.parts:
            twin = present.parts[where.index]
            if (twin.payload, twin.coding) == (part.payload, part.coding):
                return out
            if present.has_news:
                out.append(present.joined())
            present = None
        if present is None:
            present = self._sets[key] = self._new(where.total, {})
        present.parts[where.index] = part
        present.at = self._clock.monotonic()
        present.received_at = self._clock.now()
        if len(present.parts) == present.total:
            out.append(present.joined())
            del self._sets[key]
        return out

    def due(self) -> list[Joined]:
        """Return what has been waited for in vain, and forget the oldest.

        Each message comes once, and again when late parts leave it incomplete.
        """
        return [joined for key in list(self._sets) for joined in self._overdue(key)]

    def _overdue(self, key: _Key) -> list[Joined]:
        """Return the set of a key if its time is up.

        Without a reference nothing but the time tells two messages apart: such
        a set takes no late part.
        """
        present = self._sets.get(key)
        if present is None:
            return []
        age = self._clock.monotonic() - present.at
        if age >= (_REMEMBERED if key[3] else _PATIENCE):
            del self._sets[key]
        if not present.has_news or age < _PATIENCE:
            return []
        joined = present.joined()
        present.given = len(present.parts)
        return [joined]

    def _new(self, total: int, parts: dict[int, SmsPart]) -> _Set:
        return _Set(
            message_id=self._new_id(),
            total=total,
            at=self._clock.monotonic(),
            received_at=self._clock.now(),
            parts=parts,
        )
