"""The balances of a box's SIMs, as the rest of the integration sees them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.helpers.start import async_at_started

from .balance.parser import Balance
from .balance.readings import Outlook, Reading
from .balance.upkeep import Upkeep
from .balance_book import BalanceBook
from .balance_news import (
    SIGNAL_BALANCE,
    SIGNAL_BALANCE_READ,
    BalanceRead,
    shows_balance,
)
from .balance_questions import Questions
from .balance_sms import may_tell_balance
from .balance_store import KeptAnswer, SimBalance
from .balance_tries import TRIES, Tries, Try
from .balance_words import read_balance
from .cards import other_card
from .const import CONF_CURRENCY, SUBENTRY_SIM
from .devices import device_name, sim_on_channel
from .errors import card_not_known
from .gateways.clock import Clock
from .gateways.ports import Gateway
from .messaging.line import Line
from .messaging.messages import ReceivedMessage, SendPolicy
from .messaging.store import Store
from .report import SIGNAL_SMS_STATUS
from .ussd_path import join_path

__all__ = [
    "SIGNAL_BALANCE",
    "SIGNAL_BALANCE_READ",
    "BalanceRead",
    "BalanceResult",
    "Balances",
    "shows_balance",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceResult:
    """An operator's answer to the balance code."""

    balance: Decimal | None
    """None where no balance could be read in the answer."""
    currency: str | None
    answer: str


