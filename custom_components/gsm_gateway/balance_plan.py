"""When one SIM is asked for its balance: its timetable, and what its user wishes beside that."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from math import inf
from random import Random
from typing import Any, Final, Self

from .balance.schedule import Schedule, Timetable
from .balance.wishes import DayCount, QuietHours, until_tomorrow
from .balance_store import SimBalance
from .const import (
    CONF_BALANCE_AFTER_SMS,
    CONF_BALANCE_INTERVAL,
    CONF_BALANCE_ONLY_AFTER_SENT,
    CONF_BALANCE_PER_DAY,
    CONF_QUIET_FROM,
    CONF_QUIET_TO,
    DEFAULT_BALANCE_INTERVAL,
    DEFAULT_BALANCE_PER_DAY,
)
from .gateways.clock import Clock

NEVER: Final = timedelta.max
SETTLES: Final = 120.0
"""Seconds after the last SMS after which the operator has surely charged it."""
PATIENCE: Final = 600.0
"""Seconds after the first SMS after which the last one is waited for no longer."""
BETWEEN: Final = 600.0
"""Seconds between a question and the next one that only an SMS is the reason for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What a user has set for the questions that nobody asks by hand."""

    interval: timedelta
    only_after_sent: bool
    after_sms: bool
    per_day: int
    quiet: QuietHours | None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Return the wishes in a SIM's settings."""
        start, end = settings.get(CONF_QUIET_FROM), settings.get(CONF_QUIET_TO)
        hours = settings.get(CONF_BALANCE_INTERVAL, DEFAULT_BALANCE_INTERVAL)
        return cls(
            interval=timedelta(hours=hours),
            only_after_sent=settings.get(CONF_BALANCE_ONLY_AFTER_SENT, False),
            after_sms=settings.get(CONF_BALANCE_AFTER_SMS, True),
            per_day=settings.get(CONF_BALANCE_PER_DAY, DEFAULT_BALANCE_PER_DAY),
            quiet=QuietHours(
                start=time.fromisoformat(start), end=time.fromisoformat(end)
            )
            if start and end
            else None,
        )


def first_asked(
    wishes: Wishes, at: datetime, zone: tzinfo, chance: Random
) -> dict[str, Any]:
    """Return what to keep of a SIM that somebody asked before it was set up."""
    schedule = Schedule(interval=wishes.interval, next_due=at).asked(at, chance)
    return {"schedule": schedule, "count": DayCount.after_one_more(None, at, zone)}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Past:
    """What a question that was not dialled gives back. Times are monotonic."""

    count: DayCount | None
    asked: float
    """When the SIM was asked last."""
    sent: tuple[float, float] | None
    """When it sent its first and its last SMS since then."""


class Plan:
    """Says when one SIM is asked next; one for each SIM and run."""

    def __init__(
        self,
        wishes: Wishes,
        kept: SimBalance,
        *,
        sent: tuple[datetime, datetime] | None,
        index: int,
        clock: Clock,
        zone: Callable[[], tzinfo],
        chance: Random,
    ) -> None:
        """Go on with what was kept; `index` counts the SIMs of a box from 0.

        `sent` are the times of the first and the last SMS since the last question.
        `zone` returns that of the clock on the user's wall.
        """
        self._wishes = wishes
        self._clock = clock
        self._zone = zone
        self._timetable = Timetable(
            kept.schedule,
            interval=wishes.interval,
            index=index,
            now=clock.now(),
            monotonic=clock.monotonic(),
            chance=chance,
        )
        asked = kept.schedule.last_asked if kept.schedule else None
        self._past = _Past(
            count=kept.count,
            asked=self._monotonic(asked) if asked else -inf,
            sent=(self._monotonic(sent[0]), self._monotonic(sent[1])) if sent else None,
        )
        self._before = self._past

    @property
    def schedule(self) -> Schedule:
        """What of it is on disk."""
        return self._timetable.schedule

    def follow(self, wishes: Wishes) -> None:
        """Take over other wishes."""
        self._wishes = wishes
        self._timetable.change_interval(wishes.interval)

    def note_sent(self) -> None:
        """Hear that the SIM has just sent an SMS."""
        now, past = self._clock.monotonic(), self._past
        first = past.sent[0] if past.sent else now
        self._past = _Past(count=past.count, asked=past.asked, sent=(first, now))

    def wait(self) -> timedelta:
        """Return how long to wait at least; zero means: ask now."""
        due = min(self._timed(), self._after_sms())
        return due or self._held_up()

    def ask(self, others: Collection[datetime]) -> dict[str, Any]:
        """Count a question, also one that a person asked for; return what to keep of it.

        `others` are the times when the other SIMs of the box are due.
        """
        now, monotonic = self._clock.now(), self._clock.monotonic()
        self._before = self._past
        count = DayCount.after_one_more(self._past.count, now, self._zone())
        self._past = _Past(count=count, asked=monotonic, sent=None)
        schedule = self._timetable.ask(now, monotonic, others)
        return {"schedule": schedule, "count": count}

    def revoke(self) -> dict[str, Any]:
        """Ask later instead, nothing was dialled; return what to keep of that."""
        before, meanwhile = self._before, self._past.sent
        marks = [*(before.sent or ()), *(meanwhile or ())]
        self._past = _Past(
            count=before.count,
            asked=before.asked,
            sent=(min(marks), max(marks)) if marks else None,
        )
        now, monotonic = self._clock.now(), self._clock.monotonic()
        schedule = self._timetable.revoke(now, monotonic)
        return {"schedule": schedule, "count": before.count}

    def _timed(self) -> timedelta:
        """Return how long the interval still lasts."""
        wait = self._timetable.delay(self._clock.now(), self._clock.monotonic())
        if not self._wishes.only_after_sent or self._past.asked == -inf:
            return wait
        return max(wait, self._settling())

    def _after_sms(self) -> timedelta:
        """Return how long to wait before asking what the last SMS have cost."""
        if not self._wishes.after_sms:
            return NEVER
        monotonic = self._clock.monotonic()
        between = timedelta(seconds=max(0.0, self._past.asked + BETWEEN - monotonic))
        soonest = self._timetable.soonest(monotonic)
        return max(self._settling(), between, soonest)

    def _settling(self) -> timedelta:
        """Return how long the operator may still take to charge what was sent, if anything was."""
        if self._past.sent is None:
            return NEVER
        first, last = self._past.sent
        settled = min(last + SETTLES, first + PATIENCE)
        return timedelta(seconds=max(0.0, settled - self._clock.monotonic()))

    def _held_up(self) -> timedelta:
        """Return how long quiet hours or the day's maximum forbid a question by itself."""
        now, zone, wishes = self._clock.now(), self._zone(), self._wishes
        quiet = wishes.quiet.left(now, zone) if wishes.quiet else timedelta()
        count = self._past.count
        asked = count.on(now, zone) if count else 0
        full = until_tomorrow(now, zone) if asked >= wishes.per_day else timedelta()
        return max(quiet, full)

    def _monotonic(self, moment: datetime) -> float:
        """Return when a moment of an earlier run was, not later than now."""
        age = (self._clock.now() - moment).total_seconds()
        return self._clock.monotonic() - max(0.0, age)
