"""Whether a message that is pushed was announced before, from the page or another push."""

from typing import Final

from ..gateways.model import Transport
from .arrivals import text_of
from .joining import Joined
from .ledger import Changes, Key, Ledger, NoteKind, key_of

_OTHER: Final = {
    Transport.SMPP: NoteKind.UDP,
    Transport.UDP: NoteKind.SMPP,
}
"""Of each way by which a box pushes, the other one."""


class Twins:
    """Compares what one box pushes with what it brought by other ways.

    Only counts can be compared: of two ways each tells a message once, so two
    equal texts by one way are two messages, and one by each way is one.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def finds(self, joined: Joined, notes: Changes) -> bool:
        """Tell whether a message was announced before, and note that it came."""
        part = joined.arrivals[0].part
        other = _OTHER.get(part.transport)
        if other is None:
            return False
        whole = key_of(part.channel, part.sender, text_of(joined.arrivals))
        pieces = [arrival.key for arrival in joined.arrivals]
        at = max(arrival.at for arrival in joined.arrivals)
        if len(pieces) > 1:
            self._ledger.note_push(whole, notes)
        if self._ledger.claim_way(whole, other, at, notes):
            self._retract({whole, *pieces}, notes)
            return True
        if joined.complete:
            self._ledger.note_way(whole, NoteKind(part.transport), at, notes)
        if self._claim_page(whole, pieces, at, notes):
            self._retract({whole, *pieces}, notes)
            return True
        return not joined.complete and any(
            self._ledger.shows(pieces, kind, at) for kind in (NoteKind.ENTRY, other)
        )

    def _claim_page(
        self, whole: Key, pieces: list[Key], at: float, notes: Changes
    ) -> bool:
        return (
            self._ledger.claim_entries([whole], at, notes)
            or self._ledger.claim_entries(pieces, at, notes)
            or self._ledger.claim_rows(whole, at, notes)
        )

    def _retract(self, keys: set[Key], notes: Changes) -> None:
        """Leave no push for the page to find: its entry has one already."""
        for key in keys:
            self._ledger.retract_push(key, notes)
