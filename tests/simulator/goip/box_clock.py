"""The clock inside a GoIP."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .box import GoipBox


def box_time(box: GoipBox) -> datetime:
    """Return the box's local time, naive as the box shows it.

    Without NTP it counts from the start of the box in January 1970 (D1).
    """
    options = box.options
    local = timedelta(hours=options.utc_offset, seconds=options.clock_offset)
    if not options.ntp:
        local = timedelta(seconds=box.uptime)
        return (datetime(1970, 1, 1, tzinfo=UTC) + local).replace(tzinfo=None)
    return (box.clock.now() + local).replace(tzinfo=None)


def box_seconds(box: GoipBox) -> int:
    """Return the seconds since 1970 by the box's clock, which has to have been set (D1)."""
    options = box.options
    if not options.ntp:
        return int(box.uptime)
    now = box.clock.now() + timedelta(seconds=options.clock_offset)
    return int((now - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def box_key(box: GoipBox) -> str:
    """Return a key that the box makes: its clock in hex seconds (D1)."""
    return f"{box_seconds(box):08x}"
