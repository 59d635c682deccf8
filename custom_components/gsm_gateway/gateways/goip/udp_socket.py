"""A UDP socket: opened and closed as needed, tried again while its port is taken."""

import asyncio
from collections.abc import Callable
import socket
from typing import override

from ..clock import Clock
from .udp_packets import Address

RETRY_SECONDS = 30.0
"""Until a port that is taken is tried again."""
_RECEIVE_BUFFER = 1 << 20
"""Bytes; 32 lines may push at once what their SIMs got overnight."""


class UdpSocket:
    """One local address, open between `open` and `close`."""

    def __init__(
        self,
        address: Address,
        clock: Clock,
        take: Callable[[bytes, Address], None],
        on_trouble: Callable[[OSError | None], None],
    ) -> None:
        """Prepare; `take` gets each datagram, `on_trouble` why it is not open, or None."""
        self.trouble: OSError | None = None
        """Why it is not open, if it should be."""
        self._address = address
        self._clock = clock
        self._take = take
        self._on_trouble = on_trouble
        self._transport: asyncio.DatagramTransport | None = None
        self._listening: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()

    @property
    def port(self) -> int | None:
        """The port that is open, if one is."""
        if self._transport is None:
            return None
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def open(self) -> None:
        """Begin to listen, soon; nothing if it is begun."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
            self._tasks.add(self._listening)
            self._listening.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Listen no more; nothing if it is closed."""
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None
        if self.trouble is not None:
            self._tell(None)

    async def wait_closed(self) -> None:
        """Return when the port is free again."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send(self, data: bytes, address: Address) -> None:
        """Send a datagram, or lose it: the network may do the same."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, address)

    async def _listen(self) -> None:
        """Keep the port open until cancelled; its last user has closed it before."""
        async with self._one_at_a_time:
            while True:
                try:
                    await self._open_once()
                except OSError as error:
                    self._tell(error)
                await self._clock.sleep(RETRY_SECONDS)

    async def _open_once(self) -> None:
        """Open the port and use it until something closes it. Raises `OSError`."""
        closed = asyncio.Event()
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Protocol(self._take, closed), local_addr=self._address
        )
        own = transport.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self._transport = transport
        try:
            self._tell(None)
            await closed.wait()
        finally:
            self._transport = None
            transport.abort()
            await closed.wait()

    def _tell(self, trouble: OSError | None) -> None:
        self.trouble = trouble
        self._on_trouble(trouble)


class _Protocol(asyncio.DatagramProtocol):
    """Hands over datagrams; errors of single ones are the network's."""

    def __init__(
        self, take: Callable[[bytes, Address], None], closed: asyncio.Event
    ) -> None:
        self._take = take
        self._closed = closed

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._take(data, addr)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()
