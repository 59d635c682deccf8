"""What the message log tells a user: messages of both directions, and when nobody listened."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
import json
import sqlite3
from typing import Any, Final, override

from .disk import Statement, Value
from .store import Store

_LISTEN: Final = "UPDATE box SET listening_since = ? WHERE box_id = ?"
_END_GAP: Final = """
    UPDATE gap SET until = max(since, ?) WHERE box_id = ? AND until IS NULL
"""
_BEGIN_GAP: Final = """
    INSERT INTO gap (box_id, since) SELECT box_id, ? FROM box
    WHERE box_id = ?
    AND NOT EXISTS (
        SELECT 1 FROM gap WHERE gap.box_id = box.box_id AND until IS NULL
    )
"""


class Direction(StrEnum):
    """Which way a message went."""

    RECEIVED = "received"
    SENT = "sent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Whose messages are meant; everybody's, where nothing is given."""

    box_id: str | None = None
    channel: int | None = None
    """One SIM of the box: where a message came in."""
    line_ids: frozenset[str] = frozenset()
    """The SIMs of the box, or the one: where a message went out or is meant to."""
    numbers: frozenset[str] | None = None
    """The other side, in every form in which it may be written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A state that an outgoing message has reached."""

    state: str
    at: datetime
    reason: str
    code: int | None
    attempt: int
    line_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A message of either direction."""

    message_id: str
    direction: Direction
    box_id: str | None
    """Of an outgoing message: None until a box has it."""
    channel: int | None
    """Number printed on the box; None for outgoing ones."""
    line_id: str | None
    """None for incoming ones."""
    number: str
    """The other side."""
    text: str
    kind: str
    """As of `MessageKind`."""
    state: str
    """As of `State`; stored, announcing or announced for incoming ones."""
    reason: str = ""
    reason_key: str = ""
    """As of `Reason`."""
    code: int | None = None
    piece: int | None = None
    """Which of several pieces the reason is about, from 1."""
    pieces: int = 1
    parts: int
    """SMS that the network counts."""
    complete: bool = True
    time_guessed: bool = False
    redelivered: bool = False
    attempt: int = 1
    at: datetime
    """When it was received, or given to us."""
    changed_at: datetime
    expires_at: datetime | None = None
    steps: tuple[Step, ...] = ()
    """The states of an outgoing message, the first one first."""
    raw: str = ""
    """The bytes of what is no text, in hexadecimal, its parts set apart by blanks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a received message came from."""

    box_id: str
    channel: int
    sender: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A time in which nobody listened to a box; it goes on while `until` is None."""

    since: datetime
    until: datetime | None


class _Where:
    """The conditions of one query, and their values."""

    def __init__(self, *always: str) -> None:
        self._conditions = list(always)
        self.values: list[Value] = []

    def add(self, condition: str, *values: Value) -> None:
        self._conditions.append(condition)
        self.values += values

    def add_one_of(self, column: str, values: Iterable[str]) -> None:
        self.add(f"{column} IN (SELECT value FROM json_each(?))", json.dumps([*values]))

    @override
    def __str__(self) -> str:
        return " AND ".join(self._conditions)


async def messages(
    store: Store,
    *,
    limit: int,
    scope: Scope | None = None,
    direction: Direction | None = None,
    since: datetime | None = None,
) -> list[Entry]:
    """Return the last messages, the newest first. Raises `StoreUnavailable`."""
    within = scope or Scope()

    def query(connection: sqlite3.Connection) -> list[Entry]:
        found: list[Entry] = []
        if direction is not Direction.SENT:
            found += _received(connection, within, since, limit)
        if direction is not Direction.RECEIVED:
            found += _sent(connection, within, since, limit)
        found.sort(key=lambda entry: entry.at, reverse=True)
        return found[:limit]

    return await store.read(query)


async def origin(store: Store, message_id: str) -> Origin | None:
    """Return where a received message came from. Raises `StoreUnavailable`."""
    query = "SELECT box_id, channel, sender FROM received WHERE message_id = ?"
    row = await store.read(lambda c: c.execute(query, (message_id,)).fetchone())
    return row and Origin(box_id=row[0], channel=row[1], sender=row[2])


def listening(
    store: Store, box_id: str, at: datetime, *, connected: bool
) -> asyncio.Future[None]:
    """Write down that we listen to a box from now on, or do not.

    The same may be said again; only what is new counts. The log itself notes
    that nobody listens from the end of a run to the first word of the next.
    """
    now = at.timestamp()
    statements: tuple[Statement, ...] = (
        ("INSERT OR IGNORE INTO box (box_id) VALUES (?)", (box_id,)),
    )
    if connected:
        statements += (_END_GAP, (now, box_id)), (_LISTEN, (now, box_id))
    else:
        statements += (_BEGIN_GAP, (now, box_id)), (_LISTEN, (None, box_id))
    return store.write(*statements, lazy=True)


