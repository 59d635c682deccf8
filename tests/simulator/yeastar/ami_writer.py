"""The sending side of one AMI connection: order, and how bytes are cut into TCP writes."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import batched
from random import Random

from ..core.clock import Clock
from ..core.connection import About, Connection
from .handover import Handover
from .options import WireOptions

MERGE_SECONDS = 0.3
LONGEST_RANDOM_WRITE = 40
CUT_PAUSE_SECONDS = 0.001
"""Real time between the pieces of a cut write, so that they arrive as pieces."""


class SessionEnd(ConnectionError):
    """The box itself ends the connection, in order."""


@dataclass(frozen=True)
class Block:
    """Bytes to send and the dialogue they end; `last` closes the connection behind them."""

    data: bytes
    about: About
    token: int
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
        self._blocks: asyncio.Queue[Block] = asyncio.Queue()
        self._taken: list[Block] = []

    def put(self, block: Block) -> None:
        """Queue bytes."""
        self._blocks.put_nowait(block)

    async def run(self) -> None:
        """Send for ever; raise ConnectionError at the end of the connection."""
        while True:
            self._taken = [await self._blocks.get()]
            if self._options().writes == "merged":
                await self._clock.sleep(MERGE_SECONDS)
                self._take_all()
            last = any(block.last for block in self._taken)
            await self._send()
            if last:
                await self._connection.close()
                raise SessionEnd("closed by the box")

    def abandon(self) -> None:
        """Tell everything that was not written to its end as such."""
        self._take_all()
        for block in self._taken:
            if block.handover is not None:
                block.handover.settle(self._connection.number, written=False)
        self._taken = []

    async def _send(self) -> None:
        """Send what was taken; what has gone out to its last byte is told as such."""
        data, starts, ends = b"", {}, []
        for block in self._taken:
            starts[len(data)] = block.about
            data += block.data
            ends.append(len(data))
        began, at = self._connection.sent, 0
        try:
            for piece in self._pieces(data):
                if at:
                    await asyncio.sleep(CUT_PAUSE_SECONDS)
                beginning = {
                    start - at: about
                    for start, about in starts.items()
                    if at <= start < at + len(piece)
                }
                await self._connection.send(piece, beginning)
                at += len(piece)
        finally:
            self._settle(self._connection.sent - began, ends)

    def _settle(self, sent: int, ends: list[int]) -> None:
        """Tell what has gone out whole; the rest stays taken."""
        whole = [
            block for block, end in zip(self._taken, ends, strict=True) if end <= sent
        ]
        self._taken = self._taken[len(whole) :]
        for block in whole:
            self._connection.done(block.token)
            if block.handover is not None:
                block.handover.settle(self._connection.number, written=True)

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
