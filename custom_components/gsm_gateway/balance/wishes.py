"""When a SIM is not asked by itself: quiet hours, and the most questions a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, Self

from .kept import read_count, read_date

_AT_LEAST: Final = timedelta(seconds=1)
_MIDNIGHT: Final = time()


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """A stretch of every day, perhaps over midnight, as the clock on the wall shows it."""

    start: time
    end: time

    def left(self, now: datetime, zone: tzinfo) -> timedelta:
        """Return how long they still last; zero outside of them.

        What the clock shows twice in the night when summer time ends is quiet
        twice. Where start and end are the same, nothing is quiet.
        """
        local = now.astimezone(zone)
        shown = local.time()
        if self.start <= self.end:
            quiet = self.start <= shown < self.end
        else:
            quiet = shown >= self.start or shown < self.end
        return _until(local, self.end) if quiet else timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class DayCount:
    """How many questions a SIM was asked on the last day on which it was asked."""

    day: date
    """In local time."""
    questions: int

    def on(self, now: datetime, zone: tzinfo) -> int:
        """Return how many were asked today."""
        return self.questions if self.day == now.astimezone(zone).date() else 0

    @classmethod
    def after_one_more(cls, before: Self | None, now: datetime, zone: tzinfo) -> Self:
        """Return the count with a question that is asked now."""
        asked = before.on(now, zone) if before else 0
        return cls(day=now.astimezone(zone).date(), questions=asked + 1)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return {"day": self.day.isoformat(), "questions": self.questions}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_dict` wrote."""
        return cls(day=read_date(data["day"]), questions=read_count(data["questions"]))


def until_tomorrow(now: datetime, zone: tzinfo) -> timedelta:
    """Return how long the local day still lasts."""
    return _until(now.astimezone(zone), _MIDNIGHT)


def _until(local: datetime, shown: time) -> timedelta:
    """Return how long it takes until the clock on the wall shows a time."""
    moment = datetime.combine(local.date(), shown, local.tzinfo).replace(
        fold=local.fold
    )
    if moment <= local:
        moment += timedelta(days=1)
    return max(moment.astimezone(UTC) - local.astimezone(UTC), _AT_LEAST)
