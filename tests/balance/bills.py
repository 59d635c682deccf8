"""Readings of a SIM as a bill: what was spent between them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from custom_components.gsm_gateway.balance.readings import Outlook, Reading

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


class Bill:
    """Readings that are added one by one, a day after the other unless told otherwise."""

    def __init__(self, money: str = "100.00") -> None:
        """Begin with a first reading."""
        self.readings = [Reading(at=START, amount=Decimal(money), parts=0)]

    @property
    def end(self) -> datetime:
        """When it was read last."""
        return self.readings[-1].at

    def read(
        self, spent: str | Decimal = "0", parts: int = 0, after: timedelta = DAY
    ) -> Bill:
        """Read again; what is put on the SIM is spent below zero."""
        amount = self.readings[-1].amount - Decimal(spent)
        self.readings.append(Reading(at=self.end + after, amount=amount, parts=parts))
        return self

    def days(self, count: int, spent: str = "0", parts: int = 0) -> Bill:
        """Read on some days, each of which cost the same."""
        for _ in range(count):
            self.read(spent, parts)
        return self

    def send(self, *days: int, price: str, fee: str = "0") -> Bill:
        """Read daily; so many parts were sent on each day, beside a daily fee."""
        for parts in days:
            self.read(Decimal(price) * parts + Decimal(fee), parts)
        return self


def daily(amounts: Iterable[str]) -> list[Reading]:
    """Return daily readings of these amounts with nothing sent."""
    return [
        Reading(at=START + number * DAY, amount=Decimal(amount), parts=0)
        for number, amount in enumerate(amounts)
    ]


NOTHING = Outlook()
