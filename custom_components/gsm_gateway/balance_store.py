"""What is kept of balances on disk, so that no restart costs a question or a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN

STORE_VERSION: Final = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class SimBalance:
    """What is known of the balance of one SIM."""

    asked: datetime | None = None
    """When the code was dialled last."""
    due: datetime | None = None
    """When it is to be dialled next."""
    checked: datetime | None = None
    """When the balance was read last."""
    balance: Decimal | None = None
    currency: str | None = None
    """Of `balance`."""

    def as_dict(self) -> dict[str, str | None]:
        """Return what goes to disk."""
        return {
            "asked": self.asked.isoformat() if self.asked else None,
            "due": self.due.isoformat() if self.due else None,
            "checked": self.checked.isoformat() if self.checked else None,
            "balance": None if self.balance is None else str(self.balance),
            "currency": self.currency,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what came from disk."""
        balance = kept["balance"]
        return cls(
            asked=_time(kept["asked"]),
            due=_time(kept["due"]),
            checked=_time(kept["checked"]),
            balance=None if balance is None else Decimal(balance),
            currency=kept["currency"],
        )


def _time(text: str | None) -> datetime | None:
    return dt_util.parse_datetime(text) if text else None


class BalanceStore:
    """The file of one box, by the SIMs' subentry ids."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Name the file after the entry."""
        self._store = Store[dict[str, dict[str, str | None]]](
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
