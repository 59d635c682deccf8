"""One accepted connection: whole requests in, answers out, and the faults that hit them."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
import socket
import struct
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .listener import Listener

SEND_LIMIT_SECONDS = 10.0
READ_SIZE = 65536
_NUMBERS = count(1)
_NO_LINGER = struct.pack("ii", 1, 0)

type About = dict[str, Any]
"""What tells which dialogue something belongs to: `dialogue`, `line`, `number`, `key`, …"""


class ConnectionCut(ConnectionError):
    """The simulator itself cut this connection, as a fault asked for."""


class Framing(Protocol):
    """How a protocol's requests lie in the stream of bytes."""

    def size(self, pending: bytes) -> int | None:
        """Return the size of the first request, None while it is incomplete; may raise."""

    def describe(self, request: bytes) -> About:
        """Tell what a request, or the beginning of one, is about; never raises."""


@dataclass(frozen=True)
class Taken:
    """One whole request, and the dialogue that it opened."""

    data: bytes
    token: int
    about: About


class Connection:
    """One accepted connection. While the listener hangs, nothing is read and nothing is sent."""

    def __init__(
        self,
        listener: Listener,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Wrap a stream pair; `send` returns when the kernel has every byte."""
        self._listener = listener
        self._reader = reader
        self._writer = writer
        writer.transport.set_write_buffer_limits(0)
        self._budget: int | None = None
        self._held = 0.0
        self._tokens = count(1)
        self.framing = listener.framing
        self.pending = bytearray()
        """What came of a request that is not whole."""
        self.number = next(_NUMBERS)
        """A number of this connection, unique in the program."""
        self.user = ""
        """Who is logged in, for the journal."""
        self.line: int | None = None
        self.open: dict[int, About] = {}
        """The dialogues that are not over."""
        self.sent = 0
        """How many bytes were given to the kernel."""
        self.closed = False
        self.ended_by = ""
        self.silent = False
        """Half-open: the box has forgotten it, the client has not been told."""

    @property
    def peer(self) -> str:
        """The client's address and port."""
        host, port, *_ = self._writer.get_extra_info("peername") or ("?", 0)
        return f"{host}:{port}"

    @property
    def has_client_left(self) -> bool:
        """Whether the client has closed its side, and nothing of its is unread."""
        return self._reader.at_eof() or self._writer.is_closing()

    # Dialogues

    def begin(self, about: About) -> int:
        """Open a dialogue; what is open when the connection ends is journalled."""
        token = next(self._tokens)
        self.open[token] = about
        return token

    def done(self, token: int) -> None:
        """End a dialogue."""
        self.open.pop(token, None)

    # Reading

    async def request(self) -> Taken:
        """Return the next whole request; raise ConnectionError at the end."""
        assert self.framing is not None
        await self._wait_awake()
        while (size := self.framing.size(bytes(self.pending))) is None:
            await self._read_more()
        data = bytes(self.pending[:size])
        del self.pending[:size]
        about = self.framing.describe(data)
        token = self.begin(about)
        held, self._held = self._held, 0.0
        if held:
            self._listener.hit(self, "hang", about, seconds=round(held, 1))
        self._reset_as_planned(about, size)
        return Taken(data, token, about)

    def _reset_as_planned(self, about: About, size: int) -> None:
        """Reset if a fault asks for it; raise ConnectionCut if the request was not taken whole."""
        after = self._listener.resets.take(about)
        if after is None:
            return
        about |= {"taken": after >= size, "bytes": min(after, size)}
        self.abort("reset", rst=True)
        if after < size:
            raise ConnectionCut("reset by a fault")

    async def overhear(self) -> About | None:
        """Return what the client still says on a silent connection, None for bytes unread.

        Raises ConnectionError when the client gives it up.
        """
        data = await self._reader.read(READ_SIZE)
        if not data:
            raise ConnectionResetError("closed by the client")
        self.pending += data
        with suppress(Exception):  # a judge's ear: what cannot be read is not told
            size = self.framing.size(bytes(self.pending)) if self.framing else None
            if self.framing and size is not None:
                about = self.framing.describe(bytes(self.pending[:size]))
                del self.pending[:size]
                return about
        return None

    async def wait_left(self) -> None:
        """Wait until the client gives up; what it still says is not heard."""
        with suppress(ConnectionError):
            while await self._reader.read(READ_SIZE):
                pass
        await self.close("client")

    async def _read_more(self) -> None:
        """Wait for bytes."""
        try:
            data = await self._reader.read(READ_SIZE)
        except ConnectionError:
            self._end("client reset")
            raise
        await self._wait_awake()
        if not data:
            self._end("client")
            raise ConnectionResetError("closed by the client")
        self.pending += data

    async def _wait_awake(self) -> None:
        """Wait while the box hangs, and remember how long in simulated seconds."""
        if not self._listener.awake.is_set():
            self._held += await self._listener.wait_awake()

    def held_since_accepted(self, seconds: float) -> None:
        """Take note that the box hung when the connection was made."""
        self._held += seconds

    # Sending

    async def send(
        self, data: bytes, starts: Mapping[int, About] | None = None
    ) -> None:
        """Send bytes; raise ConnectionCut when a fault ends the connection amid them.

        `starts` tells where in them which thing begins.
        """
        starts = starts or {}
        if not self._listener.awake.is_set():
            held = await self._listener.wait_awake()
            for about in starts.values():
                self._listener.hit(self, "hang", about, seconds=round(held, 1))
        if self.closed:
            raise ConnectionResetError("closed")
        for start, about in starts.items():
            if self._budget is None:
                after = self._listener.cuts.take(about)
                self._budget = None if after is None else start + after
        cut = self._budget is not None and len(data) > self._budget
        if self._budget is not None:
            data = data[: self._budget]
            self._budget -= len(data)
        await self._write(data)
        if cut:
            self._end("cut")
            await self.close()
            raise ConnectionCut("cut by a fault")

    async def _write(self, data: bytes) -> None:
        """Give bytes to the kernel, all of them."""
        self._writer.write(data)
        try:
            async with asyncio.timeout(SEND_LIMIT_SECONDS):
                await self._writer.drain()
        except TimeoutError as error:
            self.abort("not reading")
            raise ConnectionResetError("the client does not read") from error
        except ConnectionError:
            self._end("client reset")
            raise
        self.sent += len(data)

    # Ending

    async def close(self, by: str = "box") -> None:
        """Close in order: what was written still arrives."""
        self._end(by)
        self._writer.close()
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(SEND_LIMIT_SECONDS):
                await self._writer.wait_closed()

    def abort(self, by: str = "drop", *, rst: bool = False) -> None:
        """Drop the connection at once, with `rst` so that the client is told by RST."""
        self._end(by)
        if rst and (end := self._writer.get_extra_info("socket")) is not None:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._writer.transport.abort()

    def fall_silent(self, by: str) -> None:
        """Stop serving without a word to the client."""
        self.silent = True
        self._end(by)

    def release(self) -> None:
        """Let the socket go."""
        self._end("box")
        self._writer.close()

    def _end(self, by: str) -> None:
        """Take note of the first reason."""
        self.closed = True
        self.ended_by = self.ended_by or by
