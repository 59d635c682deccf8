"""Budgets and the loop breaker: no fault and no loop empties a card."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
import logging

from ..gateways.clock import Clock
from .countries import Country
from .guard_budgets import Account, Limits, Spending, refund
from .guard_calendar import Calendar
from .guard_log import Handed, Past, read_past
from .guard_loops import Batch, Rules
from .guard_refusals import (
    Budget,
    GuardRefusal,
    LargerThanLimit,
    OverBudget,
    Stop,
    StopKind,
    Stopped,
    TooManyAlarms,
)
from .guard_room import Room
from .guard_stops import Stops
from .guard_wishes import Wish
from .messages import Priority
from .numbers import normalised
from .store import Store, StoreUnavailable

__all__ = [
    "Budget",
    "Card",
    "Guard",
    "GuardRefusal",
    "LargerThanLimit",
    "Limits",
    "OverBudget",
    "Spending",
    "Stop",
    "StopKind",
    "Stopped",
    "TooManyAlarms",
    "Used",
    "Wish",
]

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A SIM, for reading what the log has of it, and how numbers were written there."""

    line_id: str
    box_id: str
    channel: int
    country: Country | None
    since: datetime | None = None
    """What was sent before was sent by another card, and does not count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """What a SIM has sent."""

    today: int
    """Messages, since midnight."""
    month_parts: int
    """Parts, since the first of the month."""


class Guard:
    """Counts what goes out and refuses what is too much.

    Everything happens in the loop, in memory, without waiting.
    """

    def __init__(
        self,
        clock: Clock,
        zone: tzinfo,
        store: Store,
        on_stop: Callable[[Stop], None],
    ) -> None:
        """Start with nothing counted. `on_stop` hears of each new stop."""
        self._clock = clock
        self._store = store
        self._on_stop = on_stop
        self._calendar = Calendar(clock, zone)
        self._accounts: dict[str, Account] = {}
        self._room = Room(clock, self._account)
        self._rules = Rules(clock)
        self._stops = Stops(clock, store)

    @property
    def zone(self) -> tzinfo:
        """The zone of the user's calendar."""
        return self._calendar.zone

    @zone.setter
    def zone(self, zone: tzinfo) -> None:
        self._calendar.zone = zone

    async def load(self, cards: Iterable[Card] = ()) -> None:
        """Count what an earlier run has sent and received, before anything else is called.

        Nothing is counted where the log cannot be read.
        """
        now = self._clock.now().timestamp()
        try:
            past = await self._store.read(lambda connection: read_past(connection, now))
        except StoreUnavailable as error:
            _LOGGER.warning("What was sent before could not be counted: %s", error)
            return
        sims = list(cards)
        countries = {sim.line_id: sim.country for sim in sims}
        for row in past.handed:
            self._load_handed(row, countries.get(row.line_id))
        for sim in sims:
            if sim.since is not None:
                self.begin_anew(sim.line_id, sim.since)
        if past.handed:
            self._calendar.hold(datetime.fromtimestamp(past.now, UTC))
        self._load_talks(past, sims)
        self._stops.load(past.stops)

    def check(self, wishes: Sequence[Wish], ahead: Iterable[Wish] = ()) -> None:
        """Raise a `GuardRefusal` unless all messages of one call may be queued.

        `ahead` is what is queued or about to be. The caller goes on to `admit`
        in the same step of the loop, and has them in `ahead` from then on.
        """
        batch = Batch()
        for wish in wishes:
            self._check_stops(wish, batch)
            self._rules.check_alarms(wish, batch)
        self._room.check(wishes, ahead)

    def admit(self, wish: Wish) -> None:
        """Count a message that was submitted, for the rules about one number."""
        at = self._clock.monotonic()
        self._rules.sent(wish.peer, wish.text_hash, wish.priority, at)

    def left(
        self, line_id: str, limits: Limits, priority: Priority, number: str
    ) -> int:
        """Return how many parts a SIM may hand over now to a number (in its one form).

        Never below 0. A message, or a piece of one, goes only if it fits whole.
        """
        account = self._account(line_id)
        if not account.takes(limits, priority, number):
            return 0
        return account.left(limits, priority)

    def spend(
        self,
        line_id: str,
        number: str,
        parts: int,
        priority: Priority,
        *,
        first: bool = True,
    ) -> Spending:
        """Count what is handed over now, before its first byte leaves.

        The number is in its one form. `first` is false for a further piece of
        a message that is counted already.
        """
        self._calendar.hold()
        at = self._clock.monotonic()
        return self._account(line_id).spend(number, parts, priority, at, first=first)

    def refund(self, spending: Spending) -> None:
        """Take back what did not go out: failed, or queued again. Unknown counts."""
        refund(spending)

    def note_received(self, sender: str, country: Country | None) -> None:
        """Note a message from outside when it is announced, unless it is redelivered."""
        self._rules.received(normalised(sender, country))

    def stops(self) -> list[Stop]:
        """Return what is stopped, the oldest first."""
        return self._stops.all()

    def resume(self, number: str, text_hash: str) -> None:
        """Let messages pass again that a stop held, with a clean slate."""
        pair = number, text_hash
        if self._stops.lift(pair):
            self._rules.clear(pair)

    def on_store_back(self) -> None:
        """Write what could not be written: the disk takes it again."""
        self._stops.write_again()

    def used(self, line_id: str) -> Used:
        """Return what a SIM has sent, for the user's eyes."""
        account = self._account(line_id)
        return Used(today=account.today, month_parts=account.used(Budget.MONTH))

    def begin_anew(self, line_id: str, since: datetime) -> None:
        """Count what a SIM sends from then on: it has a new card."""
        age = (self._clock.now() - since).total_seconds()
        self._account(line_id).begin_anew(self._clock.monotonic() - age)

    def _account(self, line_id: str) -> Account:
        if (account := self._accounts.get(line_id)) is None:
            account = self._accounts[line_id] = Account(self._clock, self._calendar)
        return account

    def _check_stops(self, wish: Wish, batch: Batch) -> None:
        """Raise `Stopped` for what is stopped, now or already."""
        stop = self._stops.holding(wish)
        if stop is None and (pair := self._rules.broken_by(wish, batch)) is not None:
            stop = self._stops.add(pair, wish.cause)
            self._on_stop(stop)
        if stop is not None:
            raise Stopped(wish.number, wish.cause, stop)

    def _load_handed(self, row: Handed, country: Country | None) -> None:
        peer = normalised(row.number, country)
        at = self._clock.monotonic() - row.age
        account = self._account(row.line_id)
        account.spend(peer, row.parts, row.priority, at, first=row.first)

    def _load_talks(self, past: Past, sims: Sequence[Card]) -> None:
        """Live through the last hour again: what we sent, what came, what was resumed."""
        now = self._clock.monotonic()
        everywhere = {sim.country for sim in sims}
        common = everywhere.pop() if len(everywhere) == 1 else None
        lines = {sim.line_id: sim.country for sim in sims}
        channels = {(sim.box_id, sim.channel): sim.country for sim in sims}
        steps: list[tuple[float, Callable[[], None]]] = []
        for sent in past.submitted:
            peer = normalised(sent.number, lines.get(sent.line_id or "", common))
            facts = peer, sent.text_hash, sent.priority, now - sent.age
            steps.append((sent.age, partial(self._rules.sent, *facts)))
        for heard in past.heard:
            country = channels.get((heard.box_id, heard.channel), common)
            peer = normalised(heard.sender, country)
            steps.append((heard.age, partial(self._rules.received, peer)))
        for stop in past.stops:
            if stop.resumed_at is not None:
                pair = stop.number, stop.text_hash
                age = past.now - stop.resumed_at
                steps.append((age, partial(self._rules.clear, pair)))
        for _, step in sorted(steps, key=lambda each: -each[0]):
            step()
