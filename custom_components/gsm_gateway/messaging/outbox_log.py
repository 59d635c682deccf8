"""The rows of outgoing messages in the message log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
import json
import logging
import sqlite3
from typing import Any, Final

from ..gateways.model import SendState
from ..gateways.text import Encoding
from .disk import Statement, Value
from .job import Job, Need, Piece
from .messages import Fallback, OutgoingMessage, Priority, Reason, Route, State

_LOGGER = logging.getLogger(__name__)

_SENT: Final = (
    "message_id",
    "serial",
    "number",
    "text",
    "priority",
    "encoding",
    "dropped",
    "parts",
    "created_at",
    "expires_at",
    "route",
    "reach",
    "state",
    "changed_at",
    "reason",
    "reason_key",
    "code",
    "piece",
    "pieces",
    "attempt",
    "line_id",
    "box_id",
)
_PIECE: Final = (
    "message_id",
    "place",
    "text",
    "parts",
    "token",
    "serial",
    "state",
    "reason",
    "reason_key",
    "code",
    "box_key",
    "handed_at",
    "line_id",
    "box_id",
)


def _upsert(table: str, columns: tuple[str, ...], key: str) -> str:
    """Return what writes a row in place of an older one."""
    fields, values = ", ".join(columns), ", ".join("?" * len(columns))
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return (
        f"INSERT INTO {table} ({fields}) VALUES ({values}) "
        f"ON CONFLICT ({key}) DO UPDATE SET {changes}"
    )


_SAVE: Final = _upsert("sent", _SENT, "message_id")
_SAVE_PIECE: Final = _upsert("sent_piece", _PIECE, "message_id, place")
_ADD_STATE: Final = (
    "INSERT INTO sent_state (message_id, state, reason, code, attempt, line_id, at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_TOLD: Final = "UPDATE sent SET told = ? WHERE message_id = ?"

_OPEN: Final = """
    state IN ('queued', 'sending')
    OR told <> state
    OR (state = 'unknown' AND reason_key = 'restored')
    OR (state IN ('accepted', 'sent', 'unknown') AND changed_at > ?)
"""
"""What an earlier run has left to do, to tell, or to hear of."""
_NEWEST: Final = """
    SELECT max(at) FROM (
        SELECT max(changed_at) AS at FROM sent
        UNION ALL SELECT max(changed_at) FROM received
    )
"""
_TOP: Final = """
    SELECT max(serial) FROM (
        SELECT max(serial) AS serial FROM sent
        UNION ALL SELECT max(serial) FROM sent_piece
    )
"""
_HANDED: Final = """
    SELECT line_id, max(handed_at) FROM sent_piece
    WHERE handed_at > ? AND line_id IS NOT NULL GROUP BY line_id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A message as an earlier run has left it."""

    message: OutgoingMessage
    need: Need
    serial: int
    pieces: list[Piece]
    told: State | None
    """The last state whose event was surely fired."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What an earlier run has left."""

    records: list[Record]
    """In the order of their submission."""
    newest: datetime | None
    """The latest moment that the log knows of."""
    top_serial: int
    handed_at: dict[str, datetime]
    """When each SIM was handed something last, by line id."""


def save(job: Job) -> Statement:
    """Write a message as it stands."""
    message, need = job.message, job.need
    row: tuple[Value, ...] = (
        message.message_id,
        job.serial,
        message.to,
        message.text,
        message.priority.value,
        message.encoding.value,
        message.dropped,
        message.parts,
        message.created_at.timestamp(),
        message.expires_at.timestamp(),
        _route_as_text(need.route),
        need.reach.value if need.reach else "",
        message.state.value,
        message.changed_at.timestamp(),
        message.reason,
        message.reason_key.value,
        message.code,
        message.piece,
        message.pieces,
        message.attempt,
        message.line_id,
        message.box_id,
    )
    return _SAVE, row


def save_piece(job: Job, piece: Piece) -> Statement:
    """Write a piece as it stands."""
    row: tuple[Value, ...] = (
        job.message.message_id,
        job.pieces.index(piece),
        piece.text,
        piece.parts,
        piece.token,
        piece.serial,
        None if piece.state is None else piece.state.value,
        piece.reason,
        piece.key.value,
        piece.code,
        piece.box_key,
        piece.handed_at.timestamp() if piece.handed_at else None,
        piece.line_id,
        piece.box_id,
    )
    return _SAVE_PIECE, row


