"""One arbiter per SIM: SMS, USSD and control take turns, alarms first."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum
from math import inf
from typing import Protocol

from ..gateways.clock import Clock
from ..gateways.model import ChannelUnavailable, UssdReply
from ..gateways.ports import Gateway
from .countries import Country
from .guard_budgets import Limits
from .messages import Priority, SendPolicy
from .numbers import NumberForm
from .ussd import BrokenOff, Dialogues

_SHORTEST_REST = 5.0
_LONGEST_REST = 60.0


class Rank(IntEnum):
    """Who goes first; the lower one."""

    ALARM = 0
    CONTROL = 1
    ASKED_USSD = 2
    SMS = 3
    USSD = 4
    """Nobody waits for it."""


_RANKS = {Priority.ALARM: Rank.ALARM, Priority.NORMAL: Rank.SMS}


class SmsQueue(Protocol):
    """Where the messages wait that a line may send."""

    def wish(self, line: Line) -> Priority | None:
        """Return the priority of the first message that wants this line now."""

    def on_free(self) -> None:
        """Hear that a line has become free."""


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    """One that waits for its turn, and holds it afterwards."""

    rank: Rank
    holder: object
    dials: bool
    turn: asyncio.Future[None]


class Line:
    """One SIM, which does one thing at a time.

    What its box tells of it and what the user has set for it (`connected`,
    `registered`, `roaming`, `enabled`, `policy`, `limits` and so on) is set live
    by its owner, who then calls `Outbox.wake`.
    """

    def __init__(
        self,
        *,
        line_id: str,
        box_id: str,
        channel: int,
        gateway: Gateway,
        clock: Clock,
        policy: SendPolicy,
    ) -> None:
        """Start idle, enabled, not connected, registration not known."""
        self.line_id = line_id
        self.box_id = box_id
        self.gateway = gateway
        self.policy = policy
        self.connected = False
        self._registered: bool | None = None
        self.enabled = True
        self.roaming: bool | None = None
        """Whether the SIM is in a foreign network; `None` where the box does not tell."""
        self.roaming_allowed = False
        """Whether more than alarms may leave while it roams."""
        self.limits = Limits()
        self.pacing: float | None = None
        """Seconds between two SMS; `None`: as the box's kind wants it."""
        self.number_form = NumberForm.AS_GIVEN
        self.country: Country | None = None
        self.queue: SmsQueue | None = None
        """Set by the router."""
        self.last_sent = -inf
        """When (monotonic) it sent last, over restarts and reloads."""
        self.dialogues = Dialogues(channel, gateway, clock)
        self._channel = channel
        self._clock = clock
        self._holder: object = None
        self._dials = False
        self._waiters: list[_Waiter] = []
        self._ussds: set[asyncio.Timeout] = set()
        self._reserved: Priority | None = None
        """A message of several SMS has not sent all of them."""
        self._rests_until = 0.0
        self._rest = _SHORTEST_REST

    @property
    def channel(self) -> int:
        """The port that the SIM is in."""
        return self._channel

    @channel.setter
    def channel(self, channel: int) -> None:
        if channel != self._channel:
            self._channel = channel
            self.dialogues = Dialogues(channel, self.gateway, self._clock)

    @property
    def registered(self) -> bool | None:
        """Whether the SIM is in a network; `None` counts as maybe."""
        return self._registered

    @registered.setter
    def registered(self, registered: bool | None) -> None:
        if registered and not self._registered:
            self.rouse()
        self._registered = registered

    @property
    def busy(self) -> bool:
        """Whether an SMS, a USSD or a restart is under way."""
        return self._holder is not None

    @property
    def busy_with_ussd(self) -> bool:
        """Whether a USSD is under way."""
        return self.busy and self._dials

    @property
    def able(self) -> bool:
        """Whether this SIM could send, were it free."""
        return (
            self.enabled
            and self.connected
            and self.registered is not False
            and self._clock.monotonic() >= self._rests_until
            and self.gateway.sender.ready(self.channel)
        )

    def lets(self, priority: Priority) -> bool:
        """Tell whether a message of this priority could leave, were the SIM free."""
        return self.able and (priority is Priority.ALARM or not self.alarms_only)

    @property
    def alarms_only(self) -> bool:
        """Whether the SIM roams and may not do more there than send alarms."""
        return bool(self.roaming) and not self.roaming_allowed

    @property
    def free(self) -> bool:
        """Whether nothing is under way, nor the pause after the last SMS."""
        return not self.busy and self._clock.monotonic() >= self._paced_until

    @property
    def next_change(self) -> float:
        """When (monotonic) a pause of this line ends, in the past if there is none."""
        return max(self._paced_until, self._rests_until)

    @property
    def _paced_until(self) -> float:
        """When (monotonic) the pause after the last SMS ends."""
        pacing = self.gateway.pacing if self.pacing is None else self.pacing
        return self.last_sent + pacing

    def free_for(self, priority: Priority) -> bool:
        """Tell whether a message may have this line at once."""
        if self._reserved is not None and priority >= self._reserved:
            return False
        return self.free

    def claim(self, holder: object) -> None:
        """Take the turn for a message; the line is `free_for` it."""
        self._holder, self._dials = holder, False

    def release(self, holder: object) -> None:
        """Give the turn back if `holder` has it."""
        if self._holder is holder:
            self._holder = None
            if not self.offer() and self.queue is not None:
                self.queue.on_free()

    def offer(self) -> bool:
        """Give the turn to one that waits, unless a message comes first."""
        if self.busy:
            return True
        waiting = [w for w in self._waiters if not (w.turn.done() or self._puts_off(w))]
        if not waiting:
            return False
        first = min(waiting, key=lambda waiter: waiter.rank)
        wish = self.queue.wish(self) if self.queue is not None else None
        if wish is not None and _RANKS[wish] < first.rank:
            return False
        self._holder, self._dials = first.holder, first.dials
        first.turn.set_result(None)
        return True

    def _puts_off(self, waiter: _Waiter) -> bool:
        """Tell whether one has to wait for the rest of a message of several SMS."""
        if self._reserved is None:
            return False
        dials_before_alarm = waiter.dials and self._reserved is Priority.ALARM
        return dials_before_alarm or waiter.rank is Rank.CONTROL

    def sent(self) -> None:
        """Note that an SMS was handed over; the next one waits a moment."""
        self.last_sent = self._clock.monotonic()
        self.rouse()

    def refused(self) -> None:
        """Note that the SIM could not send just now; leave it alone, longer each time."""
        self._rests_until = self._clock.monotonic() + self._rest
        self._rest = min(2 * self._rest, _LONGEST_REST)

    def rest(self, seconds: float) -> None:
        """Leave the SIM alone for so long, or until it is back: its module starts anew."""
        self._rests_until = self._clock.monotonic() + seconds

    def rouse(self) -> None:
        """Forget that the SIM could not send."""
        self._rests_until = 0.0
        self._rest = _SHORTEST_REST

    async def next_turn(self, holder: object, priority: Priority) -> None:
        """Let an alarm, or a USSD somebody waits for, go before the next SMS of a message."""
        self._reserved = priority
        try:
            self.release(holder)
            await self._pace()
            await self._wait(_RANKS[priority], holder, dials=False)
            await self._pace()  # an alarm may have gone before
        finally:
            self._reserved = None

    async def take_for_control(self, holder: object) -> None:
        """Take the turn before the next message or USSD, but for alarms; `release` ends it.

        The SMS of one message are not parted.
        """
        await self._wait(Rank.CONTROL, holder, dials=False)

    async def run_ussd(
        self,
        codes: Sequence[str],
        *,
        waited_for: bool,
        wanted: Callable[[], bool] = lambda: True,
    ) -> list[UssdReply]:
        """Wait for a turn, dial a code, answer its menus, and return what the operator said.

        The steps share one turn and 40 s, and none is repeated; there are fewer
        answers than steps where the network ended the dialogue before. A USSD
        that nobody waits for lets every SMS go first; much may change meanwhile,
        so `wanted` tells once the turn has come whether to dial nevertheless.

        Raises what `UssdRunner.run_ussd` raises, `NoReply` after 40 s (in the
        midst of menus `MenuLeft`, for an alarm `AlarmFirst`), `BrokenOff` after
        `break_off_ussd`, `MenuOpen` while a menu may be open, and
        `ChannelUnavailable` when the SIM is switched off by the user, or the USSD
        is not wanted any more.
        """
        if not self.enabled:
            raise ChannelUnavailable("the SIM is switched off")
        rank = Rank.ASKED_USSD if waited_for else Rank.USSD
        async with self._breakable(), self._turn(rank):
            if not (self.enabled and wanted()):
                raise ChannelUnavailable("it is not to be dialled any more")
            return await self.dialogues.run(codes)

    def break_off_ussd(self) -> None:
        """End every USSD, begun or waiting, with `BrokenOff`: nobody can wait longer."""
        while self._ussds:
            self._ussds.pop().reschedule(0)

    @asynccontextmanager
    async def _breakable(self) -> AsyncIterator[None]:
        """Let `break_off_ussd` end what is inside."""
        try:
            async with asyncio.timeout(None) as scope:
                self._ussds.add(scope)
                try:
                    yield
                finally:
                    self._ussds.discard(scope)
        except TimeoutError:
            raise BrokenOff from None

    async def _pace(self) -> None:
        await self._clock.sleep(self._paced_until - self._clock.monotonic())

    @asynccontextmanager
    async def _turn(self, rank: Rank) -> AsyncIterator[None]:
        """Hold the line for a USSD."""
        holder = object()
        await self._wait(rank, holder, dials=True)
        try:
            yield
        finally:
            self.release(holder)

    async def _wait(self, rank: Rank, holder: object, *, dials: bool) -> None:
        """Return when `holder` has the turn."""
        turn = asyncio.get_running_loop().create_future()
        waiter = _Waiter(rank, holder, dials, turn)
        self._waiters.append(waiter)
        self.offer()
        try:
            await turn
        except asyncio.CancelledError:
            self.release(holder)  # it may have been given in this very moment
            raise
        finally:
            self._waiters.remove(waiter)
