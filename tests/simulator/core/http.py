"""A raw HTTP server that can be as odd as the web servers in the boxes."""

import asyncio
from base64 import b64decode
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_to_bytes

from .clock import Clock
from .faults import Times
from .listener import Connection, Listener

HEAD_LIMIT = 16 * 1024
BODY_LIMIT = 64 * 1024
READ_LIMIT_SECONDS = 30.0

REASONS = {
    200: "OK",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    500: "Internal Server Error",
}


class BadRequestError(ValueError):
    """The request cannot be read."""


@dataclass(frozen=True)
class Request:
    """One request; `target` is the raw request target as it stood in the request line."""

    method: str
    target: str
    version: str
    headers: dict[str, str]
    body: bytes
    peer: str

    @property
    def path(self) -> str:
        """The target up to the first question mark, as sent."""
        return self.target.partition("?")[0]

    @property
    def raw_query(self) -> str:
        """The target after the first question mark, as sent."""
        return self.target.partition("?")[2]

    @property
    def query(self) -> dict[str, str]:
        """The decoded query; a later field of the same name wins."""
        return parse_form(self.raw_query)

    @property
    def form(self) -> dict[str, str]:
        """The decoded form in the body."""
        return parse_form(self.body.decode("latin-1"))

    @property
    def basic_auth(self) -> tuple[str, str] | None:
        """User and password of Basic authentication, None without or with a broken header."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = (
                b64decode(value.strip(), validate=True).decode().partition(":")
            )
        except binascii.Error, UnicodeDecodeError:
            return None
        return (user, password) if colon else None


@dataclass(frozen=True)
class Response:
    """One answer; `body` goes out as it is."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class HttpOptions:
    """How the server behaves; every value may be changed while it runs.

    `delay` is in simulated seconds. `stall`: read the request, never answer. `close_before_reply`:
    read the request, do nothing, close. `lose_reply`: do what was asked, then close unanswered.
    """

    lf_only: bool = False
    keep_alive: bool = False
    version: str = "HTTP/1.0"
    content_length: bool = True
    server: str = ""
    delay: float = 0.0
    stall: Times = field(default_factory=Times)
    close_before_reply: Times = field(default_factory=Times)
    lose_reply: Times = field(default_factory=Times)


type Handler = Callable[[Request], Awaitable[Response | None]]
type Observer = Callable[[Request, str], None]


class HttpServer:
    """Serves `handler`; None from it closes the connection without an answer.

    `observe` is told of each request and of the fault that hit it ("" for none).
    """

    def __init__(
        self,
        handler: Handler,
        clock: Clock,
        options: HttpOptions | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        observe: Observer | None = None,
    ) -> None:
        """Prepare; nothing listens before `listener.open()`."""
        self._handler = handler
        self._clock = clock
        self._observe = observe or (lambda request, fault: None)
        self.options = options or HttpOptions()
        self.listener = Listener(self._serve, host, port)

    async def _serve(self, connection: Connection) -> None:
        """Answer the requests of one connection."""
        buffer = bytearray()
        keep = True
        while keep:
            try:
                request = await read_request(connection, buffer)
            except BadRequestError as error:
                await connection.send(
                    self._encode(Response(str(error).encode(), 400), False)
                )
                return
            except TimeoutError:
                return
            keep = self.options.keep_alive and _wants_keep_alive(request)
            response = await self._answer(request)
            if response is None:
                return
            await connection.send(
                self._encode(response, keep, request.method == "HEAD")
            )

    async def _answer(self, request: Request) -> Response | None:
        """Run the handler unless a fault is planned."""
        options = self.options
        if options.stall.take():
            self._observe(request, "stall")
            await asyncio.Event().wait()
        if options.close_before_reply.take():
            self._observe(request, "close_before_reply")
            return None
        lost = options.lose_reply.take()
        self._observe(request, "lose_reply" if lost else "")
        response = await self._handler(request)
        if options.delay:
            await self._clock.sleep(options.delay)
        return None if lost else response

    def _encode(self, response: Response, keep: bool, head_only: bool = False) -> bytes:
        """Return the answer as bytes."""
        options = self.options
        lines = [
            f"{options.version} {response.status} {REASONS.get(response.status, 'Unknown')}",
            *([f"Server: {options.server}"] if options.server else []),
            f"Content-Type: {response.content_type}",
            *(f"{name}: {value}" for name, value in response.headers.items()),
        ]
        if keep or options.content_length:
            lines.append(f"Content-Length: {len(response.body)}")
        lines.append(f"Connection: {'keep-alive' if keep else 'close'}")
        end = "\n" if options.lf_only else "\r\n"
        head = end.join([*lines, "", ""]).encode("latin-1")
        return head if head_only else head + response.body


async def read_request(connection: Connection, buffer: bytearray) -> Request:
    """Return the next request; lines may end in CRLF or LF.

    Raises BadRequestError, ConnectionError at the end of the stream, and TimeoutError.
    """
    async with asyncio.timeout(READ_LIMIT_SECONDS):
        while (found := _head_end(buffer)) is None:
            if len(buffer) > HEAD_LIMIT:
                raise BadRequestError("request head too large")
            buffer += await connection.read()
        head = bytes(buffer[: found[0]]).decode("latin-1")
        del buffer[: found[1]]
        method, target, version, headers = _parse_head(head)
        size = _body_size(headers)
        while len(buffer) < size:
            buffer += await connection.read()
    body = bytes(buffer[:size])
    del buffer[:size]
    return Request(method, target, version, headers, body, connection.peer)


def parse_form(text: str) -> dict[str, str]:
    """Return the fields of a query or form; bytes that are not UTF-8 become U+FFFD."""
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def percent_decode(text: str, plus_is_space: bool = False) -> str:
    """Return `text` without percent codes."""
    raw = unquote_to_bytes(text.replace("+", " ") if plus_is_space else text)
    return raw.decode("utf-8", "replace")


def _head_end(buffer: bytearray) -> tuple[int, int] | None:
    """Return where the head ends and where the body begins."""
    ends = [
        (position, position + len(mark))
        for mark in (b"\r\n\r\n", b"\n\n")
        if (position := buffer.find(mark)) >= 0
    ]
    return min(ends, default=None)


def _parse_head(head: str) -> tuple[str, str, str, dict[str, str]]:
    """Return method, target, version and headers (names in lower case)."""
    request_line, *header_lines = head.replace("\r\n", "\n").lstrip("\n").split("\n")
    words = request_line.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/"):
        raise BadRequestError("bad request line")
    headers: dict[str, str] = {}
    for line in header_lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequestError("bad header line")
        headers[name.strip().lower()] = value.strip()
    return words[0], words[1], words[2], headers


def _body_size(headers: dict[str, str]) -> int:
    """Return the length of the body."""
    if "transfer-encoding" in headers:
        raise BadRequestError("chunked requests are not understood")
    text = headers.get("content-length", "0")
    if not text.isascii() or not text.isdigit():
        raise BadRequestError("bad content length")
    if int(text) > BODY_LIMIT:
        raise BadRequestError("request body too large")
    return int(text)


def _wants_keep_alive(request: Request) -> bool:
    """Tell whether the client leaves the connection open."""
    wish = request.headers.get("connection", "").lower()
    return wish == "keep-alive" or (request.version == "HTTP/1.1" and wish != "close")
