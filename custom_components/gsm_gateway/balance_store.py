"""What is kept of balances on disk, so that no restart costs a question or a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from .balance.schedule import Schedule
from .const import DOMAIN

STORE_VERSION: Final = 1


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
    """The file of one box, by the SIMs' subentry ids."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Name the file after the entry."""
        self._store = Store[dict[str, dict[str, Any]]](
            hass, STORE_VERSION, f"{DOMAIN}.balances.{entry.entry_id}"
        )

    async def async_load(self) -> dict[str, SimBalance]:
        """Return what was saved last."""
        kept = await self._store.async_load() or {}
        return {sim: SimBalance.from_dict(data) for sim, data in kept.items()}

    async def async_save(self, balances: Mapping[str, SimBalance]) -> None:
        """Return when it is on disk."""
        await self._store.async_save(
            {sim: balance.as_dict() for sim, balance in balances.items()}
        )

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
