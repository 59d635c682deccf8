"""What was pushed and what was found on the inbox page, so that neither is told twice."""

from collections import defaultdict
from collections.abc import Iterable
from math import inf
import re
import unicodedata

from ..gateways.clock import Clock
from ..gateways.text import clean

_MISSED = re.compile(r" ?\[SMS[0-9]{1,3} missed\]")
"""Stands in a text for a part that the box never got (GoIP quirk Q22)."""
_TWIN_WITHIN = 600.0
"""Seconds in which a push may follow its entry on the page."""
_REMEMBERED = 24 * 3600.0
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


class Ledger:
    """The pushes and page entries of one box that have not found each other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pushed: dict[Key, list[float]] = defaultdict(list)
        self._from_page: dict[Key, list[float]] = defaultdict(list)
        self._pieces: dict[tuple[Key, float, int], None] = {}
        """Which places of which pushed texts the page has shown by themselves."""

    def note_push(self, key: Key) -> None:
        """Note a part or a joined message that came by itself."""
        self._pushed[key].append(self._clock.monotonic())

    def note_entry(self, key: Key) -> None:
        """Note a message that is announced from the page."""
        self._from_page[key].append(self._clock.monotonic())

    def claim_push(self, key: Key, since: float = -inf) -> bool:
        """Find a push since then (monotonic) that is this entry, and use it up."""
        for at in self._pushed.get(key, ()):
            if at >= since:
                self._pushed[key].remove(at)
                return True
        return False

    def claim_piece(self, key: Key, since: float = -inf) -> bool:
        """Find a long push since then (monotonic) of which this entry is one part.

        Some boxes push a long text whole and list it part by part (GoIP D5).
        Each place of a text accounts for one entry.
        """
        for whole, times in self._pushed.items():
            place = _place(key[2], whole[2]) if whole[:2] == key[:2] else None
            if place is None:
                continue
            for at in times:
                if at >= since and (whole, at, place) not in self._pieces:
                    self._pieces[whole, at, place] = None
                    return True
        return False

    def claim_entries(self, keys: Iterable[Key]) -> bool:
        """Find an announced entry for each key, and use them up if all are there."""
        wanted = set(keys)
        oldest = self._clock.monotonic() - _TWIN_WITHIN
        if not all(
            any(at >= oldest for at in self._from_page.get(k, ())) for k in wanted
        ):
            return False
        for key in wanted:
            del self._from_page[key][-1]
        return True

    def shows(self, keys: Iterable[Key]) -> bool:
        """Tell whether an announced entry has each of these texts within its own."""
        wanted = list(keys)
        oldest = self._clock.monotonic() - _TWIN_WITHIN
        return any(
            all(key[:2] == part[:2] and part[2] in key[2] for part in wanted)
            for key, times in self._from_page.items()
            if any(at >= oldest for at in times)
        )

    def forget(self) -> None:
        """Drop what is too old to matter."""
        oldest = self._clock.monotonic() - _REMEMBERED
        for book in (self._pushed, self._from_page):
            for key in list(book):
                book[key] = [at for at in book[key] if at >= oldest]
                if not book[key]:
                    del book[key]
        for piece in [each for each in self._pieces if each[1] < oldest]:
            del self._pieces[piece]


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
