"""The history of balances: what was read of each SIM's card, and what follows from it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from .balance.forecast import look_ahead
from .balance.readings import Outlook, Reading
from .balance_store import BalanceStore
from .gateways.clock import Clock
from .messaging.retention import BALANCES

_AHEAD: Final = 3
"""Readings that may have been made before somebody set a clock right that was ahead."""


class Readings:
    """The readings of one box in memory, by SIM and currency; their rows are on disk."""

    def __init__(self, store: BalanceStore, clock: Clock) -> None:
        """Know nothing before `async_load`."""
        self._store = store
        self._clock = clock
        self._kept: dict[str, dict[str, tuple[Reading, ...]]] = {}
        self._outlooks: dict[tuple[str, str], Outlook] = {}

    async def async_load(self) -> None:
        """Read what earlier runs have left."""
        found: defaultdict[str, defaultdict[str, list[Reading]]]
        found = defaultdict(lambda: defaultdict(list))
        since = self._clock.now() - BALANCES
        for sim_id, currency, reading in await self._store.async_readings(since):
            found[sim_id][currency].append(reading)
        self._kept = {
            sim_id: {currency: tuple(readings) for currency, readings in its.items()}
            for sim_id, its in found.items()
        }
        self._outlooks.clear()

    @property
    def sim_ids(self) -> set[str]:
        """The SIMs that have any."""
        return set(self._kept)

    def of(self, sim_id: str, currency: str | None) -> Sequence[Reading]:
        """Return those of a SIM in a currency, the oldest first."""
        return self._kept.get(sim_id, {}).get(currency or "", ())

    def outlook(self, sim_id: str, currency: str | None) -> Outlook:
        """Return what they say of the future, as of the last reading or the start."""
        key = sim_id, currency or ""
        if key not in self._outlooks:
            readings = self.of(sim_id, currency)
            self._outlooks[key] = look_ahead(readings, now=self._clock.now())
        return self._outlooks[key]

    async def async_measure(
        self, sim_id: str, currency: str, amount: Decimal, at: datetime
    ) -> Reading:
        """Return a reading, with what was sent since the one before. Raises `StoreUnavailable`."""
        before = [each for each in self.of(sim_id, currency) if each.at < at]
        parts = (
            await self._store.async_parts(sim_id, before[-1].at, at) if before else 0
        )
        return Reading(at=at, amount=amount, parts=parts)

    def fits(self, sim_id: str, currency: str, reading: Reading) -> bool:
        """Tell whether a reading has its place at the end of the history.

        A few later ones were made while the clock was ahead; of many, it is this
        one whose clock is behind.
        """
        later = [each for each in self.of(sim_id, currency) if each.at >= reading.at]
        return len(later) <= _AHEAD

    def add(self, sim_id: str, currency: str, reading: Reading) -> None:
        """Take in a new reading that fits, instead of any from its future."""
        oldest = reading.at - BALANCES
        kept = [
            each for each in self.of(sim_id, currency) if oldest <= each.at < reading.at
        ]
        self._kept.setdefault(sim_id, {})[currency] = (*kept, reading)
        self._outlooks.pop((sim_id, currency), None)

    def forget(self, sim_id: str) -> None:
        """Forget those of a SIM that was removed, or has another card."""
        self._kept.pop(sim_id, None)
        self._outlooks = {
            key: outlook for key, outlook in self._outlooks.items() if key[0] != sim_id
        }
