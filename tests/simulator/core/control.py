"""The control API of a running box: JSON over HTTP on loopback, and its command line client."""

from collections.abc import Sequence
from contextlib import suppress
from http.client import HTTPConnection
import json
from typing import Any
from urllib.parse import urlsplit

from .box import Box
from .commands import CommandError, commands_of
from .http import HttpOptions, HttpServer, Request, Response

CLIENT_LIMIT_SECONDS = 120.0
LONGEST_WAIT_SECONDS = 60.0


class ControlServer:
    """Serves GET /state, /journal?since=&limit=&wait=&kind=&line= and /commands.

    POST /command/<name> runs a command.
    """

    def __init__(self, box: Box, host: str = "127.0.0.1", port: int = 0) -> None:
        """Prepare the server for one box."""
        self._box = box
        self._host = f"[{host}]" if ":" in host else host
        self._commands = commands_of(box)
        options = HttpOptions(keep_alive=True, version="HTTP/1.1")
        self._server = HttpServer(self._handle, box.clock, options, host, port)

    @property
    def port(self) -> int:
        """The real port."""
        return self._server.listener.port

    @property
    def url(self) -> str:
        """The address for `control --url`."""
        return f"http://{self._host}:{self.port}"

    async def start(self) -> None:
        """Listen."""
        await self._server.listener.open()

    async def stop(self) -> None:
        """Close."""
        await self._server.listener.close()

    async def _handle(self, request: Request) -> Response:
        """Answer one request; mistakes of the caller are 400 with a text."""
        try:
            return _json(await self._route(request))
        except LookupError:
            return _json({"error": f"nothing at {request.path}"}, 404)
        except ValueError as error:
            return _json({"error": str(error)}, 400)

    async def _route(self, request: Request) -> Any:
        """Return the answer's data; raise LookupError for an unknown path."""
        if request.method == "GET":
            if request.path == "/state":
                return self._box.state()
            if request.path == "/commands":
                return [entry.describe() for entry in self._commands.values()]
            if request.path == "/journal":
                return await self._journal(request.query)
        if request.method == "POST" and request.path.startswith("/command/"):
            return {"result": await self._run(request)}
        raise LookupError

    async def _journal(self, query: dict[str, str]) -> list[dict[str, Any]]:
        """Return journal entries; with `wait` real seconds, at least one if it comes in time."""
        line, since, kind = (
            query.get("line"),
            int(query.get("since", "0")),
            query.get("kind"),
        )
        chosen = int(line) if line else None
        journal = self._box.journal
        if wait := float(query.get("wait", "0")):
            with suppress(TimeoutError):
                await journal.wait_for(
                    lambda entry: (
                        kind in (None, entry.kind) and chosen in (None, entry.line)
                    ),
                    min(wait, LONGEST_WAIT_SECONDS),
                    since,
                )
        entries = journal.entries(kind=kind, since=since, line=chosen)
        limit = int(query.get("limit", "0"))
        return [entry.as_json() for entry in (entries[:limit] if limit else entries)]

    async def _run(self, request: Request) -> Any:
        """Run one command."""
        name = request.path.removeprefix("/command/").replace("-", "_")
        if name not in self._commands:
            raise CommandError(f"no command {name!r}; see /commands")
        arguments = json.loads(request.body or b"{}")
        if not isinstance(arguments, dict):
            raise CommandError("the arguments must be a JSON object")
        return await self._commands[name].run(arguments)


def _json(data: Any, status: int = 200) -> Response:
    """Return a JSON answer."""
    body = json.dumps(data, ensure_ascii=False).encode() + b"\n"
    return Response(body, status, "application/json; charset=utf-8")


def call(url: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send one request to a control API and return status and JSON."""
    address = urlsplit(url)
    connection = HTTPConnection(
        address.hostname or "127.0.0.1",
        address.port or 80,
        timeout=CLIENT_LIMIT_SECONDS,
    )
    try:
        payload = None if body is None else json.dumps(body).encode()
        connection.request(method, path, payload, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def parse_arguments(words: Sequence[str]) -> dict[str, str]:
    """Return `--name value`, `--name=value` and `name=value` as a dict; a bare `--name` is "on"."""
    arguments: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") and not equals:
            raise CommandError(
                f"cannot read {word!r}; write --name value or name=value"
            )
        if not equals:
            value = rest.pop(0) if rest and not rest[0].startswith("--") else "on"
        arguments[name] = value
    return arguments


def describe_commands(commands: list[dict[str, Any]]) -> str:
    """Return the list of commands for people."""
    lines = [
        "state",
        "    Show the box.",
        "journal [since=N] [limit=N] [wait=SECONDS] [kind=K] [line=L]",
        "    Show the log.",
    ]
    for entry in commands:
        words = [
            f"{item['name']}=…"
            if item["required"]
            else f"[{item['name']}={item['default']}]"
            for item in entry["parameters"]
        ]
        lines += [" ".join([entry["name"], *words]), f"    {entry['help']}"]
    return "\n".join(lines)
