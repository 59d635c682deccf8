"""What is kept so that a SIM does not lapse unnoticed: checks of its validity, its last SMS."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Self

from .kept import read_date, read_moment, read_text

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
    """That SMS in the message log, unless it was refused."""

    def checked_on(self, valid_until: date) -> date | None:
        """Return the local day on which an end of validity was looked at last."""
        return dict(self.checks).get(valid_until)

    def after_check(self, valid_until: date, day: date) -> Self:
        """Return what to keep once an end of validity was looked at."""
        others = [check for check in self.checks if check[0] != valid_until]
        checks = (*others, (valid_until, day))[-_REMEMBERED:]
        return replace(self, checks=checks)

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        since, day = self.idle_since, self.keep_alive_on
        return {
            "checks": [[end.isoformat(), on.isoformat()] for end, on in self.checks],
            "idle_since": since and since.isoformat(),
            "keep_alive_on": day and day.isoformat(),
            "keep_alive_id": self.keep_alive_id,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `to_dict` wrote."""
        since, day = kept["idle_since"], kept["keep_alive_on"]
        message_id = kept["keep_alive_id"]
        return cls(
            checks=tuple((read_date(end), read_date(on)) for end, on in kept["checks"]),
            idle_since=None if since is None else read_moment(since),
            keep_alive_on=None if day is None else read_date(day),
            keep_alive_id=None if message_id is None else read_text(message_id),
        )


NO_UPKEEP: Final = Upkeep()
