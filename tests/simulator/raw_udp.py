"""A bare SMS server for a simulated GoIP: literal datagrams in, literal datagrams out."""

import asyncio
from types import TracebackType
from typing import Any, Self, override

type Address = tuple[str, int]

LIMIT_SECONDS = 10.0


class RawServer(asyncio.DatagramProtocol):
    """One UDP socket on loopback: `async with RawServer() as server:`.

    With `greets` every keepalive is answered by itself, with `acknowledges` everything else that
    the box begins. `lines` are the addresses that the last
    keepalives came from, by line id.
    """

    def __init__(self, *, greets: bool = True, acknowledges: bool = False) -> None:
        """Prepare; entering opens the socket."""
        self.greets = greets
        self.acknowledges = acknowledges
        self.lines: dict[str, Address] = {}
        self.keepalives: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue()
        self._packets: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None
        self._closed = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Open the socket."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        assert self._transport is not None
        self._transport.close()
        await self._closed.wait()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        assert isinstance(transport, asyncio.DatagramTransport)
        self._transport = transport

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end."""
        self._closed.set()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Queue a datagram; keepalives stand in a queue of their own."""
        sender: Address = (addr[0], addr[1])
        if not data.startswith(b"req:"):
            self._packets.put_nowait((data, sender))
            verb, colon, rest = data.partition(b":")
            if self.acknowledges and colon and verb.isalpha():
                self.send(verb + b" " + rest.partition(b";")[0] + b" OK\n", sender)
            return
        identity = data.partition(b";id:")[2].partition(b";")[0].decode()
        self.lines[identity] = sender
        self.keepalives.put_nowait((data, sender))
        if self.greets:
            number = data[4:].partition(b";")[0]
            self.send(b"reg:" + number + b";status:200;", sender)

    @property
    def address(self) -> str:
        """HOST:PORT, as the option udp_server takes it."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")[:2]
        return f"{host}:{port}"

    def send(self, data: bytes, address: Address) -> None:
        """Send a datagram."""
        assert self._transport is not None
        self._transport.sendto(data, address)

    def tell(self, data: bytes, identity: str = "goip1") -> None:
        """Send a datagram to where a line's last keepalive came from."""
        self.send(data, self.lines[identity])

    async def packet(self) -> tuple[bytes, Address]:
        """Return the next datagram that is no keepalive, and where it came from."""
        async with asyncio.timeout(LIMIT_SECONDS):
            return await self._packets.get()

    async def text(self) -> bytes:
        """Return the next datagram that is no keepalive."""
        return (await self.packet())[0]

    async def keepalive(self) -> tuple[bytes, Address]:
        """Return the next keepalive, and where it came from."""
        async with asyncio.timeout(LIMIT_SECONDS):
            return await self.keepalives.get()

    def nothing(self) -> bool:
        """Tell whether no datagram but keepalives waits to be read."""
        return self._packets.empty()
