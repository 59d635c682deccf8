"""One run: boxes, traffic, faults, kills, a drain, and the verdict."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import json
from pathlib import Path
from random import Random
import sys
from typing import IO, Any

from .boxes import LINES
from .evidence import BOXES, BUS
from .subject import Subject, look
from .syncs import STRACE, read_trace
from .timing import Timing
from .traffic import Traffic
from .verdicts import Verdict
from .world import Log, Refused, World

AIMS = (
    *[("after", "queued"), ("before", "sending")],
    *[("after", "sending"), ("before", "accepted"), ("after", "accepted")] * 2,
    *[("before", "sent"), ("after", "sent"), ("before", "delivered")],
    *[("before", "part"), ("after", "part"), ("after", "stored")] * 2,
    *[("before", "announcing"), ("after", "announcing"), ("fired", "received")] * 2,
    ("after", "announced"),
)
"""Steps at which the process kills itself; chosen as often as they stand here."""
STORE = "gsm_gateway.db"
START_LIMIT = 120.0
IN_START = 0.3
"""Share of the random kills that may fall into the start."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a run is like."""

    seconds: float
    """Real seconds of chaos; the drain comes after them."""
    seed: int = 1
    scale: float = 20.0
    sabotage: str = ""
    outgoing: float = 0.8
    """Messages a real second."""
    incoming: float = 1.0
    questions: float = 0.1
    faults: float = 0.3
    life: float = 6.0
    """Longest life of the process, in real seconds."""
    full_every: float = 25.0
    drain: float = 180.0
    """Real seconds that the drain may last; less where the chaos was short."""
    watched: float = 6.0
    """Real seconds of the first life, in which every system call is watched."""
    home_assistant: bool = False
    """Whether real Home Assistant is the process under test."""


@dataclass(slots=True)
class Figures:
    """What a run counted of itself."""

    kills: int = 0
    stops: int = 0
    states: Counter[str] = field(default_factory=Counter)
    """How many kills found a row in this state."""
    aims: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    """MB of resident memory, after each start and at the end."""

    def note(self, found: dict[str, Any]) -> None:
        """Take in what a kill found."""
        self.kills += 1
        for state, number in found["states"].items():
            self.states[state] += bool(number)


