"""What is kept so that a SIM does not lapse unnoticed: checks of its validity, its last SMS."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Self

from .kept import read_count, read_date, read_flag, read_moment, read_text

_REMEMBERED: Final = 5
"""Ends of validity; an operator's answers may tell two of them in turn."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upkeep:
    """What is kept of one card."""

    checks: tuple[tuple[date, date], ...] = ()
    """Ends of validity, each with the local day on which it was looked at last."""
    idle_since: datetime | None = None
    """When it sent its last SMS, or since when that is watched; None while it is not."""
    keep_alive_on: date | None = None
    """The local day on which it should have sent the last SMS that keeps it alive."""
    keep_alive_id: str | None = None
    """That SMS in the message log, unless it was refused, or failed."""
    keep_alive_to: str | None = None
    """The number to which it should have gone."""
    keep_alive_failures: int = 0
    """How many of them had failed in a row when the last one was tried, or it itself did."""
    keep_alive_sent: bool = False
    """Whether the last one went out, as far as is known."""

    def checked_on(self, valid_until: date) -> date | None:
        """Return the local day on which an end of validity was looked at last."""
        return dict(self.checks).get(valid_until)

    def after_check(self, valid_until: date, day: date) -> Self:
        """Return what to keep once an end of validity was looked at."""
        others = [check for check in self.checks if check[0] != valid_until]
        checks = (*others, (valid_until, day))[-_REMEMBERED:]
        return replace(self, checks=checks)

    def failures(self, number: str | None) -> int:
        """Return how many SMS to a number failed since the last one that went out."""
        going_on = number == self.keep_alive_to and not self.keep_alive_sent
        return self.keep_alive_failures if going_on else 0

    def before_try(self, day: date, number: str) -> Self:
        """Return what to keep before the SIM tries to send an SMS that keeps it alive."""
        return replace(
            self,
            keep_alive_on=day,
            keep_alive_id=None,
            keep_alive_to=number,
            keep_alive_failures=self.failures(number),
            keep_alive_sent=False,
        )

    def after_success(self) -> Self:
        """Return what to keep once it went out; some boxes tell later that it failed."""
        return replace(self, keep_alive_sent=True)

    def after_failure(self) -> Self:
        """Return what to keep once it failed."""
        return replace(
            self,
            keep_alive_id=None,
            keep_alive_failures=self.keep_alive_failures + 1,
            keep_alive_sent=False,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        since, day = self.idle_since, self.keep_alive_on
        return {
            "checks": [[end.isoformat(), on.isoformat()] for end, on in self.checks],
            "idle_since": since and since.isoformat(),
            "keep_alive_on": day and day.isoformat(),
            "keep_alive_id": self.keep_alive_id,
            "keep_alive_to": self.keep_alive_to,
            "keep_alive_failures": self.keep_alive_failures,
            "keep_alive_sent": self.keep_alive_sent,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `to_dict` wrote; an earlier version wrote less."""
        since, day = kept["idle_since"], kept["keep_alive_on"]
        message_id, number = kept["keep_alive_id"], kept.get("keep_alive_to")
        return cls(
            checks=tuple((read_date(end), read_date(on)) for end, on in kept["checks"]),
            idle_since=None if since is None else read_moment(since),
            keep_alive_on=None if day is None else read_date(day),
            keep_alive_id=None if message_id is None else read_text(message_id),
            keep_alive_to=None if number is None else read_text(number),
            keep_alive_failures=read_count(kept.get("keep_alive_failures", 0)),
            keep_alive_sent=read_flag(kept.get("keep_alive_sent", False)),
        )


NO_UPKEEP: Final = Upkeep()
