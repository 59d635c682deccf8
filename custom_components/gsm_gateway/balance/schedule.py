"""When a SIM is asked for its balance; pure logic, whoever dials keeps it on disk."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, Self

from .kept import read_moment

GAP: Final = timedelta(seconds=45)
"""Between the questions of two SIMs of one box; one USSD dialogue takes up to 40 s."""

RETRY: Final = timedelta(minutes=15)
"""After which a question is tried again that could not be dialled at all."""

_JITTER: Final = 0.01
"""Share of the interval by which a question may come sooner or later."""

_SLACK: Final = 40 * GAP
"""By which other SIMs may put off a question, beyond the jitter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When a SIM was asked and when it is due, as kept on disk. Times are aware UTC."""

    interval: timedelta
    next_due: datetime
    last_asked: datetime | None = None

    def asked(
        self, now: datetime, chance: Random, others: Collection[datetime] = ()
    ) -> Self:
        """Return the schedule after a question at `now`.

        The next one is an interval later, give or take a little, and keeps a
        `GAP` from `others`: when the other SIMs of the box are due.
        """
        due = now + self.interval * (1 + chance.uniform(-_JITTER, _JITTER))
        while any(abs(due - other) < GAP for other in others):
            due += GAP
        return replace(self, last_asked=now, next_due=due)

    def with_interval(self, interval: timedelta) -> Self:
        """Return the schedule with another interval, counted from the last question."""
        if interval == self.interval:
            return self
        due = self.next_due if self.last_asked is None else self.last_asked + interval
        return replace(self, interval=interval, next_due=due)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        asked = self.last_asked
        return {
            "interval": self.interval.total_seconds(),
            "next_due": self.next_due.isoformat(),
            "last_asked": None if asked is None else asked.isoformat(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_dict` wrote. Raises `ValueError` for anything else."""
        try:
            asked = data["last_asked"]
            return cls(
                interval=timedelta(seconds=data["interval"]),
                next_due=read_moment(data["next_due"]),
                last_asked=None if asked is None else read_moment(asked),
            )
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError("not a schedule") from error


class Timetable:
    """Says when one SIM is asked next, whatever is done to the clock meanwhile.

    One for each SIM and run. Wall time tells what happened in earlier runs;
    inside a run the monotonic clock has the last word: no question comes
    earlier than an interval after the last one, and none is held up longer,
    because somebody set the clock. Whoever uses it looks at `delay` again every
    few minutes, and stores `schedule` after each `ask` **before** dialling.
    """

    def __init__(
        self,
        schedule: Schedule | None,
        *,
        interval: timedelta,
        index: int,
        now: datetime,
        monotonic: float,
        chance: Random,
    ) -> None:
        """Go on with what was stored; a SIM without that is due at once.

        What is due at the start is asked soon after it, one SIM after the
        other: `index` counts the SIMs of a box from 0.
        """
        known = schedule or Schedule(interval=interval, next_due=now)
        self._schedule = known.with_interval(interval)
        self._chance = chance
        self._since = monotonic
        soon = index * GAP + chance.uniform(0, 0.5) * GAP
        self._earliest = monotonic + soon.total_seconds()
        self._asked_in_this_run = False
        self._before_ask: Schedule | None = None

    @property
    def schedule(self) -> Schedule:
        """What belongs on disk."""
        return self._schedule

    def change_interval(self, interval: timedelta) -> None:
        """Plan anew from the last question; on disk it goes with the next one."""
        self._schedule = self._schedule.with_interval(interval)

    def delay(self, now: datetime, monotonic: float) -> timedelta:
        """Return how long to wait; zero means: ask now."""
        elapsed = timedelta(seconds=monotonic - self._since)
        latest = self._schedule.interval * (1 + 2 * _JITTER) + _SLACK - elapsed
        wait = min(self._schedule.next_due - now, latest)
        soonest = self.soonest(monotonic)
        if self._asked_in_this_run:
            between = self._schedule.interval * (1 - 2 * _JITTER) - elapsed
            soonest = max(soonest, between)
        return max(wait, soonest, timedelta())

    def soonest(self, monotonic: float) -> timedelta:
        """Return how long nobody is asked for any reason; zero or less: not at all.

        That is a moment after the start, and `RETRY` after what could not be dialled.
        """
        return timedelta(seconds=self._earliest - monotonic)

    def ask(
        self, now: datetime, monotonic: float, others: Collection[datetime] = ()
    ) -> Schedule:
        """Count a question, also one that a person asked for; store what comes back."""
        self._before_ask = self._schedule
        self._schedule = self._schedule.asked(now, self._chance, others)
        self._since = monotonic
        self._asked_in_this_run = True
        return self._schedule

    def revoke(self, now: datetime, monotonic: float) -> Schedule:
        """Take back a question that was certainly not dialled; store what comes back.

        It is due again after `RETRY`, or when it would have been. Not for an
        answer that failed or did not come: that code may have been dialled, and
        waits for its next turn.
        """
        if self._before_ask is not None:
            next_due = max(self._before_ask.next_due, now + RETRY)
            self._schedule = replace(self._before_ask, next_due=next_due)
            self._before_ask = None
            self._since = monotonic
            self._asked_in_this_run = False
            self._earliest = monotonic + RETRY.total_seconds()
        return self._schedule
