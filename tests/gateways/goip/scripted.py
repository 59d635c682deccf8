"""A web server that answers by script and keeps every request as it came."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import GoipSettings
from custom_components.gsm_gateway.gateways.ports import Gateway
from tests.loopback import serving

from .bench import Listener

SCALE = 40.0
PAGES = "/default/en_US/"
FORM = b'<input type="checkbox" name="line1" value="1">'
NOT_FOUND = b"HTTP/1.0 404 Not Found\r\n\r\n"


def page(body: str, status: str = "200 OK") -> bytes:
    """Return a whole answer."""
    return f"HTTP/1.0 {status}\r\n\r\n{body}".encode()


def slot(key: str, status: str, error: str = "") -> bytes:
    """Return the send status page with the slot of line 1."""
    return page(
        '<?xml version="1.0" encoding="utf-8"?>\n<send-sms-status>\n'
        f"<smskey1>{key}</smskey1>\n<status1>{status}</status1>\n"
        f"<error1>{error}</error1>\n</send-sms-status>\n"
    )


@dataclass
class Scripted:
    """Answers by page name: bytes, a list used up but for its last, or nothing and a hang-up."""

    answers: dict[str, list[bytes | None]]
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    def asked(self, name: str) -> list[bytes]:
        """Return the requests for a page."""
        return [each for each in self.requests if f"{PAGES}{name}".encode() in each]

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one request and hang up."""
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(
            (
                int(line.partition(b":")[2])
                for line in head.lower().split(b"\r\n")
                if line.startswith(b"content-length:")
            ),
            0,
        )
        self.requests.append(head + await reader.readexactly(size))
        name = head.split(b" ")[1].partition(b"?")[0].decode().removeprefix(PAGES)
        answers = self.answers.get(name, [NOT_FOUND])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer is not None:
            writer.write(answer)
            await writer.drain()
        writer.close()


type Answers = bytes | Iterable[bytes | None] | None


@asynccontextmanager
async def scripted(
    **pages: Answers,
) -> AsyncIterator[tuple[Scripted, Gateway, Listener]]:
    """Start a server; a page `send_html` answers for `send.html`."""
    answers = {
        name.replace("_html", ".html").replace("_xml", ".xml"): (
            [given] if given is None or isinstance(given, bytes) else list(given)
        )
        for name, given in pages.items()
    }
    answers.setdefault("tools.html", [page(FORM.decode())])
    script, listener = Scripted(answers), Listener()
    async with serving(script.serve) as script.port, aiohttp.ClientSession() as session:
        settings = GoipSettings(
            host="127.0.0.1", http_port=script.port, username="admin", password="admin"
        )
        gateway = goip.compose(session, settings, channels=[1], clock=Clock(SCALE))
        vars(gateway.sender)["listener"] = listener
        yield script, gateway, listener
