"""What was pushed and what was found on the inbox page, so that neither is told twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
import re
import unicodedata

from ..gateways.clock import Clock
from ..gateways.text import clean

_MISSED = re.compile(r" ?\[SMS[0-9]{1,3} missed\]")
"""Stands in a text for a part that the box never got (GoIP quirk Q22)."""
TWIN_WITHIN = 600.0
"""Seconds in which a push may follow its entry on the page, or the same push by another way."""
REMEMBERED = 24 * 3600.0
_MOST_NOTES = 10_000
_SHORTEST_PART = 60
"""Characters of any part of a long SMS but the last: networks cut at 66 or more."""

type Key = tuple[int, str, str]
"""Channel, sender and text, as far as page and push agree on them."""


def key_of(channel: int, sender: str, text: str) -> Key:
    """Return what is the same on the inbox page and in a push."""
    text = _MISSED.sub("", clean(text))
    kept = (c for c in text if c != "\ufffd" and unicodedata.category(c) != "Cc")
    return channel, sender.removeprefix("+"), "".join(kept).rstrip()


def misses_parts(text: str) -> bool:
    """Tell whether the box says inside the text that a part never came."""
    return _MISSED.search(text) is not None


class NoteKind(StrEnum):
    """What a note is about.

    The last two have the values of `Transport`, for those by which one box may
    bring a message twice.
    """

    PUSH = "push"
    """A part or a joined message that came by itself."""
    ENTRY = "entry"
    """A message that is announced from the page."""
    PIECE = "piece"
    """A place of a pushed text that the page has shown by itself."""
    SMPP = "smpp"
    """A message that SMPP brought and no other way yet."""
    UDP = "udp"
    """A message that UDP brought and no other way yet."""


_LIFE = dict.fromkeys(NoteKind, REMEMBERED) | dict.fromkeys(
    (NoteKind.SMPP, NoteKind.UDP), TWIN_WITHIN
)
"""Seconds after which a note says nothing any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """One thing that has not found its twin."""

    note_id: str
    kind: NoteKind
    key: Key
    at: float
    """Of the clock that nothing disturbs."""
    whole: str = ""
    """Note of the push that a piece belongs to."""
    place: int = 0


@dataclass(slots=True)
class Changes:
    """What became of notes together, to be written or undone together."""

    added: list[Note] = field(default_factory=list)
    removed: list[Note] = field(default_factory=list)

    def extend(self, other: Changes) -> None:
        """Add what happened after these."""
        self.added += other.added
        self.removed += other.removed

    def clear(self) -> None:
        """Forget them: they are on disk."""
        self.added.clear()
        self.removed.clear()


