"""A box that brings messages through kills, full disks and lost links: none is lost or doubled."""

from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random

import pytest

from custom_components.gsm_gateway.messaging.messages import ReceivedMessage

from .fickle_store import HELD, MUTE
from .hand_clock import HandClock
from .receiving import Announced, listening, smpp

STEPS = 80
FATES = ["INSERT INTO received_part", "'announcing'", "'announced'", "doubtful"]

type Piece = tuple[str, tuple[str, int, int]]


class Chaos:
    """A box that brings a part until it is answered, and everything that may go wrong."""

    def __init__(
        self, clock: HandClock, new_id: Callable[[], str], folder: Path, seed: int
    ) -> None:
        """Begin with nothing."""
        self._clock = clock
        self._new_id = new_id
        self._folder = folder
        self.dice = Random(seed)
        self._lives = AsyncExitStack()
        self._life = 0
        self._bind = 0
        self._file: Path | None = None
        self.here: Announced
        self.handed: dict[str, int] = {}
        """Texts, and of how many parts."""
        self.open: dict[Piece, None] = {}
        """What the box has no good answer for."""
        self._answered: dict[Piece, float] = {}
        self.events: list[ReceivedMessage] = []

    async def start(self) -> None:
        """Begin a life of the process; the one before it ends without a word."""
        self._life += 1
        file = self._folder / f"{self._life}.db"
        if self._life > 1:
            self.here.store.copy(file)
            self.events += self.here.messages
        self.here = await self._lives.enter_async_context(
            listening(self._clock, self._new_id, file)
        )
        await self.bind()

    async def end(self) -> None:
        """Let everything come to rest, then stop."""
        await self.calm()
        for _ in range(4):
            await self.repeat()
            await self._clock.advance(10)
        await self._clock.advance(400)
        self.events += self.here.messages
        await self._lives.aclose()

    async def calm(self) -> None:
        """Give the inbox a disk that is well."""
        self.here.store.release()
        await self._clock.advance(1)
        await self.here.disk_back()

    async def bind(self) -> None:
        """Lose the link and the last answers on it, and bring what is unanswered again."""
        self.here.inbox.on_connection(connected=False)
        self._bind += 1
        for piece, at in self._answered.items():
            if self._clock.monotonic() - at < 3 and self.dice.random() < 0.5:
                self.open[piece] = None
        self._answered.clear()
        await self._clock.advance(self.dice.choice([1, 5, 30]))
        self.here.inbox.on_connection(connected=True)
        await self.repeat()

    async def repeat(self) -> None:
        """Bring again what has no good answer."""
        for piece in list(self.open):
            await self.bring(piece)

    async def message(self) -> None:
        """Let the network hand a new message to the box."""
        number = len(self.handed)
        total = self.dice.choice([1, 1, 2, 3])
        texts = [f"<{number}.{n}>" for n in range(total)]
        self.handed["".join(texts)] = total
        pieces: list[Piece] = [
            (text, (f"{number}", n, total)) for n, text in enumerate(texts, 1)
        ]
        self.dice.shuffle(pieces)
        for piece in pieces:
            self.open[piece] = None
            await self.bring(piece)

    async def bring(self, piece: Piece) -> None:
        """Bring a part once, on the bind of now."""
        bind = self._bind

        def acknowledge() -> None:
            if bind == self._bind:  # else the answer goes nowhere
                self.open.pop(piece, None)
                self._answered[piece] = self._clock.monotonic()

        text, place = piece
        await self.here.take(
            smpp(text, place, link=f"bind {bind}", acknowledge=acknowledge)
        )

    async def step(self) -> None:
        """Do one thing of many."""
        match self.dice.choices(
            ["message", "kill", "bind", "fate", "calm", "full", "repeat", "wait"],
            [40, 8, 6, 12, 14, 4, 10, 6],
        )[0]:
            case "message":
                await self.message()
            case "kill":
                await self.start()
            case "bind":
                await self.bind()
            case "fate":
                fate = self.dice.choice([HELD, MUTE])
                self.here.store.fates = {self.dice.choice(FATES): fate}
            case "calm":
                await self.calm()
            case "full":
                self.here.store.full = True
            case "repeat":
                if self.here.store.full:
                    await self.repeat()
            case "wait":
                await self._clock.advance(self.dice.choice([1, 3, 20]))


@pytest.mark.parametrize("seed", range(4))
async def test_every_message_is_announced_once(
    clock: HandClock, new_id: Callable[[], str], tmp_path: Path, seed: int
) -> None:
    chaos = Chaos(clock, new_id, tmp_path, seed)
    await chaos.start()
    for _ in range(STEPS):
        await chaos.step()
    await chaos.start()  # what is mute stays so until the end of its process
    await chaos.end()
    assert len(chaos.handed) > 15
    complete = [m for m in chaos.events if m.complete]
    assert {m.text for m in complete} >= chaos.handed.keys()
    safe = [m for m in chaos.events if m.stored]
    first = Counter(m.message_id for m in safe if not m.redelivered)
    assert set(first.values()) == {1}
    once = Counter(m.text for m in safe if m.complete and not m.redelivered)
    assert set(once.values()) == {1}
    ids = {(m.text, m.message_id) for m in safe if m.complete}
    assert len(ids) == len({text for text, _ in ids})
