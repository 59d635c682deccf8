"""A server of a test's own on loopback, of which nothing is left in the end."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from ssl import SSLContext

from .simulator.core.listener import stop_accepting

type Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(
    serve: Serve, *, tls: SSLContext | None = None
) -> AsyncGenerator[int]:
    """Serve each connection to a port that the kernel chooses, and give the port."""
    talks: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks[writer] = task  # asyncio warns of a writer that is forgotten while open
        await serve(reader, writer)

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        await stop_accepting(server)
        server.close()
        server.abort_clients()
        await server.wait_closed()
        for task in talks.values():
            task.cancel()
        await asyncio.gather(*talks.values(), return_exceptions=True)