@asynccontextmanager
async def _running(*works: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Let works run beside what is inside; one that ends by an error ends it all."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        yield
        for task in tasks:
            task.cancel()


class Soak:
    """The run."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """Prepare a run that leaves everything in a folder."""
        self._settings = settings
        self._folder = folder
        self._timing = Timing.from_now(settings.scale)
        self._store = folder / "home" / STORE
        self._store.parent.mkdir()
        self._bus = Log(folder / BUS, self._timing)
        self._random = Random(f"{settings.seed} kills")
        self._world: World
        self._traffic: Traffic
        self._run = 0
        self._begun = 0.0
        self._open: set[str] = set()
        """Messages that are not at their end."""
        self._all_done = asyncio.Event()
        self._all_done.set()
        self.figures = Figures()
        self.syncs = Verdict()
        """What the system calls of the first life show."""

    async def run(self) -> None:
        """Do it all."""
        settings = self._settings
        with (self._folder / "subject.log").open("wb") as log:
            async with World(self._timing, self._folder, settings.seed) as world:
                self._world, self._traffic = world, Traffic(world, settings.seed)
                await self._watched_life(log)
                await self._chaos(log)
                await self._drain(log)
        self._bus.close()

    async def _watched_life(self, log: IO[bytes]) -> None:
        """Let the process live under strace, and read whether it syncs before it speaks."""
        trace = self._folder / "trace"
        traffic, settings = self._traffic, self._settings
        under = () if settings.home_assistant else (*STRACE, "-o", str(trace))
        subject = self._start(log, under)
        async with asyncio.timeout(START_LIMIT):
            await subject.ready.wait()
        subject.order("open")
        # What is on a page before it was ever read is old.
        await asyncio.sleep(self._timing.real(60))
        async with _running(traffic.submit(2.0), traffic.receive(2.0)):
            await asyncio.sleep(self._settings.watched)
        await self._stop(subject)
        if under:
            self.syncs = await asyncio.to_thread(read_trace, trace)
            trace.unlink()

    async def _chaos(self, log: IO[bytes]) -> None:
        """Let one life follow the other, with traffic, faults and a disk that fills up."""
        settings, traffic = self._settings, self._traffic
        async with _running(
            traffic.submit(settings.outgoing),
            traffic.receive(settings.incoming),
            traffic.break_things(settings.faults),
            traffic.fill_disk(settings.full_every),
            traffic.ask(settings.questions),
        ):
            loop = asyncio.get_running_loop()
            until = loop.time() + settings.seconds
            while loop.time() < until:
                await self._one_life(log)

    def _start(self, log: IO[bytes], under: Sequence[str] = ()) -> Subject:
        """Start the process under test."""
        self._run += 1
        program = "launcher" if self._settings.home_assistant else "child"
        command = [
            *under,
            *(sys.executable, "-m", f"tests.reliability.{program}"),
            *("--timing", str(self._timing)),
            *("--report", "{report}"),
            *("--store", str(self._store)),
            *(
                "--boxes",
                json.dumps(self._world.ports).replace("{", "{{").replace("}", "}}"),
            ),
            *("--lines", str(LINES)),
            *("--sabotage", self._settings.sabotage),
        ]
        subject = Subject(command, self._hear, log)
        self._begun = self._timing.now()
        self._world.log.note("start", run=self._run)
        subject.start()
        self._traffic.subject = subject
        return subject

    def _hear(self, report: dict[str, Any]) -> None:
        if report["kind"] == "status":  # Home Assistant's event has less
            report = report | self._traffic.wished.get(report["to"], {})
        elif report["kind"] == "answer":
            self._traffic.regret(report["messages"])
        self._bus.keep(report | {"run": self._run})
        if report["kind"] == "status":
            final = report["state"] not in ("queued", "sending")
            (self._open.discard if final else self._open.add)(report["id"])
            (self._all_done.clear if self._open else self._all_done.set)()

    async def _one_life(self, log: IO[bytes]) -> None:
        """Let the process live for a while, and end it in one way or another."""
        random, subject = self._random, self._start(log)
        way = random.random()
        when, what = random.choice(AIMS)
        life = random.uniform(0.2, self._settings.life)
        in_start = random.random() < IN_START
        opens_after = random.uniform(0.0, 0.8)
        if way < 0.6:
            life, in_start = self._settings.life, False
            if what == "stored":
                opens_after = life
        opening = asyncio.create_task(self._open_later(subject, opens_after))
        if way < 0.6:
            subject.order(
                "aim", when=when, what=what, skip=random.choice((0, 0, 0, 1, 2))
            )
        if not in_start:
            await self._wait_until_ready(subject)
        with suppress(TimeoutError):
            async with asyncio.timeout(life):
                await subject.dead.wait()
        opening.cancel()
        if way > 0.94 and subject.ready.is_set() and not subject.dead.is_set():
            await self._stop(subject)
            return
        subject.kill()
        at = subject.died_at or self._timing.now()
        await subject.end()
        found = look(self._store, self._begun)
        aimed = f"{when} {what}" if subject.died_at else "random"
        self._world.log.note("killed", at, run=self._run, aim=aimed, **found)
        self.figures.note(found)
        self.figures.aims[aimed] += 1

    async def _wait_until_ready(self, subject: Subject) -> None:
        """Return when the process has started, or has killed itself before."""
        async with asyncio.timeout(START_LIMIT):
            ready = asyncio.ensure_future(subject.ready.wait())
            dead = asyncio.ensure_future(subject.dead.wait())
            await asyncio.wait({ready, dead}, return_when=asyncio.FIRST_COMPLETED)
            ready.cancel()
            dead.cancel()

    async def _open_later(self, subject: Subject, seconds: float) -> None:
        """Let the process announce, as when Home Assistant has started."""
        await subject.ready.wait()
        self.figures.memory.append(subject.memory())
        await asyncio.sleep(seconds)
        subject.order("open")

    async def _stop(self, subject: Subject) -> None:
        """End the process in order."""
        self._world.log.note("stopping", run=self._run)
        self.figures.stops += 1
        subject.order("stop")
        try:
            async with asyncio.timeout(10):
                code = await subject.end()
        except TimeoutError:
            subject.kill()
            code = await subject.end()
        self._world.log.note("stopped", run=self._run, code=code)

    async def _drain(self, log: IO[bytes]) -> None:
        """Let everything come to its end, without faults and kills."""
        for box in BOXES:
            with suppress(Refused):
                await self._world.command(box, "calm")
            await self._world.command(box, "power", state=True)
        subject = self._start(log)
        async with asyncio.timeout(START_LIMIT):
            await subject.ready.wait()
        subject.order("open")
        loop = asyncio.get_running_loop()
        start = loop.time()
        # Incomplete messages and the inbox pages have their time-outs.
        await asyncio.sleep(self._timing.real(800))
        limit = min(self._settings.drain, 60 + self._settings.seconds)
        left = limit - (loop.time() - start)
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._all_done.wait()
        self.figures.memory.append(subject.memory())
        await self._stop(subject)
