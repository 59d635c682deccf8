"""The simulated boxes of the demonstration, each a program of its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
import json
from pathlib import Path
import sys
from typing import Any

import aiohttp

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
        self, session: aiohttp.ClientSession, name: str, **arguments: Any
    ) -> Any:
        """Give a command to the control API and return its result."""
        async with session.post(
            f"{self.control}/command/{name}", json=arguments
        ) as reply:
            answer = await reply.json()
            if reply.status != 200:
                raise RuntimeError(f"The simulator refused {name}: {answer}")
            return answer["result"]

    async def journal(
        self, session: aiohttp.ClientSession, **query: str
    ) -> list[dict[str, Any]]:
        """Return the judge's log."""
        async with session.get(f"{self.control}/journal", params=query) as reply:
            entries: list[dict[str, Any]] = await reply.json()
            return entries
