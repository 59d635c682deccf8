"""The raw web server and the listener under it."""

import asyncio

import pytest

from .core.clock import Clock
from .core.http import HttpOptions, HttpServer, Request, Response
from .core.listener import NotLoopbackError, Plan
from .raw_goip import exchange

GET = b"GET /a%20b?x=1&y==2 HTTP/1.0\r\nHost: h\r\n\r\n"


async def serve(request: bytes, options: HttpOptions, cut: int | None = None) -> bytes:
    """Return the bytes that a fresh server sends."""

    async def handler(got: Request) -> Response:
        assert got.target == "/a%20b?x=1&y==2"
        return Response(b"hello", content_type="text/plain")

    server = HttpServer(handler, Clock(), options)
    await server.listener.open()
    if cut is not None:
        server.listener.cuts.left.append(Plan(cut))
    try:
        return await exchange(server.listener.port, request)
    finally:
        await server.listener.close()


async def test_plain_answer() -> None:
    assert await serve(GET, HttpOptions()) == (
        b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
        b"Connection: close\r\n\r\nhello"
    )


async def test_header_lines_end_in_lf_only() -> None:
    assert await serve(GET, HttpOptions(lf_only=True)) == (
        b"HTTP/1.0 200 OK\nContent-Type: text/plain\nContent-Length: 5\n"
        b"Connection: close\n\nhello"
    )


async def test_request_lines_may_end_in_lf() -> None:
    answer = await serve(GET.replace(b"\r\n", b"\n"), HttpOptions())
    assert answer.endswith(b"\r\n\r\nhello")


async def test_two_requests_on_one_connection() -> None:
    first = GET.replace(b"Host: h", b"Connection: keep-alive")
    answer = await serve(first + GET, HttpOptions(keep_alive=True))
    assert answer.count(b"hello") == 2


async def test_connection_is_cut_after_some_bytes() -> None:
    assert await serve(GET, HttpOptions(), cut=40) == (
        b"HTTP/1.0 200 OK\r\nContent-Type: text/plai"
    )


async def test_request_is_read_and_the_connection_closed() -> None:
    options = HttpOptions()
    options.close_before_reply.left = 1
    assert await serve(GET, options) == b""


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.0\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.0\r\nContent-Length: 70000\r\n\r\n",
        b"POST / HTTP/1.0\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.0\r\nX: " + b"x" * 20000,
    ],
)
async def test_bad_requests_are_refused(request_bytes: bytes) -> None:
    answer = await serve(request_bytes, HttpOptions())
    assert answer.startswith(b"HTTP/1.0 400 Bad Request\r\n")


async def test_stalled_request_is_never_answered() -> None:
    options = HttpOptions()
    options.stall.left = 1
    asked = asyncio.Event()

    async def handler(request: Request) -> Response:
        raise AssertionError

    server = HttpServer(
        handler, Clock(), options, observe=lambda request, fault: asked.set()
    )
    await server.listener.open()
    reading = asyncio.create_task(exchange(server.listener.port, GET))
    await asyncio.wait_for(asked.wait(), 5)
    assert not reading.done()
    await server.listener.close()
    assert await reading == b""


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Basic YWRtaW46YTpi", ("admin", "a:b")),
        ("Basic !!!", None),
        ("Bearer YWRtaW46YTpi", None),
        ("Basic YWRtaW4=", None),
    ],
)
def test_basic_auth(header: str, expected: tuple[str, str] | None) -> None:
    request = Request("GET", "/", "HTTP/1.1", {"authorization": header}, b"", "")
    assert request.basic_auth == expected


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "example.org"])  # noqa: S104
def test_only_loopback(host: str) -> None:
    async def handler(request: Request) -> Response:
        return Response()

    with pytest.raises(NotLoopbackError):
        HttpServer(handler, Clock(), host=host)
