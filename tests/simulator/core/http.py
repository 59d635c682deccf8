"""A raw HTTP server that can be as odd as the web servers in the boxes."""

import asyncio
from base64 import b64decode
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_to_bytes

from .clock import Clock
from .connection import About, Connection
from .faults import Times
from .listener import Listener

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
    peer: str = ""
    connection: int = 0

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
    """One answer; `body` goes out as it is. `written` is called when all of it has gone out."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    written: Callable[[], None] = lambda: None


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


class HttpFraming:
    """Requests in a stream of bytes; `tell` names what only the box knows of one."""

    def __init__(self, tell: Callable[[Request], About] = lambda request: {}) -> None:
        self._tell = tell

    def size(self, pending: bytes) -> int | None:
        """Return the size of the first request; raise BadRequestError."""
        return request_size(pending)

    def describe(self, request: bytes) -> About:
        """Return the page, and what the box tells, also of a request that is not whole."""
        found = _head_end(request) or (len(request), len(request))
        words = request[: found[0]].decode("latin-1").split(None, 2)
        target = words[1] if len(words) > 1 else ""
        body = request[found[1] :]
        method = words[0] if words else ""
        about = {"dialogue": target.partition("?")[0].rpartition("/")[2]}
        return about | self._tell(Request(method, target, "", {}, body))


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
        framing: HttpFraming | None = None,
    ) -> None:
        """Prepare; nothing listens before `listener.open()`."""
        self._handler = handler
        self._clock = clock
        self._observe = observe or (lambda request, fault: None)
        self.options = options or HttpOptions()
        self.listener = Listener(self._serve, host, port, framing or HttpFraming())

    async def _serve(self, connection: Connection) -> None:
        """Answer the requests of one connection."""
        keep = True
        while keep:
            try:
                async with asyncio.timeout(READ_LIMIT_SECONDS):
                    taken = await connection.request()
                    request = parse_request(taken.data, connection)
            except BadRequestError as error:
                await connection.send(
                    self._encode(Response(str(error).encode(), 400), False)
                )
                return
            except TimeoutError:
                return
            keep = self.options.keep_alive and _wants_keep_alive(request)
            response = await self._answer(request, connection, taken.about)
            if response is None:
                return
            if connection.has_client_left:
                await connection.close("client")
                return
            answer = self._encode(response, keep, request.method == "HEAD")
            await connection.send(answer, {0: taken.about})
            connection.done(taken.token)
            response.written()

    async def _answer(
        self, request: Request, connection: Connection, about: About
    ) -> Response | None:
        """Run the handler unless a fault is planned."""
        options = self.options
        if options.stall.take():
            self._observe(request, "stall")
            self.listener.hit(connection, "stall", about)
            await connection.wait_left()
            return None
        if options.close_before_reply.take():
            self._observe(request, "close_before_reply")
            await connection.close("close_before_reply")
            return None
        lost = options.lose_reply.take()
        self._observe(request, "lose_reply" if lost else "")
        response = await self._handler(request)
        if options.delay:
            self.listener.hit(connection, "http_delay", about, seconds=options.delay)
            await self._clock.sleep(options.delay)
        if lost:
            await connection.close("lose_reply")
        return None if lost or response is None else response

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


def request_size(pending: bytes) -> int | None:
    """Return the size of the first request, None while it is incomplete.

    Lines may end in CRLF or LF. Raises BadRequestError.
    """
    found = _head_end(pending)
    if found is None:
        if len(pending) > HEAD_LIMIT:
            raise BadRequestError("request head too large")
        return None
    *_, headers = _parse_head(pending[: found[0]].decode("latin-1"))
    size = found[1] + _body_size(headers)
    return size if len(pending) >= size else None


def parse_request(data: bytes, connection: Connection) -> Request:
    """Return a whole request."""
    head_end, body_begin = _head_end(data) or (len(data), len(data))
    head = data[:head_end].decode("latin-1")
    return Request(
        *_parse_head(head), data[body_begin:], connection.peer, connection.number
    )


def parse_form(text: str) -> dict[str, str]:
    """Return the fields of a query or form; bytes that are not UTF-8 become U+FFFD."""
    return dict(parse_qsl(text, keep_blank_values=True, errors="replace"))


def percent_decode(text: str, plus_is_space: bool = False) -> str:
    """Return `text` without percent codes."""
    raw = unquote_to_bytes(text.replace("+", " ") if plus_is_space else text)
    return raw.decode("utf-8", "replace")


def _head_end(buffer: bytes) -> tuple[int, int] | None:
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
