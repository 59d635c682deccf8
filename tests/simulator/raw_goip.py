"""Bare sockets on a simulated GoIP: literal bytes out, literal bytes in."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime
import struct
from types import TracebackType
from typing import Any, Self, override

from .core.clock import ManualClock
from .core.line import Line
from .core.sim_card import SimCard
from .goip import GoipBox, GoipOptions

LIMIT_SECONDS = 10.0
START = datetime(2026, 7, 11, 17, 31, 8, tzinfo=UTC)
"""20:31:08 on a box three hours east of Greenwich; 6a527ddc in hex seconds."""
START_KEY = "6a527ddc"
PAGES = "/default/en_US/"


class BoxWithClients(GoipBox):
    """A box that closes its test's connections at the end."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.clients: list[RawSmpp] = []

    @override
    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for client in self.clients:
            client.close()
        await super().__aexit__(exc_type, exc, traceback)


def goip(lines: int = 4, sims: int = 2, **options: Any) -> BoxWithClients:
    """Return a box of the newer kind, its clock standing at START."""
    return BoxWithClients(
        GoipOptions(**options),
        [
            Line(number, SimCard(number=f"+7999000000{number}"))
            if number <= sims
            else Line(number)
            for number in range(1, lines + 1)
        ],
        ManualClock(START),
    )


async def advance(box: GoipBox, seconds: float) -> None:
    """Let simulated time pass on a box made by `goip`."""
    assert isinstance(box.clock, ManualClock)
    await box.clock.advance(seconds)


async def exchange(port: int, request: bytes) -> bytes:
    """Send raw bytes and return everything until the box closes."""
    async with asyncio.timeout(LIMIT_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            await writer.drain()
            return await reader.read()
        finally:
            writer.close()


async def get(box: GoipBox, target: str, login: str = "admin:admin") -> bytes:
    """Return the whole answer to a GET with Basic login."""
    token = b64encode(login.encode()).decode()
    return await exchange(
        box.http_port,
        f"GET {PAGES}{target} HTTP/1.1\r\nHost: box\r\n"
        f"Authorization: Basic {token}\r\n\r\n".encode(),
    )


async def post(box: GoipBox, target: str, form: str) -> bytes:
    """Return the whole answer to a posted form with Basic login."""
    return await exchange(
        box.http_port,
        f"POST {PAGES}{target} HTTP/1.1\r\nHost: box\r\n"
        "Authorization: Basic YWRtaW46YWRtaW4=\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(form)}\r\n\r\n{form}".encode(),
    )


def body(answer: bytes) -> bytes:
    """Return what stands behind the headers."""
    return answer.partition(b"\r\n\r\n")[2]


class RawSmpp:
    """One SMPP connection; every read has a limit of real seconds."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, box: BoxWithClients) -> Self:
        """Open a connection."""
        client = cls(*await asyncio.open_connection("127.0.0.1", box.smpp_port))
        box.clients.append(client)
        return client

    @classmethod
    async def bound(
        cls, box: BoxWithClients, system_id: bytes = b"goip01", command: int = 9
    ) -> Self:
        """Open a connection and bind."""
        client = await cls.connect(box)
        await client.bind(system_id, command)
        assert (await client.pdu())[:2] == (0x80000000 | command, 0)
        return client

    async def bind(
        self, system_id: bytes, command: int = 9, password: bytes = b"goip"
    ) -> None:
        """Send a bind of version 3.4 with sequence number 1."""
        rest = system_id + b"\0" + password + b"\0" + b"\0\x34\0\0\0"
        await self.send(struct.pack(">IIII", 16 + len(rest), command, 0, 1) + rest)

    async def submit(self, rest: bytes, sequence: int = 2) -> None:
        """Send a submit_sm with this body."""
        await self.send(struct.pack(">IIII", 16 + len(rest), 4, 0, sequence) + rest)

    async def send(self, octets: bytes) -> None:
        """Send bytes."""
        self._writer.write(octets)
        await self._writer.drain()

    async def hex(self, octets: str) -> None:
        """Send bytes written in hex."""
        await self.send(bytes.fromhex(octets))

    async def raw(self) -> bytes:
        """Return the next whole packet."""
        async with asyncio.timeout(LIMIT_SECONDS):
            head = await self._reader.readexactly(4)
            return head + await self._reader.readexactly(
                int.from_bytes(head) - len(head)
            )

    async def pdu(self) -> tuple[int, int, int, bytes]:
        """Return command, status, sequence and body of the next packet."""
        packet = await self.raw()
        command, status, sequence = struct.unpack(">III", packet[4:16])
        return command, status, sequence, packet[16:]

    async def end(self) -> bytes:
        """Return what comes until the box closes."""
        async with asyncio.timeout(LIMIT_SECONDS):
            try:
                return await self._reader.read()
            except ConnectionResetError:
                return b""

    def close(self) -> None:
        """Drop the connection."""
        self._writer.transport.abort()
