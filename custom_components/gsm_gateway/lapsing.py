"""SIMs that are about to lapse: a repair issue, and news for the triggers."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from . import troubles
from .announce_balance import announce_expiry, balance_data
from .balance_news import shows_balance
from .balances import Balances
from .const import CONF_EXPIRY_DAYS, DEFAULT_EXPIRY_DAYS, DOMAIN, SUBENTRY_SIM
from .devices import async_device, device_name
from .gateways.clock import Clock

ISSUE_SIM_LAPSING: Final = "sim_lapsing"
LOOK_AT: Final = time(9)
"""The local time from which a day's look at all SIMs is due, when people are up."""


class Lapsing:
    """Watches until when the SIMs of one box are valid."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, balances: Balances, clock: Clock
    ) -> None:
        """Look at nothing yet."""
        self._hass = hass
        self._entry = entry
        self._balances = balances
        self._clock = clock

    @callback
    def async_tell(self) -> None:
        """Raise the issues about SIMs that lapse, and delete all others of the box."""
        today = local_now(self._clock).date()
        told = set()
        for sim, valid_until in self._dated():
            limit = sim.data.get(CONF_EXPIRY_DAYS, DEFAULT_EXPIRY_DAYS)
            if (valid_until - today).days <= limit:
                self._raise(sim, valid_until, past=valid_until < today)
                told.add(sim.subentry_id)
        self._settle(told)

    @callback
    def async_leave(self) -> None:
        """Tell of no SIM while the box is not set up; after the end nothing is written."""
        if self._hass.is_running:
            self._settle(set())

    async def async_look(self) -> None:
        """Let the triggers know how long each SIM is valid, once a day and for each new date.

        What was looked at is on disk before, so that no restart repeats it.
        """
        now = local_now(self._clock)
        today = now.date()
        due_since = today if now.time() >= LOOK_AT else today - timedelta(days=1)
        for sim, valid_until in list(self._dated()):
            sim_id = sim.subentry_id
            upkeep = self._balances.known(sim_id).upkeep
            last = upkeep.checked_on(valid_until)
            if last is not None and last >= due_since:
                continue
            if (data := self._data(sim, valid_until)) is None:
                continue
            await self._balances.async_keep_upkeep(
                sim_id, upkeep.after_check(valid_until, today)
            )
            announce_expiry(
                self._hass,
                self._entry,
                sim,
                data,
                days=(valid_until - today).days,
                days_before=None if last is None else (valid_until - last).days,
            )

    def _dated(self) -> Iterator[tuple[ConfigSubentry, date]]:
        """Give the SIMs of which an end is known, with that; none that is not in use.

        Nothing is known of a SIM while another card is in its port.
        """
        for sim in self._entry.get_subentries_of_type(SUBENTRY_SIM):
            device = async_device(self._hass, self._entry, sim.subentry_id)
            valid_until = self._balances.known(sim.subentry_id).valid_until
            if (
                valid_until is not None
                and shows_balance(sim)
                and device is not None
                and not device.disabled
            ):
                yield sim, valid_until

    def _data(self, sim: ConfigSubentry, valid_until: date) -> dict[str, object] | None:
        readings = self._balances.readings(sim.subentry_id)
        balance = self._balances.known(sim.subentry_id).balance
        previous = readings[-2].amount if len(readings) > 1 else None
        return balance_data(
            self._hass, self._entry, sim, balance, previous, valid_until
        )

    def _raise(self, sim: ConfigSubentry, valid_until: date, *, past: bool) -> None:
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"{self._begin}{sim.subentry_id}",
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR if past else ir.IssueSeverity.WARNING,
            translation_key="sim_lapsed" if past else "sim_lapsing",
            translation_placeholders={
                "sim": device_name(self._hass, self._entry, sim.subentry_id),
                "date": valid_until.isoformat(),
            },
        )

    def _settle(self, told: set[str]) -> None:
        """Delete the issues about all SIMs but these."""
        besides = {f"{self._begin}{sim_id}" for sim_id in told}
        troubles.async_settle(self._hass, self._begin, besides)

    @property
    def _begin(self) -> str:
        return f"{ISSUE_SIM_LAPSING}_{self._entry.entry_id}_"


def local_now(clock: Clock) -> datetime:
    """Return what the clock on the user's wall shows."""
    return clock.now().astimezone(dt_util.get_default_time_zone())
