"""A simulated GoIP whose lines have called, and its SMS server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from .raw_goip import BoxWithClients, goip
from .raw_udp import RawServer

type Talk = tuple[BoxWithClients, RawServer]


@asynccontextmanager
async def talking(**options: Any) -> AsyncIterator[Talk]:
    """Give a box without WAIT and DELIVER whose lines have called, and the server."""
    options = {"udp_wait_seconds": 0.0, "udp_deliver": "off", **options}
    async with (
        RawServer(acknowledges=True) as server,
        goip(udp_server=server.address, **options) as box,
    ):
        for _ in box.lines:
            await server.keepalive()
        yield box, server


async def ask(server: RawServer, data: bytes, identity: str = "goip1") -> bytes:
    """Send a command and return the next datagram."""
    server.tell(data, identity)
    return await server.text()


async def quiet(server: RawServer) -> None:
    """Make sure that the box has sent nothing more: its next datagram answers this one."""
    assert await ask(server, b"DONE 99\n") == b"DONE 99\n"
