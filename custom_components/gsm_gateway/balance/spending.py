"""How the money of a SIM goes: stretches between readings, the price of a part, the usual cost."""

from bisect import bisect
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from .readings import Reading, TopUp

SHORTEST: Final = timedelta(hours=20)
"""Readings closer than this are seen as one."""
LONGEST: Final = timedelta(hours=40)
"""For so long a reading is awaited before which nothing was sent: operators charge late."""
AGREEING: Final = 3
"""Stretches that must agree on a price."""
HEARD: Final = 5
"""Latest stretches that are heard about the price."""
REGULAR: Final = 5
"""Stretches that show what is usual; one may be unlike the others."""

ZERO: Final = Decimal()
_DAY: Final = timedelta(days=1)
_NEAR: Final = Decimal("0.03")
_SIMILAR: Final = Decimal("0.25")
_FINE: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Time between two readings in which no money was put on the SIM."""

    end: datetime
    days: Decimal
    fall: Decimal
    """What was spent; below zero after a correction."""
    parts: int
    whole: bool
    """Whether it is long enough, and what was sent in it is sure to be charged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Voice:
    """What one stretch says of the price."""

    index: int
    price: Decimal
    parts: int


def days_between(start: datetime, end: datetime) -> Decimal:
    """Return the days from one time to another, 0 where a clock was set back."""
    micros = (end - start) // timedelta(microseconds=1)
    return Decimal(max(micros, 0)) / (_DAY // timedelta(microseconds=1))


def smallest_unit(readings: Sequence[Reading]) -> Decimal:
    """Return the step in which the operator tells amounts, such as 0.01."""
    exponents = [reading.amount.as_tuple().exponent for reading in readings]
    numbers = [exponent for exponent in exponents if isinstance(exponent, int)]
    return Decimal(1).scaleb(min([*numbers, 0]))


def find_top_ups(readings: Sequence[Reading]) -> list[TopUp]:
    """Return the rises that are money put on the SIM, oldest first.

    A rise is a correction or a bonus where it is at most two of the smallest units, or
    less than a hundredth of the most that was ever on the SIM.
    """
    highest = max((reading.amount for reading in readings), default=ZERO)
    least = max(2 * smallest_unit(readings), highest / 100)
    return [
        TopUp(at=after.at, amount=after.amount - before.amount)
        for before, after in pairwise(readings)
        if after.amount - before.amount > least
    ]


def stretches(readings: Sequence[Reading]) -> list[Stretch]:
    """Divide time into stretches of about a day or more, without those that saw a top-up.

    What was spent beside a top-up cannot be known, so that its time does not count
    either. A shorter stretch remains before a top-up and at the end.
    """
    topped_up = {top_up.at for top_up in find_top_ups(readings)}
    found: list[Stretch] = []
    begin, parts = readings[:1], 0

    def close(end: Reading, *, whole: bool) -> None:
        (start,) = begin
        if end.at > start.at:
            found.append(
                Stretch(
                    end=end.at,
                    days=days_between(start.at, end.at),
                    fall=start.amount - end.amount,
                    parts=parts,
                    whole=whole,
                )
            )

    for before, after in pairwise(readings):
        if after.at in topped_up and after.amount > before.amount:
            close(before, whole=False)
            begin, parts = [after], 0
            continue
        parts += after.parts
        age = after.at - begin[0].at
        if age >= LONGEST or (age >= SHORTEST and not after.parts):
            close(after, whole=True)
            begin, parts = [after], 0
    if readings:
        close(readings[-1], whole=False)
    return found


def prices(seen: Sequence[Stretch], unit: Decimal, highest: Decimal) -> list[Decimal]:
    """Return the price of a part in each stretch, or nothing where none is known yet.

    Each stretch with parts speaks for the price that explains it, after what is usual in
    the stretches without any. Three of the last five must agree; another price is
    believed when three agree and none since the first of them speaks for the old one.
    It holds from the first of them on, the first price from the beginning. Where the
    operator tells amounts too roughly, there is no price.
    """
    if unit * _FINE > highest:
        return []
    heard: deque[int] = deque(maxlen=HEARD)
    idle: list[int] = []
    found: list[Decimal] = []
    for index, stretch in enumerate(seen):
        found.extend(found[-1:])
        if not stretch.whole:
            continue
        if not stretch.parts:
            idle.append(index)
            continue
        heard.append(index)
        voices = [_voice(seen, one, idle) for one in heard]
        if agreed := _agreed(voices, found[-1:], unit):
            price = _common(agreed, unit)
            if found and price % unit and abs(price - found[-1]) <= _NEAR * price:
                continue  # the same, less exactly
            since = agreed[0].index if found else 0
            found[since:] = [price] * (index + 1 - since)
    return found


def _voice(seen: Sequence[Stretch], index: int, idle: Sequence[int]) -> _Voice:
    """Return what a stretch says of the price, after what is usual without SMS."""
    place = bisect(idle, index)
    near = idle[max(place - AGREEING, 0) : place + AGREEING]
    rates = [seen[other].fall / seen[other].days for other in near]
    usual = (_steady(rates) if len(rates) >= AGREEING else None) or ZERO
    stretch = seen[index]
    cost = stretch.fall - usual * stretch.days
    if cost < 0:
        cost = max(stretch.fall, ZERO)  # the usual was not charged
    return _Voice(index=index, price=cost / stretch.parts, parts=stretch.parts)


def _agreed(
    voices: Sequence[_Voice], known: Sequence[Decimal], unit: Decimal
) -> list[_Voice]:
    """Return the voices that agree on a price and may be believed."""
    camps = [[one for one in voices if _near(one, other, unit)] for other in voices]
    camp = max(camps, key=len)
    if len(camp) < AGREEING:
        return []
    others = [one for one in voices if one.index > camp[0].index and one not in camp]
    for price in known:
        if any(abs(one.price - price) < unit / one.parts for one in others):
            return []
    return camp


def _near(one: _Voice, other: _Voice, unit: Decimal) -> bool:
    """Tell whether rounding may be all the difference."""
    apart = abs(one.price - other.price)
    most = max(one.price, other.price)
    return apart < unit / min(one.parts, other.parts) or apart <= _NEAR * most


def _common(camp: Sequence[_Voice], unit: Decimal) -> Decimal:
    """Return the price of all, a round one where that explains enough of them."""
    rounded = round(median(one.price for one in camp) / unit) * unit
    fits = [one for one in camp if abs(one.price - rounded) * one.parts <= unit / 2]
    if len(fits) >= AGREEING:
        return rounded
    parts = sum(one.parts for one in camp)
    return sum((one.price * one.parts for one in camp), ZERO) / parts


def sms_cost(seen: Sequence[Stretch], known: Sequence[Decimal]) -> list[Decimal]:
    """Return what the SMS of each stretch cost, 0 as long as no price is known."""
    each = known or [ZERO] * len(seen)
    return [price * stretch.parts for price, stretch in zip(each, seen, strict=True)]


def usual_costs(seen: Sequence[Stretch], extras: Sequence[Decimal]) -> list[Decimal]:
    """Return what was usual a day in each stretch, of what it cost beside SMS.

    A daily fee is usual from its first day on, as soon as four of five stretches have
    it; it ends with the first of five where four do not. What is bought now and then is
    not usual. Where nothing is regular, what was usual before goes on.
    """
    whole = [index for index, stretch in enumerate(seen) if stretch.whole]
    rates = [extras[index] / seen[index].days for index in whole]
    levels = [_level(rates, place) for place in range(len(rates))]
    level = next((told for told in levels if told is not None), ZERO)
    told = dict(zip(whole, levels, strict=True))
    found = []
    for index in range(len(seen)):
        now = told.get(index)
        level = level if now is None else now
        found.append(level)
    return found


def _level(rates: Sequence[Decimal], place: int) -> Decimal | None:
    """Return what is regular from here on, or up to here, or nothing."""
    behind = rates[max(place - REGULAR + 1, 0) : place + 1]
    for around in (rates[place : place + REGULAR], behind):
        level = _steady(around) if len(around) >= REGULAR - 1 else None
        if level is not None and _like(rates[place], level):
            return level
    return _steady(behind) if len(behind) == REGULAR else None


def _steady(rates: Sequence[Decimal]) -> Decimal | None:
    """Return the middle one of some rates if at most one of five is unlike it."""
    middle = median(rates)
    unlike = sum(not _like(rate, middle) for rate in rates)
    return middle if unlike * REGULAR <= len(rates) else None


def _like(rate: Decimal, level: Decimal) -> bool:
    return abs(rate - level) <= _SIMILAR * abs(level)
