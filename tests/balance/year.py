"""A simulated year of one SIM, and what the forecast said against what really happened.

`python -m tests.balance.year` prints the figures of some seeds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise
from math import inf
from random import Random
from statistics import median
import sys

from custom_components.gsm_gateway.balance.forecast import find_drop, look_ahead
from custom_components.gsm_gateway.balance.readings import Drop, Outlook, Reading

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = 365
FUTURE = 400
"""Days that are lived after the year, to see when money would have run out."""
HOUR = 1 / 24
MINUTE = HOUR / 60

OLD_PRICE, NEW_PRICE = Decimal("0.09"), Decimal("0.14")
PRICE_CHANGES = 215.5
SUBSCRIBED = (125.0, 224.0)
AWAY = (262.3, 274.6)
"""Days on which the box is away: nothing is sent, nothing is read."""

# What hides behind "a subscription": cost and days between payments.
SUBSCRIPTIONS = {
    "daily": (Decimal("0.19"), 1.0),
    "weekly": (Decimal("1.50"), 7.0),
    "monthly": (Decimal("4.99"), 30.44),
}
KINDS = tuple(SUBSCRIPTIONS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """Money that the operator takes."""

    day: float
    amount: Decimal
    kind: str


@dataclass(kw_only=True)
class Life:
    """What really happens to a SIM."""

    seed: int
    kind: str
    """Of the subscription."""
    parts_a_day: float = 0.0
    sent: list[float] = field(default_factory=list)
    """When each part went out."""
    charges: list[Charge] = field(default_factory=list)
    top_ups: list[tuple[float, Decimal]] = field(default_factory=list)
    calls_a_day: float = 0.0

    def cost_per_day(self, day: float) -> float:
        """Return what a day costs on the average in these days."""
        price = OLD_PRICE if day < PRICE_CHANGES else NEW_PRICE
        cost = self.parts_a_day * float(price) + self.calls_a_day * CALL
        if SUBSCRIBED[0] <= day < SUBSCRIBED[1]:
            fee, every = SUBSCRIPTIONS[self.kind]
            cost += float(fee) / every
        return cost


CALL = 0.4
"""Mean cost of a call."""


def live(seed: int) -> Life:
    """Live a year and what comes after it."""
    chance = Random(seed)
    life = Life(seed=seed, kind=KINDS[seed % len(KINDS)])
    late = (0.0, 15 * MINUTE)[seed % 2]
    life.sent = sorted(_sent(chance))
    life.parts_a_day = len(life.sent) / (YEAR + FUTURE)
    life.calls_a_day = (0.0, 0.15)[seed // 2 % 2]
    life.charges = sorted(
        [
            *(
                Charge(
                    day=day + late,
                    amount=OLD_PRICE if day < PRICE_CHANGES else NEW_PRICE,
                    kind="sms",
                )
                for day in life.sent
            ),
            *_fees(chance, life.kind),
            *_calls(chance, life.calls_a_day),
            Charge(day=70.6, amount=Decimal("3.00"), kind="once"),
        ],
        key=lambda charge: charge.day,
    )
    life.top_ups = list(_top_ups(chance, life.charges))
    return life


def _sent(chance: Random) -> Iterator[float]:
    """Yield when parts go out: one now and then, and bursts of alarms."""
    for day in range(YEAR + FUTURE):
        if AWAY[0] - 1 < day < AWAY[1]:
            continue
        for _ in range(chance.choices((0, 1, 2, 3), (50, 30, 15, 5))[0]):
            yield day + chance.random()
        if chance.random() < 0.03:
            moment = day + chance.random()
            for part in range(chance.randint(5, 20)):
                yield moment + part * MINUTE / 4


def _fees(chance: Random, kind: str) -> Iterator[Charge]:
    fee, every = SUBSCRIPTIONS[kind]
    day, end = SUBSCRIBED
    while day < end:
        yield Charge(day=day + chance.random() / 50, amount=fee, kind=kind)
        day += every


def _calls(chance: Random, a_day: float) -> Iterator[Charge]:
    for day in range(YEAR + FUTURE):
        if chance.random() < a_day:
            amount = Decimal(round(chance.uniform(0.2, 2 * CALL - 0.2), 2)).quantize(
                Decimal("0.01")
            )
            yield Charge(day=day + chance.random(), amount=amount, kind="call")


def _top_ups(
    chance: Random, charges: Sequence[Charge]
) -> Iterator[tuple[float, Decimal]]:
    """Yield what is put on the SIM whenever there is little left, a few hours later."""
    money = Decimal(12)
    yield -1.0, money
    due: float | None = None
    for charge in charges:
        if due is not None and charge.day > due:
            amount = Decimal(chance.choice((10, 15, 20)))
            money += amount
            yield due, amount
            due = None
        money -= charge.amount
        if money < 2 and due is None:
            due = charge.day + chance.uniform(1, 30) * HOUR


def _read_days(chance: Random, life: Life) -> Iterator[float]:
    """Yield when the balance is read: daily, a little after SMS, and sometimes not."""
    wanted = [day + 8 * HOUR + chance.uniform(-0.5, 0.5) * HOUR for day in range(YEAR)]
    wanted += [day + 2 * MINUTE for day in life.sent if day < YEAR]
    last, today = -1.0, 0
    for day in sorted(wanted):
        today = 0 if int(day) != int(last) else today
        if day - last < 10 * MINUTE or today >= 4 or AWAY[0] < day < AWAY[1]:
            continue
        if chance.random() < 0.1:
            continue
        last, today = day, today + 1
        yield day


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What was said after a reading."""

    day: float
    before: float
    """Day of the reading before."""
    reading: Reading
    outlook: Outlook
    drop: Drop | None


