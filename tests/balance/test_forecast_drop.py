"""Falls of the balance that are told, and those that are not."""

from datetime import timedelta
from decimal import Decimal

import pytest

from custom_components.gsm_gateway.balance.forecast import find_drop
from custom_components.gsm_gateway.balance.readings import Drop

from .bills import DAY, START, Bill, daily

MIXED = (0, 1, 0, 2, 0, 1, 3, 1, 0, 0)
HOUR = timedelta(hours=1)


def drop(bill: Bill) -> Drop | None:
    return find_drop(bill.readings)


def learned(fee: str = "0") -> Bill:
    """Return a bill of a SIM whose SMS are known to cost 0.09."""
    return Bill().send(*MIXED, *MIXED, price="0.09", fee=fee)


@pytest.mark.parametrize("readings", [[], daily(["20.00"])])
def test_one_reading_is_no_fall(readings: list) -> None:  # type: ignore[type-arg]
    assert find_drop(readings) is None


def test_a_fall_without_an_sms_is_told_from_the_second_reading_on() -> None:
    assert drop(Bill("20.00").read("5.00")) == Drop(
        at=START + DAY, amount=Decimal("5.00"), unexplained=Decimal("5.00")
    )


def test_the_sms_and_the_usual_cost_are_taken_off() -> None:
    found = drop(learned(fee="0.20").read("5.38", parts=2))
    assert found is not None
    assert found.amount == Decimal("5.38")
    assert found.unexplained == pytest.approx(Decimal("5.00"))


def test_only_the_newest_fall_is_told() -> None:
    assert drop(learned().read("5.00").read("0.09", parts=1)) is None


@pytest.mark.parametrize("spent", ["-10.00", "0", "0.01", "0.02"])
def test_a_rise_and_rounding_are_no_drop(spent: str) -> None:
    assert drop(learned().read(spent)) is None


def test_sms_are_no_drop() -> None:
    assert drop(learned().read("1.08", parts=12)) is None


def test_sms_abroad_at_twice_the_price_are_no_drop() -> None:
    assert drop(learned().read("0.36", parts=2)) is None
    assert drop(learned().read("0.40", parts=2)) is not None


def test_sms_at_an_unknown_price_may_explain_everything() -> None:
    assert drop(Bill().days(5).read("5.00", parts=1)) is None


def test_sms_that_cost_nothing_explain_nothing() -> None:
    bill = Bill().send(*MIXED, price="0")
    assert drop(bill.read("0.50", parts=3)) is not None


def test_the_usual_cost_of_many_days_is_no_drop() -> None:
    assert drop(learned(fee="0.20").read("2.40", after=12 * DAY)) is None
    assert drop(learned(fee="0.20").read("7.39", after=12 * DAY)) is not None


def test_sms_that_are_charged_late_are_no_drop() -> None:
    assert drop(learned().read(parts=3).read("0.27", after=HOUR)) is None
    assert drop(learned().read(parts=3).read("0.27", after=2 * DAY)) is None


def test_sms_beside_a_top_up_that_are_charged_late_are_no_drop() -> None:
    assert drop(learned().read("-10.00", parts=3).read("0.27", after=HOUR)) is None


def test_a_fee_beside_sms_that_are_charged_late_is_told() -> None:
    found = drop(learned().read(parts=3).read("5.26", after=HOUR))
    assert found is not None
    assert found.unexplained == pytest.approx(Decimal("4.99"))


def test_a_monthly_fee_is_told_three_times() -> None:
    bill = Bill("200.00")
    told = []
    for day in range(1, 240):
        fee = day in (10, 41, 71, 102, 132, 163, 194)
        bill.read("4.99" if fee else "0")
        if drop(bill):
            told.append(day)
    assert told == [10, 41, 71]


def test_a_known_fee_of_another_amount_is_told_again() -> None:
    bill = Bill("200.00")
    for _ in range(4):
        bill.read("4.99").days(29)
    assert drop(bill.read("4.99")) is None
    bill.readings.pop()
    assert drop(bill.read("5.99")) is not None


def test_a_daily_fee_is_told_three_times() -> None:
    bill = Bill().days(30)
    told = [day for day in range(20) if drop(bill.read("0.19"))]
    assert told == [0, 1, 2]


def test_calls_that_are_a_habit_are_no_drop_but_what_costs_more_is() -> None:
    bill = Bill()
    for spent in ("0.40", "0.55", "0.38"):
        bill.read(spent).days(4)
    assert drop(bill.read("0.47")) is None
    bill.readings.pop()
    assert drop(bill.read("1.50")) is not None


def test_a_daily_fee_beside_a_habit_of_calls_is_told_the_third_time() -> None:
    bill = Bill()
    for spent in ("0.40", "0.55", "0.38", "0.61"):
        bill.read(spent).days(6)
    told = [drop(bill.read("0.19")) is not None for _ in range(4)]
    assert told == [False, False, True, False]