class Ledger:
    """The pushes and page entries of one box that have not found each other."""

    def __init__(self, clock: Clock, new_id: Callable[[], str]) -> None:
        self._clock = clock
        self._new_id = new_id
        self._notes: dict[str, Note] = {}
        self._books: dict[NoteKind, dict[Key, list[Note]]] = {
            kind: defaultdict(list) for kind in NoteKind if kind is not NoteKind.PIECE
        }
        self._pieces: dict[tuple[str, int], Note] = {}
        """By the note of the whole text, and the place in it."""

    def restore(self, notes: Iterable[Note]) -> None:
        """Take over what is kept, or what an earlier run has noted."""
        for note in notes:
            self._put(note)

    def undo(self, changes: Changes) -> None:
        """Take back what could not be written."""
        for note in changes.removed:
            self._put(note)
        for note in changes.added:
            self._drop(note)
        changes.clear()

    def draft_push(self, key: Key, changes: Changes) -> None:
        """Note what came by itself, for `restore` once it is kept."""
        changes.added.append(self._draft(NoteKind.PUSH, key))

    def note_push(self, key: Key, changes: Changes) -> None:
        """Note a joined message that came by itself."""
        self._add(self._draft(NoteKind.PUSH, key), changes)

    def note_way(self, key: Key, way: NoteKind, at: float, changes: Changes) -> None:
        """Note by which transport a message came."""
        note = Note(note_id=self._new_id(), kind=way, key=key, at=at)
        self._add(note, changes)

    def note_entry(self, key: Key, changes: Changes) -> None:
        """Note a message that is announced from the page."""
        self._add(self._draft(NoteKind.ENTRY, key), changes)

    def claim_push(self, key: Key, changes: Changes, since: float = -inf) -> bool:
        """Find a push since then (monotonic) that is this entry, and use it up."""
        return self._claim(NoteKind.PUSH, key, since, changes)

    def claim_way(self, key: Key, way: NoteKind, at: float, changes: Changes) -> bool:
        """Find the same message by that transport, and use it up."""
        return self._claim(way, key, at - TWIN_WITHIN, changes)

    def retract_push(self, key: Key, changes: Changes) -> None:
        """Take back what was noted last of a push."""
        if notes := self._books[NoteKind.PUSH].get(key):
            self._remove(notes[-1], changes)

    def claim_piece(self, key: Key, changes: Changes, since: float = -inf) -> bool:
        """Find a long push since then (monotonic) of which this entry is one part.

        Some boxes push a long text whole and list it part by part (GoIP D5).
        Each place of a text accounts for one entry.
        """
        for whole, notes in self._books[NoteKind.PUSH].items():
            place = _place(key[2], whole[2]) if whole[:2] == key[:2] else None
            if place is None:
                continue
            for note in notes:
                if note.at >= since and (note.note_id, place) not in self._pieces:
                    piece = Note(
                        note_id=self._new_id(),
                        kind=NoteKind.PIECE,
                        key=whole,
                        at=note.at,
                        whole=note.note_id,
                        place=place,
                    )
                    self._add(piece, changes)
                    return True
        return False

    def claim_entries(self, keys: Iterable[Key], at: float, changes: Changes) -> bool:
        """Find an announced entry for each key, and use them up if all are there."""
        found = []
        for key in set(keys):
            fresh = self._fresh(NoteKind.ENTRY, key, at)
            if not fresh:
                return False
            found.append(fresh[-1])
        self._remove_all(found, changes)
        return True

    def claim_rows(self, whole: Key, at: float, changes: Changes) -> bool:
        """Find announced entries that are a text in pieces (GoIP D5), and use them up."""
        left = [
            note
            for key in self._books[NoteKind.ENTRY]
            if key[:2] == whole[:2] and key[2]
            for note in self._fresh(NoteKind.ENTRY, key, at)
        ]
        found, text = list[Note](), whole[2]
        while text:
            fitting = [note for note in left if _rest(text, note) is not None]
            if not fitting:
                return False
            longest = max(fitting, key=lambda note: len(note.key[2]))
            left.remove(longest)
            found.append(longest)
            text = _rest(text, longest) or ""
        self._remove_all(found, changes)
        return bool(found)

    def shows(self, keys: Iterable[Key], kind: NoteKind, at: float) -> bool:
        """Tell whether a text that is announced has each of these within it."""
        wanted = list(keys)
        return any(
            all(key[:2] == part[:2] and part[2] in key[2] for part in wanted)
            for key in self._books[kind]
            if self._fresh(kind, key, at)
        )

    def forget(self) -> list[Note]:
        """Drop what is too old, or too much, to matter, and return it."""
        now = self._clock.monotonic()
        surplus = list(self._notes.values())[: max(0, len(self._notes) - _MOST_NOTES)]
        old = [n for n in self._notes.values() if now - n.at > _LIFE[n.kind]]
        dropped = list(dict.fromkeys((*surplus, *old)))
        for note in dropped:
            self._drop(note)
        return dropped

    def _draft(self, kind: NoteKind, key: Key) -> Note:
        at = self._clock.monotonic()
        return Note(note_id=self._new_id(), kind=kind, key=key, at=at)

    def _fresh(self, kind: NoteKind, key: Key, at: float) -> list[Note]:
        """Return the notes that what came then may be the twin of."""
        notes = self._books[kind].get(key, ())
        return [note for note in notes if note.at >= at - TWIN_WITHIN]

    def _claim(self, kind: NoteKind, key: Key, since: float, changes: Changes) -> bool:
        for note in self._books[kind].get(key, ()):
            if note.at >= since:
                self._remove(note, changes)
                return True
        return False

    def _remove_all(self, notes: Iterable[Note], changes: Changes) -> None:
        for note in notes:
            self._remove(note, changes)

    def _add(self, note: Note, changes: Changes) -> None:
        self._put(note)
        changes.added.append(note)

    def _remove(self, note: Note, changes: Changes) -> None:
        """Use a note up, and what the page has shown of it."""
        self._drop(note)
        changes.removed.append(note)

    def _put(self, note: Note) -> None:
        self._notes[note.note_id] = note
        if note.kind is NoteKind.PIECE:
            self._pieces[note.whole, note.place] = note
        else:
            self._books[note.kind][note.key].append(note)

    def _drop(self, note: Note) -> None:
        if self._notes.pop(note.note_id, None) is None:
            return
        if note.kind is NoteKind.PIECE:
            del self._pieces[note.whole, note.place]
            return
        book = self._books[note.kind]
        book[note.key].remove(note)
        if not book[note.key]:
            del book[note.key]


def _rest(text: str, note: Note) -> str | None:
    """Return what follows the note's text, if that is how this one begins.

    The blanks at its end have gone from the note.
    """
    piece = note.key[2]
    for begin in (text, text.lstrip()):
        if begin.startswith(piece):
            return begin[len(piece) :]
    return None


def _place(piece: str, whole: str) -> int | None:
    """Return where in a text one part of it stands, if it can be one.

    A short text is only taken for the last part: anybody may write "ok".
    """
    if not piece or piece == whole:
        return None
    if len(piece) >= _SHORTEST_PART:
        found = whole.find(piece)
        return found if found >= 0 else None
    is_last = len(whole) - len(piece) >= _SHORTEST_PART and whole.endswith(piece)
    return len(whole) - len(piece) if is_last else None
