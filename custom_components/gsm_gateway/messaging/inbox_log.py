"""What the message log keeps of one box's incoming messages: the statements that write it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from ..gateways.clock import Clock
from ..gateways.model import Transport
from .arrivals import Arrival
from .disk import Statement
from .ledger import Changes, Note
from .letter import Letter
from .page import Ident, PageNews

_PART: Final = """
INSERT INTO received_part (part_id, box_id, channel, sender, payload,
 coding, transport, kind, reference, place, total, link, receive_id, box_time, raw,
 arrived_at, doubtful, message_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (part_id) DO UPDATE
 SET message_id = coalesce(excluded.message_id, message_id)"""
_MESSAGE: Final = """
INSERT INTO received (message_id, box_id, channel, sender, text, kind, received_at,
 time_guessed, parts, complete, redelivered, open, state, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (message_id) DO UPDATE SET text = excluded.text, kind = excluded.kind,
 received_at = excluded.received_at, parts = excluded.parts,
 complete = excluded.complete, redelivered = excluded.redelivered,
 open = excluded.open, state = excluded.state, changed_at = excluded.changed_at"""
_NOTE: Final = """
INSERT OR IGNORE INTO ledger (note_id, box_id, kind, channel, sender, text, noted_at,
 whole, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_ENTRY: Final = """
INSERT OR REPLACE INTO page_entry (box_id, channel, sender, text, box_time, settled,
 seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)"""
_PAGE_KNOWN: Final = """
INSERT INTO box (box_id, page_known) VALUES (?, 1)
ON CONFLICT (box_id) DO UPDATE SET page_known = 1"""


class Stage(StrEnum):
    """How far an incoming message has come; no word that outsiders see."""

    STORED = "stored"
    """Nobody has heard of it."""
    ANNOUNCING = "announcing"
    """Its event is perhaps fired."""
    ANNOUNCED = "announced"
    DROPPED = "dropped"
    """It was announced before, under another id."""


class InboxLog:
    """Words what is to be written; all of one box."""

    def __init__(self, box_id: str, clock: Clock) -> None:
        self.box_id = box_id
        self._clock = clock

    def part(
        self, arrival: Arrival, message_id: str | None = None
    ) -> Sequence[Statement]:
        """Write a part, and what it changed in the ledger."""
        part, where = arrival.part, arrival.part.concatenation
        row = (
            *(arrival.part_id, self.box_id, part.channel, part.sender, part.payload),
            *(part.coding, part.transport, part.kind),
            None if where is None else where.reference,
            None if where is None else where.index,
            None if where is None else where.total,
            *(part.link, part.receive_id, part.box_time, part.raw),
            *(arrival.arrived_at.timestamp(), part.transport is Transport.SMPP),
            message_id,
        )
        return [(_PART, row), *self.changes(arrival.notes)]

    def tie(self, arrival: Arrival, message_id: str) -> Sequence[Statement]:
        """Write which message a part has become a part of."""
        if not arrival.on_disk:
            return self.part(arrival, message_id)
        sql = "UPDATE received_part SET message_id = ? WHERE part_id = ?"
        return [(sql, (message_id, arrival.part_id))]

    def settled(self, part_ids: Iterable[str]) -> Sequence[Statement]:
        """Write that the box will not bring these parts again."""
        sql = "UPDATE received_part SET doubtful = 0 WHERE part_id = ?"
        return [(sql, (part_id,)) for part_id in part_ids]

    def message(self, letter: Letter, stage: Stage) -> Sequence[Statement]:
        """Write a message as it stands, with its parts and its changes in the ledger.

        The message whose place it took takes no late part any more.
        """
        letter.written_at = self._clock.now().timestamp()
        message = letter.message
        row = (
            *(message.message_id, self.box_id, message.channel, message.sender),
            *(message.text, message.kind, message.received_at.timestamp()),
            *(message.time_guessed, message.parts, message.complete),
            *(message.redelivered, letter.open, stage, letter.written_at),
        )
        statements: list[Statement] = []
        for arrival in letter.arrivals:
            statements += self.tie(arrival, message.message_id)
        statements.append((_MESSAGE, row))
        statements += self.changes(letter.notes)
        closed = "UPDATE received SET open = 0 WHERE message_id = ?"
        statements += [(closed, (each,)) for each in letter.displaced]
        return statements

    def announced(self, letter: Letter) -> Sequence[Statement]:
        """Write that the event of what was written last has been fired."""
        sql = """
        UPDATE received SET state = ?, changed_at = ?
        WHERE message_id = ? AND changed_at = ?"""
        now = self._clock.now().timestamp()
        message_id = letter.message.message_id
        return [(sql, (Stage.ANNOUNCED, now, message_id, letter.written_at))]

    def changes(self, changes: Changes) -> Sequence[Statement]:
        """Write what became of notes."""
        added = [(_NOTE, self._note(note)) for note in changes.added]
        return [*added, *self.without(changes.removed)]

    def without(self, notes: Iterable[Note]) -> Sequence[Statement]:
        """Remove notes."""
        return [("DELETE FROM ledger WHERE note_id = ?", (n.note_id,)) for n in notes]

    def page(self, news: PageNews) -> Sequence[Statement]:
        """Write what a read of the inbox page has settled.

        A file that has begun anew since the first read does not learn that the
        page is known: the rest of what it showed is not in it.
        """
        statements = list(self.changes(news.notes))
        for ident, count in news.settled.items():
            row = (*self._ident(ident), count, news.read_at.timestamp())
            statements.append((_ENTRY, row))
        gone = """
        DELETE FROM page_entry WHERE box_id = ? AND channel = ? AND sender = ?
         AND text = ? AND box_time = ?"""
        statements += [(gone, self._ident(ident)) for ident in news.forgotten]
        if news.first:
            statements.append((_PAGE_KNOWN, (self.box_id,)))
        return [*statements, *self.page_read(news.read_at)]

    def page_read(self, at: datetime) -> Sequence[Statement]:
        """Write when the page was read."""
        sql = "UPDATE box SET page_read_at = ? WHERE box_id = ?"
        return [(sql, (at.timestamp(), self.box_id))]

    def _ident(self, ident: Ident) -> tuple[str, int, str, str, str]:
        (channel, sender, text), box_time = ident
        return self.box_id, channel, sender, text, box_time

    def _note(self, note: Note) -> Sequence[str | int | float]:
        noted_at = self._clock.now().timestamp() - self._clock.monotonic() + note.at
        return (
            *(note.note_id, self.box_id, note.kind, *note.key),
            *(noted_at, note.whole, note.place),
        )
