"""The judge's log: what really went on the air, what came in, and how it was handed over."""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
import json
from pathlib import Path
import time
from typing import Any, TextIO

from .clock import Clock

SMS_ON_AIR = "sms_on_air"
SMS_INCOMING = "sms_incoming"
SMS_HANDED_OVER = "sms_handed_over"
SMS_ACKNOWLEDGED = "sms_acknowledged"
SMS_LOST = "sms_lost"
SMS_REFUSED = "sms_refused"
SMS_TAKEN = "sms_taken"
SMS_DROPPED = "sms_dropped"
SMS_RESULT = "sms_result"
SMS_RESULT_ACKNOWLEDGED = "sms_result_acknowledged"
SMS_RESULT_LOST = "sms_result_lost"
SMS_PART_INCOMING = "sms_part_incoming"
PAGE_ROLLED = "page_rolled"
UDP_PUSH = "udp_push"
CALL = "call"
UDP_IGNORED = "udp_ignored"
USSD_DIALLED = "ussd_dialled"
USSD_ANSWERED = "ussd_answered"
USSD_SESSION = "ussd_session"
LOGIN = "login"
LOGIN_REFUSED = "login_refused"
CONNECTION = "connection"
HTTP_REQUEST = "http_request"
FAULT = "fault"
FAULT_HIT = "fault_hit"
BOX = "box"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal; `fields` holds what its kind needs, JSON-serialisable.

    `time` is simulated, `real` the real seconds since 1970.
    """

    seq: int
    time: datetime
    real: float
    kind: str
    box: str
    line: int | None
    fields: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """Return one field."""
        return self.fields[name]

    def as_json(self) -> dict[str, Any]:
        """Return everything as one flat JSON object."""
        return {
            "seq": self.seq,
            "time": self.time.isoformat(),
            "real": self.real,
            "kind": self.kind,
            "box": self.box,
            "line": self.line,
            **self.fields,
        }


class Journal:
    """A growing list of entries, in memory and, if asked for, in a file of JSON lines."""

    def __init__(self, clock: Clock, path: Path | None = None) -> None:
        """Start empty; `path` is appended to."""
        self._clock = clock
        self._entries: list[Entry] = []
        self._by_kind: dict[str, list[Entry]] = {}
        self._waiters: list[tuple[Callable[[Entry], bool], asyncio.Future[Entry]]] = []
        self._file: TextIO | None = (
            path.open("a", encoding="utf-8", buffering=1) if path else None
        )

    def add(self, kind: str, box: str, line: int | None = None, **fields: Any) -> Entry:
        """Write one entry and wake who waits for it."""
        seq, real = len(self._entries) + 1, round(time.time(), 6)
        entry = Entry(seq, self._clock.now(), real, kind, box, line, fields)
        self._entries.append(entry)
        self._by_kind.setdefault(kind, []).append(entry)
        if self._file is not None:
            self._file.write(json.dumps(entry.as_json(), ensure_ascii=False) + "\n")
        for predicate, future in self._waiters:
            if not future.done() and predicate(entry):
                future.set_result(entry)
        return entry

    def entries(
        self,
        kind: str | None = None,
        since: int = 0,
        line: int | None = None,
        box: str | None = None,
        **fields: Any,
    ) -> list[Entry]:
        """Return the entries after sequence number `since` that match everything named."""
        return [
            entry
            for entry in self.after(since, kind)
            if line in (None, entry.line)
            and box in (None, entry.box)
            and all(entry.fields.get(name) == value for name, value in fields.items())
        ]

    def after(self, since: int, kind: str | None = None) -> Iterator[Entry]:
        """Go through the entries after sequence number `since`, of one kind or of all."""
        entries = self._entries if kind is None else self._by_kind.get(kind, [])
        first = bisect_right(entries, since, key=lambda entry: entry.seq)
        return iter(entries[first:])

    @property
    def last(self) -> int:
        """The sequence number of the newest entry, 0 when empty."""
        return len(self._entries)

    async def wait_for(
        self, predicate: Callable[[Entry], bool], timeout: float = 10.0, since: int = 0
    ) -> Entry:
        """Return the first entry after `since` that satisfies `predicate`.

        Raises TimeoutError after `timeout` real seconds.
        """
        for entry in self.after(since):
            if predicate(entry):
                return entry
        future: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        waiter = (predicate, future)
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                return await future
        finally:
            with suppress(ValueError):
                self._waiters.remove(waiter)

    async def wait_for_kind(
        self, kind: str, timeout: float = 10.0, since: int = 0, **fields: Any
    ) -> Entry:
        """Return the first entry of `kind` after `since` whose fields match."""
        return await self.wait_for(
            lambda entry: (
                entry.kind == kind
                and all(
                    (entry.line if name == "line" else entry.fields.get(name)) == value
                    for name, value in fields.items()
                )
            ),
            timeout,
            since,
        )

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
