"""What the readings of a SIM say of its future, and of money that went without an SMS."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from .readings import Drop, Outlook, Reading
from .spending import (
    ZERO,
    days_between,
    find_top_ups,
    prices,
    smallest_unit,
    sms_cost,
    stretches,
    usual_costs,
)

LEAST: Final = Decimal(3)
"""Days that must be known before there is an average."""
SPAN: Final = Decimal(30)
"""Days that are averaged."""
LONG_SPAN: Final = Decimal(60)
"""Days over which the most expensive ones are averaged."""
MONTH: Final = Decimal("30.44")
"""Days of a mean month."""
MONTHLY: Final = (Decimal(26), Decimal(35))
"""Days between two payments of a monthly fee, as readings see them."""

KNOWN_AFTER: Final = 3
"""Times after which a fee or a habit is no news."""
SAME_FEE: Final = timedelta(days=100)
"""For so long a fee is remembered: three payments a month apart."""
NEW_FEE: Final = timedelta(days=7)
"""Within which a new daily fee shows, even among other habits."""
SAME_HABIT: Final = timedelta(days=60)
LATE: Final = timedelta(days=1)
"""After which an operator has charged what was sent."""

_ALIKE: Final = Decimal("0.05")
_SIMILAR: Final = Decimal("0.75")
_HALF: Final = Decimal("0.5")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Spent:
    """What a stretch cost."""

    end: datetime
    days: Decimal
    parts: int
    extra: Decimal
    """Beside SMS."""
    usual: Decimal
    """A day beside SMS, in these days."""

    @property
    def odd(self) -> Decimal:
        """What was neither for SMS nor usual."""
        return self.extra - self.usual * self.days


class _Past:
    """What the readings of a SIM tell of how its money went."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        """Look at readings of one card in one currency, oldest first."""
        seen = stretches(readings)
        highest = max((reading.amount for reading in readings), default=ZERO)
        self.unit = smallest_unit(readings)
        known = prices(seen, self.unit, highest)
        self.price = known[-1] if known else None
        costs = sms_cost(seen, known)
        extras = [part.fall - cost for part, cost in zip(seen, costs, strict=True)]
        usual = usual_costs(seen, extras)
        self.spent = [
            _Spent(
                end=stretch.end,
                days=stretch.days,
                parts=stretch.parts,
                extra=extra,
                usual=rate,
            )
            for stretch, extra, rate in zip(seen, extras, usual, strict=True)
        ]
        self.usual = usual[-1] if usual else ZERO

    def monthly_fees(self) -> tuple[dict[int, Decimal], Decimal]:
        """Return what was paid monthly, by stretch, and what of it goes on, a day.

        Two payments of nearly the same amount about a month apart make a fee, where there
        is no third between them: that is a habit. It ends when the next one is overdue.
        """
        newest = self.spent[-1].end
        odd = [
            (index, days_between(spent.end, newest), spent.odd)
            for index, spent in enumerate(self.spent)
            if spent.odd > 0 and newest - spent.end <= SAME_FEE
        ]
        payments: dict[int, Decimal] = {}
        going_on: dict[int, Decimal] = {}
        for place, (index, ago, amount) in enumerate(odd):
            earlier = [one for one in odd[:place] if self._alike(amount, one[2])]
            if not earlier:
                continue
            before, longer_ago, paid = earlier[-1]
            if MONTHLY[0] <= longer_ago - ago <= MONTHLY[1]:
                payments |= {before: paid, index: amount}
                going_on.pop(before, None)
                if ago <= MONTHLY[1]:
                    going_on[index] = amount
        return payments, sum(going_on.values(), ZERO) / MONTH

    def _alike(self, one: Decimal, other: Decimal) -> bool:
        return abs(one - other) <= max(2 * self.unit, _ALIKE * max(one, other))

    def cost_per_day(self) -> Decimal | None:
        """Return what a day costs now, or `None` until enough days are known."""
        covered = sum((spent.days for spent in self.spent), ZERO)
        if covered < LEAST:
            return None
        payments, fees_a_day = self.monthly_fees()
        price = self.price or ZERO
        sms = [(spent.days, price * spent.parts) for spent in self.spent]
        odd = [
            (spent.days, spent.odd - payments.get(index, ZERO))
            for index, spent in enumerate(self.spent)
        ]
        a_day = self.usual + fees_a_day + _mean(sms, LONG_SPAN) + _smoothed(odd)
        return max(a_day, ZERO)

    def unexplained(self, start: Reading, newest: Reading, parts: int) -> Decimal:
        """Return what neither SMS nor the usual cost explain of a fall, 0 if all is."""
        if parts and self.price is None:
            return ZERO
        sms = (self.price or ZERO) * parts
        odd = [(spent.days, spent.odd) for spent in self.spent]
        a_day = self.usual + max(_smoothed(odd), ZERO)
        usual = a_day * days_between(start.at, newest.at)
        left = start.amount - newest.amount - sms - usual
        return left if left > max(2 * self.unit, sms) else ZERO

    def knows(self, amount: Decimal, at: datetime) -> bool:
        """Tell whether a user has met such a fall beside SMS three times."""
        fees = [
            index
            for index, spent in enumerate(self.spent)
            if at - spent.end <= SAME_FEE and self._alike(spent.extra, amount)
        ]
        if len(fees) >= KNOWN_AFTER:
            return True
        news = [index for index in fees if at - self.spent[index].end <= NEW_FEE]
        if len(news) == KNOWN_AFTER - 1:
            return False  # the third in a few days of what never was before
        habit = [
            spent
            for spent in self.spent
            if at - spent.end <= SAME_HABIT and spent.extra >= _SIMILAR * amount
        ]
        return len(habit) >= KNOWN_AFTER


def _smoothed(costs: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Return the mean cost a day of the newest 30 days, the dearest ones over 60 days."""
    long = _newest(costs, LONG_SPAN)
    dear = _HALF * sum((max(cost, ZERO) for _, cost in long), ZERO)
    common = [(days, cost if cost < dear else ZERO) for days, cost in long]
    rare = sum((cost for _, cost in long if cost >= dear), ZERO)
    lived = sum((days for days, _ in long), ZERO)
    return _mean(common, SPAN) + rare / max(lived, SPAN)


