"""A bare socket on a simulated TG: literal bytes out, literal bytes in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from .core.clock import Clock
from .yeastar import YeastarBox, YeastarOptions

BANNER = b"Asterisk Call Manager/1.1\r\n"
LOGIN = b"Action: Login\r\nUsername: apiuser\r\nSecret: apipass\r\n\r\n"
ACCEPTED = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n"
END = b"\r\n\r\n"
LIMIT_SECONDS = 10.0
FAST = 200.0


class RawAmi:
    """One connection; every read has a limit of real seconds."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int) -> Self:
        """Open a connection; the banner is still unread."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def command(self, line: str) -> None:
        """Send one smscommand."""
        await self.send(f"Action: smscommand\r\nCommand: {line}\r\n\r\n".encode())

    async def exactly(self, expected: bytes) -> None:
        """Read as many bytes as expected and compare."""
        async with asyncio.timeout(LIMIT_SECONDS):
            assert await self.reader.readexactly(len(expected)) == expected

    async def block(self) -> bytes:
        """Read up to and with the next blank line."""
        async with asyncio.timeout(LIMIT_SECONDS):
            return await self.reader.readuntil(END)

    async def piece(self) -> bytes:
        """Read what comes next, empty at the end of the connection."""
        async with asyncio.timeout(LIMIT_SECONDS):
            return await self.reader.read(4096)

    async def rest(self) -> bytes:
        """Read up to the end of the connection."""
        async with asyncio.timeout(LIMIT_SECONDS):
            return await self.reader.read()

    async def ask(self, line: str) -> bytes:
        """Run one smscommand and return the body between head and end mark."""
        await self.command(line)
        block = await self.block()
        head = b"Response: Follows\r\nPrivilege: SMSCommand\r\n"
        assert block.startswith(head), block
        assert block.endswith(b"--END COMMAND--\r\n\r\n"), block
        return block.removeprefix(head).removesuffix(b"--END COMMAND--\r\n\r\n")

    async def close(self) -> None:
        """Close the connection."""
        self.writer.close()
        await self.writer.wait_closed()


@asynccontextmanager
async def login(box: YeastarBox, action: bytes = LOGIN) -> AsyncIterator[RawAmi]:
    """Connect and log in."""
    client = await RawAmi.connect(box.ami_port)
    try:
        await client.exactly(BANNER)
        await client.send(action)
        await client.exactly(ACCEPTED)
        yield client
    finally:
        client.writer.close()


@asynccontextmanager
async def box_and_login(
    options: YeastarOptions | None = None,
) -> AsyncIterator[tuple[YeastarBox, RawAmi]]:
    """Start a box with fast time and log in."""
    async with (
        YeastarBox(options, clock=Clock(FAST)) as box,
        login(box) as client,
    ):
        yield box, client


async def http_get(port: int, target: str) -> bytes:
    """Send a GET for a raw target and return the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: box\r\n\r\n".encode())
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return await reader.read()
    finally:
        writer.close()
