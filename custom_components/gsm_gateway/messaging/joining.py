"""Long messages put together from their parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..gateways.clock import Clock
from ..gateways.model import Concatenation, SmsPart, Transport
from .arrivals import Arrival, is_binary

_PATIENCE = 300.0
"""Seconds after its last part in which a message is still waited for."""
REMEMBERED = 24 * 3600.0
"""Seconds in which a late part still finds its message."""
_MOST_PARTS = 255
"""An octet counts them (3GPP 23.040 section 9.2.3.24.1)."""
_MOST_SETS = 2000
"""Messages that are waited for at a time; the oldest one yields."""

type _Key = tuple[Transport, int, str, str, int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """A message as far as its parts have come, in their order."""

    message_id: str
    arrivals: tuple[Arrival, ...]
    total: int
    received_at: datetime
    """Arrival of the last part."""
    earlier: bool
    """The last part came in an earlier run."""
    redelivered: bool = False
    """It has been given away before, incomplete."""
    open: bool = False
    """A late part may still be joined to it."""
    displaced: str = ""
    """The message that had its key before and takes no late part any more."""

    @property
    def complete(self) -> bool:
        """Whether every part is there."""
        return len(self.arrivals) == self.total


@dataclass(slots=True)
class _Set:
    """The parts of one long message that have come."""

    message_id: str
    total: int
    last: Arrival
    arrivals: dict[int, Arrival] = field(default_factory=dict)
    given: int = 0
    """How many of them were given away, incomplete."""
    displaced: str = ""

    @property
    def has_news(self) -> bool:
        """Whether a part came that was not given away."""
        return len(self.arrivals) > self.given

    def add(self, index: int, arrival: Arrival) -> None:
        self.arrivals[index] = self.last = arrival

    def joined(self, *, is_open: bool = False) -> Joined:
        return Joined(
            message_id=self.message_id,
            arrivals=tuple(self.arrivals[index] for index in sorted(self.arrivals)),
            total=self.total,
            received_at=self.last.arrived_at,
            earlier=self.last.earlier,
            redelivered=bool(self.given),
            open=is_open,
            displaced=self.displaced,
        )


class Joiner:
    """The long messages of one box that are not complete yet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sets: dict[_Key, _Set] = {}

    def add(self, arrival: Arrival) -> list[Joined]:
        """Take a part and return what is to be announced now, in this order."""
        where = _place_of(arrival)
        if where is None:
            return [_alone(arrival)]
        key = _key_of(arrival.part, where)
        out = self._overdue(key, arrival.at)
        present = self._sets.get(key)
        displaced = ""
        if present is not None and where.index in present.arrivals:
            if _is_twin(present.arrivals[where.index], arrival):
                arrival.twin_of = present.message_id
                return out
            if present.has_news:
                out.append(present.joined())
            displaced, present = present.message_id, None
            del self._sets[key]
        if present is None:
            out += self._make_room()
            present = self._sets[key] = _Set(
                arrival.part_id, where.total, arrival, displaced=displaced
            )
        present.add(where.index, arrival)
        if len(present.arrivals) == present.total:
            out.append(present.joined())
            del self._sets[key]
        return out

    def restore(self, message_id: str, arrivals: Sequence[Arrival]) -> None:
        """Take back a message that was given away incomplete."""
        known: dict[_Key, _Set] = {}
        for arrival in arrivals:
            if (where := _place_of(arrival)) is not None:
                fresh = _Set(message_id, where.total, arrival)
                present = known.setdefault(_key_of(arrival.part, where), fresh)
                present.add(where.index, arrival)
        for key, present in known.items():
            present.given = len(present.arrivals)
            self._sets.setdefault(key, present)

    def due(self) -> list[Joined]:
        """Return what has been waited for in vain, and forget the oldest.

        Each message comes once, and again when late parts leave it incomplete.
        """
        now = self._clock.monotonic()
        return [
            joined for key in list(self._sets) for joined in self._overdue(key, now)
        ]

    def arrivals(self) -> list[Arrival]:
        """Return every part that is held."""
        return [each for one in self._sets.values() for each in one.arrivals.values()]

    def _overdue(self, key: _Key, now: float) -> list[Joined]:
        """Return the set of a key if its time is up.

        Without a reference nothing but the time tells two messages apart: such
        a set takes no late part.
        """
        present = self._sets.get(key)
        if present is None:
            return []
        age = now - present.last.at
        if forgotten := age >= (REMEMBERED if key[3] else _PATIENCE):
            del self._sets[key]
        if not present.has_news or age < _PATIENCE:
            return []
        joined = present.joined(is_open=not forgotten)
        present.given = len(present.arrivals)
        return [joined]

    def _make_room(self) -> Iterable[Joined]:
        """Give away the oldest set if there are too many."""
        if len(self._sets) < _MOST_SETS:
            return []
        oldest = self._sets.pop(next(iter(self._sets)))
        return [oldest.joined()] if oldest.has_news else []


def _place_of(arrival: Arrival) -> Concatenation | None:
    """Return where a part stands among several, None if it stands alone."""
    where = arrival.part.concatenation
    if where is None or not 1 < where.total <= _MOST_PARTS:
        return None
    return where if 0 <= where.index <= where.total else None


def _key_of(part: SmsPart, where: Concatenation) -> _Key:
    """Return what the parts of one message share.

    A text is never joined with what is none, nor with one of another kind.
    """
    kind = "binary" if is_binary(part) else part.kind
    return (
        part.transport,
        part.channel,
        part.sender,
        where.reference,
        where.total,
        kind,
    )


def _is_twin(one: Arrival, other: Arrival) -> bool:
    return (one.part.payload, one.part.coding) == (
        other.part.payload,
        other.part.coding,
    )


def _alone(arrival: Arrival) -> Joined:
    """Return a message of one part, be it said to be one of several or not."""
    where = arrival.part.concatenation
    total = where.total if where is not None and where.total <= _MOST_PARTS else 1
    return Joined(
        message_id=arrival.part_id,
        arrivals=(arrival,),
        total=max(1, total),
        received_at=arrival.arrived_at,
        earlier=arrival.earlier,
    )
