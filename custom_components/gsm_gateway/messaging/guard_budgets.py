"""What each SIM may send in an hour, a day and a month."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..gateways.clock import Clock
from .guard_calendar import Calendar
from .guard_refusals import Budget
from .guard_windows import Entry, Since, Window
from .messages import Priority

HOUR: Final = 3600.0
DAY: Final = 86400.0
ALARM_PARTS_PER_HOUR: Final = 120
_FOR_ALARMS = 5
"""One of so many parts of the month is for alarms only."""

BUDGETS_OF: Final[Mapping[Priority, tuple[Budget, ...]]] = {
    Priority.ALARM: (Budget.ALARM_HOUR, Budget.MONTH),
    Priority.NORMAL: (Budget.HOUR, Budget.DAY, Budget.MONTH),
}
"""Which limits a message has to keep to, in parts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the user lets one SIM send; alarms have limits of their own in the hour."""

    parts_per_hour: int = 30
    """Of normal messages."""
    parts_per_day: int = 100
    """Of normal messages."""
    parts_per_month: int = 1000
    """Of all messages; the last fifth is for alarms only."""
    recipients_per_day: int | None = None
    """Different numbers of normal messages."""

    def of(self, which: Budget, priority: Priority) -> int:
        """Return how many parts messages of a priority may bring one budget to."""
        match which:
            case Budget.HOUR:
                return self.parts_per_hour
            case Budget.DAY:
                return self.parts_per_day
            case Budget.ALARM_HOUR:
                return ALARM_PARTS_PER_HOUR
            case Budget.MONTH if priority is Priority.NORMAL:
                return self.parts_per_month - self.parts_per_month // _FOR_ALARMS
            case Budget.MONTH:
                return self.parts_per_month
            case Budget.RECIPIENTS:
                raise ValueError("recipients are not counted in parts")

    def whole(self, priority: Priority) -> tuple[int, Budget]:
        """Return the parts that the largest message may have, and what limits them."""
        return min((self.of(b, priority), b) for b in BUDGETS_OF[priority])


@dataclass(frozen=True, slots=True, eq=False)
class Spending:
    """What was counted when a message, or a piece of one, was handed over."""

    windows: tuple[tuple[Window[str], Entry[str]], ...]
    spans: tuple[tuple[Since, Entry[None]], ...]


class Account:
    """What one SIM has sent."""

    def __init__(self, clock: Clock, calendar: Calendar) -> None:
        """Start with nothing."""
        self._calendar = calendar
        self._hour = Window[str](clock, HOUR)
        self._day = Window[str](clock, DAY)
        self._alarm_hour = Window[str](clock, HOUR)
        self._month = Since(calendar.first)
        self._today = Since(calendar.midnight)

    @property
    def today(self) -> int:
        """Messages since midnight."""
        return self._today.total

    @property
    def recipients(self) -> int:
        """Different numbers that normal messages of the last day went to."""
        return self._day.distinct

    def has_written_to(self, peer: str) -> bool:
        """Tell whether a normal message of the last day went to a number."""
        return self._day.of(peer) > 0

    def recipient_leaves(self) -> float:
        """Return in how many seconds there is one recipient less."""
        return self._day.first_key_leaves()

    def used(self, which: Budget) -> int:
        """Return how many parts of a budget are used."""
        if which is Budget.MONTH:
            return self._month.total
        return self._rolling(which).total

    def leaving(self, which: Budget) -> list[tuple[float, int]]:
        """Return in how many seconds how many parts are free again, the next first."""
        if which is Budget.MONTH:
            return [(self._calendar.until_next_month(), self._month.total)]
        return self._rolling(which).leaving()

    def room(self, which: Budget, limits: Limits, priority: Priority) -> int:
        """Return how many parts one budget leaves."""
        return max(0, limits.of(which, priority) - self.used(which))

    def left(self, limits: Limits, priority: Priority) -> int:
        """Return how many parts all budgets leave."""
        return min(self.room(which, limits, priority) for which in BUDGETS_OF[priority])

    def takes(self, limits: Limits, priority: Priority, peer: str) -> bool:
        """Tell whether a number may be written to, for all that others were."""
        most = limits.recipients_per_day
        if most is None or priority is Priority.ALARM:
            return True
        return self.has_written_to(peer) or self.recipients < most

    def spend(
        self, peer: str, parts: int, priority: Priority, at: float, *, first: bool
    ) -> Spending:
        """Count what is handed over; in the order of the times."""
        normal = priority is Priority.NORMAL
        windows = (self._hour, self._day) if normal else (self._alarm_hour,)
        return Spending(
            tuple((window, window.add(peer, parts, at)) for window in windows),
            (
                (self._month, self._month.add(parts, at)),
                (self._today, self._today.add(int(first), at)),
            ),
        )

    def begin_anew(self, at: float) -> None:
        """Forget what was counted before a moment of the monotonic clock: there is a new card."""
        for window in (self._hour, self._day, self._alarm_hour):
            window.clear_before(at)
        for span in (self._month, self._today):
            span.clear_before(at)

    def _rolling(self, which: Budget) -> Window[str]:
        match which:
            case Budget.HOUR:
                return self._hour
            case Budget.ALARM_HOUR:
                return self._alarm_hour
            case _:
                return self._day


def refund(spending: Spending) -> None:
    """Take back what was counted."""
    for window, entry in spending.windows:
        window.remove(entry)
    for span, moment in spending.spans:
        span.remove(moment)
