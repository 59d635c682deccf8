"""An incoming message with all that is to be written with it."""

from dataclasses import dataclass, field

from .arrivals import Arrival
from .ledger import Changes
from .messages import ReceivedMessage


@dataclass(kw_only=True, slots=True, eq=False)
class Letter:
    """A message between its joining and its announcement."""

    message: ReceivedMessage
    arrivals: tuple[Arrival, ...] = ()
    notes: Changes = field(default_factory=Changes)
    """What it changed in the ledger and is not on disk."""
    open: bool = False
    """A late part may still be joined to it."""
    displaced: tuple[str, ...] = ()
    """Messages that take no late part any more."""
    known: bool = False
    """It was announced before, under another id: it is written, but not announced."""
    on_disk: bool = False
    written_at: float = 0.0
    """The time written with it, which tells its versions apart."""

    def follow(self, earlier: Letter) -> None:
        """Take over what an earlier version could not have written."""
        if not earlier.on_disk:
            earlier.notes.extend(self.notes)
            self.notes = earlier.notes
            self.displaced = (*earlier.displaced, *self.displaced)

    def saved(self) -> None:
        """Take note that all of it is on disk."""
        self.on_disk = True
        self.notes = Changes()
        for arrival in self.arrivals:
            arrival.on_disk = True
            arrival.notes.clear()
