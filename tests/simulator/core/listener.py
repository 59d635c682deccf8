"""A loopback TCP server whose connections can be dropped, cut, hung and refused at run time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
import time
from typing import Any

from .clock import settle
from .connection import About, Connection, Framing


class NotLoopbackError(ValueError):
    """The address is not on this machine's loopback interface."""


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


@dataclass(frozen=True)
class Plan:
    """One planned fault: after so many bytes of a thing of this kind (empty: any) and line."""

    after: int
    what: str = ""
    line: int = 0

    def fits(self, about: About) -> bool:
        """Tell whether a thing is what the fault waits for."""
        return self.what in ("", about.get("dialogue")) and self.line in (
            0,
            about.get("line"),
        )


class Plans:
    """Planned faults, each of which waits for a thing that it fits."""

    def __init__(self) -> None:
        self.left: list[Plan] = []

    def take(self, about: About) -> int | None:
        """Return after how many bytes a thing is hit, None when it is not."""
        for plan in self.left:
            if plan.fits(about):
                self.left.remove(plan)
                return plan.after
        return None


async def stop_accepting(server: asyncio.Server) -> None:
    """Accept nothing more, and let the server own what was accepted in this very moment.

    asyncio leaves such a connection open for ever if the server is closed before.
    """
    for socket in server.sockets:
        asyncio.get_running_loop().remove_reader(socket.fileno())
    await settle(1)


type ConnectionHandler = Callable[[Connection], Awaitable[None]]


class Listener:
    """A TCP port of a box. The port number stays the same over power cycles.

    `observe_hit` is told of each fault that hit a dialogue, `observe_end` of each connection that
    ended; `monotonic` gives the seconds that a hang is measured in.
    """

    def __init__(
        self,
        handler: ConnectionHandler,
        host: str = "127.0.0.1",
        port: int = 0,
        framing: Framing | None = None,
    ) -> None:
        """Prepare; port 0 is chosen by the kernel at the first opening."""
        self._handler = handler
        self._host = require_loopback(host)
        self.port = port
        self.framing = framing
        self._server: asyncio.Server | None = None
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._silent: dict[Connection, asyncio.Task[None]] = {}
        self.cuts = Plans()
        self.resets = Plans()
        self.reset_silent = False
        """Whether bytes on a half-open connection are answered with RST now."""
        self.awake = asyncio.Event()
        """Cleared while the box hangs."""
        self.awake.set()
        self.hangs_until = 0.0
        """When a hang ends by itself, in the box's seconds."""
        self.monotonic: Callable[[], float] = time.monotonic
        self.observe_hit: Callable[[Connection, str, About, dict[str, Any]], None] = (
            lambda connection, fault, about, more: None
        )
        self.observe_end: Callable[[Connection], None] = lambda connection: None

    @property
    def connections(self) -> list[Connection]:
        """The open connections, oldest first."""
        return list(self._connections)

    @property
    def silent(self) -> int:
        """How many connections are half-open."""
        return len(self._silent)

    def hit(
        self, connection: Connection, fault: str, about: About, **more: Any
    ) -> None:
        """Tell that a fault hit a dialogue."""
        self.observe_hit(connection, fault, about, more)

    async def wait_awake(self) -> float:
        """Wait while the box hangs; return how long."""
        began = self.monotonic()
        await self.awake.wait()
        return self.monotonic() - began

    async def open(self) -> None:
        """Listen."""
        if self._server is None:
            self._server = await asyncio.start_server(
                self._accept, self._host, self.port, backlog=512
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def close(self, by: str = "power") -> None:
        """Stop listening (connections are refused) and drop every open connection."""
        if self._server is not None:
            server, self._server = self._server, None
            await stop_accepting(server)
            await settle(3)  # until what was accepted has a handler
            server.close()
        await self.drop_connections(by)

    async def drop_connections(self, by: str = "drop") -> int:
        """Abort every open connection and return how many there were."""
        return await self._end_all(lambda connection: connection.abort(by))

    async def fall_silent(self, by: str = "half_open") -> int:
        """Let every connection be half-open from now on and return how many there were."""
        return await self._end_all(lambda connection: connection.fall_silent(by))

    async def end_silent(self) -> None:
        """Let go of the half-open connections."""
        tasks = list(self._silent.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _end_all(self, end: Callable[[Connection], None]) -> int:
        """End every connection in one way."""
        tasks = list(self._connections.items())
        me = asyncio.current_task()
        for connection, task in tasks:
            end(connection)
            if task is not me:
                task.cancel()
        await asyncio.gather(
            *(task for _, task in tasks if task is not me), return_exceptions=True
        )
        return len(tasks)

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Run the handler of one connection and clean up after it."""
        connection = Connection(self, reader, writer)
        task = asyncio.current_task()
        assert task is not None
        self._connections[connection] = task
        try:
            if not self.awake.is_set():
                connection.held_since_accepted(await self.wait_awake())
            await self._handler(connection)
        except ConnectionError:
            pass
        except asyncio.CancelledError:
            # Cancelled by drop_connections; asyncio's server would log it as an error.
            pass
        finally:
            del self._connections[connection]
            if connection.silent:
                self._silent[connection] = asyncio.create_task(self._haunt(connection))
            else:
                connection.release()
            self.observe_end(connection)

    async def _haunt(self, connection: Connection) -> None:
        """Keep a half-open connection until the client gives it up; note what it still says."""
        try:
            with suppress(ConnectionError):
                while True:
                    about = await connection.overhear()
                    if about is not None:
                        self.hit(connection, connection.ended_by, about, after_end=True)
                    if self.reset_silent:
                        connection.abort("half_open", rst=True)
                        return
        finally:
            del self._silent[connection]
            connection.release()
