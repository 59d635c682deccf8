"""What holds for the forecast whatever was read."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.gsm_gateway.balance.forecast import find_drop, look_ahead
from custom_components.gsm_gateway.balance.readings import Reading

from .bills import DAY, START, Bill

AMOUNTS = st.one_of(
    st.decimals(-50, 500, places=2),
    st.decimals(-(10**9), 10**9, places=0),
    st.decimals(-1, 1, places=4),
)
GAPS = st.one_of(
    st.timedeltas(timedelta(), timedelta(days=3)),
    st.timedeltas(timedelta(days=-40), timedelta(days=40)),
    st.just(DAY),
)
STEPS = st.lists(st.tuples(AMOUNTS, st.integers(0, 40), GAPS), max_size=60)


def readings_of(steps: list[tuple[Decimal, int, timedelta]]) -> list[Reading]:
    at, found = START, []
    for amount, parts, gap in steps:
        at += gap
        found.append(Reading(at=at, amount=amount, parts=parts))
    return found


@settings(max_examples=300, deadline=None)
@given(STEPS, GAPS)
def test_nothing_is_below_zero_whatever_is_read(
    steps: list[tuple[Decimal, int, timedelta]], later: timedelta
) -> None:
    readings = readings_of(steps)
    now = (readings[-1].at if readings else START) + later
    outlook = look_ahead(readings, now=now)
    for value in (
        outlook.cost_per_day,
        outlook.days_left,
        outlook.price_per_part,
        outlook.sms_left,
    ):
        assert value is None or value >= 0
    assert outlook.last_top_up is None or outlook.last_top_up.amount > 0


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_a_drop_is_a_part_of_the_newest_fall(
    steps: list[tuple[Decimal, int, timedelta]],
) -> None:
    readings = readings_of(steps)
    if drop := find_drop(readings):
        assert drop.at == readings[-1].at
        assert drop.amount == readings[-2].amount - readings[-1].amount
        assert 0 < drop.unexplained <= drop.amount


@settings(max_examples=100, deadline=None)
@given(
    cents=st.integers(1, 500),
    days=st.lists(st.integers(1, 20), min_size=4, max_size=40),
    top_ups=st.sets(st.integers(1, 39), max_size=5),
)
def test_even_spending_is_found_through_gaps_and_top_ups(
    cents: int, days: list[int], top_ups: set[int]
) -> None:
    a_day = Decimal(cents) / 100
    bill = Bill("9000.00")
    for number, gap in enumerate(days):
        if number in top_ups:
            bill.read("-500.00")
        bill.read(a_day * gap, after=gap * DAY)
    outlook = look_ahead(bill.readings, now=bill.end)
    assert outlook.cost_per_day == pytest.approx(a_day)


@settings(max_examples=100, deadline=None)
@given(
    cents=st.integers(0, 300),
    counts=st.lists(st.integers(1, 12), min_size=3, max_size=20),
)
def test_the_price_of_sms_alone_is_exact(cents: int, counts: list[int]) -> None:
    bill = Bill("9000.00")
    for parts in counts:
        bill.send(parts, 0, price=str(Decimal(cents) / 100))
    outlook = look_ahead(bill.readings, now=bill.end)
    assert outlook.price_per_part == Decimal(cents) / 100
    assert find_drop(bill.readings) is None


@settings(max_examples=100, deadline=None)
@given(STEPS, st.integers(1, 4))
def test_a_currency_of_smaller_units_changes_nothing_else(
    steps: list[tuple[Decimal, int, timedelta]], smaller: int
) -> None:
    readings = readings_of(steps)
    if not readings or readings_exponent(readings) > 0:
        return
    small = [
        Reading(at=one.at, amount=one.amount.scaleb(-smaller), parts=one.parts)
        for one in readings
    ]
    now = readings[-1].at
    before, after = look_ahead(readings, now=now), look_ahead(small, now=now)
    assert (before.price_per_part is None) == (after.price_per_part is None)
    assert (before.last_top_up is None) == (after.last_top_up is None)
    assert (find_drop(readings) is None) == (find_drop(small) is None)
    if before.cost_per_day is not None:
        assert after.cost_per_day == pytest.approx(
            before.cost_per_day.scaleb(-smaller), abs=Decimal("1E-15")
        )


def readings_exponent(readings: list[Reading]) -> int:
    exponents = [reading.amount.as_tuple().exponent for reading in readings]
    return min(exponent for exponent in exponents if isinstance(exponent, int))
