"""Why the guard refuses a message, and what it has stopped."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .messages import MessagingError


class Budget(StrEnum):
    """Which limit of a SIM has no room."""

    HOUR = "hour"
    """Parts of normal messages in an hour."""
    DAY = "day"
    """Parts of normal messages in a day."""
    MONTH = "month"
    """Parts of all messages in a calendar month."""
    RECIPIENTS = "recipients"
    """Different numbers that normal messages went to in a day."""
    ALARM_HOUR = "alarm_hour"
    """Parts of alarms in an hour."""


class StopKind(StrEnum):
    """What a stop concerns."""

    SAME_TEXT = "same_text"
    """Normal messages with one text to one number."""
    LOOP = "loop"
    """Every message to a number that answers each of ours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """A pair that gets nothing more until the user says resume."""

    number: str
    """In its one form (`numbers.normalised`)."""
    text_hash: str
    """Empty: every text."""
    since: datetime
    cause: str
    """Name of the automation that sent last, if known."""

    @property
    def kind(self) -> StopKind:
        """What it concerns."""
        return StopKind.SAME_TEXT if self.text_hash else StopKind.LOOP


class GuardRefusal(MessagingError):
    """The guard lets a message not pass; the number is for the user's eyes only."""

    def __init__(self, told: str, number: str, cause: str) -> None:
        """Keep whom the message was for and which automation sent it, if known."""
        super().__init__(told)
        self.number = number
        self.cause = cause


class OverBudget(GuardRefusal):
    """The SIMs that may send it have, together, no room for it now."""

    def __init__(
        self,
        number: str,
        cause: str,
        *,
        which: Budget,
        limit: int,
        used: int,
        frees_at: datetime,
    ) -> None:
        """Keep the limit of these SIMs together, what is used of it or waits, and when it fits."""
        super().__init__(f"no room in the limit per {which}", number, cause)
        self.which = which
        self.limit = limit
        self.used = used
        self.frees_at = frees_at


class LargerThanLimit(GuardRefusal):
    """The message has more parts than any SIM that may send it ever sends in this time."""

    def __init__(
        self, number: str, cause: str, *, which: Budget, limit: int, parts: int
    ) -> None:
        """Keep the largest limit of these SIMs and the parts of the message."""
        super().__init__(f"larger than the whole limit per {which}", number, cause)
        self.which = which
        self.limit = limit
        self.parts = parts


class TooManyAlarms(GuardRefusal):
    """The number has had its alarms of this hour."""

    def __init__(
        self, number: str, cause: str, *, limit: int, frees_at: datetime
    ) -> None:
        """Keep how many are allowed, and when the next one is."""
        super().__init__("too many alarms to one number", number, cause)
        self.limit = limit
        self.frees_at = frees_at


class Stopped(GuardRefusal):
    """The loop breaker has stopped these messages; only the user can say resume."""

    def __init__(self, number: str, cause: str, stop: Stop) -> None:
        """Keep the stop, which may be older than this message."""
        super().__init__("stopped as an endless loop", number, cause)
        self.stop = stop
