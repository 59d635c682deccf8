"""What a box's inbox page has shown, and what a read of it brought."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from ..gateways.model import InboxEntry
from .ledger import Changes, Key

type Ident = tuple[Key, str]
"""An entry is told apart by its key and the time stamp as printed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageState:
    """What earlier reads have settled."""

    known: bool = False
    """The page was read once; what is new on it now is new."""
    read_at: datetime | None = None
    settled: dict[Ident, int] = field(default_factory=dict)
    """How many of each entry are announced, pushed or old."""


@dataclass(kw_only=True, slots=True)
class PageNews:
    """What one read brought; all of it is written at once or not at all."""

    read_at: datetime
    adopt: Callable[[], None]
    """Called when it is written, whoever still waits for that."""
    found: list[tuple[InboxEntry, datetime]] = field(default_factory=list)
    """What is to be announced, the oldest first, with the time of its arrival."""
    settled: dict[Ident, int] = field(default_factory=dict)
    """As in `PageState`, where that has changed."""
    forgotten: list[Ident] = field(default_factory=list)
    first: bool = False
    """The page is known from now on."""
    notes: Changes = field(default_factory=Changes)

    @property
    def matters(self) -> bool:
        """Whether anything else than the time of the read is new."""
        return bool(
            self.first
            or self.found
            or self.settled
            or self.forgotten
            or self.notes.added
            or self.notes.removed
        )
