"""Running a foreign program and hearing what it says, one JSON object a line."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import socket
from typing import Any

PROGRAMS = Path(__file__).parent / "programs"
LIMIT_SECONDS = 20.0
_END_SECONDS = 5.0
_KNOCK_SECONDS = 0.05


class Foreign:
    """A program that is running."""

    def __init__(self, process: Process) -> None:
        """Take over a process whose output is a pipe."""
        self._process = process

    async def say(self) -> dict[str, Any]:
        """Return what it says next. Raises `EOFError` when it has ended."""
        assert self._process.stdout
        async with asyncio.timeout(LIMIT_SECONDS):
            line = await self._process.stdout.readline()
        if not line:
            raise EOFError("the program ended; its own words are on standard error")
        said: dict[str, Any] = json.loads(line)
        return said

    async def until(self, what: str) -> dict[str, Any]:
        """Return the next thing of this kind that it says; others are passed over."""
        while True:
            said = await self.say()
            if said["is"] == what:
                return said

    async def end(self) -> int:
        """Return its exit code when it is done."""
        async with asyncio.timeout(LIMIT_SECONDS):
            return await self._process.wait()


@asynccontextmanager
async def running(*command: str, stdout: int | None = None) -> AsyncIterator[Process]:
    """Run a program until the end of the context."""
    process = await asyncio.create_subprocess_exec(*command, stdout=stdout)
    try:
        yield process
    finally:
        await _stop(process)


@asynccontextmanager
async def foreign(command: str, script: str, *words: str) -> AsyncIterator[Foreign]:
    """Run a script of `programs` that says what happens."""
    path = str(PROGRAMS / script)
    async with running(command, path, *words, stdout=PIPE) as process:
        yield Foreign(process)


async def run(*command: str) -> str:
    """Run a program to its good end and return what it printed."""
    async with running(*command, stdout=PIPE) as process:
        async with asyncio.timeout(LIMIT_SECONDS):
            out, _ = await process.communicate()
        assert process.returncode == 0, out
        return out.decode()


async def _stop(process: Process) -> None:
    """End a process that may have ended."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_END_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def free_port() -> int:
    """Return a loopback port for a program that cannot let the kernel choose."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def until_open(port: int) -> None:
    """Return when a foreign program listens on a port; it does not tell by itself."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(_KNOCK_SECONDS)
            else:
                writer.close()
                return
