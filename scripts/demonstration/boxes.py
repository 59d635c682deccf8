"""The simulated boxes of the demonstration, each a program of its own."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import sys
from typing import Any

import aiohttp

from .inventory import SMPP_GOIP, STRANGER, STRANGER_ADDRESS, TG, UDP_GOIP
from .ports import has_address

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 20
STOP_SECONDS = 5


@dataclass(frozen=True)
class Box:
    """A running simulator: its ports and its control API."""

    process: asyncio.subprocess.Process
    ports: dict[str, int]
    control: str

    @classmethod
    async def start(cls, arguments: Sequence[str]) -> Box:
        """Start `python -m tests.simulator …` and wait until it listens."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.simulator",
            *arguments,
            "--json",
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        output = process.stdout
        line = (
            await asyncio.wait_for(output.readline(), START_SECONDS) if output else b""
        )
        if not line:
            raise RuntimeError(f"The simulator did not start: {' '.join(arguments)}")
        ready = json.loads(line)
        return cls(process, ready["ports"], ready["control"])

    async def stop(self) -> None:
        """End the program."""
        if self.process.returncode is None:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)

    async def command(
        self, session: aiohttp.ClientSession, name: str, /, **arguments: Any
    ) -> Any:
        """Give a command to the control API and return its result."""
        async with session.post(
            f"{self.control}/command/{name}", json=arguments
        ) as reply:
            answer = await reply.json()
            if reply.status != 200:
                raise RuntimeError(f"The simulator refused {name}: {answer}")
            return answer["result"]

    async def state(self, session: aiohttp.ClientSession) -> dict[str, Any]:
        """Return what the box is like now."""
        async with session.get(f"{self.control}/state") as reply:
            state: dict[str, Any] = await reply.json()
            return state

    async def call(self, session: aiohttp.ClientSession, port: int) -> None:
        """Let the lines of a GoIP call a port of this machine, as if somebody typed it in."""
        server = f"127.0.0.1:{port}"
        await self.command(session, "option", name="udp_server", value=server)

    async def journal(
        self, session: aiohttp.ClientSession, **query: str
    ) -> list[dict[str, Any]]:
        """Return the judge's log."""
        async with session.get(f"{self.control}/journal", params=query) as reply:
            entries: list[dict[str, Any]] = await reply.json()
            return entries


@dataclass(frozen=True)
class Boxes:
    """The boxes of the demonstration; the stranger is there to be discovered."""

    udp: Box
    smpp: Box
    tg: Box
    stranger: Box | None
    """None where this machine has one loopback address only."""

    @property
    def added(self) -> dict[str, Box]:
        """Those that the demonstration adds, by what they call themselves."""
        return {"GoIP-4": self.udp, "GoIP-1": self.smpp, "TG200": self.tg}

    @classmethod
    @asynccontextmanager
    async def started(cls) -> AsyncGenerator[Boxes]:
        """Start them all, and stop them at the end."""
        async with AsyncExitStack() as stack:

            async def start(arguments: Sequence[str]) -> Box:
                box = await Box.start(arguments)
                stack.push_async_callback(box.stop)
                return box

            calls = has_address(STRANGER_ADDRESS)
            yield cls(
                udp=await start(UDP_GOIP),
                smpp=await start(SMPP_GOIP),
                tg=await start(TG),
                stranger=await start(STRANGER) if calls else None,
            )
