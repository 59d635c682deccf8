"""Balances of a box's SIMs: when to ask, what came, what the sensors show."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util.signal_type import SignalTypeFormat

from .balance.countries import COUNTRY_OF_MCC
from .balance.parser import parse_balance
from .balance_store import BalanceStore, SimBalance
from .const import (
    CONF_BALANCE_CODE,
    CONF_BALANCE_INTERVAL,
    CONF_CURRENCY,
    CONF_IMSI,
    DEFAULT_BALANCE_INTERVAL,
    DOMAIN,
    SUBENTRY_SIM,
)
from .devices import device_name
from .gateways.clock import Clock
from .gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
)
from .messaging.line import Line

_LOGGER = logging.getLogger(__name__)

# Keyed by the SIM's subentry id.
SIGNAL_BALANCE: Final[SignalTypeFormat[()]] = SignalTypeFormat(f"{DOMAIN}_balance_{{}}")

NOT_DIALLED: Final = (CannotConnect, InvalidAuth, ChannelUnavailable, ChannelBusy)
RETRY: Final = timedelta(minutes=15)
NOTHING_KNOWN: Final = SimBalance()


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceResult:
    """An operator's answer to the balance code."""

    balance: Decimal | None
    """None where no balance could be read in the answer."""
    currency: str | None
    answer: str


def shows_balance(sim: ConfigSubentry) -> bool:
    """Tell whether there is a code to ask with, and a currency to show the answer in."""
    return bool(sim.data.get(CONF_BALANCE_CODE) and sim.data.get(CONF_CURRENCY))


