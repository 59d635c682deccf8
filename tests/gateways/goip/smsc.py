"""An SMPP server that says what a test wants, byte by byte, and the driver on it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from struct import pack, unpack

import aiohttp

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import GoipSettings, SmppSettings
from custom_components.gsm_gateway.gateways.ports import Gateway
from tests.loopback import serving

from .bench import Listener

SCALE = 60.0
WAIT_SECONDS = 5.0
BIND, ENQUIRE, UNBIND, SUBMIT, DELIVER = 0x09, 0x15, 0x06, 0x04, 0x05
RESPONSE = 0x80000000

type Pdu = tuple[int, int, int, bytes]
"""Command, status, sequence number, body."""


def pdu(command: int, status: int, sequence: int, body: bytes = b"") -> bytes:
    """Return a packet."""
    return pack("!IIII", 16 + len(body), command, status, sequence) + body


def deliver_body(
    text: bytes = b"Hi",
    *,
    coding: int = 0,
    esm: int = 0,
    source: bytes = b"+491511",
    forms: bytes = b"\x01\x01",
    tail: bytes = b"",
    size: int | None = None,
) -> bytes:
    """Return the body of a deliver_sm; `size` lies about the length of the text."""
    return (
        b"\0" + forms + source + b"\0" + b"\0\1goip01\0" + bytes((esm, 0, 0))
        + b"\0\0\0\0" + bytes((coding, 0, len(text) if size is None else size))
        + text + tail
    )  # fmt: skip


@dataclass
class Smsc:
    """Answers binds, enquire_link and unbind by itself; everything else is for the test."""

    bind_status: int = 0
    bind_body: bytes = b"goip01\0"
    answers_enquiries: bool = True
    port: int = 0
    binds: list[bytes] = field(default_factory=list)
    heard: list[Pdu] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has hung up."""
    _alive: asyncio.Event = field(default_factory=asyncio.Event)
    _queue: asyncio.Queue[Pdu] = field(default_factory=asyncio.Queue)
    _writer: asyncio.StreamWriter | None = None

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one client."""
        self._writer = writer
        try:
            while True:
                head = await reader.readexactly(16)
                size, command, status, sequence = unpack("!IIII", head)
                body = await reader.readexactly(size - 16)
                self._take((command, status, sequence, body), writer)
        except EOFError, ConnectionError:
            self.ended.set()
        finally:
            writer.close()

    def _take(self, packet: Pdu, writer: asyncio.StreamWriter) -> None:
        command, _, sequence, body = packet
        self.heard.append(packet)
        if command == BIND:
            self.binds.append(body)
            writer.write(
                pdu(RESPONSE | BIND, self.bind_status, sequence, self.bind_body)
            )
        elif command == ENQUIRE and self.answers_enquiries:
            writer.write(pdu(RESPONSE | ENQUIRE, 0, sequence))
        elif command == UNBIND:
            writer.write(pdu(RESPONSE | UNBIND, 0, sequence))
        elif command == RESPONSE | ENQUIRE:
            self._alive.set()
        elif command != ENQUIRE:
            self._queue.put_nowait(packet)

    def send(self, packet: bytes) -> None:
        """Send bytes to the last client."""
        assert self._writer is not None
        self._writer.write(packet)

    def deliver(self, body: bytes, sequence: int = 7) -> None:
        """Send a deliver_sm."""
        self.send(pdu(DELIVER, 0, sequence, body))

    async def next(self) -> Pdu:
        """Return the next packet that is for the test."""
        async with asyncio.timeout(WAIT_SECONDS):
            return await self._queue.get()

    async def sound(self) -> None:
        """Return when the client has answered an enquire_link: all before is done."""
        self._alive.clear()
        self.send(pdu(ENQUIRE, 0, 1))
        async with asyncio.timeout(WAIT_SECONDS):
            await self._alive.wait()

    def drop(self) -> None:
        """Hang up."""
        assert self._writer is not None
        self._writer.transport.abort()


@dataclass
class OnSmsc:
    """A driver on a server."""

    smsc: Smsc
    gateway: Gateway
    listener: Listener
    run: asyncio.Task[None]

    async def send(
        self, text: str, to: str = "+491511234567", token: str = "7"
    ) -> None:
        """Send through line 1."""
        await self.gateway.sender.send(1, to, text, token)

    async def stop(self) -> None:
        """End the link."""
        self.run.cancel()
        await asyncio.gather(self.run, return_exceptions=True)


@asynccontextmanager
async def on_smsc(
    smsc: Smsc | None = None,
    *,
    channels: Sequence[int] = (1,),
    bound: bool = True,
    scale: float = SCALE,
) -> AsyncIterator[OnSmsc]:
    """Start a server and the driver on it; there are no web pages."""
    smsc, listener = smsc or Smsc(), Listener()
    async with serving(smsc.serve) as smsc.port, aiohttp.ClientSession() as session:
        settings = GoipSettings(
            host="127.0.0.1",
            http_port=1,
            username="admin",
            password="admin",
            smpp=SmppSettings(port=smsc.port, system_id="goip", password="secret"),
        )
        gateway = goip.compose(session, settings, channels=channels, clock=Clock(scale))
        run = asyncio.create_task(gateway.receiver.run(listener))
        made = OnSmsc(smsc, gateway, listener, run)
        try:
            if bound:
                await listener.until_seen(lambda _: gateway.sender.ready(channels[0]))
            yield made
        finally:
            await made.stop()