async def gaps(store: Store, box_id: str, limit: int) -> list[Gap]:
    """Return when nobody listened to a box, the last time first. Raises `StoreUnavailable`."""
    query = "SELECT since, until FROM gap WHERE box_id = ? ORDER BY since DESC LIMIT ?"
    rows = await store.read(lambda c: c.execute(query, (box_id, limit)).fetchall())
    return [
        Gap(since=_moment(row[0]), until=row[1] and _moment(row[1])) for row in rows
    ]


def _received(
    connection: sqlite3.Connection, scope: Scope, since: datetime | None, limit: int
) -> list[Entry]:
    where = _Where("state <> 'dropped'")
    if scope.box_id is not None:
        where.add("box_id = ?", scope.box_id)
    if scope.channel is not None:
        where.add("channel = ?", scope.channel)
    if scope.numbers is not None:
        where.add_one_of("sender", scope.numbers)
    if since is not None:
        where.add("received_at >= ?", since.timestamp())
    rows = _rows(
        connection,
        f"SELECT * FROM received WHERE {where} ORDER BY received_at DESC LIMIT ?",
        [*where.values, limit],
    )
    return [
        Entry(
            message_id=row["message_id"],
            direction=Direction.RECEIVED,
            box_id=row["box_id"],
            channel=row["channel"],
            line_id=None,
            number=row["sender"],
            text=row["text"],
            kind=row["kind"],
            state=row["state"],
            parts=row["parts"],
            complete=bool(row["complete"]),
            time_guessed=bool(row["time_guessed"]),
            redelivered=bool(row["redelivered"]),
            at=_moment(row["received_at"]),
            changed_at=_moment(row["changed_at"]),
            raw=_raw(connection, row["message_id"]),
        )
        for row in rows
    ]


def _raw(connection: sqlite3.Connection, message_id: str) -> str:
    """Return what could not be read of a message, part by part."""
    query = (
        "SELECT iif(raw <> x'', raw, payload) FROM received_part "
        "WHERE message_id = ? AND (raw <> x'' OR coding = 'binary') "
        "ORDER BY place, arrived_at"
    )
    return " ".join(row[0].hex() for row in connection.execute(query, (message_id,)))


def _sent(
    connection: sqlite3.Connection, scope: Scope, since: datetime | None, limit: int
) -> list[Entry]:
    where = _Where("text <> ''")  # it is blank where only the count is kept
    if scope.box_id is not None:
        box_id = scope.box_id if scope.channel is None else None
        lines = json.dumps([*scope.line_ids])
        where.add(
            "(box_id = ? OR line_id IN (SELECT value FROM json_each(?)))", box_id, lines
        )
    if scope.numbers is not None:
        where.add_one_of("number", scope.numbers)
    if since is not None:
        where.add("created_at >= ?", since.timestamp())
    rows = _rows(
        connection,
        f"SELECT * FROM sent WHERE {where} ORDER BY created_at DESC, serial DESC LIMIT ?",
        [*where.values, limit],
    )
    return [
        Entry(
            message_id=row["message_id"],
            direction=Direction.SENT,
            box_id=row["box_id"],
            channel=None,
            line_id=row["line_id"],
            number=row["number"],
            text=row["text"],
            kind="text",
            state=row["state"],
            reason=row["reason"],
            reason_key=row["reason_key"],
            code=row["code"],
            piece=row["piece"],
            pieces=row["pieces"],
            parts=row["parts"],
            attempt=row["attempt"],
            at=_moment(row["created_at"]),
            changed_at=_moment(row["changed_at"]),
            expires_at=_moment(row["expires_at"]),
            steps=_steps(connection, row["message_id"]),
        )
        for row in rows
    ]


def _steps(connection: sqlite3.Connection, message_id: str) -> tuple[Step, ...]:
    query = "SELECT * FROM sent_state WHERE message_id = ? ORDER BY rowid"
    return tuple(
        Step(
            state=row["state"],
            at=_moment(row["at"]),
            reason=row["reason"],
            code=row["code"],
            attempt=row["attempt"],
            line_id=row["line_id"],
        )
        for row in _rows(connection, query, (message_id,))
    )


def _rows(
    connection: sqlite3.Connection, query: str, values: Sequence[Value]
) -> list[dict[str, Any]]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