def watch(life: Life) -> list[Told]:
    """Read the balance through the year and note what the forecast says each time."""
    chance = Random(life.seed + 1000)
    money = [(day, amount) for day, amount in life.top_ups]
    money += [(charge.day, -charge.amount) for charge in life.charges]
    money.sort(key=lambda change: change[0])
    days = [day for day, _ in money]
    sums = list(accumulate(amount for _, amount in money))
    readings: list[Reading] = []
    told: list[Told] = []
    before = -1.0
    for day in _read_days(chance, life):
        parts = bisect_right(life.sent, day) - bisect_right(life.sent, before)
        at = START + timedelta(days=day)
        amount = sums[bisect_right(days, day) - 1]
        readings.append(Reading(at=at, amount=amount, parts=parts if readings else 0))
        told.append(
            Told(
                day=day,
                before=before,
                reading=readings[-1],
                outlook=look_ahead(readings, now=at),
                drop=find_drop(readings),
            )
        )
        before = day
    return told


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How good the forecast of a year was; errors are shares of the truth."""

    readings: int
    price_known_after: float
    """Days."""
    price_right: float
    """Share of the readings with a price whose price was exact."""
    price_followed_after: float
    """Days after the change."""
    cost_error: float
    """Median, from day 30 on, against what a day costs on the average."""
    cost_error_of_most: float
    """90 of 100 are below it."""
    days_left_error: float
    """Median, from day 30 on, against when the money would have run out."""
    days_left_error_of_most: float
    days_left_best: float
    """Median error of one who knows what a day costs on the average."""
    days_left_best_of_most: float
    subscription_told_after: float | None
    """Days."""
    drops_right: int
    drops_missed: int
    """Of the first three payments of a subscription and of what was bought once."""
    drops_hidden: int
    """The same, where a top-up came between the same two readings."""
    drops_of_calls: int
    drops_false: int
    largest_jump: float
    """Of cost per day from one reading to the next without any new expense."""


def judge(life: Life, told: Sequence[Told]) -> Figures:
    """Compare what was said with what happened."""
    known = [one for one in told if one.outlook.price_per_part is not None]
    right = [one for one in known if one.outlook.price_per_part == _price(one.day)]
    followed = [one.day for one in right if one.day > PRICE_CHANGES]
    later = [one for one in told if one.day > 30]
    costs = sorted(_cost_error(life, one) for one in later)
    lasts = sorted(_days_left_error(life, one, one.outlook.days_left) for one in later)
    best = sorted(_days_left_error(life, one, _best(life, one)) for one in later)
    drops = _judge_drops(life, told)
    return Figures(
        readings=len(told),
        price_known_after=known[0].day,
        price_right=len(right) / len(known),
        price_followed_after=min(followed, default=inf) - PRICE_CHANGES,
        cost_error=median(costs),
        cost_error_of_most=_most(costs),
        days_left_error=median(lasts),
        days_left_error_of_most=_most(lasts),
        days_left_best=median(best),
        days_left_best_of_most=_most(best),
        subscription_told_after=_told_after(life, told),
        **drops,
        largest_jump=_largest_jump(told),
    )


def _most(ordered: Sequence[float]) -> float:
    return ordered[int(0.9 * len(ordered))]


def _price(day: float) -> Decimal:
    return OLD_PRICE if day < PRICE_CHANGES else NEW_PRICE


def _cost_error(life: Life, one: Told) -> float:
    truth = life.cost_per_day(one.day)
    said = float(one.outlook.cost_per_day or 0)
    return abs(said - truth) / truth


def _best(life: Life, one: Told) -> float:
    return max(float(one.reading.amount), 0) / life.cost_per_day(one.day)


def _days_left_error(life: Life, one: Told, said: float | None) -> float:
    """Compare with the charges that really came, as if nobody had topped up again."""
    if said is None:
        return 1.0
    money = one.reading.amount
    if money <= 0:
        return 0.0 if said == 0 else 1.0
    first = bisect_right([charge.day for charge in life.charges], one.day)
    for charge in life.charges[first:]:
        money -= charge.amount
        if money <= 0:
            truth = charge.day - one.day
            return abs(said - truth) / max(truth, 1)
    raise AssertionError("the money lasts longer than the simulation")


def _told_after(life: Life, told: Sequence[Told]) -> float | None:
    """Return the days from the first payment of the subscription to the first drop with one."""
    paid = [charge.day for charge in life.charges if charge.kind == life.kind]
    for one in told:
        met = bisect_right(paid, one.day) > bisect_right(paid, one.before)
        if one.drop and met:
            return one.day - paid[0]
    return None


def _judge_drops(life: Life, told: Sequence[Told]) -> dict[str, int]:
    """Count what was told of money that went without an SMS."""
    extra = [charge for charge in life.charges if charge.kind != "sms"]
    days = [charge.day for charge in extra]
    filled = [day for day, _ in life.top_ups]
    found = dict.fromkeys(("right", "missed", "hidden", "of_calls", "false"), 0)
    met = 0
    for one in told:
        inside = extra[bisect_right(days, one.before) : bisect_right(days, one.day)]
        bought = [charge for charge in inside if charge.kind != "call"]
        paid = [charge for charge in bought if charge.kind == life.kind]
        news = len(paid) < len(bought) or (bool(paid) and met < 3)
        met += len(paid)
        topped = bisect_left(filled, one.before) != bisect_left(filled, one.day)
        if one.drop:
            kind = "right" if bought else "of_calls" if inside else "false"
            found[kind] += 1
        elif news:
            found["hidden" if topped else "missed"] += 1
    return {f"drops_{kind}": count for kind, count in found.items()}


def _largest_jump(told: Sequence[Told]) -> float:
    """Return the largest change of the cost per day on which nothing was spent."""
    jumps = [
        abs(float(new.outlook.cost_per_day / old.outlook.cost_per_day) - 1)
        for old, new in pairwise(told)
        if new.day > 30
        and old.outlook.cost_per_day
        and new.outlook.cost_per_day
        and new.reading.amount == old.reading.amount
    ]
    return max(jumps, default=0.0)


ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("readings", lambda it: str(it.readings)),
    ("price known after (days)", lambda it: f"{it.price_known_after:.1f}"),
    ("price exact", lambda it: f"{it.price_right:.1%}"),
    ("new price followed after (days)", lambda it: f"{it.price_followed_after:.1f}"),
    ("cost per day, median error", lambda it: f"{it.cost_error:.1%}"),
    ("cost per day, 90 % below", lambda it: f"{it.cost_error_of_most:.1%}"),
    ("days left, median error", lambda it: f"{it.days_left_error:.1%}"),
    ("days left, 90 % below", lambda it: f"{it.days_left_error_of_most:.1%}"),
    ("  one who knows the mean: median", lambda it: f"{it.days_left_best:.1%}"),
    ("  one who knows the mean: 90 %", lambda it: f"{it.days_left_best_of_most:.1%}"),
    (
        "subscription told after (days)",
        lambda it: (
            "never"
            if it.subscription_told_after is None
            else f"{it.subscription_told_after:.1f}"
        ),
    ),
    ("drops told rightly", lambda it: str(it.drops_right)),
    ("drops missed", lambda it: str(it.drops_missed)),
    ("drops hidden by a top-up", lambda it: str(it.drops_hidden)),
    ("calls told as drops", lambda it: str(it.drops_of_calls)),
    ("drops that were none", lambda it: str(it.drops_false)),
    ("largest jump without expense", lambda it: f"{it.largest_jump:.1%}"),
)


def table(seeds: Sequence[int]) -> str:
    """Return the figures of some years."""
    lives = [live(seed) for seed in seeds]
    figures = [judge(life, watch(life)) for life in lives]
    rows = [
        ("seed", [str(life.seed) for life in lives]),
        ("hidden subscription", [life.kind for life in lives]),
        *((name, [show(it) for it in figures]) for name, show in ROWS),
    ]
    return "".join(
        f"{name:36}{''.join(f'{cell:>9}' for cell in cells)}\n" for name, cells in rows
    )


if __name__ == "__main__":
    sys.stdout.write(table([int(seed) for seed in sys.argv[1:]] or range(1, 6)))
