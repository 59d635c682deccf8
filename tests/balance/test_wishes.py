"""Quiet hours and days, as the clock on the wall shows them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.gsm_gateway.balance.wishes import (
    DayCount,
    QuietHours,
    until_tomorrow,
)

WARSAW = ZoneInfo("Europe/Warsaw")
NIGHT = QuietHours(start=time(22), end=time(7))
NOON = QuietHours(start=time(12, 30), end=time(13, 15))
NOTHING = timedelta()


def at(written: str) -> datetime:
    """Return a moment that is written in UTC."""
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "now", "left"),
    [
        (NIGHT, "2026-05-01 19:59:59", NOTHING),
        (NIGHT, "2026-05-01 20:00:00", timedelta(hours=9)),
        (NIGHT, "2026-05-01 22:30:00", timedelta(hours=6, minutes=30)),
        (NIGHT, "2026-05-02 04:59:59", timedelta(seconds=1)),
        (NIGHT, "2026-05-02 05:00:00", NOTHING),
        (NOON, "2026-05-01 10:29:00", NOTHING),
        (NOON, "2026-05-01 10:30:00", timedelta(minutes=45)),
        (NOON, "2026-05-01 11:15:00", NOTHING),
        (QuietHours(start=time(8), end=time(8)), "2026-05-01 06:00:00", NOTHING),
    ],
)
def test_quiet_hours_last_until_the_clock_shows_their_end(
    hours: QuietHours, now: str, left: timedelta
) -> None:
    assert hours.left(at(now), WARSAW) == left


def test_the_night_in_which_summer_begins_is_an_hour_shorter() -> None:
    assert NIGHT.left(at("2026-03-28 21:00:00"), WARSAW) == timedelta(hours=8)


def test_the_night_in_which_summer_ends_is_an_hour_longer() -> None:
    assert NIGHT.left(at("2026-10-24 20:00:00"), WARSAW) == timedelta(hours=10)


def test_an_end_that_no_clock_shows_is_over_when_the_hour_was_skipped() -> None:
    hours = QuietHours(start=time(22), end=time(2, 30))
    assert hours.left(at("2026-03-29 00:59:00"), WARSAW) > NOTHING
    assert hours.left(at("2026-03-29 01:00:00"), WARSAW) == NOTHING  # 03:00


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    hours = QuietHours(start=time(22), end=time(2, 30))
    assert hours.left(at("2026-10-25 00:29:00"), WARSAW) == timedelta(minutes=1)
    assert hours.left(at("2026-10-25 00:31:00"), WARSAW) == NOTHING
    assert hours.left(at("2026-10-25 01:10:00"), WARSAW) == timedelta(minutes=20)


def test_questions_count_for_the_day_on_the_wall() -> None:
    evening, night = at("2026-05-01 21:00:00"), at("2026-05-01 22:30:00")
    count = DayCount.after_one_more(None, evening, WARSAW)
    count = DayCount.after_one_more(count, evening, WARSAW)
    assert count == DayCount(day=date(2026, 5, 1), questions=2)
    assert (count.on(evening, WARSAW), count.on(night, WARSAW)) == (2, 0)
    assert DayCount.after_one_more(count, night, WARSAW).questions == 1
    assert DayCount.from_dict(count.to_dict()) == count


def test_a_day_ends_at_midnight_on_the_wall() -> None:
    assert until_tomorrow(at("2026-05-01 21:59:00"), WARSAW) == timedelta(minutes=1)
    assert until_tomorrow(at("2026-10-24 22:00:00"), WARSAW) == timedelta(hours=25)
