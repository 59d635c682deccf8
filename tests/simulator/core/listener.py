"""A loopback TCP server whose connections can be dropped, cut, hung and refused at run time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import ip_address
from itertools import count

from .clock import settle

SEND_LIMIT_SECONDS = 10.0
_NUMBERS = count(1)


class NotLoopbackError(ValueError):
    """The address is not on this machine's loopback interface."""


class ConnectionCut(ConnectionError):
    """The simulator itself cut this connection, as a fault asked for."""


def require_loopback(host: str) -> str:
    """Return `host` if it is a loopback address, else raise NotLoopbackError."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        if ip_address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise NotLoopbackError(
        f"{host!r} is not a loopback address; the simulator listens on loopback only"
    )


class Connection:
    """One accepted connection. While the listener hangs, nothing is read and nothing is sent."""

    def __init__(
        self,
        listener: Listener,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Wrap a stream pair."""
        self._listener = listener
        self._reader = reader
        self._writer = writer
        self._budget: int | None = None
        self.number = next(_NUMBERS)
        """A number of this connection, unique in the program."""
        self.closed = False

    @property
    def peer(self) -> str:
        """The client's address and port."""
        host, port, *_ = self._writer.get_extra_info("peername") or ("?", 0)
        return f"{host}:{port}"

    async def read(self, limit: int = 65536) -> bytes:
        """Return what has come, at least one byte; raise ConnectionError at the end."""
        data = await self._reader.read(limit)
        await self._listener.awake.wait()
        if not data:
            raise ConnectionResetError("closed by the client")
        return data

    async def read_exactly(self, size: int) -> bytes:
        """Return exactly `size` bytes; raise ConnectionError when the client closes before."""
        try:
            data = await self._reader.readexactly(size)
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("closed by the client") from error
        await self._listener.awake.wait()
        return data

    async def send(self, data: bytes) -> None:
        """Send bytes; raise ConnectionCut when a fault ends the connection amid them."""
        await self._listener.awake.wait()
        if self.closed:
            raise ConnectionResetError("closed")
        if self._budget is None:
            self._budget = self._listener.take_cut()
        cut = self._budget is not None and len(data) > self._budget
        if self._budget is not None:
            data = data[: self._budget]
            self._budget -= len(data)
        self._writer.write(data)
        try:
            async with asyncio.timeout(SEND_LIMIT_SECONDS):
                await self._writer.drain()
        except TimeoutError as error:
            self.abort()
            raise ConnectionResetError("the client does not read") from error
        if cut:
            await self.close()
            raise ConnectionCut("cut by a fault")

    async def close(self) -> None:
        """Close in order: what was written still arrives."""
        self.closed = True
        self._writer.close()
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(SEND_LIMIT_SECONDS):
                await self._writer.wait_closed()

    def abort(self) -> None:
        """Drop the connection at once."""
        self.closed = True
        self._writer.transport.abort()


type ConnectionHandler = Callable[[Connection], Awaitable[None]]


class Listener:
    """A TCP port of a box. The port number stays the same over power cycles."""

    def __init__(
        self, handler: ConnectionHandler, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """Prepare; port 0 is chosen by the kernel at the first opening."""
        self._handler = handler
        self._host = require_loopback(host)
        self.port = port
        self._server: asyncio.Server | None = None
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._cuts: list[int] = []
        self.awake = asyncio.Event()
        """Cleared while the box hangs."""
        self.awake.set()

    @property
    def connections(self) -> list[Connection]:
        """The open connections, oldest first."""
        return list(self._connections)

    async def open(self) -> None:
        """Listen."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._accept, self._host, self.port
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening (connections are refused) and drop every open connection."""
        if self._server is not None:
            server, self._server = self._server, None
            for socket in server.sockets:
                asyncio.get_running_loop().remove_reader(socket.fileno())
            await settle(4)  # asyncio takes in what was accepted a few turns later
            server.close()
        await self.drop_connections()

    async def drop_connections(self) -> int:
        """Abort every open connection and return how many there were."""
        tasks = list(self._connections.items())
        me = asyncio.current_task()
        for connection, task in tasks:
            connection.abort()
            if task is not me:
                task.cancel()
        await asyncio.gather(
            *(task for _, task in tasks if task is not me), return_exceptions=True
        )
        return len(tasks)

    def cut(self, after: int, times: int = 1) -> None:
        """Cut the connection `after` so many bytes of the next answer, `times` times."""
        self._cuts += [after] * times

    def take_cut(self) -> int | None:
        """Return the byte budget of the next planned cut, if there is one."""
        return self._cuts.pop(0) if self._cuts else None

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Run the handler of one connection and clean up after it."""
        connection = Connection(self, reader, writer)
        task = asyncio.current_task()
        assert task is not None
        self._connections[connection] = task
        try:
            await self.awake.wait()
            await self._handler(connection)
        except ConnectionError:
            pass
        except asyncio.CancelledError:
            # Cancelled by drop_connections; asyncio's server would log it as an error.
            pass
        finally:
            del self._connections[connection]
            connection.closed = True
            writer.close()
