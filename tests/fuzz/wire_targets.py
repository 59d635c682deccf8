"""The readers that own a connection: HTTP, SMPP and AMI, over a real socket."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager, closing
import socket
from typing import override

import aiohttp
from aiosmpplib.state import SmppSessionState
from panoramisk.actions import Action
from yarl import URL

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip.smpp_link import SmppLink
from custom_components.gsm_gateway.gateways.http import request
from custom_components.gsm_gateway.gateways.yeastar.ami import AmiTransport
from custom_components.gsm_gateway.gateways.yeastar.ami_link import AmiLink, AmiProtocol
from custom_components.gsm_gateway.gateways.yeastar.ami_status import read_status
from custom_components.gsm_gateway.gateways.yeastar.settings import YeastarSettings
from tests.gateways.recorder import Recorder
from tests.loopback import serving

from . import captures
from .goip_targets import smpp_line
from .target import Target

LOGIN = ("goip01", "goip")
SECONDS = 5.0


@asynccontextmanager
async def talker(data: bytes) -> AsyncGenerator[int]:
    """Serve a port where the words are there before they are asked for, and the end after them."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            writer.write(data)
            writer.write_eof()
            try:
                async with asyncio.timeout(SECONDS):
                    while await reader.read(65536):
                        pass
            except OSError:
                pass

    async with serving(talk) as port:
        yield port


async def http(data: bytes) -> object:
    """Read an HTTP answer."""
    async with talker(data) as port, aiohttp.ClientSession() as session:
        url = URL(f"http://127.0.0.1:{port}/")
        return await request(session, "GET", url, seconds=SECONDS)


async def smpp_stream(data: bytes) -> object:
    """Serve a bound link until what comes is read; each message gets its answer."""
    line, listener = smpp_line()
    ours, theirs = socket.socketpair()
    with closing(theirs):
        theirs.setblocking(False)
        link = SmppLink(("127.0.0.1", 1), LOGIN, line, Clock())
        link._reader, link._writer = await asyncio.open_connection(sock=ours)
        link._session_state = SmppSessionState.BOUND_TRX
        link._bound.set()
        link._tokens |= dict.fromkeys(range(1, 4), "token")
        theirs.send(data[:100_000])
        theirs.shutdown(socket.SHUT_WR)
        try:
            async with asyncio.timeout(SECONDS):
                error = await link.serve()
        finally:
            link._abort()
            await asyncio.sleep(0)
    return str(error), listener.parts, listener.reports


async def smpp_bind(data: bytes) -> object:
    """Bind."""
    async with talker(data) as port:
        link = SmppLink(("127.0.0.1", port), LOGIN, smpp_line()[0], Clock())
        try:
            await link.open()
        finally:
            await link.close()
        return link.system_id


class _NoTransport(asyncio.Transport):
    """Takes what is written, and can be hung up."""

    def __init__(self) -> None:
        super().__init__()
        self.closing = False

    @override
    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write nothing."""

    @override
    def is_closing(self) -> bool:
        return self.closing

    @override
    def abort(self) -> None:
        self.closing = True


async def ami_stream(data: bytes) -> object:
    """Read what an AMI socket brings, cut as the first byte says."""
    settings = YeastarSettings(host="127.0.0.1", username="api", password="secret")
    main, listener = AmiTransport(settings, Clock()), Recorder()
    main._listener = listener
    link = AmiLink(Clock())
    main.hear(link, "main")
    protocol, transport = AmiProtocol(link), _NoTransport()
    protocol.connection_made(transport)
    action = Action({"Action": "Ping", "ActionID": "a/1"})
    protocol.responses["a/1"] = action
    size = 1 + sum(data[-1:])
    for start in range(0, len(data), size):
        if not transport.closing:
            protocol.data_received(data[start : start + size])
    answer = action.future.result() if action.future.done() else None
    protocol.connection_lost(None)
    link.close()
    return listener.parts, listener.reports, listener.texts, dict(answer or {})


async def ami_dialogue(data: bytes) -> object:
    """Log in, and read the status of all ports."""
    async with talker(data) as port:
        settings = YeastarSettings(
            host="127.0.0.1", ami_port=port, username="api", password="secret"
        )
        link = AmiLink(Clock())
        async with asyncio.timeout(SECONDS):
            await link.open(settings, events=True)
            async with aclosing(link):
                return await read_status(link)


TARGETS = (
    Target(name="http answer", read=http, captures=captures.HTTP_ANSWERS),
    Target(name="smpp link", read=smpp_stream, captures=captures.SMPP_STREAMS),
    Target(name="smpp bind", read=smpp_bind, captures=captures.SMPP_BINDS),
    Target(name="ami link", read=ami_stream, captures=captures.AMI_STREAMS),
    Target(name="ami dialogue", read=ami_dialogue, captures=captures.AMI_DIALOGUES),
)