class Balances:
    """The balances of one box, by the SIMs' subentry ids.

    The owner keeps a task on `run()`, which asks one SIM after the other.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        lines: Mapping[str, Line],
        clock: Clock,
    ) -> None:
        """Know nothing before `async_load`."""
        self._hass = hass
        self._entry = entry
        self._lines = lines
        self._clock = clock
        self._store = BalanceStore(hass, entry)
        self._known: dict[str, SimBalance] = {}
        self._awake = asyncio.Event()
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._complained: set[str] = set()

    async def async_load(self) -> None:
        """Read what an earlier run has left."""
        self._known = await self._store.async_load()

    def known(self, sim_id: str) -> SimBalance:
        """Return what is known of a SIM's balance, in the currency of its settings."""
        known = self._known.get(sim_id, NOTHING_KNOWN)
        sim = self._entry.subentries.get(sim_id)
        currency: str | None = sim.data.get(CONF_CURRENCY) if sim else None
        if known.currency == currency:
            return known
        return replace(known, balance=None, checked=None, currency=currency)

    @callback
    def async_apply_settings(self) -> None:
        """Take over codes, intervals and currencies as they are now."""
        sims = self._entry.get_subentries_of_type(SUBENTRY_SIM)
        for gone in self._known.keys() - {sim.subentry_id for sim in sims}:
            del self._known[gone]
        for sim in sims:
            async_dispatcher_send(self._hass, SIGNAL_BALANCE.format(sim.subentry_id))
        self.async_wake()

    @callback
    def async_wake(self) -> None:
        """Look again which SIM can be asked: a line has changed."""
        self._awake.set()

    @callback
    def async_stop(self) -> None:
        """Ask nobody any more."""
        if self._cancel_timer:
            self._cancel_timer()
            self._cancel_timer = None

    async def run(self) -> None:
        """Ask each SIM when its time has come, one after the other, until cancelled."""
        while True:
            self._awake.clear()
            sim = next(filter(self._is_askable, self._due_sims()), None)
            if sim is not None:
                await self._ask_by_itself(sim)
            else:
                self._set_timer()
                await self._awake.wait()

    async def refresh(self, sim_id: str) -> BalanceResult:
        """Ask now and return the answer. Raises `GatewayError`; `KeyError` without a code."""
        try:
            return await self._ask(self._entry.subentries[sim_id], waited_for=True)
        finally:
            self.async_wake()

    def _due_at(self, sim: ConfigSubentry) -> datetime:
        """Return when a SIM is to be asked; a SIM that never was is asked at once."""
        known = self._known.get(sim.subentry_id, NOTHING_KNOWN)
        if known.due is None or known.asked is None:
            return datetime.min.replace(tzinfo=UTC)
        return min(known.due, known.asked + _interval(sim))

    def _due_sims(self) -> list[ConfigSubentry]:
        """Return the SIMs whose time has come, the longest overdue first."""
        now = self._clock.now()
        due = [sim for sim in self._shown_sims() if self._due_at(sim) <= now]
        return sorted(due, key=self._due_at)

    def _shown_sims(self) -> list[ConfigSubentry]:
        sims = self._entry.get_subentries_of_type(SUBENTRY_SIM)
        return [sim for sim in sims if shows_balance(sim)]

    def _is_askable(self, sim: ConfigSubentry) -> bool:
        """Tell whether a question has a chance to be answered."""
        line = self._lines.get(sim.subentry_id)
        return (
            line is not None
            and line.enabled
            and line.connected
            and line.registered is not False
            and not self._entry.pref_disable_polling
        )

    def _set_timer(self) -> None:
        """Wake up when the next SIM is to be asked."""
        self.async_stop()
        now = self._clock.now()
        times = [at for sim in self._shown_sims() if (at := self._due_at(sim)) > now]
        if times:
            self._cancel_timer = async_track_point_in_utc_time(
                self._hass, self._time_has_come, min(times)
            )

    @callback
    def _time_has_come(self, _now: datetime) -> None:
        self._cancel_timer = None
        self.async_wake()

    async def _ask_by_itself(self, sim: ConfigSubentry) -> None:
        """Ask because it is time; after a time-out, not again before the next time."""
        sim_id = sim.subentry_id
        try:
            await self._ask(sim, waited_for=False)
        except NOT_DIALLED as err:
            _LOGGER.debug("The balance of %s has to wait: %s", sim_id, err)
            await self._keep(sim_id, due=self._clock.now() + RETRY)
        except GatewayError as err:
            self._complain(sim_id, f"the operator did not answer ({err})")

    async def _ask(self, sim: ConfigSubentry, *, waited_for: bool) -> BalanceResult:
        """Dial once. That it was dialled is on disk before, whatever comes of it."""
        code: str = sim.data[CONF_BALANCE_CODE]
        line = self._lines[sim.subentry_id]
        now = self._clock.now()
        await self._keep(sim.subentry_id, asked=now, due=now + _interval(sim))
        reply = await line.run_ussd(code, waited_for=waited_for)
        return await self._take(sim, reply.text)

    async def _take(self, sim: ConfigSubentry, answer: str) -> BalanceResult:
        """Keep a balance that can be read and is in the SIM's currency."""
        currency: str | None = sim.data.get(CONF_CURRENCY)
        found = parse_balance(answer, country=_country(sim), currency=currency)
        if found is None:
            self._complain(sim.subentry_id, "no amount was found in the answer")
            return BalanceResult(balance=None, currency=None, answer=answer)
        result = BalanceResult(
            balance=found.amount, currency=found.currency or currency, answer=answer
        )
        if result.currency == currency:
            await self._keep(
                sim.subentry_id,
                checked=self._clock.now(),
                balance=result.balance,
                currency=currency,
            )
            self._complained.discard(sim.subentry_id)
        else:
            self._complain(
                sim.subentry_id,
                f"the answer is in {result.currency}, the SIM's currency is {currency}",
            )
        return result

    async def _keep(self, sim_id: str, **facts: Any) -> None:
        """Know more of a balance, and return when it is on disk."""
        if sim_id not in self._entry.subentries:
            return
        known = self._known.get(sim_id, NOTHING_KNOWN)
        self._known[sim_id] = replace(known, **facts)
        await self._store.async_save(self._known)
        async_dispatcher_send(self._hass, SIGNAL_BALANCE.format(sim_id))

    def _complain(self, sim_id: str, why: str) -> None:
        """Warn once until the balance can be read again."""
        level = logging.DEBUG if sim_id in self._complained else logging.WARNING
        self._complained.add(sim_id)
        name = device_name(self._hass, self._entry, sim_id)
        _LOGGER.log(level, "No new balance of %s: %s", name, why)


def _interval(sim: ConfigSubentry) -> timedelta:
    hours = sim.data.get(CONF_BALANCE_INTERVAL, DEFAULT_BALANCE_INTERVAL)
    return timedelta(hours=hours)


def _country(sim: ConfigSubentry) -> str | None:
    return COUNTRY_OF_MCC.get((sim.data.get(CONF_IMSI) or "")[:3])


async def async_forget_balances(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete what is kept of a box that was removed."""
    await BalanceStore(hass, entry).async_remove()
