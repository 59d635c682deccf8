"""Incoming messages: part on disk, acknowledged, joined, announced."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
import logging
from math import inf

from ..gateways.clock import Clock
from ..gateways.model import InboxEntry, MessageKind, SmsPart, Transport
from ..gateways.text import clean
from .announcer import Announcer, succeeded
from .arrivals import Arrival, kind_of, text_of
from .inbox_found import Finder, Found
from .inbox_log import InboxLog, Stage
from .joining import Joined, Joiner
from .ledger import Changes, Ledger, key_of, misses_parts
from .letter import Letter
from .messages import ReceivedMessage
from .page import PageNews, PageState
from .repeats import Insistence, Repeats
from .store import Store, StoreUnavailable
from .twins import Twins

_LOGGER = logging.getLogger(__name__)

_LOOK_EVERY = 5.0
"""Seconds between two looks for messages that stayed incomplete."""
_OFTEN = 3
"""As often a box has to bring what the disk does not take."""


class Inbox:
    """What one box has received; one per box.

    The owner keeps a task on `run()`, calls `load()` before anything else, and
    `on_store_back()` when the disk takes something again. `announce` is called
    once per event, in order, never before `open()`.
    """

    def __init__(
        self,
        box_id: str,
        clock: Clock,
        new_id: Callable[[], str],
        announce: Callable[[ReceivedMessage], None],
        store: Store,
    ) -> None:
        self._box_id = box_id
        self._clock = clock
        self._new_id = new_id
        self._store = store
        self._log = InboxLog(box_id, clock)
        self._announcer = Announcer(clock, store, self._log, announce)
        self._repeats = Repeats(clock)
        self._insistence = Insistence()
        self._joiner = Joiner(clock)
        self._ledger = Ledger(clock, new_id)
        self._twins = Twins(self._ledger)
        self._began = clock.now()
        self._loaded = False
        self._paging: asyncio.Future[None] | None = None
        """The write of what the inbox page brought, while it is under way."""
        self._held: list[Joined] = []
        """What waits for its end, because the page may have brought it."""
        self._closed = False

    async def load(self) -> None:
        """Take up what an earlier run has left; if the disk is away, `run()` does it."""
        await self._load(before=inf)

    async def _load(self, before: float) -> None:
        finder = Finder(self._box_id, self._clock, before)
        try:
            found = await self._store.read(finder.find)
        except StoreUnavailable as error:
            _LOGGER.debug("What was received before cannot be read: %s", error)
            return
        self._loaded = True
        self._restore(found)

    def _restore(self, found: Found) -> None:
        self._ledger.restore(found.notes)
        self._repeats.restore(found.doubtful, found.pushed)
        self._announcer.restore(found.letters, found.senders)
        for message_id, arrivals in found.sets:
            self._joiner.restore(message_id, arrivals)
        for arrival in found.loose:
            self._join(arrival)

    def take(self, part: SmsPart) -> None:
        """Keep a part and acknowledge it, or refuse it; never raises."""
        smpp = part.transport is Transport.SMPP
        if smpp and (self._closed or self._announcer.is_full):
            part.refuse()  # what a box keeps for seconds at most would be lost by that
            return
        arrival = Arrival(
            part_id=self._new_id(),
            part=part,
            at=self._clock.monotonic(),
            arrived_at=self._clock.now(),
        )
        original = self._repeats.original_of(arrival)
        if original is not None:
            _LOGGER.debug("Dropped a repeated part on channel %s", part.channel)
            original.repeated_by(part)
            return
        if arrival.has_page:
            self._ledger.draft_push(arrival.key, arrival.notes)
        done = self._store.write(*self._log.part(arrival))
        done.add_done_callback(partial(self._written, arrival))

    async def load_page(self) -> PageState:
        """Return what the inbox page has shown. Raises `StoreUnavailable`."""
        return await self._store.read(Finder(self._box_id, self._clock, inf).page)

    async def page_ready(self) -> bool:
        """Wait for the last `take_page`; tell whether the page should be read now."""
        if self._paging is not None:
            await asyncio.wait([self._paging])
        return self._store.available and not self._closed

    async def take_page(self, news: PageNews) -> None:
        """Keep messages that only the box's inbox page has, and what it has settled.

        Raises `StoreUnavailable`, and then nothing has changed. It is written,
        or not, even if nobody waits for the end.
        """
        if self._closed:
            self._ledger.undo(news.notes)
            raise StoreUnavailable("the inbox is closed")
        if not news.matters:
            news.adopt()
            return
        stage = self._announcer.stage
        letters = [self._entry(entry, at, news.notes) for entry, at in news.found]
        statements = [*self._log.page(news)]
        for letter in letters:
            statements += self._log.message(letter, stage)
        done = self._paging = self._store.write(*statements)
        done.add_done_callback(partial(self._page_written, news, letters, stage))
        await asyncio.wait([done])
        done.result()

    def page_read(self, at: datetime) -> None:
        """Take note, for later runs, that the page was read and brought nothing."""
        self._store.write(*self._log.page_read(at), lazy=True)

    def accounts_for(self, entry: InboxEntry, since: float, notes: Changes) -> bool:
        """Tell whether a push since then (monotonic) was this entry, and use it up."""
        key = key_of(entry.channel, entry.sender, entry.text)
        return self._ledger.claim_push(key, notes, since) or self._ledger.claim_piece(
            key, notes, since
        )

    def on_connection(self, *, connected: bool) -> None:
        """Hear that the box is within reach or is not; may be told twice."""
        self._repeats.on_connection(connected=connected)

    def on_store_back(self, *, anew: bool = False) -> None:
        """Write what was kept or announced from memory, `anew` into an empty file."""
        self._announcer.on_store_back(anew=anew)
        for arrival in self._joiner.arrivals():
            if anew or not arrival.on_disk:
                arrival.on_disk = False
                done = self._store.write(*self._log.part(arrival))
                done.add_done_callback(partial(self._caught_up, arrival))

    def knows(self, sender: str) -> bool:
        """Tell whether a message of exactly this sender came lately."""
        return self._announcer.knows(sender)

    def open(self) -> None:
        """Announce what has waited, and from now on everything at once."""
        self._announcer.open()

    def close(self) -> None:
        """Announce nothing any more and refuse what still comes.

        What is on its way to the disk is acknowledged when it is there. What a
        box keeps for seconds (UDP) or not at all (AMI) is still taken, to be
        announced after the next `open()`.
        """
        self._closed = True
        self._announcer.close()

    def reopen(self, announce: Callable[[ReceivedMessage], None]) -> None:
        """Go on after `close()`, with what is still unfinished, for another listener.

        What waits and what comes is announced from the next `open()` on.
        """
        self._closed = False
        self._announcer.announce = announce

    async def run(self) -> None:
        """Announce incomplete messages when their time has come, until cancelled."""
        while True:
            await self._clock.sleep(_LOOK_EVERY)
            if not self._loaded and self._store.available:
                await self._load(before=self._began.timestamp())
            for joined in self._joiner.due():
                self._deliver(joined)
            forgotten = [
                *self._log.settled(self._repeats.settled()),
                *self._log.without(self._ledger.forget()),
            ]
            if forgotten:
                self._store.write(*forgotten, lazy=True)

    def _written(self, arrival: Arrival, done: asyncio.Future[None]) -> None:
        """Acknowledge and join a part that is on disk, or that the disk does not take."""
        arrival.on_disk, part = succeeded(done), arrival.part
        if not arrival.on_disk and arrival.comes_again and not self._insisted(arrival):
            self._repeats.forget(arrival)
            arrival.refuse()
            return
        self._ledger.restore(arrival.notes.added)
        if arrival.on_disk:
            arrival.notes.clear()
            self._insistence.forget(part)
        self._repeats.answered(arrival)
        arrival.acknowledge()
        self._join(arrival)

    def _insisted(self, arrival: Arrival) -> bool:
        """Tell whether a part came so often that memory has to do."""
        times = self._insistence.note(arrival.part, arrival.times)
        return times >= _OFTEN and not self._closed

    def _caught_up(self, arrival: Arrival, done: asyncio.Future[None]) -> None:
        if succeeded(done):
            arrival.on_disk = True
            arrival.notes.clear()

    def _join(self, arrival: Arrival) -> None:
        for joined in self._joiner.add(arrival):
            self._deliver(joined)
        if arrival.twin_of is not None and arrival.on_disk:
            self._store.write(*self._log.tie(arrival, arrival.twin_of), lazy=True)

    def _deliver(self, joined: Joined) -> None:
        """Announce a message unless it came before, by another way."""
        if self._paging is not None:
            self._held.append(joined)
            return
        first = joined.arrivals[0]
        text = text_of(joined.arrivals)
        notes = Changes()
        message = ReceivedMessage(
            message_id=joined.message_id,
            box_id=self._box_id,
            channel=first.part.channel,
            sender=first.part.sender,
            text=text,
            kind=kind_of(joined.arrivals),
            received_at=joined.received_at,
            time_guessed=False,
            parts=joined.total,
            complete=joined.complete and not misses_parts(text),
            late=joined.earlier,
            redelivered=joined.redelivered,
        )
        letter = Letter(
            message=message,
            arrivals=joined.arrivals,
            known=self._twins.finds(joined, notes),
            notes=notes,
            open=joined.open,
            displaced=(joined.displaced,) if joined.displaced else (),
        )
        self._announcer.deliver(letter)

    def _entry(self, entry: InboxEntry, at: datetime, notes: Changes) -> Letter:
        """Make a message of an entry and note it."""
        self._ledger.note_entry(key_of(entry.channel, entry.sender, entry.text), notes)
        message = ReceivedMessage(
            message_id=self._new_id(),
            box_id=self._box_id,
            channel=entry.channel,
            sender=entry.sender,
            text=clean(entry.text),
            kind=MessageKind.TEXT,
            received_at=at,
            time_guessed=True,
            parts=1,
            complete=not misses_parts(entry.text),
        )
        return Letter(message=message)

    def _page_written(
        self,
        news: PageNews,
        letters: list[Letter],
        stage: Stage,
        done: asyncio.Future[None],
    ) -> None:
        """Announce what the page brought, or take all of it back."""
        self._paging = None
        if succeeded(done):
            news.adopt()
            for letter in letters:
                self._announcer.written(letter, stage)
        else:
            self._ledger.undo(news.notes)
        held, self._held = self._held, []
        for joined in held:
            self._deliver(joined)
