"""Rows of the message log, made by hand."""

from datetime import datetime, timedelta
from typing import Any

from custom_components.gsm_gateway.messaging.disk import Statement

from .hand_clock import START


def ago(**span: float) -> float:
    """Return a moment on disk, so long before the tests' clock begins."""
    return (START - timedelta(**span)).timestamp()


def moment(seconds: float) -> datetime:
    """Return what a moment on disk is."""
    return datetime.fromtimestamp(seconds, START.tzinfo)


def row(table: str, **fields: Any) -> Statement:
    """Return the statement that inserts a row."""
    names = ", ".join(fields)
    marks = ", ".join("?" * len(fields))
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  # no user here
    return sql, list(fields.values())


def received(message_id: str, at: float, **changes: Any) -> Statement:
    """Return a received message."""
    fields = {
        "message_id": message_id,
        "box_id": "box",
        "channel": 1,
        "sender": "+4912345",
        "text": f"text of {message_id}",
        "kind": "text",
        "received_at": at,
        "time_guessed": 0,
        "parts": 1,
        "complete": 1,
        "redelivered": 0,
        "open": 0,
        "state": "announced",
        "changed_at": at,
    }
    return row("received", **(fields | changes))


def part(part_id: str, at: float, **changes: Any) -> Statement:
    """Return a part of a received message."""
    fields = {
        "part_id": part_id,
        "box_id": "box",
        "channel": 1,
        "sender": "+4912345",
        "payload": b"hello",
        "coding": "gsm7",
        "transport": "smpp",
        "kind": "text",
        "link": "",
        "box_time": "",
        "raw": b"",
        "arrived_at": at,
        "doubtful": 0,
        "message_id": None,
    }
    return row("received_part", **(fields | changes))


def sent(message_id: str, at: float, **changes: Any) -> Statement:
    """Return an outgoing message."""
    fields = {
        "message_id": message_id,
        "serial": int(at * 1000),
        "number": "+4912345",
        "text": f"text of {message_id}",
        "priority": 1,
        "encoding": "auto",
        "dropped": 0,
        "parts": 1,
        "created_at": at,
        "expires_at": at + 3600,
        "route": "{}",
        "reach": "",
        "state": "delivered",
        "changed_at": at,
        "reason": "",
        "reason_key": "",
        "code": None,
        "piece": None,
        "pieces": 1,
        "attempt": 1,
        "line_id": "sim1",
        "box_id": "box",
    }
    return row("sent", **(fields | changes))


def sent_piece(message_id: str, at: float, **changes: Any) -> Statement:
    """Return the one piece of an outgoing message."""
    fields = {
        "message_id": message_id,
        "place": 0,
        "text": f"text of {message_id}",
        "parts": 1,
        "token": f"token {message_id}",
        "box_key": "",
        "reason": "",
        "reason_key": "",
        "handed_at": at,
        "line_id": "sim1",
        "box_id": "box",
    }
    return row("sent_piece", **(fields | changes))


def sent_state(message_id: str, state: str, at: float, **changes: Any) -> Statement:
    """Return a state that an outgoing message reached."""
    fields = {
        "message_id": message_id,
        "state": state,
        "reason": "",
        "code": None,
        "attempt": 1,
        "line_id": "sim1",
        "at": at,
    }
    return row("sent_state", **(fields | changes))
