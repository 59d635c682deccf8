"""The rules about one number: no endless loop, and not too many alarms."""

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ..gateways.clock import Clock
from .guard_budgets import HOUR
from .guard_refusals import TooManyAlarms
from .guard_windows import Window
from .guard_wishes import Wish
from .messages import Priority

LOOP_WINDOW: Final = 600.0
"""Seconds in which messages belong together."""
_SAME_TEXTS: Final = 5
_ANSWERED: Final = 10
ALARMS_PER_HOUR: Final = 30
"""Messages to one number."""

type Pair = tuple[str, str]
"""Number in its one form, and hash of a text or nothing for every text."""


@dataclass(slots=True, eq=False)
class _Ours:
    """A message of ours to a number."""

    at: float
    answered: bool = False
    """Whether a message of the number's own belongs to it."""


class Talks:
    """Which of our messages a number has followed with one of its own.

    A message of theirs belongs to the last of ours before it that has none
    yet: a burst of ours needs as many of theirs, in whatever order the network
    brings them, and one word of thanks for ten alarms is no loop.
    """

    def __init__(self, clock: Clock) -> None:
        """Start with nobody."""
        self._clock = clock
        self._talks: OrderedDict[str, deque[_Ours]] = OrderedDict()

    def loops(self, peer: str) -> bool:
        """Tell whether each of our last ten messages, all of late, is followed by one."""
        if (talk := self._talks.get(peer)) is None or len(talk) < _ANSWERED:
            return False
        return self._of_late(talk[0]) and all(ours.answered for ours in talk)

    def sent(self, peer: str, at: float) -> None:
        """Note a message of ours."""
        self._talks.setdefault(peer, deque(maxlen=_ANSWERED)).append(_Ours(at))
        self._talks.move_to_end(peer)
        while self._talks and not self._of_late(next(iter(self._talks.values()))[-1]):
            self._talks.popitem(last=False)

    def received(self, peer: str) -> None:
        """Note a message of theirs."""
        for ours in reversed(self._talks.get(peer, ())):
            if not ours.answered:
                ours.answered = self._of_late(ours)
                return

    def clear(self, peer: str) -> None:
        """Begin anew."""
        self._talks.pop(peer, None)

    def _of_late(self, ours: _Ours) -> bool:
        return self._clock.monotonic() - ours.at < LOOP_WINDOW


class Batch:
    """The messages of one call that were looked at already."""

    def __init__(self) -> None:
        """Start with none."""
        self.texts: Counter[Pair] = Counter()
        self.alarms: Counter[str] = Counter()


class Rules:
    """What was submitted of late, by number."""

    def __init__(self, clock: Clock) -> None:
        """Start with nothing."""
        self._clock = clock
        self._talks = Talks(clock)
        self._texts = Window[Pair](clock, LOOP_WINDOW)
        self._alarms = Window[str](clock, HOUR)

    def broken_by(self, wish: Wish, batch: Batch) -> Pair | None:
        """Return what has to be stopped, if this message makes an endless loop plain."""
        peer = wish.peer
        if self._talks.loops(peer):
            return peer, ""
        if wish.priority is Priority.NORMAL:
            pair = peer, wish.text_hash
            if self._texts.of(pair) + batch.texts[pair] >= _SAME_TEXTS:
                return pair
            batch.texts[pair] += 1
        return None

    def check_alarms(self, wish: Wish, batch: Batch) -> None:
        """Raise `TooManyAlarms` for one alarm too many."""
        if wish.priority is not Priority.ALARM:
            return
        peer = wish.peer
        if self._alarms.of(peer) + batch.alarms[peer] >= ALARMS_PER_HOUR:
            seconds = next((s for s, _ in self._alarms.leaving(peer)), HOUR)
            raise TooManyAlarms(
                wish.number,
                wish.cause,
                limit=ALARMS_PER_HOUR,
                frees_at=self._clock.now() + timedelta(seconds=seconds),
            )
        batch.alarms[peer] += 1

    def sent(self, peer: str, text_hash: str, priority: Priority, at: float) -> None:
        """Count a message that was submitted; in the order of the times."""
        self._talks.sent(peer, at)
        if priority is Priority.ALARM:
            self._alarms.add(peer, 1, at)
        else:
            self._texts.add((peer, text_hash), 1, at)

    def received(self, peer: str) -> None:
        """Note a message from a number."""
        self._talks.received(peer)

    def clear(self, pair: Pair) -> None:
        """Forget what led to a stop."""
        peer, text_hash = pair
        if text_hash:
            self._texts.clear(pair)
        else:
            self._talks.clear(peer)
