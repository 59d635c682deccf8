"""What the guard reads from the message log when it begins."""

from collections.abc import Sequence
from dataclasses import dataclass
import sqlite3
from typing import Any, Final

from ..gateways.model import SendState
from .guard_budgets import HOUR
from .guard_loops import LOOP_WINDOW
from .guard_windows import LONGEST
from .guard_wishes import hash_of
from .messages import Priority

_MOST_HANDED: Final = 50_000
_MOST_MESSAGES: Final = 5_000
"""Rows, the newest, that are looked at; far more than any limit lets through."""

_HANDED: Final = """
SELECT coalesce(piece.serial, sent.serial), piece.handed_at, piece.line_id,
    sent.number, piece.parts, sent.priority, piece.place
FROM sent_piece AS piece JOIN sent USING (message_id)
WHERE piece.handed_at IS NOT NULL AND piece.line_id IS NOT NULL
    AND piece.state IS NOT ?
ORDER BY 1 DESC LIMIT ?
"""
_SUBMITTED: Final = """
SELECT serial, created_at, line_id, number, text, priority
FROM sent ORDER BY serial DESC LIMIT ?
"""
_RECEIVED: Final = """
SELECT received_at, box_id, channel, sender
FROM received WHERE state IN ('announcing', 'announced')
ORDER BY received_at DESC LIMIT ?
"""
_STOPPED: Final = "SELECT number, text_hash, since, cause, resumed_at FROM stopped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """A piece that a box took, or may have taken."""

    age: float
    line_id: str
    number: str
    parts: int
    priority: Priority
    first: bool
    """Whether it is the first of its message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """A message that was queued."""

    age: float
    line_id: str | None
    number: str
    text_hash: str
    priority: Priority


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A message that was announced."""

    age: float
    box_id: str
    channel: int
    sender: str


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop as it is on disk."""

    number: str
    text_hash: str
    since: float
    cause: str
    resumed_at: float | None
    """When the user let messages pass again; what was before does not count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What an earlier run left; each list begins with the oldest."""

    now: float
    """The present, or the newest row where the clock has fallen behind it."""
    handed: Sequence[Handed]
    submitted: Sequence[Submitted]
    heard: Sequence[Heard]
    stops: Sequence[StopRow]


def read_past(connection: sqlite3.Connection, now: float) -> Past:
    """Read what counts; `now` is the wall clock's."""
    handed = connection.execute(_HANDED, (SendState.FAILED, _MOST_HANDED)).fetchall()
    submitted = connection.execute(_SUBMITTED, (_MOST_MESSAGES,)).fetchall()
    heard = connection.execute(_RECEIVED, (_MOST_MESSAGES,)).fetchall()
    # Each begins with the newest row, a serial and a time.
    _, newest = max([(0, now), *(row[:2] for row in handed[:1] + submitted[:1])])
    now = max(now, newest)
    return Past(
        now=now,
        handed=_handed(handed, now),
        submitted=_submitted(submitted, now),
        heard=_heard(heard, now),
        stops=[StopRow(*row) for row in connection.execute(_STOPPED)],
    )


def ages(times: Sequence[float], now: float) -> list[float]:
    """Return how old rows are, given in the order of their writing, the newest first.

    A stretch of rows from the future was written while the clock was ahead:
    it ended when the next row was written, or else now.
    """
    found = []
    following, ahead = now, 0.0
    for at in times:
        ahead = max(ahead, at - following) if at > now else 0.0
        following = min(following, at - ahead)
        found.append(now - at + ahead)
    return found


def _handed(rows: list[Any], now: float) -> list[Handed]:
    old = ages([row[1] for row in rows], now)
    return [
        Handed(
            age=age,
            line_id=line_id,
            number=number,
            parts=parts,
            priority=Priority(priority),
            first=place == 0,
        )
        for age, (_, _, line_id, number, parts, priority, place) in _recent(
            old, rows, LONGEST
        )
    ]


def _submitted(rows: list[Any], now: float) -> list[Submitted]:
    old = ages([row[1] for row in rows], now)
    return [
        Submitted(
            age=age,
            line_id=line_id,
            number=number,
            text_hash=hash_of(text),
            priority=Priority(priority),
        )
        for age, (_, _, line_id, number, text, priority) in _recent(old, rows, HOUR)
    ]


def _heard(rows: list[Any], now: float) -> list[Heard]:
    old = [max(0.0, now - row[0]) for row in rows]
    return [
        Heard(age=age, box_id=box_id, channel=channel, sender=sender)
        for age, (_, box_id, channel, sender) in _recent(old, rows, LOOP_WINDOW)
    ]


def _recent(
    old: list[float], rows: list[Any], longest: float
) -> list[tuple[float, Any]]:
    """Return the rows that are young enough with their ages, the oldest first."""
    pairs = [pair for pair in zip(old, rows, strict=True) if pair[0] < longest]
    return sorted(pairs, key=lambda pair: -pair[0])
