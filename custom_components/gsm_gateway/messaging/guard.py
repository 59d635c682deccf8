"""Budgets and the loop breaker: no fault and no loop empties a card."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from ..gateways.clock import Clock
from .countries import Country
from .guard_budgets import Limits, Spending
from .guard_refusals import (
    Budget,
    GuardRefusal,
    LargerThanLimit,
    OverBudget,
    Stop,
    StopKind,
    Stopped,
    TooManyAlarms,
)
from .messages import Priority
from .store import Store

__all__ = [
    "Budget",
    "Card",
    "Guard",
    "GuardRefusal",
    "LargerThanLimit",
    "Limits",
    "OverBudget",
    "Spending",
    "Stop",
    "StopKind",
    "Stopped",
    "TooManyAlarms",
    "Used",
    "Wish",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A message that wants to be sent, as the guard sees it."""

    number: str
    text: str
    parts: int
    """Those that are still to be handed over."""
    priority: Priority
    limits: Mapping[str, Limits]
    """Of each SIM that may send it, by line id."""
    country: Country | None = None
    """For telling that two writings are one number."""
    cause: str = ""
    """Name of the automation, if known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A SIM, for reading how numbers in the log were written."""

    line_id: str
    box_id: str
    channel: int
    country: Country | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """What a SIM has sent."""

    today: int
    """Messages, since midnight."""
    month_parts: int
    """Parts, since the first of the month."""


class Guard:
    """Counts what goes out and refuses what is too much.

    Everything happens in the loop, in memory, without waiting. `zone` is the
    one of the user's calendar, set live by its owner.
    """

    def __init__(
        self,
        clock: Clock,
        zone: tzinfo,
        store: Store,
        on_stop: Callable[[Stop], None],
    ) -> None:
        """Start with nothing counted. `on_stop` hears of each new stop."""
        self.zone = zone
        self._clock = clock
        self._store = store
        self._on_stop = on_stop

    async def load(self, cards: Iterable[Card] = ()) -> None:
        """Count what an earlier run has sent and received, before anything else is called.

        Nothing is counted where the log cannot be read.
        """

    def check(self, wishes: Sequence[Wish], ahead: Iterable[Wish] = ()) -> None:
        """Raise a `GuardRefusal` unless all messages of one call may be queued.

        `ahead` is what is queued or about to be. The caller goes on to `admit`
        in the same step of the loop, and has them in `ahead` from then on.
        """

    def admit(self, wish: Wish) -> None:
        """Count a message that was submitted, for the rules about one number."""

    def left(
        self, line_id: str, limits: Limits, priority: Priority, number: str
    ) -> int:
        """Return how many parts a SIM may hand over to a number now; never below 0.

        A message, or a piece of one, goes only if it fits whole.
        """
        return limits.parts_per_hour

    def spend(
        self,
        line_id: str,
        number: str,
        parts: int,
        priority: Priority,
        *,
        first: bool = True,
    ) -> Spending:
        """Count what is handed over to a box now, before its first byte leaves.

        `first` is false for a further piece of a message that is counted already.
        """
        return Spending(line_id, self._clock.monotonic(), parts, int(first))

    def refund(self, spending: Spending) -> None:
        """Take back what did not go out: failed, or queued again. Unknown counts."""

    def note_received(self, sender: str, country: Country | None) -> None:
        """Note a message from outside when it is announced, unless it is redelivered."""

    def stops(self) -> list[Stop]:
        """Return what is stopped, the oldest first."""
        return []

    def resume(self, number: str, text_hash: str) -> None:
        """Let messages pass again that a stop held, with a clean slate."""

    def on_store_back(self) -> None:
        """Write what could not be written: the disk takes it again."""

    def used(self, line_id: str) -> Used:
        """Return what a SIM has sent, for the user's eyes."""
        return Used(today=0, month_parts=0)
