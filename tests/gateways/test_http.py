"""One HTTP request to a box: once on the wire, limited, and silent about secrets."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
import logging
from typing import Any

import aiohttp
import pytest
from yarl import URL

from custom_components.gsm_gateway.gateways import http
from custom_components.gsm_gateway.gateways.http import BODY_LIMIT, Reply, request
from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    GatewayError,
    NoReply,
    UnexpectedReply,
)
from tests.loopback import serving as serving_port

SECRET = "top%20secret"
METHODS: dict[str, dict[str, Any]] = {"GET": {}, "POST": {"form": {"text": "SMS"}}}

type Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """A web server that does one odd thing with every request, and counts them."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.requests: list[bytes] = []
        self.url = URL()
        self._behaviour = behaviour

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Read requests until the end of the connection, and behave."""
        try:
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                await self._behaviour(reader, writer)
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncGenerator[Server]:
    """Start a server."""
    served = Server(behaviour)
    async with serving_port(served.serve) as port:
        served.url = URL(
            f"http://127.0.0.1:{port}/send?password={SECRET}", encoded=True
        )
        yield served


def answering(data: bytes) -> Behaviour:
    """Return the behaviour of a server that sends these bytes and hangs up."""

    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return behave


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Drop the connection."""
    writer.transport.abort()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send the request line back, which is no HTTP answer."""
    writer.write(b"GET /send?password=" + SECRET.encode() + b" HTTP/1.1\r\n\r\n")


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer nothing."""


async def ask(server: Server, method: str = "GET", **options: Any) -> Reply:
    """Send one request."""
    async with aiohttp.ClientSession() as session:
        return await request(session, method, server.url, **METHODS[method], **options)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "behaviour",
    [
        answering(b""),
        reset,
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
    ],
)
async def test_a_request_whose_answer_is_lost_is_sent_once(
    method: str, behaviour: Behaviour
) -> None:
    async with serving(behaviour) as server:
        with pytest.raises(NoReply):
            await ask(server, method)
        assert len(server.requests) == 1


@pytest.mark.parametrize("method", METHODS)
async def test_a_connection_is_used_once(method: str) -> None:
    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if len(server.requests) == 1:  # the second request would find it closed
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        else:
            writer.close()

    async with serving(behave) as server, aiohttp.ClientSession() as session:
        await request(session, method, server.url, **METHODS[method])
        with pytest.raises(NoReply):
            await request(session, method, server.url, **METHODS[method])
        assert len(server.requests) == 2
        assert all(b"Connection: close\r\n" in sent for sent in server.requests)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirection_is_an_answer(method: str, status: int) -> None:
    head = f"HTTP/1.1 {status} x\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"
    async with serving(answering(head.encode())) as server:
        assert await ask(server, method) == Reply(status, b"")
        assert len(server.requests) == 1


async def test_an_answer_of_any_status_is_given_back_whole() -> None:
    async with serving(answering(b"HTTP/1.0 500 Oops\r\n\r\n\xff\x00")) as server:
        assert await ask(server) == Reply(500, b"\xff\x00")


async def test_the_longest_answer_and_one_that_is_longer() -> None:
    head = b"HTTP/1.0 200 OK\r\n\r\n"
    async with serving(answering(head + b"x" * BODY_LIMIT)) as server:
        assert len((await ask(server)).body) == 1 << 20
    async with serving(answering(head + b"x" * (BODY_LIMIT + 1))) as server:
        with pytest.raises(UnexpectedReply):
            await ask(server)


async def test_a_server_that_takes_the_request_and_is_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.2)
    async with serving(silence) as server:
        with pytest.raises(NoReply):
            await ask(server, seconds=0.1)
        assert len(server.requests) == 1


@pytest.mark.parametrize("method", METHODS)
async def test_where_nobody_listens_nothing_was_sent(method: str) -> None:
    async with serving(silence) as server:
        pass
    with pytest.raises(CannotConnect):
        await ask(server, method)


@pytest.mark.parametrize(
    "behaviour", [answering(b""), reset, echo, answering(b"\x00\xff\r\n\r\n")]
)
async def test_the_secret_in_the_address_is_never_told(
    behaviour: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(behaviour) as server:
        with pytest.raises(GatewayError) as raised:
            await ask(server)
    assert "secret" not in f"{raised.value!r} {raised.value} {vars(raised.value)}"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert "secret" not in caplog.text
