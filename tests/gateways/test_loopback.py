"""The servers of the tests themselves: nothing is left of them."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
import socket

import pytest

from tests.loopback import serving
from tests.simulator.core.clock import settle
from tests.simulator.core.connection import Connection
from tests.simulator.core.listener import Listener

type Served = Callable[[], AbstractAsyncContextManager[int]]


@asynccontextmanager
async def stream_server() -> AsyncGenerator[int]:
    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with serving(wait) as port:
        yield port


@asynccontextmanager
async def box_port() -> AsyncGenerator[int]:
    async def wait(_: Connection) -> None:
        await asyncio.Event().wait()

    listener = Listener(wait)
    await listener.open()
    yield listener.port
    await listener.close()


@pytest.mark.parametrize("turns", range(7))
@pytest.mark.parametrize("served", [stream_server, box_port])
async def test_client_that_comes_in_the_last_moment_is_hung_up_on(
    served: Served, turns: int
) -> None:
    async with served() as port:
        client = socket.create_connection(("127.0.0.1", port), timeout=5)
        await settle(turns)
    with client, suppress(ConnectionResetError):
        assert client.recv(1) == b""
    assert asyncio.all_tasks() == {asyncio.current_task()}
