"""One line as a client of the SMS server: its socket, its keepalives, what it gets."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, override

from ..core import journal as j
from ..core.line import Line
from .udp_air import Dice, LossyWire
from .udp_commands import UdpCommands
from .udp_packets import is_reg, keepalive, read_answer
from .udp_push import Pushes

if TYPE_CHECKING:
    from .box import GoipBox

UNANSWERED_LIMIT = 3
"""So many keepalives without an answer, and the line does not count as logged in; our guess."""


class _Socket(asyncio.DatagramProtocol):
    """One UDP socket."""

    def __init__(self, take: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._take = take
        self.closed = asyncio.get_running_loop().create_future()

    @override
    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Hand on a datagram."""
        self._take(data, (addr[0], addr[1]))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that the socket is closed."""
        if not self.closed.done():
            self.closed.set_result(None)


class UdpClient:
    """One line; it lives from power-up to power-down."""

    def __init__(self, box: GoipBox, line: Line, dice: Dice) -> None:
        """Put a client together; `open` starts it."""
        self._box = box
        self._line = line
        self._transport: asyncio.DatagramTransport | None = None
        self._socket: _Socket | None = None
        self.wire = LossyWire(box, line, dice, self._write, self._read)
        self.pushes = Pushes(box, line, self.wire)
        self._commands = UdpCommands(box, line, self.wire.out)
        self._beat: asyncio.Task[None] | None = None
        self.keepalives = 0
        self._regs = 0
        self._unanswered = 0

    @property
    def source(self) -> tuple[str, int] | None:
        """The socket's own address, None without one."""
        if self._transport is None:
            return None
        host, port = self._transport.get_extra_info("sockname")[:2]
        return host, port

    @property
    def logged_in(self) -> bool:
        """Whether the server answers the keepalives."""
        return self._regs > 0 and self._unanswered < UNANSWERED_LIMIT

    async def open(self, host: str, port: int) -> None:
        """Open the socket, with another port if this one is taken, and begin to call."""
        await self._bind(host, port)
        self._beat = self._box.spawn(self._call())

    async def move(self, host: str) -> None:
        """Go on from another address or at least from another port."""
        old, old_transport = self._socket, self._transport
        await self._bind(host, 0)
        await _close(old, old_transport)

    async def close(self, reason: str) -> None:
        """End everything; what was on its way is lost."""
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)
        await self.pushes.close(reason)
        transport, self._transport = self._transport, None
        await _close(self._socket, transport)

    async def _bind(self, host: str, port: int) -> None:
        """Open a socket."""
        loop = asyncio.get_running_loop()

        async def bind(chosen: int) -> None:
            self._transport, self._socket = await loop.create_datagram_endpoint(
                lambda: _Socket(self._take), local_addr=(host, chosen)
            )

        try:
            await bind(port)
        except OSError:
            if not port:
                raise
            await bind(0)

    async def _call(self) -> None:
        """Send keepalives for ever."""
        box = self._box
        while True:
            await box.udp.wait_awake()
            if self._line.number not in box.udp.silenced:
                self.keepalives += 1
                self._unanswered += 1
                logged_in = self.logged_in
                self.wire.out(keepalive(box, self._line, self.keepalives, logged_in))
            await box.clock.sleep(box.options.udp_keepalive_seconds)

    def _write(self, data: bytes) -> bool:
        """Give a datagram to the kernel; False without a socket or a server."""
        server = self._box.udp.server
        if self._transport is None or server is None:
            return False
        self._transport.sendto(data, server)
        return True

    def _take(self, data: bytes, sender: tuple[str, int]) -> None:
        """Take what the socket got; only the server's own address and port are heard."""
        if self._transport is not None and sender == self._box.udp.server:
            self.wire.into(data)

    def _read(self, data: bytes) -> None:
        """Read a datagram that came through."""
        if self._transport is None:
            return
        if is_reg(data):
            self._welcome()
            return
        answer = read_answer(data)
        if answer is None or not self.pushes.take_answer(answer):
            self._commands.take(data)

    def _welcome(self) -> None:
        """Take note that the server answered a keepalive."""
        self._regs += 1
        self._unanswered = 0
        if self._regs == 1:
            identity, _ = self._box.udp.identity(self._line)
            self._box.log(j.LOGIN, self._line.number, port="udp", user=identity)
        self.pushes.welcome()


async def _close(
    socket: _Socket | None, transport: asyncio.DatagramTransport | None
) -> None:
    """Close one socket and wait until it is."""
    if socket is not None and transport is not None:
        transport.close()
        await socket.closed
