"""The process under test, seen from outside: started, given orders, killed, looked at."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
import json
import os
from pathlib import Path
import resource
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from typing import IO, Any

FULL = 16 * 1024
"""Bytes of a file beyond which a full disk takes nothing: the list of begun sends fits."""
STOP_LIMIT = 10.0


class Subject:
    """One process, and the pipe on which it tells what happens."""

    def __init__(
        self,
        command: Sequence[str],
        hear: Callable[[dict[str, Any]], None],
        log: IO[bytes],
    ) -> None:
        """Prepare; `{report}` in the command is the descriptor to report on."""
        self._command = command
        self._hear = hear
        self._log = log
        self._process: subprocess.Popen[bytes]
        self._orders = -1
        self.ready = asyncio.Event()
        self.dead = asyncio.Event()
        self.pid = 0
        """Its number, once it is ready."""
        self.died_at: float | None = None
        """When it said that it kills itself."""

    def start(self) -> None:
        """Start the process."""
        reports, report = os.pipe()
        orders, self._orders = os.pipe()
        os.set_blocking(self._orders, False)
        self._process = subprocess.Popen(
            [word.format(report=report) for word in self._command],
            stdin=orders,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(report,),
            start_new_session=True,
        )
        os.close(report)
        os.close(orders)
        loop = asyncio.get_running_loop()
        loop.add_reader(reports, self._read, reports, _Lines(self._take))
        errors = self._process.stderr
        if errors is not None:
            loop.add_reader(errors, self._read_errors, errors)

    def _read(self, descriptor: int, lines: _Lines) -> None:
        data = os.read(descriptor, 1 << 16)
        if data:
            lines.feed(data)
            return
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)
        os.close(self._orders)
        self.dead.set()

    def _read_errors(self, errors: IO[bytes]) -> None:
        data = os.read(errors.fileno(), 1 << 16)
        self._log.write(data)
        if not data:
            asyncio.get_running_loop().remove_reader(errors)
            errors.close()

    def _take(self, report: dict[str, Any]) -> None:
        if report["kind"] == "ready":
            self.pid = report["pid"]
            self.ready.set()
        elif report["kind"] == "die":
            self.died_at = report["at"]
        self._hear(report)

    def order(self, name: str, **arguments: Any) -> None:
        """Ask for something; what a dead process is asked is lost."""
        line = json.dumps({"do": name, **arguments}).encode() + b"\n"
        if not self.dead.is_set():
            with suppress(OSError):
                os.write(self._orders, line)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def end(self) -> int:
        """Return how it ended, when all that it told was read."""
        await self.dead.wait()
        return await asyncio.to_thread(self._process.wait)

    def fill_disk(self, *, full: bool) -> None:
        """Let its files grow no more, or again."""
        limit = FULL if full else resource.RLIM_INFINITY
        with suppress(ProcessLookupError):
            resource.prlimit(
                self.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY)
            )

    def memory(self) -> float:
        """Return its resident memory in MB."""
        words = Path(f"/proc/{self.pid}/statm").read_text().split()
        return int(words[1]) * resource.getpagesize() / 1e6


class _Lines:
    """Cuts a stream into lines of JSON."""

    def __init__(self, take: Callable[[dict[str, Any]], None]) -> None:
        self._take = take
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take bytes as they come."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))


def look(path: Path, since: float) -> dict[str, Any]:
    """Return what a kill found in the message log, from a copy of its files.

    `states`: rows by their state, if it was reached after `since`.
    `announcing`: ids of messages whose event may have been fired.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        for suffix in ("", "-wal"):
            original = path.with_name(path.name + suffix)
            if original.exists():
                shutil.copy(original, copy.with_name(copy.name + suffix))
        if not copy.exists():
            return {"states": {}, "announcing": []}
        connection = sqlite3.connect(copy)
        try:
            states: Counter[str] = Counter()
            for table in ("sent", "received"):
                sql = f"SELECT state, count(*) FROM {table} WHERE changed_at >= ? GROUP BY state"  # noqa: S608
                states.update(dict(connection.execute(sql, (since,)).fetchall()))
            sql = "SELECT message_id FROM received WHERE state = 'announcing'"
            announcing = [row[0] for row in connection.execute(sql)]
            return {"states": dict(states), "announcing": announcing}
        except sqlite3.OperationalError as error:
            return {"states": {}, "announcing": [], "error": str(error)}
        finally:
            connection.close()
