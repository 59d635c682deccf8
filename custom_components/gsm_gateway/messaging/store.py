"""The message log on disk, one for all boxes: SQLite, reached without blocking the loop."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
import logging
from pathlib import Path
import sqlite3

from ..gateways.clock import Clock
from .disk import COPIED, Begun, Disk, Statement, is_damage, is_full

_LOGGER = logging.getLogger(__name__)

_LAZY = 1.0
"""Seconds that a write which nobody waits for may wait for company."""
_PROBE = 10.0
"""Seconds between two looks whether the disk takes something again."""


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


@dataclass(slots=True, eq=False)
class _Write:
    statements: Sequence[Statement]
    done: asyncio.Future[None]


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

        The executor, of one thread, becomes the store's own.
        """
        self._clock = clock
        self._on_trouble = on_trouble
        self._executor = executor or ThreadPoolExecutor(1, "gsm_gateway store")
        self._disk = Disk(path)
        self._begun = Begun(path.with_suffix(".begun"))
        self._pending: list[_Write] = []
        self._committing: asyncio.Task[None] | None = None
        self._waiting: asyncio.Task[None] | None = None
        self._probing: asyncio.Task[None] | None = None
        self._available = True
        self._closed = False

    @property
    def available(self) -> bool:
        """Whether the disk took what it was given last."""
        return self._available

    async def open(self) -> Opening:
        """Open the file; never raises. A file that cannot be opened is tried again."""
        begun: frozenset[str] = frozenset()
        copied = False
        try:
            begun = await self._call(self._begun.load)
            copied = await self._call(self._is_copy)
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.Error) and is_damage(error):
                await self._set_aside(error)
            else:
                self._refused(error)
        return Opening(copied=copied, begun=begun)

    def write(self, *statements: Statement, lazy: bool = False) -> asyncio.Future[None]:
        """Commit statements together; done when they are safe on disk.

        Raises (in the future) `StoreUnavailable` when the disk does not take
        them. Nobody need look at the future. A `lazy` write, which nobody
        waits for, may wait a second for company.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.add_done_callback(_look_away)
        if self._closed:
            done.set_exception(StoreUnavailable("the store is closed"))
            return done
        self._pending.append(_Write(statements, done))
        if not lazy:
            self._commit_soon()
        elif self._waiting is None:
            self._waiting = asyncio.create_task(self._commit_later())
        return done

    async def read[T](self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Return what a query finds; it runs in the store's thread.

        Raises `StoreUnavailable`.
        """
        if self._closed:
            raise StoreUnavailable("the store is closed")
        await self._settle()
        try:
            return await self._call(lambda: query(self._disk.connection))
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
        except OSError as error:
            _LOGGER.debug("The list of begun messages could not be cleared: %s", error)

    async def begin_copy(self) -> None:
        """Let the files be copied, until `end_copy`. Raises `StoreUnavailable`."""
        await self._settle()
        try:
            now = self._clock.now().timestamp()
            await self._call(lambda: self._disk.begin_copy(now))
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error

    async def end_copy(self) -> None:
        """Go on as before the copy. Raises `StoreUnavailable`."""
        try:
            await self._call(self._disk.end_copy)
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error

    async def close(self) -> None:
        """Write what is pending and close the file; nothing is taken afterwards."""
        self._closed = True
        for task in (self._waiting, self._probing):
            if task is not None:
                task.cancel()
        await self._settle()
        try:
            await self._call(self._disk.close)
        except sqlite3.Error as error:
            _LOGGER.debug("The message log was not closed well: %s", error)
        self._executor.shutdown(wait=False)

    async def _call[T](self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _is_copy(self) -> bool:
        query = "SELECT 1 FROM meta WHERE key = ?"
        found = self._disk.connection.execute(query, (COPIED,)).fetchone()
        return found is not None

    def _commit_soon(self) -> None:
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())

    async def _commit_later(self) -> None:
        await self._clock.sleep(_LAZY)
        self._waiting = None
        self._commit_soon()

    async def _settle(self) -> None:
        """Return when nothing is pending."""
        while self._pending or self._committing is not None:
            self._commit_soon()
            if (task := self._committing) is not None:
                await asyncio.wait([task])

    async def _commit_all(self) -> None:
        """Commit until nothing is pending; what comes meanwhile shares the next commit."""
        try:
            while self._pending:
                batch, self._pending = self._pending, []
                await self._commit(batch)
        finally:
            self._committing = None

    async def _commit(self, batch: list[_Write]) -> None:
        together = [each for write in batch for each in write.statements]
        try:
            await self._call(lambda: self._disk.commit(together))
        except sqlite3.Error as error:
            await self._failed(batch, error)
        else:
            self._took()
            for write in batch:
                write.done.set_result(None)

    async def _failed(self, batch: list[_Write], error: sqlite3.Error) -> None:
        """Tell writers that the disk takes nothing, or find the one that is at fault."""
        if is_damage(error):
            await self._set_aside(error)
        if is_full(error) or (is_damage(error) and len(batch) == 1):
            if is_full(error):
                self._refused(error)
            for write in batch:
                write.done.set_exception(StoreUnavailable(str(error)))
        elif len(batch) > 1:
            for write in batch:
                await self._commit([write])
        else:
            _LOGGER.error("The message log refused a row: %s", error)
            batch[0].done.set_exception(StoreUnavailable(str(error)))

    def _took(self) -> None:
        if not self._available:
            self._available = True
            self._on_trouble(Trouble.NONE, "")

    def _refused(self, error: Exception) -> None:
        if self._available:
            self._available = False
            self._on_trouble(Trouble.FULL, str(error))
        if self._probing is None and not self._closed:
            self._probing = asyncio.create_task(self._probe())

    async def _probe(self) -> None:
        """Look now and then whether the disk takes something again."""
        while not self._available:
            await self._clock.sleep(_PROBE)
            now = self._clock.now().timestamp()
            sql = "INSERT OR REPLACE INTO meta VALUES ('probed_at', ?)"
            await asyncio.wait([self.write((sql, (now,)))])
        self._probing = None

    async def _set_aside(self, error: sqlite3.Error) -> None:
        """Begin anew with an empty file."""
        _LOGGER.error("The message log is damaged: %s", error)
        try:
            aside = await self._call(self._disk.set_aside)
            await self._call(lambda: self._disk.connection)
        except (sqlite3.Error, OSError) as second:
            self._refused(second)
        else:
            self._on_trouble(Trouble.DAMAGED, aside.name)


def _look_away(done: asyncio.Future[None]) -> None:
    """Take note of an error that nobody may be waiting for."""
    if not done.cancelled():
        done.exception()
