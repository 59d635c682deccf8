"""A message log that a test fills, holds up, or cuts off from those who wait for it."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
import shutil
import sqlite3
from typing import override

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.messaging.disk import Statement
from custom_components.gsm_gateway.messaging.store import (
    Store,
    StoreUnavailable,
    Trouble,
)

from .inline_executor import InlineExecutor

HELD = "held"
"""A write that never reaches the disk, or not before `release`."""
MUTE = "mute"
"""A write that is on disk, but nobody hears of that."""


class FickleStore(Store):
    """A log on a real file."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Take everything, until a test says otherwise."""
        super().__init__(path, clock, self._hear, InlineExecutor())
        self.path = path
        self.full = False
        """The disk takes nothing and gives nothing."""
        self.fates: dict[str, str] = {}
        """What becomes of writes that name a table or a state, `HELD` or `MUTE`."""
        self.writes: list[tuple[Statement, ...]] = []
        self.troubles: list[Trouble] = []
        self._held: list[tuple[tuple[Statement, ...], asyncio.Future[None]]] = []

    def _hear(self, trouble: Trouble, detail: str) -> None:
        self.troubles.append(trouble)

    @property
    @override
    def available(self) -> bool:
        return not self.full and super().available

    @override
    def write(self, *statements: Statement, lazy: bool = False) -> asyncio.Future[None]:
        self.writes.append(statements)
        if self.full:
            return _failed()
        match self._fate(statements):
            case "held":
                done: asyncio.Future[None] = asyncio.Future()
                self._held.append((statements, done))
                return done
            case "mute":
                super().write(*statements, lazy=lazy)
                return asyncio.Future()
        return super().write(*statements, lazy=lazy)

    @override
    async def read[T](self, query: Callable[[sqlite3.Connection], T]) -> T:
        if self.full:
            raise StoreUnavailable("the disk is away")
        return await super().read(query)

    def release(self) -> None:
        """Write, or refuse if the disk is full now, what was held."""
        self.fates.clear()
        held, self._held = self._held, []
        for statements, done in held:
            real = self.write(*statements)
            real.add_done_callback(partial(_hand_on, done))

    def copy(self, to: Path) -> Path:
        """Copy what a killed process would leave on disk."""
        for suffix in ("", "-wal"):
            journal = self.path.with_name(self.path.name + suffix)
            if journal.exists():
                shutil.copy(journal, to.with_name(to.name + suffix))
        return to

    def _fate(self, statements: tuple[Statement, ...]) -> str:
        said = " ".join(f"{sql} {values}" for sql, values in statements)
        return next((fate for word, fate in self.fates.items() if word in said), "")


def _failed() -> asyncio.Future[None]:
    done: asyncio.Future[None] = asyncio.Future()
    done.set_exception(StoreUnavailable("the disk is full"))
    done.exception()
    return done


def _hand_on(done: asyncio.Future[None], real: asyncio.Future[None]) -> None:
    if (error := real.exception()) is None:
        done.set_result(None)
    else:
        done.set_exception(error)
        done.exception()