class Balances:
    """The balances of one box, by the SIMs' subentry ids.

    The owner keeps a task on `run()`, which asks one SIM after the other.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        lines: Mapping[str, Line],
        gateway: Gateway,
        clock: Clock,
        store: Store,
    ) -> None:
        """Know nothing before `async_load`."""
        self._hass = hass
        self._entry = entry
        self._lines = lines
        self._gateway = gateway
        self._clock = clock
        self._book = BalanceBook(hass, entry, clock, store)
        self._questions = Questions(entry, lines, self._book, clock)
        self._trials: dict[int, Line] = {}
        """The lines of ports without a SIM of ours, on which a code was tried."""
        self._tries = hass.data.setdefault(TRIES, Tries(clock))
        self._answers: dict[str, BalanceResult] = {}
        """The last answer of each SIM."""
        self._heard: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()
        """How to take the answers that nobody waits for."""
        self._started = asyncio.Event()

    async def async_load(self) -> None:
        """Read what an earlier run has left."""
        await self._book.async_load()

    @callback
    def async_start(self) -> None:
        """Hear of what is sent, until the box is unloaded."""
        note = self._questions.note_status
        stop = async_dispatcher_connect(self._hass, SIGNAL_SMS_STATUS, note)
        self._entry.async_on_unload(stop)
        self._entry.async_on_unload(async_at_started(self._hass, self._begin))
        self._entry.async_on_unload(self._book.async_leave)

    async def run(self) -> None:
        """Ask each SIM when its time has come and take every answer, until cancelled.

        It begins once the automations are at work: what is low is told only once.
        """
        await self._started.wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._book.run())
            group.create_task(self._questions.run())
            group.create_task(self._take_heard())

    @callback
    def async_stop(self) -> None:
        """Ask nothing any more, and break off what is tried on ports without a SIM of ours."""
        self._questions.stop()
        for line in self._trials.values():
            line.break_off_ussd()

    def known(self, sim_id: str) -> SimBalance:
        """Return what is known of a SIM's balance, in the currency of its settings.

        Nothing is known while another card is in its port.
        """
        return self._book.known(sim_id)

    def readings(self, sim_id: str) -> Sequence[Reading]:
        """Return the balances of the SIM's card in its currency, the oldest first.

        They reach back 400 days at most.
        """
        return self._book.readings(sim_id)

    def outlook(self, sim_id: str) -> Outlook:
        """Return what the readings say of the future, as of the last one or the start."""
        return self._book.outlook(sim_id)

    def parse(self, sim: ConfigSubentry, text: str) -> Balance | None:
        """Return the balance in an operator's words, as the SIM's settings read them."""
        return read_balance(sim.data, text)

    async def async_keep_upkeep(self, sim_id: str, upkeep: Upkeep) -> bool:
        """Keep what was done for a card; tell, once it is written, whether it is on disk."""
        return await self._book.async_keep(sim_id, upkeep=upkeep)

    @callback
    def async_apply_settings(self) -> None:
        """Take over codes, wishes, currencies and patterns as they are now."""
        sims = self._entry.get_subentries_of_type(SUBENTRY_SIM)
        self._book.async_settle_sims()
        for gone in self._answers.keys() - {sim.subentry_id for sim in sims}:
            del self._answers[gone]
        for sim in sims:
            sim_id, card = sim.subentry_id, self._book.card(sim.subentry_id)
            self._book.async_follow_code(sim)
            if self._book.readable_now(sim) is not None:
                again = partial(self._book.async_read_again, sim_id, card)
                self._heard.put_nowait(again)
            if tried := self._tries.take(self._entry.entry_id, sim):
                self._questions.begin(sim, tried.asked)
                self._heard.put_nowait(partial(self._take_tried, sim, tried, card))
        self._questions.plan(sims)
        for sim in sims:
            async_dispatcher_send(self._hass, SIGNAL_BALANCE.format(sim.subentry_id))
            self._book.async_tell(sim)
        self.async_wake()

    @callback
    def async_begin_anew(self, sim_id: str) -> None:
        """Forget what another card had; the one that is there now is soon asked."""
        self._book.forget(sim_id)
        self._questions.forget(sim_id)
        self._answers.pop(sim_id, None)
        self.async_apply_settings()

    @callback
    def async_wake(self) -> None:
        """Look again which SIM can be asked: a line or a setting has changed."""
        self._questions.wake()

    @callback
    def async_hear(self, message: ReceivedMessage) -> None:
        """Take an SMS for the answer to a question, if it can be that."""
        self._tries.hear(self._entry.entry_id, message)
        if sim := sim_on_channel(self._entry, message.channel):
            self._hear(sim, message)

    @callback
    def _hear(self, sim: ConfigSubentry, message: ReceivedMessage) -> None:
        if (
            self._book.listens(sim.subentry_id, message.received_at)
            and may_tell_balance(sim.data, message)
            and self.parse(sim, message.text) is not None
        ):
            sim_id, card = sim.subentry_id, self._book.card(sim.subentry_id)
            answer = KeptAnswer(message.received_at, message.text)
            take = partial(self._book.async_take_sms, sim_id, answer, card)
            self._heard.put_nowait(take)

    async def refresh(self, sim_id: str) -> BalanceResult:
        """Ask now and return the answer. Raises `GatewayError`; `KeyError` without a code.

        Raises a translated error while another card is in the port: its operator
        may take the code for something else.
        """
        sim = self._entry.subentries[sim_id]
        if other_card(sim.data) is not None:
            raise card_not_known(device_name(self._hass, self._entry, sim_id))
        known = self._answers.get(sim_id)
        async with self._questions.turns[sim_id]:
            last = self._answers.get(sim_id)
            if last is not None and last is not known:
                return last  # to the question that was asked meanwhile
            card = self._book.card(sim_id)
            answer, found = await self._questions.ask(sim_id, waited_for=True)
            own: str | None = sim.data.get(CONF_CURRENCY)
            result = BalanceResult(
                balance=found.amount if found else None,
                currency=(found.currency or own) if found else None,
                answer=answer.text,
            )
            if self._book.card(sim_id) == card:
                self._answers[sim_id] = result
            return result

    async def try_code(self, channel: int, codes: Sequence[str]) -> Try:
        """Dial once what somebody has just seen and wants to try; return what came of it.

        It counts as a question, but its answer is taken for the balance only once
        it is handed over to `Tries.save`. Raises `GatewayError`.
        """
        asked, sim = self._clock.now(), sim_on_channel(self._entry, channel)
        if sim is None or sim.subentry_id not in self._lines:
            answer = await self._dial_only(self._trial(channel), codes)
        elif other_card(sim.data) is not None:  # it has an account of its own
            answer = await self._dial_only(self._lines[sim.subentry_id], codes)
        else:
            async with self._questions.turns[sim.subentry_id]:
                asked, card = self._clock.now(), self._book.card(sim.subentry_id)
                answer = await self._questions.dial(sim, codes, waited_for=True)
                await self._book.async_remember(sim.subentry_id, answer, card)
        tried = Try(
            code=join_path(codes),
            asked=asked,
            answer=answer,
            since=self._clock.monotonic(),
        )
        self._tries.keep(self._entry.entry_id, channel, tried)
        return tried

    async def _dial_only(self, line: Line, codes: Sequence[str]) -> KeptAnswer:
        """Dial without a trace among the answers of any SIM."""
        answers = await line.run_ussd(codes, waited_for=True)
        return KeptAnswer(self._clock.now(), answers[-1].text)

    async def _take_tried(self, sim: ConfigSubentry, tried: Try, card: int) -> None:
        """Take what was tried for the answer, and what came as an SMS since then."""
        await self._book.async_take_tried(sim.subentry_id, tried.answer, card)
        for message in tried.messages:
            self._hear(sim, message)

    async def async_let_be(self, sim_id: str) -> None:
        """Raise no more issues about the answer that is unread now, only about the next one."""
        await self._book.async_keep(sim_id, let_be=True)

    def _trial(self, channel: int) -> Line:
        """Return the line of a port without a SIM of ours; only one is under way there."""
        if channel not in self._trials:
            self._trials[channel] = Line(
                line_id=f"trial {channel}",
                box_id=self._entry.entry_id,
                channel=channel,
                gateway=self._gateway,
                clock=self._clock,
                policy=SendPolicy.NEVER,
            )
        return self._trials[channel]

    @callback
    def _begin(self, _hass: HomeAssistant) -> None:
        self._started.set()

    async def _take_heard(self) -> None:
        while True:
            take = await self._heard.get()
            await take()
