"""The questions to the operators of a box's SIMs: each in its time, noted before it is dialled."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
import logging
from random import Random
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .balance.parser import Balance
from .balance_book import LOOK_AGAIN, BalanceBook
from .balance_news import shows_balance
from .balance_plan import Plan, Wishes, first_asked
from .balance_sms import DIALOGUE, WINDOW
from .balance_store import KeptAnswer
from .cards import other_card
from .const import CONF_BALANCE_CODE, CONF_BALANCE_SENDER, SUBENTRY_SIM
from .devices import sim_on_channel
from .gateways.clock import Clock
from .gateways.model import ChannelUnavailable, GatewayError
from .messaging.line import Line
from .messaging.messages import State
from .messaging.store import StoreUnavailable
from .messaging.ussd import NOT_DIALLED, AlarmFirst, BrokenOff
from .ussd_path import split_path

_LOGGER = logging.getLogger(__name__)

_ON_THE_WAY: Final = {None, State.QUEUED.value, State.SENDING.value}
_WENT_OUT: Final = {
    State.ACCEPTED.value,
    State.SENT.value,
    State.DELIVERED.value,
    State.UNKNOWN.value,
}


class Questions:
    """Asks the SIMs of one box for their balances, each one thing at a time."""

    def __init__(
        self,
        entry: ConfigEntry,
        lines: Mapping[str, Line],
        book: BalanceBook,
        clock: Clock,
    ) -> None:
        """Ask nobody before `plan`."""
        self._entry = entry
        self._lines = lines
        self._book = book
        self._clock = clock
        self._plans: dict[str, Plan] = {}
        self._chance = Random()  # noqa: S311 # spreads questions, hides nothing
        self._awake = asyncio.Event()
        self._stopped = False
        self.turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Whoever asks a SIM holds its lock."""

    @callback
    def plan(self, sims: Collection[ConfigSubentry]) -> None:
        """Take over the SIMs and their wishes as they are now."""
        here = {sim.subentry_id for sim in sims}
        for facts in (self._plans, self.turns):
            for gone in facts.keys() - here:
                del facts[gone]
        for index, sim in enumerate(sims):
            wishes, sim_id = Wishes.of(sim.data), sim.subentry_id
            if plan := self._plans.get(sim_id):
                plan.follow(wishes)
                continue
            self._plans[sim_id] = Plan(
                wishes,
                self._book.kept(sim_id),
                sent=self._book.sent(sim_id),
                index=index,
                clock=self._clock,
                zone=dt_util.get_default_time_zone,
                chance=self._chance,
            )

    @callback
    def begin(self, sim: ConfigSubentry, asked: datetime) -> None:
        """Let a SIM that is planned for the first time have been asked before."""
        if self._book.kept(sim.subentry_id).schedule is None:
            zone, wishes = dt_util.get_default_time_zone(), Wishes.of(sim.data)
            facts = first_asked(wishes, asked, zone, self._chance)
            self._book.note(sim.subentry_id, **facts)

    @callback
    def forget(self, sim_id: str) -> None:
        """Forget when a SIM was asked: it has another card."""
        self._plans.pop(sim_id, None)

    @callback
    def wake(self) -> None:
        """Look again which SIM can be asked: a line or a setting has changed."""
        self._awake.set()

    @callback
    def stop(self) -> None:
        """Begin no question any more: the box is being unloaded."""
        self._stopped = True

    @callback
    def note_status(self, data: Mapping[str, Any]) -> None:
        """Hear what became of an outgoing message of any box."""
        if data["config_entry_id"] != self._entry.entry_id or data["channel"] is None:
            return
        sim = sim_on_channel(self._entry, data["channel"])
        plan = self._plans.get(sim.subentry_id) if sim else None
        went_out = data["state"] in _WENT_OUT and data["previous"] in _ON_THE_WAY
        if plan is not None and went_out:
            plan.note_sent()
            self.wake()

    async def run(self) -> None:
        """Ask each SIM when its time has come, one after the other, until cancelled."""
        while True:
            self._awake.clear()
            sims = self.askable_sims()
            waits = {
                sim.subentry_id: self._plans[sim.subentry_id].wait() for sim in sims
            }
            sim_id = next((sim_id for sim_id, wait in waits.items() if not wait), None)
            if sim_id is not None:
                await self._ask_by_itself(sim_id)
                continue
            soon = min([*waits.values(), LOOK_AGAIN])
            with suppress(TimeoutError):
                async with self._clock.timeout(soon.total_seconds()):
                    await self._awake.wait()

    def askable_sims(self) -> list[ConfigSubentry]:
        """Return the SIMs whose operators would get a question."""
        if self._entry.pref_disable_polling:
            return []
        return [
            sim
            for sim in self._entry.get_subentries_of_type(SUBENTRY_SIM)
            if shows_balance(sim)
            and other_card(sim.data) is None
            and sim.subentry_id in self._plans
            and (line := self._lines.get(sim.subentry_id))
            and line.enabled
            and line.connected
            and line.registered is not False
            and not line.alarms_only
        ]

    async def ask(
        self, sim_id: str, *, waited_for: bool
    ) -> tuple[KeptAnswer, Balance | None]:
        """Dial a SIM's own code and take the answer; return it and what was read in it.

        Raises as `dial`; `KeyError` without a code.
        """
        sim, card = self._entry.subentries[sim_id], self._book.card(sim_id)
        codes = split_path(sim.data[CONF_BALANCE_CODE])
        until = None
        if sim.data.get(CONF_BALANCE_SENDER):  # else anybody's SMS would be the answer
            until = self._clock.now() + DIALOGUE + WINDOW
        try:
            answer = await self.dial(
                sim, codes, waited_for=waited_for, listens_until=until
            )
        except (*NOT_DIALLED, AlarmFirst, BrokenOff):
            raise  # it was not the operator who let us down
        except GatewayError:
            await self._book.async_fail(sim_id, card)
            raise
        return answer, await self._book.async_take(sim_id, answer, card)

    async def dial(
        self,
        sim: ConfigSubentry,
        codes: Sequence[str],
        *,
        waited_for: bool,
        **facts: Any,
    ) -> KeptAnswer:
        """Dial once, menus and all, and return the last answer.

        That it was dialled is on disk before, with other `facts`, whatever comes
        of it. Raises `GatewayError`; `ChannelUnavailable` also where the SIM is not
        the same any more when its turn has come, or the box is being unloaded. On
        a full disk, only what somebody waits for is dialled; else raises
        `StoreUnavailable`.
        """
        if self._stopped:
            raise ChannelUnavailable("the box is being unloaded")
        sim_id = sim.subentry_id
        line, card = self._lines[sim_id], self._book.card(sim_id)
        code = sim.data.get(CONF_BALANCE_CODE)
        plan, before = self._plans[sim_id], self._book.kept(sim_id)
        others = [
            other.schedule.next_due
            for other_id, other in self._plans.items()
            if other_id != sim_id
        ]
        kept = await self._book.async_keep(sim_id, **plan.ask(others), **facts)
        undone = {fact: getattr(before, fact) for fact in facts}
        if not (kept or waited_for):
            await self._revoke(sim_id, plan, undone)
            raise StoreUnavailable("the disk is full")

        def is_wanted() -> bool:
            """Look again: the turn may come a while later."""
            return (
                not self._stopped
                and self._book.card(sim_id) == card
                and other_card(sim.data) is None
                and sim.data.get(CONF_BALANCE_CODE) == code
                and (waited_for or sim in self.askable_sims())
            )

        try:
            answers = await line.run_ussd(
                codes, waited_for=waited_for, wanted=is_wanted
            )
        except NOT_DIALLED:
            await self._revoke(sim_id, plan, undone)
            raise
        return KeptAnswer(self._clock.now(), answers[-1].text)

    async def _ask_by_itself(self, sim_id: str) -> None:
        """Ask because it is time; after a time-out, not again before the next time."""
        async with self.turns[sim_id]:
            if not (plan := self._plans.get(sim_id)):
                return  # the SIM was removed
            if plan.wait():
                return  # somebody has just asked by the button
            try:
                await self.ask(sim_id, waited_for=False)
            except (*NOT_DIALLED, StoreUnavailable) as err:
                _LOGGER.debug("A balance question waits: %s", err)
            except AlarmFirst:
                _LOGGER.debug("A balance question gave way to an alarm")
            except GatewayError as err:
                _LOGGER.debug("A balance question failed: %s", err)

    async def _revoke(self, sim_id: str, plan: Plan, undone: Mapping[str, Any]) -> None:
        """Ask later instead: nothing was dialled."""
        facts = plan.revoke()
        if self._plans.get(sim_id) is plan:
            await self._book.async_keep(sim_id, **facts, **undone)
