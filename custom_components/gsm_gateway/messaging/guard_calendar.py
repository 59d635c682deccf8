"""Days and months of the user, by a wall clock that may jump."""

from datetime import datetime, timedelta, tzinfo

from ..gateways.clock import Clock


class Calendar:
    """The wall clock, but never behind what was counted last.

    So a clock that falls back begins no old month again; it goes on from where
    it was. `zone` may be changed at any time.
    """

    def __init__(self, clock: Clock, zone: tzinfo) -> None:
        """Believe the clock."""
        self.zone = zone
        self._clock = clock
        self._floor: datetime | None = None
        self._floor_at = 0.0

    def now(self) -> datetime:
        """Return the time of the calendar, in UTC."""
        now = self._clock.now()
        if self._floor is None:
            return now
        elapsed = timedelta(seconds=self._clock.monotonic() - self._floor_at)
        return max(now, self._floor + elapsed)

    def hold(self, at: datetime | None = None) -> None:
        """Do not go behind this time, or the present one, any more."""
        self._floor = max(self.now(), at) if at else self.now()
        self._floor_at = self._clock.monotonic()

    def midnight(self) -> float:
        """Return when, by the monotonic clock, this day began."""
        return self._ago(self._today())

    def first(self) -> float:
        """Return when, by the monotonic clock, this month began."""
        return self._ago(self._today().replace(day=1))

    def until_next_month(self) -> float:
        """Return the seconds until the next month begins."""
        later = self._today().replace(day=1) + timedelta(days=32)
        return self._ago(later.replace(day=1)) - self._clock.monotonic()

    def _today(self) -> datetime:
        local = self.now().astimezone(self.zone)
        return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)

    def _ago(self, moment: datetime) -> float:
        # In POSIX seconds: the difference of two times of one zone forgets its changes.
        seconds = moment.timestamp() - self.now().timestamp()
        return self._clock.monotonic() + seconds
