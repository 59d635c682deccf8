"""Orders of the harness: JSON lines on standard input."""

import asyncio
from collections.abc import Awaitable, Callable
import json
import os
import sys
from typing import Any

type Do = Callable[[str, dict[str, Any]], Awaitable[None]]


class Stdin:
    """Reads orders and does each in a task of its own."""

    def __init__(self, do: Do) -> None:
        """Do orders by their name."""
        self._do = do
        self._rest = b""
        self._tasks: set[asyncio.Task[None]] = set()
        self.ended = asyncio.Event()
        """Set when the harness is gone."""

    def open(self) -> None:
        """Begin to read, in the running loop."""
        descriptor = sys.stdin.fileno()
        os.set_blocking(descriptor, False)
        asyncio.get_running_loop().add_reader(descriptor, self._read, descriptor)

    def close(self) -> None:
        """Read no more."""
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())

    def _read(self, descriptor: int) -> None:
        data = os.read(descriptor, 65536)
        if not data:
            self.ended.set()
            self.close()
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            order = json.loads(line)
            task = asyncio.create_task(self._run(order.pop("do"), order))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, name: str, order: dict[str, Any]) -> None:
        await self._do(name, order)
