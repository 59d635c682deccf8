"""Kannel on a simulated GoIP: its two programs, and the web address that it reports to."""

import asyncio
from asyncio import Queue, StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, quote, urlsplit

from tests.loopback import serving

from .foreign import LIMIT_SECONDS, PROGRAMS, free_port, run, running, until_open

_OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_PASSWORD = "secret"

type Report = dict[str, str]


@dataclass
class Kannel:
    """Kannel at work."""

    curl: str
    port: int
    report_port: int
    reports: Queue[Report]

    async def send(self, to: str, text: str, **fields: str) -> str:
        """Send an SMS by its web page and return its answer; receipts are reported."""
        fields = {
            "username": "tester",
            "password": _PASSWORD,
            "from": "home",
            "dlr-mask": "31",
            "dlr-url": f"http://127.0.0.1:{self.report_port}/?kind=receipt&state=%d",
            "to": to,
            "text": text,
        } | fields
        query = "&".join(f"{name}={quote(fields[name], safe='')}" for name in fields)
        url = f"http://127.0.0.1:{self.port}/cgi-bin/sendsms?{query}"
        return await run(self.curl, "-sS", "--max-time", "10", url)

    async def until(self, **wanted: str) -> Report:
        """Return the next report with these fields; others are passed over."""
        async with asyncio.timeout(LIMIT_SECONDS):
            while True:
                report = await self.reports.get()
                if wanted.items() <= report.items():
                    return report


@asynccontextmanager
async def kannel_on(
    programs: tuple[str, str], curl: str, smpp_port: int, folder: Path
) -> AsyncIterator[Kannel]:
    """Start Kannel on an SMPP server; what it keeps is kept in `folder`."""
    bearerbox, smsbox = programs
    reports: Queue[Report] = Queue()
    async with _web(reports) as report_port:
        ports = {
            "admin_port": free_port(),
            "smsbox_port": free_port(),
            "sendsms_port": free_port(),
        }
        template = Template((PROGRAMS / "kannel.conf").read_text())
        settings = folder / "kannel.conf"
        settings.write_text(
            template.substitute(
                ports, smpp_port=smpp_port, report_port=report_port, password=_PASSWORD
            )
        )
        errors_only = ("-v", "3", str(settings))
        async with running(bearerbox, *errors_only):
            await until_open(ports["smsbox_port"])
            async with running(smsbox, *errors_only):
                await until_open(ports["sendsms_port"])
                yield Kannel(curl, ports["sendsms_port"], report_port, reports)


@asynccontextmanager
async def _web(reports: Queue[Report]) -> AsyncIterator[int]:
    """Serve the address that Kannel reports to and give its port."""

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            query = urlsplit(head.split(b" ")[1].decode()).query
            # Latin 1 keeps the octets of a text as they are.
            reports.put_nowait(dict(parse_qsl(query, encoding="latin-1")))
            writer.write(_OK)
            await writer.drain()
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            writer.close()

    async with serving(serve) as port:
        yield port
