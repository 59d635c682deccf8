"""A line that says what a test wants, datagram by datagram, and the driver that it calls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, override

import aiohttp

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import (
    GoipSettings,
    SmsServer,
    UdpSettings,
)
from custom_components.gsm_gateway.gateways.ports import Gateway

from .bench import NUMBER, Listener

SCALE = 4.0
"""Slow enough that nothing is repeated because a machine is busy."""
QUICK = 15.0
"""For tests that wait until something is repeated."""
WAIT_SECONDS = 5.0
IDS = {1: "home-1", 2: "home-2"}


class Peer(asyncio.DatagramProtocol):
    """One line of a box: a socket of its own, an id and a password."""

    def __init__(self, line_id: str = "home-1", password: str = "secret") -> None:
        self.line_id = line_id
        self.password = password
        self.heard: list[bytes] = []
        """All that came, but for answers to keepalives."""
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None
        self._server = ("127.0.0.1", 0)

    async def open(self, port: int, host: str = "127.0.0.1") -> None:
        """Take a socket; a second one is another source port."""
        self.close()
        loop = asyncio.get_running_loop()
        self._server = ("127.0.0.1", port)
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(host, 0)
        )

    @property
    def address(self) -> str:
        """Where it calls from."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")
        return f"{host}:{port}"

    def close(self) -> None:
        """Let go of the socket."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._queue.put_nowait(data)

    def send(self, data: bytes) -> None:
        """Send a datagram as it is."""
        assert self._transport is not None
        self._transport.sendto(data, self._server)

    def push(self, head: str, tail: str = "") -> None:
        """Send a packet with id and password."""
        self.send(f"{head};id:{self.line_id};password:{self.password};{tail}".encode())

    def keepalive(self, number: int = 1, more: str = "num:+491700;signal:20;") -> None:
        """Send a keepalive."""
        head = f"req:{number};id:{self.line_id};pass:{self.password};"
        self.send((head + more).encode())

    async def call(self, number: int = 1, more: str = "num:+491700;signal:20;") -> None:
        """Send a keepalive and have it answered."""
        self.keepalive(number, more)
        assert await self.next() == f"reg:{number};status:200;".encode()

    async def next(self) -> bytes:
        """Return the next datagram."""
        async with asyncio.timeout(WAIT_SECONDS):
            data = await self._queue.get()
        if not data.startswith(b"reg:"):
            self.heard.append(data)
        return data

    async def sound(self) -> None:
        """Return when all that was sent was taken: nothing came but the next answer."""
        await self.call(9999)


@dataclass
class OnUdp:
    """A driver, the line that calls it, and who listens."""

    server: SmsServer
    gateway: Gateway
    clock: Clock
    peer: Peer
    listener: Listener = field(default_factory=Listener)
    run: asyncio.Task[None] | None = None
    _peers: list[Peer] = field(default_factory=list)
    _sendings: list[asyncio.Task[None]] = field(default_factory=list)

    async def another(
        self, line_id: str = "home-1", password: str = "secret", host: str = "127.0.0.1"
    ) -> Peer:
        """Return one more peer, on a socket of its own."""
        peer = Peer(line_id, password)
        self._peers.append(peer)
        await peer.open(self.port, host)
        return peer

    @property
    def port(self) -> int:
        """Where the driver listens."""
        assert self.server.bound_port
        return self.server.bound_port

    def send(
        self, text: str = "hello", number: str = "11", to: str = NUMBER
    ) -> asyncio.Task[None]:
        """Begin to send a text by line 1."""
        sending = asyncio.create_task(self.gateway.sender.send(1, to, text, number))
        self._sendings.append(sending)
        return sending

    async def stop(self) -> None:
        """End all."""
        for peer in (self.peer, *self._peers):
            peer.close()
        tasks = [*self._sendings, *([self.run] if self.run else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.server.aclose()


def skip(clock: Clock, seconds: float) -> None:
    """Let time pass at once, for all that only looks at the clock."""
    before = clock.monotonic
    vars(clock)["monotonic"] = lambda: before() + seconds


@asynccontextmanager
async def opened(server: SmsServer) -> AsyncIterator[None]:
    """Wait at the end until the port is open."""
    news = asyncio.Event()

    def on_trouble(trouble: OSError | None) -> None:
        news.set()

    server.on_trouble = on_trouble
    yield
    async with asyncio.timeout(WAIT_SECONDS):
        await news.wait()
    assert server.trouble is None


@asynccontextmanager
async def on_udp(
    *, scale: float = SCALE, fresh: bool = True, taken: int = 0, **changes: Any
) -> AsyncIterator[OnUdp]:
    """Start a driver, and a line that has called it; none where the port is `taken`."""
    clock = Clock(scale)
    server = SmsServer(taken, clock, host="127.0.0.1")
    facts: dict[str, Any] = {"password": "secret", "ids": IDS}
    settings = GoipSettings(
        host=changes.pop("host", "127.0.0.1"),
        http_port=9,
        username="admin",
        password="admin",
        udp=UdpSettings(**(facts | changes)),
    )
    async with aiohttp.ClientSession() as session:
        gateway = goip.compose(
            session, settings, channels=(1, 2), clock=clock, server=server
        )
        made = OnUdp(server, gateway, clock, Peer())
        try:
            running = gateway.receiver.run(made.listener)
            async with nullcontext() if taken else opened(server):
                made.run = asyncio.create_task(running)
            if not taken:
                await made.peer.open(made.port)
            if fresh and not taken:
                await made.peer.call()
                await made.listener.until_connected()
            yield made
        finally:
            await made.stop()
