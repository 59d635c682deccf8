"""An AMI server that says what a test tells it to, byte for byte."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import re
from typing import Self

from tests.loopback import serving

LIMIT_SECONDS = 10.0
BANNER = b"Asterisk Call Manager/1.1\r\n"
READY = (
    b"D-channel: 2\nStatus: Power on, Provisioned, Up, Active,Standard\n"
    b"Network Status: Registered (Home network)\nState: READY\n"
)
_ACTION_ID = re.compile(rb"ActionID: ([^\r]+)\r\n")


class Talk:
    """One connection of the driver."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.action_id = b""

    async def say(self, *pieces: bytes) -> None:
        """Send bytes, each piece in a TCP write that arrives by itself."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(0.005)  # else the kernel joins them

    async def hear(self) -> bytes:
        """Return the next action, without its ActionID (which is remembered)."""
        async with asyncio.timeout(LIMIT_SECONDS):
            block = await self.reader.readuntil(b"\r\n\r\n")
        found = _ACTION_ID.search(block)
        assert found, block
        self.action_id = found[1]
        return _ACTION_ID.sub(b"", block)

    async def log_in(self, *, events: bytes = b"on") -> None:
        """Greet and accept the login."""
        await self.say(BANNER)
        expected = b"Action: Login\r\nEvents: %b\r\nSecret: apipass\r\nUsername: apiuser\r\n\r\n"
        assert await self.hear() == expected % events
        await self.accept()

    async def accept(self) -> None:
        """Accept the action heard last."""
        await self.say(b"Response: Success\r\nActionID: %b\r\n\r\n" % self.action_id)

    def answer(self, body: bytes = b"") -> bytes:
        """Return the answer to the command heard last."""
        head = b"Response: Follows\r\nPrivilege: SMSCommand\r\nActionID: %b\r\n"
        return head % self.action_id + body + b"--END COMMAND--\r\n\r\n"

    async def hear_command(self) -> bytes:
        """Return the command line of the next action, which is a command."""
        action = await self.hear()
        start = b"Action: smscommand\r\nCommand: "
        assert action.startswith(start), action
        return action.removeprefix(start).removesuffix(b"\r\n\r\n")

    async def tell_ready(self, span: int = 2) -> None:
        """Answer the question for a port that is ready."""
        assert await self.hear_command() == b"gsm show span %d" % span
        await self.say(self.answer(READY))

    async def ended(self) -> bytes:
        """Return what still came before the driver closed the connection."""
        async with asyncio.timeout(LIMIT_SECONDS):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    def close(self) -> None:
        """Close the connection."""
        self.writer.close()

    def abort(self) -> None:
        """Drop the connection."""
        self.writer.transport.abort()


class ScriptedAmi:
    """The server; `accept` gives its connections one by one."""

    def __init__(self) -> None:
        self.accepted = 0
        self.port = 0
        self._talks: asyncio.Queue[Talk] = asyncio.Queue()

    @classmethod
    @asynccontextmanager
    async def listening(cls) -> AsyncGenerator[Self]:
        """Start, and close everything in the end."""
        script = cls()
        async with serving(script._take) as script.port:
            yield script

    async def accept(self) -> Talk:
        """Return the next connection."""
        async with asyncio.timeout(LIMIT_SECONDS):
            return await self._talks.get()

    async def _take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.accepted += 1
        self._talks.put_nowait(Talk(reader, writer))
