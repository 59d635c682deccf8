"""Messages that want to be sent, as the guard sees them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

from .countries import Country
from .guard_budgets import Limits
from .messages import Priority
from .numbers import normalised


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """A message that wants to be sent."""

    number: str
    text: str
    parts: int
    """Those that are still to be handed over."""
    priority: Priority
    limits: Mapping[str, Limits]
    """Of each SIM that may send it, by line id."""
    country: Country | None = None
    """For telling that two writings are one number."""
    cause: str = ""
    """Name of the automation, if known."""

    @property
    def peer(self) -> str:
        """The number in its one form."""
        return normalised(self.number, self.country)

    @property
    def text_hash(self) -> str:
        """What tells its text from others."""
        return hash_of(self.text)


def hash_of(text: str) -> str:
    """Return what tells a text from others and does not betray it."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Ahead:
    """What waits before a message, summed up by the SIMs it may use."""

    def __init__(self, wishes: Iterable[Wish]) -> None:
        """Sum up."""
        self._parts: Counter[tuple[frozenset[str], Priority]] = Counter()
        self._peers: dict[frozenset[str], set[str]] = {}
        for wish in wishes:
            self.add(wish)

    def add(self, wish: Wish) -> None:
        """Let one more wait."""
        lines = frozenset(wish.limits)
        self._parts[lines, wish.priority] += wish.parts
        if wish.priority is Priority.NORMAL and any(
            limits.recipients_per_day is not None for limits in wish.limits.values()
        ):
            self._peers.setdefault(lines, set()).add(wish.peer)

    def parts(self, lines: AbstractSet[str], priorities: Collection[Priority]) -> int:
        """Return how many parts of these priorities may use one of these SIMs."""
        return sum(
            parts
            for (theirs, priority), parts in self._parts.items()
            if priority in priorities and not lines.isdisjoint(theirs)
        )

    def peers(self, lines: AbstractSet[str]) -> set[str]:
        """Return whom normal messages are for that may use one of these SIMs.

        Those are left out whose SIMs may all write to everybody.
        """
        groups = (p for ls, p in self._peers.items() if not lines.isdisjoint(ls))
        return set().union(*groups)