def _mean(costs: Sequence[tuple[Decimal, Decimal]], span: Decimal) -> Decimal:
    """Return the mean cost a day of the newest `span` days."""
    newest = _newest(costs, span)
    lived = sum((days for days, _ in newest), ZERO)
    return sum((cost for _, cost in newest), ZERO) / lived if lived else ZERO


def _newest(
    costs: Sequence[tuple[Decimal, Decimal]], span: Decimal
) -> list[tuple[Decimal, Decimal]]:
    """Return days and cost of the newest stretches, as far as `span` days reach."""
    found = []
    for days, cost in reversed(costs):
        if span <= 0:
            break
        inside = min(days, span)
        found.append((inside, cost * inside / days))
        span -= inside
    return found[::-1]


def look_ahead(readings: Sequence[Reading], *, now: datetime) -> Outlook:
    """Return what can be known at `now` from the readings of one card, oldest first.

    * `price_per_part`: what three stretches of time agree on, see `prices`.
    * `cost_per_day`: what is usual in these days, plus the mean of all else over 30
      days, SMS at today's price. A monthly fee counts evenly from its second payment
      on; a day that cost as much as all others counts as if it came every 60 days.
      Known after three days in which no money was put on the SIM.
    * `days_left`: from `now` on, 0 without money; unknown where nothing is spent.
    * `sms_left`: unknown where a part costs nothing.
    """
    if not readings:
        return Outlook()
    past = _Past(readings)
    newest, price, cost = readings[-1], past.price, past.cost_per_day()
    money = max(newest.amount, ZERO)
    days: float | None = None
    if not money:
        days = 0.0
    elif cost:
        days = max(float(money / cost - days_between(newest.at, now)), 0.0)
    top_ups = find_top_ups(readings)
    return Outlook(
        cost_per_day=cost,
        days_left=days,
        price_per_part=price,
        sms_left=int(money / price) if price else None,
        last_top_up=top_ups[-1] if top_ups else None,
    )


def find_drop(readings: Sequence[Reading]) -> Drop | None:
    """Return the fall that the newest reading shows, where nothing explains it.

    Explained is what the SMS since the reading before cost, what an operator charges
    late for the SMS of the day before, and the usual daily cost. What remains is a drop
    if it is more than rounding and more than the SMS themselves (they may have gone
    abroad, or become dearer). Parts at an unknown price may explain everything.

    No drop is what the user has met three times: about the same amount within 100 days
    (a fee), or nearly as much or more within 60 days (a habit, such as calls). Among
    such habits, a new fee is a drop when it comes for the third time within a week.
    """
    if len(readings) < 2:
        return None
    before, newest = readings[-2:]
    fall = before.amount - newest.amount
    if fall <= 0:
        return None
    past = _Past(readings[:-1])
    left = [past.unexplained(start, newest, parts) for start, parts in _runs(readings)]
    beside_sms = fall - (past.price or ZERO) * newest.parts
    if ZERO in left or past.knows(beside_sms, newest.at):
        return None
    return Drop(at=newest.at, amount=fall, unexplained=min(left))


def _runs(readings: Sequence[Reading]) -> Iterator[tuple[Reading, int]]:
    """Yield from where to look, and the parts that may have been charged since.

    From the reading before, and from those of the day before it, but not from before a
    top-up: only the parts that were sent beside it count.
    """
    before = readings[-2]
    topped_up = {top_up.at for top_up in find_top_ups(readings)}
    parts = readings[-1].parts
    for reading in reversed(readings[:-1]):
        if reading.at in topped_up:
            yield reading, parts + reading.parts
            return
        yield reading, parts
        if before.at - reading.at > LATE:
            return
        parts += reading.parts
