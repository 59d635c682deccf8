"""A GoIP that brings each message by UDP, by SMPP and on its page, all of them unreliably."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from custom_components.gsm_gateway.gateways.model import InboxEntry
from custom_components.gsm_gateway.messaging.catchup import CatchUp
from custom_components.gsm_gateway.messaging.messages import ReceivedMessage

from .fake_box import FakeBox
from .fickle_store import HELD, MUTE
from .hand_clock import HandClock
from .receiving import SENDER, Announced, listening, smpp, udp

ZONE = ZoneInfo("Europe/Berlin")
FATES = ["INSERT INTO received_part", "'announcing'", "'announced'", "'dropped'"]
TRIES = 3

type What = tuple[int, str]
"""Channel and text."""


@dataclass(frozen=True)
class Piece:
    """One part as SMPP brings it."""

    what: What
    serial: int
    """Of its message, to tell equal ones apart."""
    place: tuple[str, int, int] | None = None


@dataclass(frozen=True)
class Losses:
    """What goes wrong on the way, each from 0 to 1."""

    datagram: float = 0.3
    double: float = 0.2
    by_udp: float = 0.8
    """Messages that the box pushes by UDP at all."""
    by_smpp: float = 0.6
    full: float = 0.0
    """Troubles of the disk in which it takes nothing at all."""


class Ways:
    """The box, the network between, and one life of the process after the other."""

    def __init__(
        self,
        clock: HandClock,
        new_id: Callable[[], str],
        folder: Path,
        dice: Random,
        losses: Losses,
    ) -> None:
        """Begin with nothing."""
        self._clock = clock
        self._new_id = new_id
        self._folder = folder
        self.dice = dice
        self._losses = losses
        self._lives = AsyncExitStack()
        self._life = 0
        self._bind = 0
        self._number = 100
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._reading: asyncio.Task[None] | None = None
        self._box = FakeBox(pushes=True)
        self._unacknowledged: set[int] = set()
        self._open: list[Piece] = []
        """What SMPP has no good answer for."""
        self._asked: set[tuple[int, Piece]] = set()
        """What was brought on which bind."""
        self._answered: list[tuple[Piece, float]] = []
        self.here: Announced
        self.came: Counter[What] = Counter()
        self.pieces: dict[What, list[str]] = {}
        """How the page shows what it shows in pieces."""
        self.events: list[ReceivedMessage] = []

    async def start(self) -> None:
        """Begin a life of the process; the one before it ends without a word."""
        self._life += 1
        file = self._folder / f"{self._life}.db"
        if self._life > 1:
            await self._end_life()
            self.here.store.copy(file)
        self.here = await self._lives.enter_async_context(
            listening(self._clock, self._new_id, file)
        )
        self._catchup = CatchUp(self._box.gateway, self.here.inbox, self._clock, ZONE)
        await self._catchup.load()
        self._reading = asyncio.create_task(self._catchup.run())
        await self.bind()

    async def end(self) -> None:
        """Let everything come to rest, then stop."""
        await self.start()  # what is mute stays so until the end of its process
        for _ in range(4):
            await self.calm()
            await self.bind()
        await self.wait(900)
        await self._end_life()
        await self._lives.aclose()

    async def _end_life(self) -> None:
        self.events += self.here.messages
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def wait(self, seconds: float) -> None:
        """Let time pass, and what is on its way come in."""
        end = self._clock.monotonic() + seconds
        while self._events and self._events[0][0] <= end:
            at, _, happen = heappop(self._events)
            await self._clock.advance(max(0.0, at - self._clock.monotonic()))
            happen()
        await self._clock.advance(end - self._clock.monotonic())

    def later(self, seconds: float, happen: Callable[[], None]) -> None:
        """Let something happen."""
        self._order += 1
        at = self._clock.monotonic() + seconds
        heappush(self._events, (at, self._order, happen))

    async def calm(self) -> None:
        """Give the inbox a disk that is well."""
        self.here.store.release()
        await self.wait(1)
        await self.here.disk_back()

    async def bind(self) -> None:
        """Lose the SMPP link and the last answers on it; what is unanswered comes again."""
        self.here.inbox.on_connection(connected=False)
        self._bind += 1
        for piece, at in self._answered:
            if self._clock.monotonic() - at < 3 and self.dice.random() < 0.5:
                self._open.append(piece)
        self._answered.clear()
        await self.wait(self.dice.choice([1, 5, 30]))
        self.here.inbox.on_connection(connected=True)
        self._catchup.wake()
        for piece in self._open.copy():
            self._bring(piece)
        await self.wait(0)

    async def message(self, text: str, cut: int = 0, *, rows: bool = False) -> None:
        """Let the network hand a message to the box, cut into so long parts.

        UDP brings it whole; the page shows it so or as one row for each part.
        """
        what = self.dice.choice([1, 2]), text
        self.came[what] += 1
        parts = [text[at : at + cut] for at in range(0, len(text), cut)] if cut else []
        if rows:
            self.pieces[what] = parts
        for row in parts if rows else [text]:
            self._show(what[0], row)
        if self.dice.random() < self._losses.by_udp:
            self._number -= 1
            self._push(what, self._number, TRIES)
        if self.dice.random() < self._losses.by_smpp:
            self._hand_over(what, parts)
        await self.wait(self.dice.choice([0, 0, 1, 4]))

    def _hand_over(self, what: What, parts: list[str]) -> None:
        """Let SMPP bring a message, now or later."""
        serial = self.came.total()
        pieces = [
            Piece((what[0], part), serial, (f"{serial}", place, len(parts)))
            for place, part in enumerate(parts, 1)
        ] or [Piece(what, serial)]
        self.dice.shuffle(pieces)

        def begin() -> None:
            self._open.extend(pieces)
            for piece in pieces:
                self._bring(piece)

        self.later(self.dice.choice([0.0, 0.0, 2.0, 45.0]), begin)

    def _show(self, channel: int, text: str) -> None:
        printed = self._clock.now().astimezone(ZONE).strftime("%m-%d %H:%M:%S")
        entry = InboxEntry(channel=channel, sender=SENDER, text=text, box_time=printed)
        self._box.page.entries.insert(0, entry)

    def _push(self, what: What, number: int, tries: int) -> None:
        """Send a RECEIVE, and again until it is acknowledged (quirk Q13)."""
        if tries == TRIES:
            self._unacknowledged.add(number)
        if not tries or number not in self._unacknowledged:
            return
        copies = 1 + (self.dice.random() < self._losses.double)
        for _ in range(copies):
            if self.dice.random() >= self._losses.datagram:
                late = self.dice.choice([0.0, 0.0, 0.0, 1.0, 8.0])
                self.later(late, lambda: self._receive(what, number))
        self.later(3, lambda: self._push(what, number, tries - 1))

    def _receive(self, what: What, number: int) -> None:
        """Let a datagram come in; what is down does not hear it, nor answer."""
        life = self._life

        def acknowledge() -> None:
            if life == self._life and self.dice.random() >= self._losses.datagram:
                self._unacknowledged.discard(number)

        part = udp(what[1], number, channel=what[0], acknowledge=acknowledge)
        self.here.inbox.take(part)

    def _bring(self, piece: Piece) -> None:
        """Bring a part by SMPP, unless an answer is awaited on the bind of now."""
        bind, (channel, text) = self._bind, piece.what
        if (bind, piece) in self._asked:
            return
        self._asked.add((bind, piece))

        def acknowledge() -> None:
            if bind == self._bind:  # else the answer goes nowhere
                self._open.remove(piece)
                self._answered.append((piece, self._clock.monotonic()))

        part = smpp(
            text,
            piece.place,
            channel=channel,
            link=f"bind {bind}",
            acknowledge=acknowledge,
        )
        self.here.inbox.take(part)

    async def step(self, message: Callable[[], tuple[str, int, bool]]) -> None:
        """Do one thing of many."""
        match self.dice.choices(
            ["message", "kill", "bind", "fate", "wake", "wait"],
            [40, 6, 4, 10, 12, 14],
        )[0]:
            case "message":
                text, cut, rows = message()
                await self.message(text, cut, rows=rows)
            case "kill":
                await self.start()
            case "bind":
                await self.bind()
            case "fate":
                await self._fate(message)
            case "wake":
                self._catchup.wake()
                await self.wait(1)
            case "wait":
                await self.wait(self.dice.choice([1, 3, 20, 60]))

    async def _fate(self, message: Callable[[], tuple[str, int, bool]]) -> None:
        """Let a write come to nothing, or nobody hear of it, for some messages."""
        fate = self.dice.choice([HELD, MUTE])
        if self.dice.random() < self._losses.full:
            self.here.store.full = True
        else:
            self.here.store.fates = {self.dice.choice(FATES): fate}
        for _ in range(self.dice.randint(1, 4)):
            text, cut, rows = message()
            await self.message(text, cut, rows=rows)
        if fate == MUTE or self.dice.random() < 0.5:
            await self.start()
        else:
            await self.calm()
