"""A part as the inbox holds it, and what several of them say together."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from ..gateways.model import Coding, MessageKind, SmsPart, Transport
from ..gateways.text import clean, decode
from .ledger import Changes, Key, key_of

_BINARY_KINDS = frozenset({MessageKind.BINARY, MessageKind.MMS_NOTICE})


@dataclass(kw_only=True, slots=True, eq=False)
class Arrival:
    """A part that came, from its arrival until its message is announced."""

    part_id: str
    """Also the id of the message that it begins."""
    part: SmsPart
    at: float
    """Of the clock that nothing disturbs."""
    arrived_at: datetime
    earlier: bool = False
    """It came in an earlier run."""
    on_disk: bool = False
    kept: bool = False
    """On disk, or announced from memory: the box may forget it."""
    notes: Changes = field(default_factory=Changes)
    """What it changed in the ledger and is not on disk."""
    twin_of: str | None = None
    """The message that has an equal part in its place."""
    repeats: list[SmsPart] = field(default_factory=list)
    """Came while this one was on its way to the disk."""

    @property
    def has_page(self) -> bool:
        """Whether the box has an inbox page that may show it too."""
        return self.part.transport is not Transport.AMI

    @property
    def comes_again(self) -> bool:
        """Whether the box may bring it again if it is not acknowledged."""
        return self.part.transport is not Transport.AMI

    @property
    def times(self) -> int:
        """How often it has come, as far as nobody was answered."""
        return 1 + len(self.repeats)

    @property
    def key(self) -> Key:
        """What the inbox page would show of it."""
        return key_of(self.part.channel, self.part.sender, text_of((self,)))

    def repeated_by(self, part: SmsPart) -> None:
        """Answer a repeat as this one is answered."""
        if self.kept:
            part.acknowledge()
        else:
            self.repeats.append(part)

    def acknowledge(self) -> None:
        """Tell the box that it may forget the part."""
        self.kept = True
        for part in self._let_go():
            part.acknowledge()

    def refuse(self) -> None:
        """Tell the box that the part is not kept."""
        for part in self._let_go():
            part.refuse()

    def _let_go(self) -> list[SmsPart]:
        """Return who waits for an answer, and hold on to no link any more."""
        waiting = [self.part, *self.repeats]
        self.repeats.clear()
        self.part = replace(self.part, acknowledge=_nothing, refuse=_nothing)
        return waiting


def _nothing() -> None:
    """Answer nobody."""


def is_binary(part: SmsPart) -> bool:
    """Tell whether a part holds no text."""
    return part.coding is Coding.BINARY or part.kind in _BINARY_KINDS


def text_of(arrivals: tuple[Arrival, ...]) -> str:
    """Read parts as one; their bytes are joined first, so that no letter is cut."""
    parts = [arrival.part for arrival in arrivals]
    coding = parts[0].coding
    if all(part.coding is coding for part in parts):
        return clean(decode(b"".join(part.payload for part in parts), coding))
    return clean("".join(decode(part.payload, part.coding) for part in parts))


def kind_of(arrivals: tuple[Arrival, ...]) -> MessageKind:
    """Return what the driver calls the message; what has no text is binary."""
    parts = [arrival.part for arrival in arrivals]
    special = (p.kind for p in parts if p.kind is not MessageKind.TEXT)
    unreadable = any(part.coding is Coding.BINARY for part in parts)
    return next(special, MessageKind.BINARY if unreadable else MessageKind.TEXT)
