"""The files of answers, and what each of their rows says."""

import csv
from decimal import Decimal
from pathlib import Path

from custom_components.gsm_gateway.balance.parser import Balance

FIXTURES = Path(__file__).parent / "fixtures"
FILES = ("answers", "public_answers", "more_answers", "by_country", "worldwide")
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """Return the answers of one file, each with what it says and where it is from."""
    with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


BY_FILE = {name: rows(f"{name}.csv") for name in FILES}
ANSWERS = [row for name in FILES for row in BY_FILE[name]]


def told(balance: Balance | None) -> tuple[Decimal, str | None] | None:
    """Return amount and currency of a balance."""
    return None if balance is None else (balance.amount, balance.currency)


def wanted(row: Row) -> tuple[Decimal, str | None] | None:
    """Return amount and currency that a row tells."""
    if not row["amount"]:
        return None
    return Decimal(row["amount"]), row["currency"] or None
