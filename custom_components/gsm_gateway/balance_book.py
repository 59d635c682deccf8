"""What is known of the balances of a box's SIMs: in memory, on disk, in sensors and repairs."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from . import balance_troubles as troubles
from .announce_balance import announce_reading
from .balance.forecast import find_drop
from .balance.parser import Balance
from .balance.readings import Outlook, Reading
from .balance_news import (
    SIGNAL_BALANCE,
    SIGNAL_BALANCE_READ,
    BalanceRead,
    shows_balance,
)
from .balance_readings import Readings
from .balance_sms import WINDOW, listens
from .balance_store import NOTHING_KNOWN, BalanceStore, KeptAnswer, SimBalance
from .balance_words import has_number, is_in_currency, read_balance
from .cards import other_card
from .const import CONF_BALANCE_CODE, CONF_CURRENCY, SUBENTRY_SIM
from .devices import device_name
from .gateways.clock import Clock
from .messaging.store import Store, StoreUnavailable

_LOGGER = logging.getLogger(__name__)

LOOK_AGAIN: Final = timedelta(minutes=5)
"""After which a changed clock is noticed."""
_ANSWERS: Final = 10
_LONGEST: Final = 2000
"""Characters of an answer that are kept, and read."""


class BalanceBook:
    """The balances of one box, by the SIMs' subentry ids."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, clock: Clock, store: Store
    ) -> None:
        """Know nothing before `async_load`."""
        self._hass = hass
        self._entry = entry
        self._clock = clock
        self._store = BalanceStore(store, entry.entry_id)
        self._readings = Readings(self._store, clock)
        self._known: dict[str, SimBalance] = {}
        self._sent: dict[str, tuple[datetime, datetime]] = {}
        self._cards: Counter[str] = Counter()
        self._taking = asyncio.Lock()
        self._complained: set[str] = set()
        self._left = False

    async def run(self) -> None:
        """Tell what is wrong as soon as no SMS can be the answer any more, until cancelled."""
        while True:
            for sim in self._entry.get_subentries_of_type(SUBENTRY_SIM):
                self.async_tell(sim)
            now = self._clock.now()
            ends = (each.listens_until for each in self._known.values())
            waits = [end - now for end in ends if end and end > now]
            await self._clock.sleep(min([*waits, LOOK_AGAIN]).total_seconds())

    async def async_load(self) -> None:
        """Read what an earlier run has left."""
        self._known = await self._store.async_load()
        await self._readings.async_load()
        for sim_id, known in self._known.items():
            if known.schedule and (asked := known.schedule.last_asked):
                sent = await self._store.async_sent(sim_id, asked)
                if sent:
                    self._sent[sim_id] = sent

    def kept(self, sim_id: str) -> SimBalance:
        """Return what is known, whatever the settings are now."""
        return self._known.get(sim_id, NOTHING_KNOWN)

    def sent(self, sim_id: str) -> tuple[datetime, datetime] | None:
        """Return when earlier runs sent the first and the last SMS since the last question."""
        return self._sent.pop(sim_id, None)

    def card(self, sim_id: str) -> int:
        """Return what stands for the card that the SIM has now, as long as this run lasts."""
        return self._cards[sim_id]

    def known(self, sim_id: str) -> SimBalance:
        """Return what is known, in the currency of the settings; nothing of another card."""
        sim = self._entry.subentries.get(sim_id)
        known = NOTHING_KNOWN if self._is_hidden(sim) else self.kept(sim_id)
        currency: str | None = sim.data.get(CONF_CURRENCY) if sim else None
        if known.currency == currency:
            return known
        return replace(
            known, balance=None, checked=None, valid_until=None, currency=currency
        )

    def readings(self, sim_id: str) -> Sequence[Reading]:
        """Return what was read of the SIM's card in the currency of its settings."""
        return self._readings.of(sim_id, self._shown_currency(sim_id))

    def outlook(self, sim_id: str) -> Outlook:
        """Return what the readings say of the future."""
        return self._readings.outlook(sim_id, self._shown_currency(sim_id))

    def listens(self, sim_id: str, at: datetime) -> bool:
        """Tell whether an SMS of this time may be the answer to the SIM's last question."""
        return listens(self.kept(sim_id), at)

    def readable_now(self, sim: ConfigSubentry) -> Balance | None:
        """Return the balance of the unread answer if other settings have made it readable."""
        known = self.kept(sim.subentry_id)
        if not (known.unread and known.unread_at) or self._is_hidden(sim):
            return None
        found = read_balance(sim.data, known.unread)
        return found if found is not None and _shows(sim, found) else None

    async def async_keep(self, sim_id: str, **facts: Any) -> bool:
        """Know more of a balance, and tell, once it is written, whether it is on disk."""
        return await self._async_save(sim_id, facts, None)

    async def async_take(
        self, sim_id: str, answer: KeptAnswer, card: int
    ) -> Balance | None:
        """Return what is read in a card's answer; only what is in the SIM's currency is shown."""
        async with self._taking:
            sim = self._entry.subentries.get(sim_id)
            if sim is None or self._is_hidden(sim) or self._is_over(sim_id, card):
                return None
            self._add_answer(sim_id, answer)
            found = read_balance(sim.data, answer.text)
            if found is not None and _shows(sim, found):
                await self._async_read(sim, found, answer.at, card)
            else:
                await self._async_put_aside(sim, answer, found)
            return found

    async def async_take_tried(
        self, sim_id: str, answer: KeptAnswer, card: int
    ) -> None:
        """Take what was tried for the answer, unless there has been a newer one."""
        known = self.kept(sim_id)
        newest = [at for at in (known.checked, known.unread_at) if at]
        if all(at < answer.at for at in newest):
            await self.async_take(sim_id, answer, card)

    async def async_take_sms(self, sim_id: str, answer: KeptAnswer, card: int) -> None:
        """Take an SMS for the answer, unless there has been another one meanwhile.

        One in another currency is somebody else's.
        """
        sim = self._entry.subentries.get(sim_id)
        if sim is None or not self.listens(sim_id, answer.at):
            return
        found = read_balance(sim.data, answer.text)
        if found is not None and _shows(sim, found):
            await self.async_take(sim_id, answer, card)

    async def async_read_again(self, sim_id: str, card: int) -> None:
        """Take the unread answer for what it is if other settings have made it readable."""
        async with self._taking:
            sim = self._entry.subentries.get(sim_id)
            if sim is None or self._is_over(sim_id, card):
                return
            found, at = self.readable_now(sim), self.kept(sim_id).unread_at
            if found is not None and at is not None:
                await self._async_read(sim, found, at, card)

    async def async_remember(self, sim_id: str, answer: KeptAnswer, card: int) -> None:
        """Keep an answer that is no news of the balance: a pattern can be tried on it."""
        if not self._is_over(sim_id, card):
            self._add_answer(sim_id, answer)
            await self.async_keep(sim_id)

    async def async_fail(self, sim_id: str, card: int) -> None:
        """Note that a question was dialled in vain."""
        if not self._is_over(sim_id, card):
            await self.async_keep(sim_id, silent=self.kept(sim_id).silent + 1)
            self._complain(sim_id, "the operator did not answer")

    @callback
    def note(self, sim_id: str, **facts: Any) -> None:
        """Know more of a balance; it is on disk with what is kept next."""
        self._known[sim_id] = replace(self.kept(sim_id), **facts)

    @callback
    def async_follow_code(self, sim: ConfigSubentry) -> None:
        """Forget what was wrong with the answers to another code than a SIM has now."""
        before: str | None = self.kept(sim.subentry_id).code
        code: str | None = sim.data.get(CONF_BALANCE_CODE)
        if code == before:
            return
        well = _ALL_WELL if before is not None else {}
        self.note(sim.subentry_id, code=code, **well)
        self._complained.discard(sim.subentry_id)

    @callback
    def async_settle_sims(self) -> None:
        """Forget the SIMs that are not there any more."""
        sims = self._entry.get_subentries_of_type(SUBENTRY_SIM)
        here = {sim.subentry_id for sim in sims}
        for gone in (self._known.keys() | self._readings.sim_ids) - here:
            self.forget(gone)

    @callback
    def forget(self, sim_id: str) -> None:
        """Forget all of a SIM: it was removed, or has another card."""
        self._cards[sim_id] += 1
        self._known.pop(sim_id, None)
        self._sent.pop(sim_id, None)
        self._readings.forget(sim_id)
        self._complained.discard(sim_id)
        self._store.forget(sim_id)
        troubles.async_settle(self._hass, self._entry, sim_id)

    @callback
    def async_tell(self, sim: ConfigSubentry) -> None:
        """Tell what is wrong with a SIM's balance, and no more what is not."""
        if self._left:
            return
        shown = shows_balance(sim) and not self._is_hidden(sim)
        known = self.kept(sim.subentry_id) if shown else NOTHING_KNOWN
        now = self._clock.now()
        why = troubles.async_look(self._hass, self._entry, sim, known, now)
        if why:
            self._complain(sim.subentry_id, why)

    @callback
    def async_leave(self) -> None:
        """Take in and tell nothing any more: the box is not set up, or somebody else does it."""
        self._left = True
        if self._hass.is_running:
            for sim in self._entry.get_subentries_of_type(SUBENTRY_SIM):
                troubles.async_settle(self._hass, self._entry, sim.subentry_id)

    async def _async_read(
        self, sim: ConfigSubentry, found: Balance, at: datetime, card: int
    ) -> None:
        """Keep a balance in the SIM's currency; without the log, it has no place in the history."""
        sim_id, currency = sim.subentry_id, sim.data[CONF_CURRENCY]
        reading: Reading | None = None
        try:
            reading = await self._readings.async_measure(
                sim_id, currency, found.amount, at
            )
        except StoreUnavailable as error:
            _LOGGER.debug("A balance is missing in the history: %s", error)
        if self._is_over(sim_id, card):
            return
        earlier = [each for each in self._readings.of(sim_id, currency) if each.at < at]
        kept = reading
        if reading is not None and not self._readings.fits(sim_id, currency, reading):
            kept = None
        if kept is not None:
            self._readings.add(sim_id, currency, kept)
        facts = {
            "checked": at,
            "balance": found.amount,
            "currency": currency,
            "valid_until": found.valid_until,
            **_ALL_WELL,
        }
        self._complained.discard(sim_id)
        await self._async_save(sim_id, facts, kept)
        if reading is not None and not self._is_over(sim_id, card):
            news = BalanceRead(
                sim_id=sim_id,
                before=earlier[-1] if earlier else None,
                reading=reading,
                drop=find_drop(self._readings.of(sim_id, currency)) if kept else None,
                valid_until=found.valid_until,
            )
            signal = SIGNAL_BALANCE_READ.format(sim_id)
            async_dispatcher_send(self._hass, signal, news)
            outlook = self._readings.outlook(sim_id, currency)
            announce_reading(self._hass, self._entry, sim, news, outlook)

    async def _async_put_aside(
        self, sim: ConfigSubentry, answer: KeptAnswer, found: Balance | None
    ) -> None:
        """Keep what cannot be shown, unless an SMS was the answer while the code was dialled."""
        sim_id = sim.subentry_id
        known = self.kept(sim_id)
        asked = known.schedule.last_asked if known.schedule else None
        if known.checked and asked and known.checked > asked:
            await self.async_keep(sim_id)
            return
        silent = 0 if has_number(sim.data, answer.text) else known.silent + 1
        await self.async_keep(
            sim_id,
            unread=answer.text[:_LONGEST],
            unread_at=answer.at,
            let_be=False,
            silent=silent,
            listens_until=None if found else answer.at + WINDOW,
        )

    def _add_answer(self, sim_id: str, answer: KeptAnswer) -> None:
        """Keep an answer among the last ones, once; it is on disk with what is kept next."""
        known, cut = self.kept(sim_id), replace(answer, text=answer.text[:_LONGEST])
        if cut not in known.answers:
            self.note(sim_id, answers=(*known.answers, cut)[-_ANSWERS:])

    async def _async_save(
        self, sim_id: str, facts: dict[str, Any], reading: Reading | None
    ) -> bool:
        sim = self._entry.subentries.get(sim_id)
        if sim is None or self._left:
            return False
        known = self._known[sim_id] = replace(self.kept(sim_id), **facts)
        try:
            await self._store.async_save(sim_id, known, reading)
        except StoreUnavailable:
            kept = False
        else:
            kept = True
        async_dispatcher_send(self._hass, SIGNAL_BALANCE.format(sim_id))
        if sim_id in self._entry.subentries:
            self.async_tell(sim)
        return kept

    def _is_over(self, sim_id: str, card: int) -> bool:
        """Tell whether what comes of a card's question is no business of ours any more."""
        return self._left or self._cards[sim_id] != card

    def _is_hidden(self, sim: ConfigSubentry | None) -> bool:
        return sim is not None and other_card(sim.data) is not None

    def _shown_currency(self, sim_id: str) -> str | None:
        sim = self._entry.subentries.get(sim_id)
        if sim is None or self._is_hidden(sim):
            return None
        currency: str | None = sim.data.get(CONF_CURRENCY)
        return currency

    def _complain(self, sim_id: str, why: str) -> None:
        """Warn once until the balance can be read again."""
        if sim_id not in self._complained:
            self._complained.add(sim_id)
            name = device_name(self._hass, self._entry, sim_id)
            _LOGGER.warning("No new balance of %s: %s", name, why)


def _shows(sim: ConfigSubentry, found: Balance) -> bool:
    """Tell whether a balance is one that the sensor of a SIM shows."""
    return shows_balance(sim) and is_in_currency(sim.data, found)


_ALL_WELL: Final = {
    "unread": None,
    "unread_at": None,
    "let_be": False,
    "silent": 0,
    "listens_until": None,
}
