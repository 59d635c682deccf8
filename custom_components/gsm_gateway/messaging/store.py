"""The message log on disk, one for all boxes: SQLite, reached without blocking the loop."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
import logging
from pathlib import Path
import sqlite3
from typing import Final

from ..gateways.clock import Clock
from .disk import COPIED, END_COPY, Begun, Disk, Refused, Statement

_LOGGER = logging.getLogger(__name__)

_LAZY = 1.0
"""Seconds that a write which nobody waits for may wait for company."""
_PROBE = 10.0
"""Seconds between two looks whether the disk takes something again."""
_HEARTBEAT = 60.0
_CLOSING = 5.0
"""Seconds, of real time, that a disk which hangs may hold up the end."""
_HANGS: Final = "the disk hangs"
_ALIVE: Final = "alive_at"
_SET: Final = "INSERT OR REPLACE INTO meta VALUES (?, ?)"


class StoreUnavailable(Exception):
    """The disk takes nothing just now."""


class Trouble(StrEnum):
    """What became of the file."""

    NONE = "none"
    """All is well again."""
    FULL = "full"
    """Nothing can be written, for whatever reason."""
    DAMAGED = "damaged"
    """The file was moved aside, and everything begins anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What was found when the file was opened."""

    copied: bool = False
    """It came out of a backup, or the process died while one was made."""
    begun: frozenset[str] = frozenset()
    """Messages that were handed to a box while the disk was full."""
    alive_at: float | None = None
    """The last sign of life of the run before, at most a minute before its end."""


@dataclass(slots=True, eq=False)
class _Write:
    statements: Sequence[Statement]
    done: asyncio.Future[None]

    def end(self, failure: object) -> None:
        """Tell the writer, if it still wants to know and does not know yet."""
        if self.done.done():
            return
        if failure is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(StoreUnavailable(str(failure)))


class Store:
    """The one file; writes of one moment share a commit.

    What `write` takes is committed in the order of the calls. A read sees
    every write that was asked for before it and did not fail.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        on_trouble: Callable[[Trouble, str], None],
        executor: Executor | None = None,
    ) -> None:
        """Name the file. `on_trouble` hears, in the loop, what became of it, and a detail.

        The detail is why nothing can be written, or the name that the damaged
        file has now. The executor, of one thread, becomes the store's own.
        """
        self._clock = clock
        self._on_trouble = on_trouble
        self._executor = executor or ThreadPoolExecutor(1, "gsm_gateway store")
        self._disk = Disk(path, self._tell_aside)
        self._begun = Begun(path.with_suffix(".begun"))
        self._noted: frozenset[str] = frozenset()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pending: list[_Write] = []
        self._committing: asyncio.Task[None] | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._available = True
        self._closed = False

    @property
    def available(self) -> bool:
        """Whether the disk took what it was given last."""
        return self._available

    @property
    def opening(self) -> Opening | None:
        """What was found in the file; None while it could not be opened yet."""
        if (found := self._disk.found) is None:
            return None
        alive_at = found.get(_ALIVE)
        return Opening(
            copied=COPIED in found,
            begun=self._noted,
            alive_at=alive_at if isinstance(alive_at, float) else None,
        )

    async def open(self) -> Opening:
        """Open the file; never raises. A file that cannot be opened is tried again."""
        self._loop = asyncio.get_running_loop()
        self._noted = await self._call(self._begun.load)
        try:
            await self._call(self._disk.open)
            await self._call(self._make_room)
        except Refused as error:
            self._refused(error)
        self.write(self._alive())
        self._own("heartbeat", self._beat)
        return self.opening or Opening(begun=self._noted)

    def write(self, *statements: Statement, lazy: bool = False) -> asyncio.Future[None]:
        """Commit statements together; done when they are safe on disk.

        Raises (in the future) `StoreUnavailable` when the disk does not take
        them. Nobody need look at the future, and who cancels it changes
        nothing. A `lazy` write, which nobody waits for, may wait a second for
        company.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.add_done_callback(_look_away)
        if self._closed:
            done.set_exception(StoreUnavailable("the store is closed"))
            return done
        self._pending.append(_Write(statements, done))
        if lazy:
            self._own("lazy", self._commit_later)
        else:
            self._commit_soon()
        return done

    async def read[T](self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Return what a query finds, in the store's thread. Raises `StoreUnavailable`."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        await self._caught_up()
        try:
            return await self._call(lambda: self._disk.run(query))
        except Refused as error:
            self._refused(error)
            raise StoreUnavailable(str(error)) from error
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error

    async def note_begun(self, message_id: str) -> None:
        """Note, on a full disk, that a message is handed to a box.

        Raises `StoreUnavailable` when not even that is possible.
        """
        try:
            await self._call(lambda: self._begun.note(message_id))
        except OSError as error:
            raise StoreUnavailable(str(error)) from error

    async def clear_begun(self) -> None:
        """Forget what `note_begun` noted; the rows tell it now."""
        try:
            await self._call(self._begun.clear)
        except (OSError, StoreUnavailable) as error:
            _LOGGER.debug("The list of begun messages could not be cleared: %s", error)

    async def begin_copy(self) -> None:
        """Let the files be copied, until `end_copy`. Raises `StoreUnavailable`."""
        await self._caught_up()
        now = self._clock.now().timestamp()
        await self._do(lambda: self._disk.begin_copy(now))

    async def end_copy(self) -> None:
        """Go on as before the copy. Raises `StoreUnavailable`."""
        await self._do(self._disk.end_copy)

    async def close(self) -> None:
        """Write what is pending and close the file; nothing is taken afterwards."""
        if self._closed:
            return
        if self._disk.copying:
            self.write(END_COPY)
        self.write(self._alive())
        self._closed = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        _, late = await asyncio.wait(
            [asyncio.create_task(self._finish())], timeout=_CLOSING
        )
        for finishing in late:
            await self._give_up(finishing)
        self._executor.shutdown(wait=not late)  # an idle thread ends at once

    async def _call[T](self, work: Callable[[], T]) -> T:
        """Do something in the store's thread. Raises `StoreUnavailable` after the end."""
        loop = asyncio.get_running_loop()
        try:
            done = loop.run_in_executor(self._executor, work)
        except RuntimeError as error:  # it has been shut down
            raise StoreUnavailable("the store is closed") from error
        return await done

    async def _do(self, work: Callable[[], None]) -> None:
        """Do what is no write of anybody. Raises `StoreUnavailable`."""
        try:
            await self._call(work)
        except Refused as error:
            self._refused(error)
            raise StoreUnavailable(str(error)) from error

    def _own(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run something once at a time, to be ended by `close`."""
        if self._closed or name in self._tasks:
            return
        self._tasks[name] = asyncio.create_task(self._run(name, work))

    async def _run(
        self, name: str, work: Callable[[], Coroutine[None, None, None]]
    ) -> None:
        try:
            await work()
        finally:
            # Not later, in a callback: it may have to begin again at once.
            del self._tasks[name]

    def _alive(self) -> Statement:
        return _SET, (_ALIVE, self._clock.now().timestamp())

    async def _beat(self) -> None:
        """Leave a sign of life now and then."""
        while True:
            await self._clock.sleep(_HEARTBEAT)
            self.write(self._alive(), lazy=True)

    def _commit_soon(self) -> None:
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())

    async def _commit_later(self) -> None:
        await self._clock.sleep(_LAZY)
        self._commit_soon()

    async def _caught_up(self) -> None:
        """Return when everything that was asked for by now is done or has failed."""
        if self._pending or self._committing is not None:
            await asyncio.wait([self.write()])

    async def _finish(self) -> None:
        """Commit what is pending and close the file."""
        while (task := self._committing) is not None:
            await asyncio.wait([task])
        await self._call(self._disk.close)

    async def _give_up(self, finishing: asyncio.Task[None]) -> None:
        """Leave alone a disk that hangs, and tell whoever waits for it."""
        _LOGGER.error("The message log was not closed: the disk hangs")
        tasks = [each for each in (finishing, self._committing) if each is not None]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for write in self._pending:
            write.end(_HANGS)
        self._pending.clear()

    async def _commit_all(self) -> None:
        """Commit until nothing is pending; what comes meanwhile shares the next commit."""
        try:
            while self._pending:
                batch, self._pending = self._pending, []
                await self._commit(batch)
        finally:
            self._committing = None

    async def _commit(self, batch: Sequence[_Write]) -> None:
        """Commit all or, if one is at fault, each by itself."""
        together = [each for write in batch for each in write.statements]
        failure: object = _HANGS
        try:
            if together:
                await self._call(lambda: self._disk.commit(together))
                self._took()
            failure = None
        except Refused as error:
            failure = error
            self._refused(error)
        except Exception as error:  # a row may hold anything
            failure = error
            if len(batch) > 1:
                for write in batch:
                    await self._commit([write])
            else:
                _LOGGER.exception("The message log refused a row")
        finally:
            for write in batch:
                write.end(failure)

    def _took(self) -> None:
        if not self._available:
            self._available = True
            self._on_trouble(Trouble.NONE, "")

    def _refused(self, error: Exception) -> None:
        if self._available:
            self._available = False
            _LOGGER.error("The message log cannot be written: %s", error)
            self._on_trouble(Trouble.FULL, str(error))
        self._own("probe", self._probe)

    async def _probe(self) -> None:
        """Look now and then whether the disk takes something again."""
        while not self._available:
            await self._clock.sleep(_PROBE)
            try:
                await self._call(self._disk.open)
                await self._call(self._make_room)
            except Refused:
                continue
            await asyncio.wait([self.write(self._alive())])

    def _make_room(self) -> None:
        """Take the room that `note_begun` needs, while there is some."""
        try:
            self._begun.make_room()
        except OSError as error:
            _LOGGER.debug("No room for the list of begun messages: %s", error)

    def _tell_aside(self, name: str) -> None:
        """Tell, from the store's thread, that everything begins anew."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._on_trouble, Trouble.DAMAGED, name)


def _look_away(done: asyncio.Future[None]) -> None:
    """Take note of an error that nobody may be waiting for."""
    if not done.cancelled():
        done.exception()
