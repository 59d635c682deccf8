"""What each SIM may send in an hour, a day and a month."""

from dataclasses import dataclass


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


@dataclass(slots=True, eq=False)
class Spending:
    """What was counted when a message, or a piece of one, was handed over."""

    line_id: str
    at: float
    """When, by the monotonic clock."""
    parts: int
    messages: int
    """0 for a further piece of a message."""