def forget_pieces(message_id: str) -> Statement:
    """Forget how a message was cut, before it is cut anew."""
    return "DELETE FROM sent_piece WHERE message_id = ?", (message_id,)


def add_state(message: OutgoingMessage) -> Statement:
    """Write down the step that a message has just made."""
    row: tuple[Value, ...] = (
        message.message_id,
        message.state.value,
        message.reason,
        message.code,
        message.attempt,
        message.line_id,
        message.changed_at.timestamp(),
    )
    return _ADD_STATE, row


def mark_told(message_id: str, state: State) -> Statement:
    """Write down that the event of a state was fired."""
    return _TOLD, (state.value, message_id)


def read(connection: sqlite3.Connection, since: datetime) -> Found:
    """Return what is not finished; of what could still be heard of, what changed after `since`."""
    fields = ", ".join(_SENT)
    rows = connection.execute(
        f"SELECT {fields}, told FROM sent WHERE {_OPEN} ORDER BY serial",
        (since.timestamp(),),
    )
    records = []
    for row in rows.fetchall():
        try:
            values = dict(zip((*_SENT, "told"), row, strict=True))
            records.append(_record(values, connection))
        except ValueError, TypeError, KeyError:
            _LOGGER.exception("An outgoing message in the log cannot be read")
    newest = connection.execute(_NEWEST).fetchone()[0]
    handed = connection.execute(_HANDED, (since.timestamp(),))
    return Found(
        records=records,
        newest=None if newest is None else _moment(newest),
        top_serial=connection.execute(_TOP).fetchone()[0] or 0,
        handed_at={line_id: _moment(at) for line_id, at in handed},
    )


def _record(row: dict[str, Any], connection: sqlite3.Connection) -> Record:
    message = OutgoingMessage(
        message_id=row["message_id"],
        to=row["number"],
        text=row["text"],
        priority=Priority(row["priority"]),
        encoding=Encoding(row["encoding"]),
        dropped=row["dropped"],
        parts=row["parts"],
        created_at=_moment(row["created_at"]),
        expires_at=_moment(row["expires_at"]),
        state=State(row["state"]),
        changed_at=_moment(row["changed_at"]),
        reason=row["reason"],
        reason_key=Reason(row["reason_key"]),
        code=row["code"],
        piece=row["piece"],
        pieces=row["pieces"],
        attempt=row["attempt"],
        line_id=row["line_id"],
        box_id=row["box_id"],
    )
    return Record(
        message=message,
        need=Need(
            _route_from_text(row["route"]),
            State(row["reach"]) if row["reach"] else None,
        ),
        serial=row["serial"],
        pieces=list(_pieces(message.message_id, connection)),
        told=State(row["told"]) if row["told"] else None,
    )


def _pieces(message_id: str, connection: sqlite3.Connection) -> Iterator[Piece]:
    fields = ", ".join(_PIECE)
    query = f"SELECT {fields} FROM sent_piece WHERE message_id = ? ORDER BY place"
    for values in connection.execute(query, (message_id,)):
        row = dict(zip(_PIECE, values, strict=True))
        yield Piece(
            text=row["text"],
            parts=row["parts"],
            token=row["token"],
            serial=row["serial"],
            state=None if row["state"] is None else SendState(row["state"]),
            reason=row["reason"],
            key=Reason(row["reason_key"]),
            code=row["code"],
            box_key=row["box_key"],
            handed_at=_moment(row["handed_at"]) if row["handed_at"] else None,
            line_id=row["line_id"],
            box_id=row["box_id"],
            left=bool(row["token"]),
        )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _route_as_text(route: Route) -> str:
    return json.dumps(
        {"order": route.order, "then": route.then.value, "box_id": route.box_id}
    )


def _route_from_text(text: str) -> Route:
    route = json.loads(text)
    return Route(
        order=tuple(route["order"]),
        then=Fallback(route["then"]),
        box_id=route["box_id"],
    )
