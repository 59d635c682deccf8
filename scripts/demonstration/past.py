"""A made-up past for two SIMs: one has told its balance for weeks, one was not understood.

Nobody wants to wait for weeks until a demonstration shows what a SIM costs a day. This is
demonstration data; the integration has no way to make any.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import json
from pathlib import Path
from random import Random
import sqlite3

from .furnish import SimEntities
from .home import Home
from .inventory import BALANCE, PRICE, UNREAD_AMOUNT, UNREAD_BEFORE, UNREAD_WORDS

DAYS = 60
TOP_UP = Decimal(15)
TOPPED_UP_DAYS_AGO = 23
MOST_SMS_A_DAY = 5


@dataclass(frozen=True)
class PastReading:
    """A balance of the past."""

    at: datetime
    amount: Decimal
    parts: int
    """SMS since the reading before."""


def make_past(now: datetime) -> list[PastReading]:
    """Return a reading for each of the last days, the oldest first.

    Some SMS a day are sent; once, money is put on the card.
    """
    chance = Random(1)  # noqa: S311 # the same past each time
    first = (now - timedelta(hours=20)).replace(minute=0, second=0, microsecond=0)
    found = []
    amount = BALANCE
    for day in range(DAYS):
        parts = chance.randint(0, MOST_SMS_A_DAY)
        found.append(PastReading(first - timedelta(days=day), amount, parts))
        amount += PRICE * parts
        if day == TOPPED_UP_DAYS_AGO:
            amount -= TOP_UP
    return found[::-1]


@dataclass(frozen=True)
class Account:
    """Where in the message log the money of a SIM is kept."""

    entry_id: str
    sim_id: str
    currency: str


def write_past(folder: Path, thrifty: Account, unread: Account) -> None:
    """Put the past of both into the message log of a Home Assistant that does not run."""
    now = datetime.now(UTC)
    readings = [_row(thrifty, each) for each in make_past(now)]
    last = PastReading(now - timedelta(days=2), UNREAD_BEFORE, 0)
    yesterday = now - timedelta(days=1)
    facts = {
        "schedule": None,
        "checked": last.at.isoformat(),
        "balance": str(last.amount),
        "currency": unread.currency,
        "unread": UNREAD_WORDS.format(balance=UNREAD_AMOUNT),
        "unread_at": yesterday.isoformat(),
    }
    ids = unread.sim_id, unread.entry_id
    with closing(sqlite3.connect(folder / "gsm_gateway.db")) as log, log:
        log.execute("DELETE FROM balance WHERE sim_id = ?", ids[:1])
        log.execute("INSERT INTO balance VALUES (?, ?, ?)", (*ids, json.dumps(facts)))
        log.executemany(
            "INSERT INTO balance_reading (sim_id, box_id, at, amount, currency, parts) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [*readings, _row(unread, last)],
        )


def _row(account: Account, reading: PastReading) -> tuple[str | float | int, ...]:
    """Return a reading as the message log keeps it."""
    return (
        *(account.sim_id, account.entry_id, reading.at.timestamp()),
        *(str(reading.amount), account.currency, reading.parts),
    )


async def draw_past(home: Home, sim: SimEntities, currency: str) -> None:
    """Put the same past into the long-term statistics, so that graphs show it."""
    past = make_past(datetime.now(UTC))
    await home.websocket(
        "recorder/import_statistics",
        metadata={
            "has_sum": True,
            "mean_type": 0,
            "name": None,
            "source": "recorder",
            "statistic_id": sim.balance,
            "unit_class": None,
            "unit_of_measurement": currency,
        },
        stats=_hourly(past),
    )


def _hourly(past: Sequence[PastReading]) -> list[dict[str, str | float]]:
    """Return the balance of each hour, as the recorder would have kept it."""
    hours: list[dict[str, str | float]] = []
    begin = past[0].amount
    for each, following in zip(past, [*past[1:], None], strict=True):
        end = following.at if following else each.at + timedelta(hours=19)
        moment = each.at
        while moment < end:
            hours.append(
                {
                    "start": moment.isoformat(),
                    "state": float(each.amount),
                    "sum": float(each.amount - begin),
                }
            )
            moment += timedelta(hours=1)
    return hours
