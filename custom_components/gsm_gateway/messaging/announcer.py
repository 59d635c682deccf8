"""From a joined message to its event: written as announcing, announced, written as announced."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from functools import partial
import logging

from ..gateways.clock import Clock
from .inbox_found import KNOWN_SENDERS
from .inbox_log import InboxLog, Stage
from .letter import Letter
from .messages import ReceivedMessage
from .store import Store

_LOGGER = logging.getLogger(__name__)

_LATE = timedelta(seconds=60)
_MOST_WAITING = 10_000
"""Messages that wait in memory for being announced."""
_MOST_OWED = 10_000
"""Messages that wait in memory for the disk."""


def succeeded(done: asyncio.Future[None]) -> bool:
    """Tell whether a write is safe on disk."""
    return not done.cancelled() and done.exception() is None


class Announcer:
    """Writes and announces the messages of one box, in the order of `deliver`."""

    def __init__(
        self,
        clock: Clock,
        store: Store,
        log: InboxLog,
        announce: Callable[[ReceivedMessage], None],
    ) -> None:
        self.announce = announce
        self.is_open = False
        self._clock = clock
        self._store = store
        self._log = log
        self._waiting: dict[str, Letter] = {}
        """Not to be announced yet, by message id."""
        self._owed: dict[str, Letter] = {}
        """Done with, but not on disk as they are."""
        self._senders: dict[str, None] = {}

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be made to wait."""
        return len(self._waiting) >= _MOST_WAITING

    def knows(self, sender: str) -> bool:
        """Tell whether a message of exactly this sender came lately."""
        return sender in self._senders

    def restore(self, letters: Iterable[Letter], senders: Iterable[str]) -> None:
        """Take back what an earlier run has not announced for sure."""
        for sender in senders:
            self._note(sender)
        for letter in letters:
            if self.is_open:
                self._write(letter, Stage.ANNOUNCING)
            else:
                self._waiting.setdefault(letter.message.message_id, letter)

    def open(self) -> None:
        """Announce what has waited, and from now on everything at once."""
        self.is_open = True
        waiting, self._waiting = self._waiting, {}
        for letter in waiting.values():
            self._write(letter, Stage.ANNOUNCING)

    def close(self) -> None:
        """Announce nothing until the next `open()`."""
        self.is_open = False

    def deliver(self, letter: Letter) -> None:
        """Write a message and announce it, now or when that is allowed."""
        if (owed := self._owed.pop(letter.message.message_id, None)) is not None:
            letter.follow(owed)
        if letter.known:
            self._write(letter, Stage.DROPPED)
        elif self.is_open:
            self._write(letter, Stage.ANNOUNCING)
        else:
            self._wait(letter)

    @property
    def stage(self) -> Stage:
        """How a message is to be written that is announced next."""
        return Stage.ANNOUNCING if self.is_open else Stage.STORED

    def written(self, letter: Letter, stage: Stage) -> None:
        """Go on with a message that is on disk, as `stage` says."""
        letter.saved()
        if stage is Stage.ANNOUNCING:
            self._announce_written(letter)
        elif self.is_open:
            self._write(letter, Stage.ANNOUNCING)
        else:
            self._waiting[letter.message.message_id] = letter

    def on_store_back(self, *, anew: bool) -> None:
        """Write what the disk did not take, or what a file that is `anew` lacks."""
        owed, self._owed = self._owed, {}
        for letter in owed.values():
            self._write(letter, Stage.DROPPED if letter.known else Stage.ANNOUNCED)
        for letter in self._waiting.values():
            if anew or not letter.on_disk:
                self._write(letter, Stage.STORED)

    def _wait(self, letter: Letter) -> None:
        """Keep a message for the next `open()`, instead of an earlier version of it."""
        message_id = letter.message.message_id
        earlier = self._waiting.get(message_id)
        if earlier is not None:
            letter.follow(earlier)
            unheard = earlier.message.redelivered
            letter.message = replace(letter.message, redelivered=unheard)
        if earlier is not None or not self.is_full:
            self._waiting[message_id] = letter
        else:
            _LOGGER.error("Too many messages wait; some are announced after a restart")
        self._write(letter, Stage.STORED)

    def _write(self, letter: Letter, stage: Stage) -> None:
        done = self._store.write(*self._log.message(letter, stage))
        done.add_done_callback(partial(self._answered, letter, stage))

    def _answered(
        self, letter: Letter, stage: Stage, done: asyncio.Future[None]
    ) -> None:
        """Hear whether the disk has taken a message."""
        letter.on_disk = succeeded(done)
        if letter.on_disk:
            letter.saved()
        if stage is Stage.ANNOUNCING:
            self._announce_written(letter)
        elif stage is not Stage.STORED and not letter.on_disk:
            self._owe(letter)

    def _announce_written(self, letter: Letter) -> None:
        """Announce a message that is on disk, or that the disk does not take."""
        if not self.is_open:  # closed meanwhile: nobody has heard of it
            self._wait(letter)
            return
        self._fire(replace(letter.message, stored=letter.on_disk))
        if not letter.on_disk:
            self._owe(letter)
            return
        done = self._store.write(*self._log.announced(letter), lazy=True)
        done.add_done_callback(partial(self._noted, letter))

    def _noted(self, letter: Letter, done: asyncio.Future[None]) -> None:
        if not succeeded(done):
            self._owe(letter)

    def _owe(self, letter: Letter) -> None:
        """Keep a message until the disk takes it, unless there is a later version."""
        self._owed.setdefault(letter.message.message_id, letter)
        if len(self._owed) > _MOST_OWED:
            del self._owed[next(iter(self._owed))]

    def _fire(self, message: ReceivedMessage) -> None:
        self._note(message.sender)
        late = message.late or self._clock.now() - message.received_at > _LATE
        try:
            self.announce(replace(message, late=late))
        except Exception:  # a listener's fault must not cost the next message
            _LOGGER.exception("An incoming message could not be announced")

    def _note(self, sender: str) -> None:
        self._senders.pop(sender, None)
        self._senders[sender] = None
        if len(self._senders) > KNOWN_SENDERS:
            del self._senders[next(iter(self._senders))]
