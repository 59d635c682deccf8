"""The sending side of one AMI connection: order, and how bytes are cut into TCP writes."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import batched
from random import Random

from ..core.clock import Clock
from ..core.listener import Connection
from .handover import Handover
from .options import WireOptions

MERGE_SECONDS = 0.3
LONGEST_RANDOM_WRITE = 40
CUT_PAUSE_SECONDS = 0.001
"""Real time between the pieces of a cut write, so that they arrive as pieces."""


class SessionEnd(ConnectionError):
    """The box itself ends the connection, in order."""


@dataclass(frozen=True)
class _Block:
    """Bytes to send; `last` closes the connection behind them."""

    data: bytes
    handover: Handover | None = None
    last: bool = False


class AmiWriter:
    """Sends blocks one after the other, cut as the options say."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        options: Callable[[], WireOptions],
        random: Random,
    ) -> None:
        """Prepare; `run` does the work."""
        self._connection = connection
        self._clock = clock
        self._options = options
        self._random = random
        self._blocks: asyncio.Queue[_Block] = asyncio.Queue()
        self._taken: list[_Block] = []

    def put(
        self, data: bytes, handover: Handover | None = None, *, last: bool = False
    ) -> None:
        """Queue bytes."""
        self._blocks.put_nowait(_Block(data, handover, last))

    async def run(self) -> None:
        """Send for ever; raise ConnectionError at the end of the connection."""
        while True:
            self._taken = [await self._blocks.get()]
            if self._options().writes == "merged":
                await self._clock.sleep(MERGE_SECONDS)
                self._take_all()
            last = any(block.last for block in self._taken)
            await self._send(b"".join(block.data for block in self._taken))
            self._settle(written=True)
            if last:
                await self._connection.close()
                raise SessionEnd("closed by the box")

    def abandon(self) -> None:
        """Tell everything that was not written to its end as such."""
        self._take_all()
        self._settle(written=False)

    async def _send(self, data: bytes) -> None:
        first, *rest = self._pieces(data)
        await self._connection.send(first)
        for piece in rest:
            await asyncio.sleep(CUT_PAUSE_SECONDS)
            await self._connection.send(piece)

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        options = self._options()
        if options.writes == "bytes":
            yield from (bytes(piece) for piece in batched(data, 1, strict=True))
        elif options.writes == "random":
            at = 0
            while at < len(data):
                size = self._random.randint(1, LONGEST_RANDOM_WRITE)
                yield data[at : at + size]
                at += size
        elif options.cut_writes_at:
            at = options.cut_writes_at
            yield from (piece for piece in (data[:at], data[at:]) if piece)
        else:
            yield data

    def _take_all(self) -> None:
        while not self._blocks.empty():
            self._taken.append(self._blocks.get_nowait())

    def _settle(self, *, written: bool) -> None:
        for block in self._taken:
            if block.handover is not None:
                block.handover.settle(self._connection.number, written=written)
        self._taken = []
