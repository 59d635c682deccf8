"""What the message log still has of one box's incoming messages, after a start."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
import logging
import sqlite3
from typing import Any, Final

from ..gateways.clock import Clock
from ..gateways.model import (
    Coding,
    Concatenation,
    MessageKind,
    SmsPart,
    Transport,
)
from . import joining, ledger, repeats
from .arrivals import Arrival
from .inbox_log import Stage
from .ledger import Note, NoteKind
from .letter import Letter
from .messages import ReceivedMessage
from .page import PageState

_LOGGER = logging.getLogger(__name__)

KNOWN_SENDERS: Final = 1000

_PART_COLUMNS: Final = """
 part_id, channel, sender, payload, coding, transport, kind, reference, place, total,
 link, receive_id, box_time, arrived_at """


@dataclass(kw_only=True, slots=True)
class Found:
    """What an earlier run has left."""

    letters: list[Letter] = field(default_factory=list)
    """To be announced, in this order."""
    sets: list[tuple[str, list[Arrival]]] = field(default_factory=list)
    """Messages given away incomplete that take late parts, the newest first."""
    loose: list[Arrival] = field(default_factory=list)
    """Parts that were not joined, in their order."""
    doubtful: list[Arrival] = field(default_factory=list)
    """SMPP parts whose answer has perhaps not reached the box."""
    pushed: list[Arrival] = field(default_factory=list)
    """UDP parts of the last minutes, in their order."""
    notes: list[Note] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    """The latest last."""


class Finder:
    """Reads the tables of one box; its methods run in the store's thread."""

    def __init__(self, box_id: str, clock: Clock, before: float) -> None:
        """Look at what was written before a moment (seconds since 1970)."""
        self._box_id = box_id
        self._before = before
        self._now = clock.now().timestamp()
        self._elapsed = clock.monotonic()

    def find(self, connection: sqlite3.Connection) -> Found:
        """Return everything."""
        mine = (self._box_id, self._before)
        loose = list(
            self._parts(connection, "message_id IS NULL AND arrived_at < ?", mine)
        )
        doubtful = self._parts(
            connection, "doubtful = 1 AND transport = 'smpp' AND arrived_at < ?", mine
        )
        pushed = self._parts(
            connection,
            "transport = 'udp' AND arrived_at < ? AND arrived_at >= ?",
            (*mine, self._now - repeats.REMEMBERED),
        )
        times = [arrival.arrived_at.timestamp() for arrival in loose]
        oldest = min([self._now, *times]) - joining.REMEMBERED
        return Found(
            letters=list(self._letters(connection)),
            sets=list(self._sets(connection, oldest)),
            loose=loose,
            doubtful=list(doubtful),
            pushed=list(pushed),
            notes=list(self._notes(connection)),
            senders=self._senders(connection),
        )

    def page(self, connection: sqlite3.Connection) -> PageState:
        """Return what the inbox page has shown."""
        sql = "SELECT page_known, page_read_at FROM box WHERE box_id = ?"
        row = connection.execute(sql, (self._box_id,)).fetchone()
        if row is None or not row[0]:
            return PageState()
        sql = """
        SELECT channel, sender, text, box_time, settled FROM page_entry
        WHERE box_id = ? ORDER BY seen_at, rowid"""
        entries = connection.execute(sql, (self._box_id,))
        return PageState(
            known=True,
            read_at=None if row[1] is None else _utc(row[1]),
            settled={(tuple(entry[:3]), entry[3]): entry[4] for entry in entries},
        )

    def _letters(self, connection: sqlite3.Connection) -> Iterator[Letter]:
        """Return what nobody, or perhaps nobody, has heard of."""
        sql = """
        SELECT message_id, channel, sender, text, kind, received_at, time_guessed,
         parts, complete, redelivered, open, state
        FROM received WHERE box_id = ? AND state IN ('stored', 'announcing')
         AND changed_at < ? ORDER BY rowid"""
        rows = connection.execute(sql, (self._box_id, self._before))
        return _readable(rows, self._letter)

    def _sets(
        self, connection: sqlite3.Connection, oldest: float
    ) -> Iterator[tuple[str, list[Arrival]]]:
        sql = f"""
        SELECT message_id, {_PART_COLUMNS} FROM received_part WHERE message_id IN (
         SELECT message_id FROM received WHERE box_id = ? AND open AND received_at >= ?
         AND changed_at < ?)
        ORDER BY message_id, rowid"""
        rows = connection.execute(sql, (self._box_id, oldest, self._before))
        sets = [
            (message_id, list(_readable((row[1:] for row in group), self._arrival)))
            for message_id, group in groupby(rows, key=lambda row: str(row[0]))
        ]
        found = [each for each in sets if each[1]]
        return iter(sorted(found, key=lambda each: each[1][-1].at, reverse=True))

    def _parts(
        self, connection: sqlite3.Connection, where: str, values: Sequence[str | float]
    ) -> Iterator[Arrival]:
        sql = f"""
        SELECT {_PART_COLUMNS} FROM received_part WHERE box_id = ? AND {where}
        ORDER BY rowid"""
        return _readable(connection.execute(sql, values), self._arrival)

    def _notes(self, connection: sqlite3.Connection) -> Iterator[Note]:
        sql = """
        SELECT note_id, kind, channel, sender, text, noted_at, whole, place
        FROM ledger WHERE box_id = ? AND noted_at >= ? AND noted_at < ?
        ORDER BY noted_at, rowid"""
        oldest = self._now - ledger.REMEMBERED
        rows = connection.execute(sql, (self._box_id, oldest, self._before))
        return _readable(rows, self._note)

    def _senders(self, connection: sqlite3.Connection) -> list[str]:
        sql = """
        SELECT sender FROM received WHERE box_id = ?
        GROUP BY sender ORDER BY max(rowid) DESC LIMIT ?"""
        rows = connection.execute(sql, (self._box_id, KNOWN_SENDERS)).fetchall()
        return [row[0] for row in reversed(rows)]

    def _letter(self, row: tuple[Any, ...]) -> Letter:
        message = ReceivedMessage(
            message_id=row[0],
            box_id=self._box_id,
            channel=row[1],
            sender=row[2],
            text=row[3],
            kind=MessageKind(row[4]),
            received_at=_utc(row[5]),
            time_guessed=bool(row[6]),
            parts=row[7],
            complete=bool(row[8]),
            late=True,
            redelivered=bool(row[9]) or row[11] == Stage.ANNOUNCING,
        )
        return Letter(message=message, open=bool(row[10]), on_disk=True)

    def _note(self, row: tuple[Any, ...]) -> Note:
        return Note(
            note_id=row[0],
            kind=NoteKind(row[1]),
            key=(row[2], row[3], row[4]),
            at=self._at(row[5]),
            whole=row[6],
            place=row[7],
        )

    def _arrival(self, row: tuple[Any, ...]) -> Arrival:
        place = None
        if row[7] is not None:
            place = Concatenation(reference=row[7], index=row[8], total=row[9])
        part = SmsPart(
            channel=row[1],
            sender=row[2],
            payload=row[3],
            coding=Coding(row[4]),
            transport=Transport(row[5]),
            kind=MessageKind(row[6]),
            concatenation=place,
            link=row[10],
            receive_id=row[11],
            box_time=row[12],
        )
        return Arrival(
            part_id=row[0],
            part=part,
            at=self._at(row[13]),
            arrived_at=_utc(row[13]),
            earlier=True,
            on_disk=True,
            kept=True,
        )

    def _at(self, time: float) -> float:
        """Return when that was on the clock that nothing disturbs; never in the future."""
        return self._elapsed - max(0.0, self._now - time)


def _readable[T](
    rows: Iterable[tuple[Any, ...]], make: Callable[[tuple[Any, ...]], T]
) -> Iterator[T]:
    """Give what rows say, without those that nobody here could have written."""
    for row in rows:
        try:
            yield make(row)
        except ValueError, TypeError:
            _LOGGER.exception("A row of an incoming message in the log cannot be read")


def _utc(time: float) -> datetime:
    return datetime.fromtimestamp(time, UTC)
