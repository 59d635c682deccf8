"""Balances of a box's SIMs: when to ask, what came, what the sensors show."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
import logging
from random import Random
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalTypeFormat

from .balance.countries import COUNTRY_OF_MCC
from .balance.parser import parse_balance
from .balance.schedule import Timetable
from .balance_store import BalanceStore, SimBalance
from .cards import other_card
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
from .errors import card_not_known
from .gateways.clock import Clock
from .gateways.model import ChannelUnavailable, GatewayError
from .messaging.line import Line
from .messaging.store import Store, StoreUnavailable
from .messaging.ussd import NOT_DIALLED, AlarmFirst
from .ussd_path import split_path

_LOGGER = logging.getLogger(__name__)

# Keyed by the SIM's subentry id.
SIGNAL_BALANCE: Final[SignalTypeFormat[()]] = SignalTypeFormat(f"{DOMAIN}_balance_{{}}")

LOOK_AGAIN: Final = timedelta(minutes=5)
"""After which a changed clock is noticed."""
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
        store: Store,
    ) -> None:
        """Know nothing before `async_load`."""
        self._hass = hass
        self._entry = entry
        self._lines = lines
        self._clock = clock
        self._store = BalanceStore(store, entry.entry_id)
        self._known: dict[str, SimBalance] = {}
        self._timetables: dict[str, Timetable] = {}
        self._chance = Random()  # noqa: S311 # spreads questions, hides nothing
        self._awake = asyncio.Event()
        self._complained: set[str] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._answers: dict[str, BalanceResult] = {}
        """The last answer of each SIM."""

    async def async_load(self) -> None:
        """Read what an earlier run has left."""
        self._known = await self._store.async_load()

    def known(self, sim_id: str) -> SimBalance:
        """Return what is known of a SIM's balance, in the currency of its settings.

        Nothing is known while another card is in its port.
        """
        sim = self._entry.subentries.get(sim_id)
        hidden = sim is not None and other_card(sim.data) is not None
        known = NOTHING_KNOWN if hidden else self._known.get(sim_id, NOTHING_KNOWN)
        currency: str | None = sim.data.get(CONF_CURRENCY) if sim else None
        if known.currency == currency:
            return known
        return replace(known, balance=None, checked=None, currency=currency)

    @callback
    def async_apply_settings(self) -> None:
        """Take over codes, intervals and currencies as they are now."""
        sims = self._entry.get_subentries_of_type(SUBENTRY_SIM)
        here = {sim.subentry_id for sim in sims}
        for gone in self._known.keys() - here:
            self._store.forget(gone)
        for facts in (self._known, self._timetables, self._turns, self._answers):
            for gone in facts.keys() - here:
                del facts[gone]
        for index, sim in enumerate(sims):
            self._plan(index, sim)
            async_dispatcher_send(self._hass, SIGNAL_BALANCE.format(sim.subentry_id))
        self.async_wake()

    @callback
    def async_begin_anew(self, sim_id: str) -> None:
        """Forget what another card had; the one that is there now is soon asked."""
        for facts in (self._known, self._timetables, self._answers):
            facts.pop(sim_id, None)
        self._complained.discard(sim_id)
        self._store.forget(sim_id)
        self.async_apply_settings()

    def _plan(self, index: int, sim: ConfigSubentry) -> None:
        hours = sim.data.get(CONF_BALANCE_INTERVAL, DEFAULT_BALANCE_INTERVAL)
        interval = timedelta(hours=hours)
        if timetable := self._timetables.get(sim.subentry_id):
            timetable.change_interval(interval)
            return
        self._timetables[sim.subentry_id] = Timetable(
            self._known.get(sim.subentry_id, NOTHING_KNOWN).schedule,
            interval=interval,
            index=index,
            now=self._clock.now(),
            monotonic=self._clock.monotonic(),
            chance=self._chance,
        )

    @callback
    def async_wake(self) -> None:
        """Look again which SIM can be asked: a line or a setting has changed."""
        self._awake.set()

    async def run(self) -> None:
        """Ask each SIM when its time has come, one after the other, until cancelled."""
        while True:
            self._awake.clear()
            waits = {sim.subentry_id: self._wait(sim) for sim in self._askable_sims()}
            sim_id = next((sim_id for sim_id, wait in waits.items() if not wait), None)
            if sim_id is not None:
                await self._ask_by_itself(sim_id)
                continue
            soon = min([*waits.values(), LOOK_AGAIN])
            with suppress(TimeoutError):
                async with self._clock.timeout(soon.total_seconds()):
                    await self._awake.wait()

    async def refresh(self, sim_id: str) -> BalanceResult:
        """Ask now and return the answer. Raises `GatewayError`; `KeyError` without a code.

        Raises a translated error while another card is in the port: its operator
        may take the code for something else.
        """
        if other_card(self._entry.subentries[sim_id].data) is not None:
            raise card_not_known(device_name(self._hass, self._entry, sim_id))
        known = self._answers.get(sim_id)
        async with self._turns[sim_id]:
            answer = self._answers.get(sim_id)
            if answer is not None and answer is not known:
                return answer  # to the question that was asked meanwhile
            return await self._ask(sim_id, waited_for=True)

    def _askable_sims(self) -> list[ConfigSubentry]:
        """Return the SIMs whose operators would get a question."""
        if self._entry.pref_disable_polling:
            return []
        return [
            sim
            for sim in self._entry.get_subentries_of_type(SUBENTRY_SIM)
            if shows_balance(sim)
            and other_card(sim.data) is None
            and (line := self._lines.get(sim.subentry_id))
            and line.enabled
            and line.connected
            and line.registered is not False
            and not line.alarms_only
        ]

    def _wait(self, sim: ConfigSubentry) -> timedelta:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        return self._timetables[sim.subentry_id].delay(now, monotonic)

    async def _ask_by_itself(self, sim_id: str) -> None:
        """Ask because it is time; after a time-out, not again before the next time."""
        async with self._turns[sim_id]:
            if not (timetable := self._timetables.get(sim_id)):
                return  # the SIM was removed
            if timetable.delay(self._clock.now(), self._clock.monotonic()):
                return  # somebody has just asked by the button
            try:
                await self._ask(sim_id, waited_for=False)
            except (*NOT_DIALLED, StoreUnavailable) as err:
                _LOGGER.debug("A balance question waits: %s", err)
            except AlarmFirst:
                _LOGGER.debug("A balance question gave way to an alarm")
            except GatewayError as err:
                _LOGGER.debug("A balance question failed: %s", err)
                self._complain(sim_id, "the operator did not answer")

    async def _ask(self, sim_id: str, *, waited_for: bool) -> BalanceResult:
        """Dial once, menus and all. That it was dialled is on disk before, whatever comes of it.

        On a full disk, only what somebody waits for is dialled; else raises
        `StoreUnavailable`.
        """
        sim = self._entry.subentries[sim_id]
        codes = split_path(sim.data[CONF_BALANCE_CODE])
        timetable = self._timetables[sim_id]
        others = [
            other.schedule.next_due
            for other_id, other in self._timetables.items()
            if other_id != sim_id
        ]
        now, monotonic = self._clock.now(), self._clock.monotonic()
        kept = await self._keep(sim_id, schedule=timetable.ask(now, monotonic, others))
        if not (kept or waited_for):
            await self._revoke(sim_id)
            raise StoreUnavailable("the disk is full")
        if other_card(sim.data) is not None:  # found meanwhile
            await self._revoke(sim_id)
            raise ChannelUnavailable("another card is in the port")
        try:
            answers = await self._lines[sim_id].run_ussd(codes, waited_for=waited_for)
        except NOT_DIALLED:
            await self._revoke(sim_id)
            raise
        answer = answers[-1].text
        if self._timetables.get(sim_id) is not timetable or other_card(sim.data):
            return BalanceResult(balance=None, currency=None, answer=answer)
        result = await self._take(sim, answer)
        self._answers[sim_id] = result
        return result

    async def _revoke(self, sim_id: str) -> None:
        """Ask later instead: nothing was dialled."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        schedule = self._timetables[sim_id].revoke(now, monotonic)
        await self._keep(sim_id, schedule=schedule)

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

    async def _keep(self, sim_id: str, **facts: Any) -> bool:
        """Know more of a balance, and tell, once it is written, whether it is on disk."""
        if sim_id not in self._entry.subentries:
            return False
        known = self._known.get(sim_id, NOTHING_KNOWN)
        self._known[sim_id] = replace(known, **facts)
        try:
            await self._store.async_save(sim_id, self._known[sim_id])
        except StoreUnavailable:
            kept = False
        else:
            kept = True
        async_dispatcher_send(self._hass, SIGNAL_BALANCE.format(sim_id))
        return kept

    def _complain(self, sim_id: str, why: str) -> None:
        """Warn once until the balance can be read again."""
        level = logging.DEBUG if sim_id in self._complained else logging.WARNING
        self._complained.add(sim_id)
        name = device_name(self._hass, self._entry, sim_id)
        _LOGGER.log(level, "No new balance of %s: %s", name, why)


def _country(sim: ConfigSubentry) -> str | None:
    return COUNTRY_OF_MCC.get((sim.data.get(CONF_IMSI) or "")[:3])
