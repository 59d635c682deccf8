"""The simulated boxes as a process, and the harness's own log of what it did."""

import asyncio
import json
from pathlib import Path
import socket
import subprocess
import sys
from typing import Any, Self

import aiohttp

from .evidence import HARNESS
from .timing import Timing

ROOT = Path(__file__).parents[2]


class Refused(Exception):
    """A simulated box does not do what it was asked for."""


class Log:
    """JSON lines of what the harness does, on the common time."""

    def __init__(self, path: Path, timing: Timing) -> None:
        """Append to a file."""
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._timing = timing

    def note(self, kind: str, at: float | None = None, **fields: Any) -> None:
        """Write one line."""
        moment = self._timing.now() if at is None else at
        self.keep({"kind": kind, "at": moment, **fields})

    def keep(self, line: dict[str, Any]) -> None:
        """Write a line that has its time already."""
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def free_udp_port() -> int:
    """Return a port on which the process under test can listen, one life after the other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class World:
    """The boxes, and the way to command them."""

    def __init__(self, timing: Timing, folder: Path, seed: int) -> None:
        """Prepare."""
        self.timing = timing
        self.folder = folder
        self.log = Log(folder / HARNESS, timing)
        self.ports: dict[str, dict[str, Any]] = {}
        self._seed = seed

    async def __aenter__(self) -> Self:
        """Start the boxes."""
        sms_server = free_udp_port()
        self._boxes = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.reliability.boxes"),
            *("--timing", str(self.timing)),
            *("--folder", str(self.folder)),
            *("--seed", str(self._seed)),
            *("--sms-server", str(sms_server)),
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        output = self._boxes.stdout
        ready = await asyncio.wait_for(output.readline(), 20) if output else b""
        self.ports = json.loads(ready)
        self.ports["delta"]["udp"] = sms_server
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the boxes."""
        await self._session.close()
        self._boxes.terminate()
        await asyncio.wait_for(self._boxes.wait(), 20)
        self.log.note("end")
        self.log.close()

    async def command(self, box: str, name: str, /, **arguments: Any) -> Any:
        """Give a command to a box. Raises `Refused`."""
        url = f"{self.ports[box]['control']}/command/{name}"
        async with self._session.post(url, json=arguments) as reply:
            answer = await reply.json()
        if reply.status != 200:
            raise Refused(f"{box}: {name} {arguments}: {answer}")
        return answer["result"]

    async def state(self, box: str) -> dict[str, Any]:
        """Return what a box shows of itself."""
        async with self._session.get(f"{self.ports[box]['control']}/state") as reply:
            state: dict[str, Any] = await reply.json()
            return state
