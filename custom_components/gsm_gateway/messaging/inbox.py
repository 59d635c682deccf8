"""Incoming messages: part kept, acknowledged, joined, announced."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
import logging

from ..gateways.clock import Clock
from ..gateways.model import Coding, InboxEntry, MessageKind, SmsPart
from ..gateways.text import clean, decode
from .joining import Joined, Joiner
from .ledger import Key, Ledger, key_of, misses_parts
from .messages import ReceivedMessage
from .repeats import Repeats

_LOGGER = logging.getLogger(__name__)

_LATE = timedelta(seconds=60)
_LOOK_EVERY = 5.0
"""Seconds between two looks for messages that stayed incomplete."""
_KNOWN_SENDERS = 1000


class Inbox:
    """What one box has received; one per box.

    The owner keeps a task on `run()`. `announce` is called once per event, in
    order, never before `open()`.
    """

    def __init__(
        self,
        box_id: str,
        clock: Clock,
        new_id: Callable[[], str],
        announce: Callable[[ReceivedMessage], None],
    ) -> None:
        self._box_id = box_id
        self._clock = clock
        self._new_id = new_id
        self._announce = announce
        self._repeats = Repeats(clock)
        self._joiner = Joiner(clock, new_id)
        self._ledger = Ledger(clock)
        self._waiting: list[ReceivedMessage] | None = []
        """Kept until `open()`; afterwards none waits."""
        self._senders: dict[str, None] = {}
        self._closed = False

    def take(self, part: SmsPart) -> None:
        """Keep a part and acknowledge it, or refuse it once closed; never raises."""
        if self._closed:
            part.refuse()
            return
        repeat = self._repeats.is_repeat(part)
        joined = [] if repeat else self._joiner.add(part)
        part.acknowledge()  # from here on the box may forget it: it is kept
        if repeat:
            _LOGGER.debug("Dropped a repeated part on channel %s", part.channel)
            return
        self._ledger.note_push(self._key(part))
        for message in joined:
            self._deliver(message)

    def take_entry(self, entry: InboxEntry, received_at: datetime) -> None:
        """Keep a message that only the box's inbox page has."""
        if self._closed:
            return
        self._ledger.note_entry(key_of(entry.channel, entry.sender, entry.text))
        self._tell(
            ReceivedMessage(
                message_id=self._new_id(),
                box_id=self._box_id,
                channel=entry.channel,
                sender=entry.sender,
                text=clean(entry.text),
                kind=MessageKind.TEXT,
                received_at=received_at,
                time_guessed=True,
                parts=1,
                complete=not misses_parts(entry.text),
            )
        )

    def accounts_for(self, entry: InboxEntry, since: float) -> bool:
        """Tell whether a push since then (monotonic) was this entry, and use it up."""
        key = key_of(entry.channel, entry.sender, entry.text)
        return self._ledger.claim_push(key, since) or self._ledger.claim_piece(
            key, since
        )

    def on_connection(self, *, connected: bool) -> None:
        """Hear that the box is within reach or is not; may be told twice."""
        self._repeats.on_connection(connected=connected)

    def knows(self, sender: str) -> bool:
        """Tell whether a message of exactly this sender came lately."""
        return sender in self._senders

    def open(self) -> None:
        """Announce what has waited, and from now on everything at once."""
        waiting, self._waiting = self._waiting, None
        for message in waiting or ():
            self._tell(message)

    def close(self) -> None:
        """Announce nothing any more and refuse what still comes."""
        self._closed = True

    def reopen(self, announce: Callable[[ReceivedMessage], None]) -> None:
        """Go on after `close()`, with what is still unfinished, for another listener.

        What waits and what comes is announced from the next `open()` on.
        """
        self._closed = False
        self._announce = announce
        if self._waiting is None:
            self._waiting = []

    async def run(self) -> None:
        """Announce incomplete messages when their time has come, until cancelled."""
        while True:
            await self._clock.sleep(_LOOK_EVERY)
            for message in self._joiner.due():
                self._deliver(message)
            self._ledger.forget()

    def _key(self, part: SmsPart) -> Key:
        return key_of(part.channel, part.sender, _text((part,)))

    def _deliver(self, joined: Joined) -> None:
        """Announce a pushed message unless the inbox page brought it first."""
        first = joined.parts[0]
        text = _text(joined.parts)
        if self._was_on_page(joined, key_of(first.channel, first.sender, text)):
            return
        self._tell(
            ReceivedMessage(
                message_id=joined.message_id,
                box_id=self._box_id,
                channel=first.channel,
                sender=first.sender,
                text=text,
                kind=_kind(joined.parts),
                received_at=joined.received_at,
                time_guessed=False,
                parts=joined.total,
                complete=joined.complete and not misses_parts(text),
                redelivered=joined.redelivered,
            )
        )

    def _was_on_page(self, joined: Joined, whole: Key) -> bool:
        """Tell whether the inbox page brought this message before it was pushed."""
        pieces = [self._key(part) for part in joined.parts]
        if len(pieces) > 1:
            self._ledger.note_push(whole)
        if self._ledger.claim_entries([whole]) or self._ledger.claim_entries(pieces):
            for key in {whole, *pieces}:
                self._ledger.claim_push(key)
            return True
        return not joined.complete and self._ledger.shows(pieces)

    def _tell(self, message: ReceivedMessage) -> None:
        """Announce a message, or keep it until that is allowed."""
        if self._closed:
            return
        if self._waiting is not None:
            self._waiting.append(message)
            return
        self._senders.pop(message.sender, None)
        self._senders[message.sender] = None
        if len(self._senders) > _KNOWN_SENDERS:
            del self._senders[next(iter(self._senders))]
        late = self._clock.now() - message.received_at > _LATE
        try:
            self._announce(replace(message, late=late))
        except Exception:  # a listener's fault must not cost the next message
            _LOGGER.exception("An incoming message could not be announced")


def _text(parts: tuple[SmsPart, ...]) -> str:
    """Read parts as one; their bytes are joined first, so that no letter is cut."""
    coding = parts[0].coding
    if all(part.coding is coding for part in parts):
        return clean(decode(b"".join(part.payload for part in parts), coding))
    return clean("".join(decode(part.payload, part.coding) for part in parts))


def _kind(parts: tuple[SmsPart, ...]) -> MessageKind:
    """Return what the driver calls the message; what has no text is binary."""
    special = (p.kind for p in parts if p.kind is not MessageKind.TEXT)
    unreadable = any(part.coding is Coding.BINARY for part in parts)
    return next(special, MessageKind.BINARY if unreadable else MessageKind.TEXT)
