"""What is kept of balances on disk, so that no restart costs a question or a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
import json
from typing import Any, Self

from .balance.schedule import Schedule
from .messaging.store import Store, StoreUnavailable


@dataclass(frozen=True, kw_only=True, slots=True)
class SimBalance:
    """What is known of the balance of one SIM."""

    schedule: Schedule | None = None
    checked: datetime | None = None
    """When the balance was read last."""
    balance: Decimal | None = None
    currency: str | None = None
    """Of `balance`."""

    def as_dict(self) -> dict[str, Any]:
        """Return what goes to disk."""
        return {
            "schedule": self.schedule.to_dict() if self.schedule else None,
            "checked": self.checked.isoformat() if self.checked else None,
            "balance": None if self.balance is None else str(self.balance),
            "currency": self.currency,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what came from disk."""
        schedule, checked, balance = kept["schedule"], kept["checked"], kept["balance"]
        return cls(
            schedule=Schedule.from_dict(schedule) if schedule else None,
            checked=datetime.fromisoformat(checked) if checked else None,
            balance=None if balance is None else Decimal(balance),
            currency=kept["currency"],
        )


class BalanceStore:
    """The rows of one box in the message log, by the SIMs' subentry ids.

    They are there because a code may cost money: that it is dialled is as safe
    on disk before as that a message is sent.
    """

    def __init__(self, store: Store, box_id: str) -> None:
        self._store = store
        self._box_id = box_id

    async def async_load(self) -> dict[str, SimBalance]:
        """Return what was saved last; nothing where the log cannot be read."""
        query = "SELECT sim_id, facts FROM balance WHERE box_id = ?"
        try:
            rows = await self._store.read(
                lambda log: log.execute(query, (self._box_id,)).fetchall()
            )
        except StoreUnavailable:
            return {}
        return {sim: SimBalance.from_dict(json.loads(facts)) for sim, facts in rows}

    async def async_save(self, sim_id: str, balance: SimBalance) -> None:
        """Return when it is on disk. Raises `StoreUnavailable`."""
        facts = json.dumps(balance.as_dict())
        sql = "INSERT OR REPLACE INTO balance VALUES (?, ?, ?)"
        await self._store.write((sql, (sim_id, self._box_id, facts)))

    def forget(self, sim_id: str) -> None:
        """Delete what is kept of a SIM that was removed."""
        sql = "DELETE FROM balance WHERE sim_id = ?"
        self._store.write((sql, (sim_id,)), lazy=True)

    async def async_remove(self) -> None:
        """Delete what is kept of the box. Raises `StoreUnavailable`."""
        sql = "DELETE FROM balance WHERE box_id = ?"
        await self._store.write((sql, (self._box_id,)))
