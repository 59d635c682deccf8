"""A tap on a TCP connection, and Wireshark's reading of what it heard."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.loopback import serving

from .foreign import run

_CLIENT_PORT = 40000
_SMPP_PORT = 7777


@dataclass
class Tap:
    """Everything that went through, in order: `I` into the server, `O` out of it."""

    port: int = 0
    heard: list[tuple[str, bytes]] = field(default_factory=list)

    def hex_dump(self) -> str:
        """Return it in the form that text2pcap reads."""
        return "".join(f"{way}\n0000 {data.hex(' ')}\n" for way, data in self.heard)


@asynccontextmanager
async def tap_on(server_port: int) -> AsyncIterator[Tap]:
    """Listen in front of a server on loopback."""
    tap = Tap()

    async def carry(way: str, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                tap.heard.append((way, data))
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        answers, requests = await asyncio.open_connection("127.0.0.1", server_port)
        await asyncio.gather(carry("I", reader, requests), carry("O", answers, writer))

    async with serving(serve) as tap.port:
        yield tap


class Wireshark:
    """tshark on what a tap heard."""

    def __init__(self, tshark: str, capture: Path) -> None:
        """Know the program and the file; `wireshark` makes one."""
        self._tshark = tshark
        self._capture = str(capture)

    async def read(self, filter_: str, *fields: str) -> list[list[str]]:
        """Return the fields of every packet that a display filter lets through."""
        wanted = [word for name in fields for word in ("-e", name)]
        out = await run(
            *(self._tshark, "-r", self._capture, "-d", f"tcp.port=={_SMPP_PORT},smpp"),
            *("-Y", filter_, "-T", "fields", *wanted),
        )
        return [line.split("\t") for line in out.splitlines()]


async def wireshark(programs: tuple[str, str], tap: Tap, folder: Path) -> Wireshark:
    """Write what a tap heard as a capture file with TCP around it."""
    tshark, text2pcap = programs
    dump, capture = folder / "smpp.txt", folder / "smpp.pcapng"
    dump.write_text(tap.hex_dump())
    addresses = ("-4", "127.0.0.1,127.0.0.1", "-T", f"{_CLIENT_PORT},{_SMPP_PORT}")
    await run(text2pcap, "-q", "-D", *addresses, str(dump), str(capture))
    return Wireshark(tshark, capture)
