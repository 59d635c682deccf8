"""What the tests of the message log share."""

import asyncio
from pathlib import Path
import sqlite3

from custom_components.gsm_gateway.messaging.store import Store, Trouble

from .hand_clock import HandClock
from .inline_executor import InlineExecutor

SET = "INSERT INTO meta VALUES (?, ?)"


class Log:
    """A store in a folder of its own, and what it told of troubles."""

    def __init__(self, folder: Path, clock: HandClock, *, thread: bool = True) -> None:
        """Prepare a store that works in a thread, or at once."""
        self.path = folder / "log.db"
        self.troubles: list[tuple[Trouble, str]] = []
        self.store = Store(
            self.path,
            clock,
            lambda *trouble: self.troubles.append(trouble),
            None if thread else InlineExecutor(),
        )

    def put(self, key: str, *, lazy: bool = False) -> asyncio.Future[None]:
        """Write one row."""
        return self.store.write((SET, (key, 1)), lazy=lazy)

    async def crash(self) -> None:
        """End without another word, as the process would."""
        tasks = list(self.store._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        self.store._disk.close()

    async def keys(self) -> list[str]:
        """Return the rows that `put` wrote, in their order."""
        return await self.store.read(keys_in)


def keys_in(connection: sqlite3.Connection) -> list[str]:
    """Return the keys of the table that the tests write."""
    rows = connection.execute(
        "SELECT key FROM meta WHERE key NOT LIKE '%\\_at' ESCAPE '\\'"
    )
    return [row[0] for row in rows]


def keys_on_disk(path: Path) -> list[str]:
    """Return the same from a file that nobody has open."""
    connection = sqlite3.connect(path)
    try:
        return keys_in(connection)
    finally:
        connection.close()
