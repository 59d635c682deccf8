"""Matching a pattern within a number of steps that is known beforehand.

The pattern becomes a program of at most `MOST_STEPS` steps. From the last step
to the first, the places of the text from which each can reach the end are found,
all at once: they are the bits of one integer. Then one walk in the order that
the pattern prefers finds the match, and never has to go back.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
import re
from typing import Final

from .grammar import Choice, Grammar, Group, Node, PatternError, Piece, Repeat, Sequence

MOST_STEPS: Final = 100


class _Do(Enum):
    PIECE = auto()
    """Go on behind the piece, if it is here."""
    SPLIT = auto()
    """Go on at `first`; if that fails, at `second`."""
    KEEP = auto()
    """Keep the place in the slot."""
    END = auto()


@dataclass(slots=True)
class _Step:
    do: _Do
    places: re.Pattern[str] | None = None
    """Finds where the piece is, without taking it."""
    width: int = 0
    """Characters of the piece."""
    first: int = 0
    """The step to go on at."""
    second: int = 0
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """What a pattern found."""

    slots: tuple[int, ...]
    """Start and end of the whole and of each group; -1 where it took no part."""
    names: dict[str, int]

    def span(self, group: int | str = 0) -> tuple[int, int] | None:
        """Return where a group was found; `None` if it took no part or is not there."""
        number = self.names.get(group) if isinstance(group, str) else group
        if number is None or self.slots[2 * number + 1] < 0:
            return None
        return self.slots[2 * number], self.slots[2 * number + 1]


@dataclass(slots=True)
class Machine:
    """A pattern, ready to search."""

    tree: Node
    flags: re.RegexFlag
    names: dict[str, int]
    groups: int
    _steps: list[_Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Write the program; raise `PatternError` where it is too long."""
        self._add(self.tree)
        self._write(_Step(_Do.END))

    def _write(self, step: _Step) -> _Step:
        if len(self._steps) >= MOST_STEPS:
            raise PatternError("pattern_too_slow")
        self._steps.append(step)
        return step

    def _add(self, node: Node) -> None:
        match node:
            case Piece():
                self._add_piece(node)
            case Sequence():
                for part in node.parts:
                    self._add(part)
            case Choice():
                self._add_choice(node)
            case Group():
                self._keep(2 * node.number)
                self._add(node.inner)
                self._keep(2 * node.number + 1)
            case Repeat():
                self._add_repeat(node)

    def _add_piece(self, piece: Piece) -> None:
        places = re.compile(f"(?={piece.text})", self.flags)
        ahead = len(self._steps) + 1
        self._write(_Step(_Do.PIECE, places, piece.width, first=ahead))

    def _keep(self, slot: int) -> None:
        self._write(_Step(_Do.KEEP, first=len(self._steps) + 1, slot=slot))

    def _add_choice(self, node: Choice) -> None:
        leaving: list[_Step] = []
        for way in node.ways[:-1]:
            split = self._split(lazy=False)
            self._add(way)
            leaving.append(self._write(_Step(_Do.SPLIT)))
            split.second = len(self._steps)
        self._add(node.ways[-1])
        for step in leaving:
            step.first = step.second = len(self._steps)

    def _split(self, *, lazy: bool) -> _Step:
        """Write a choice between the next step and one that is set afterwards."""
        step = self._write(_Step(_Do.SPLIT))
        step.first = -1 if lazy else len(self._steps)
        step.second = len(self._steps) if lazy else -1
        return step

    def _add_repeat(self, node: Repeat) -> None:
        for _ in range(node.least):
            self._add(node.inner)
        open_ends: list[_Step] = []
        again = len(self._steps)
        for _ in range(1 if node.most is None else node.most - node.least):
            open_ends.append(self._split(lazy=node.lazy))
            self._add(node.inner)
        if node.most is None:
            self._steps[-1].first = again
        for step in open_ends:
            if node.lazy:
                step.first = len(self._steps)
            else:
                step.second = len(self._steps)

    def search(self, text: str) -> Match | None:
        """Return the first match, the one that `re.search` finds."""
        reach = self._reach(text)
        if not reach[0]:
            return None
        start = at = len(text) + 1 - reach[0].bit_length()
        slots = [-1] * (2 * self.groups + 2)
        step = self._steps[0]
        while step.do is not _Do.END:
            ahead = step.first
            if step.do is _Do.PIECE:
                at += step.width
            elif step.do is _Do.KEEP:
                slots[step.slot] = at
            elif not reach[ahead] >> (len(text) - at) & 1:
                ahead = step.second
            step = self._steps[ahead]
        slots[:2] = start, at
        return Match(tuple(slots), self.names)

    def _reach(self, text: str) -> list[int]:
        """Return from where each step reaches the end.

        Bit n is set where it does so with n characters of the text to go.
        """
        steps = self._steps
        reach = [(2 << len(text)) - 1] * len(steps)
        seen: dict[str, int] = {}
        for number in reversed(range(len(steps) - 1)):
            step = steps[number]
            if step.places is not None:
                key = step.places.pattern
                if key not in seen:
                    seen[key] = _bits(step.places, text)
                endless = step.first < number
                ahead = reach[number + 1 if endless else step.first]
                if endless:
                    ahead = _spread(ahead, seen[key], step.width)
                reach[number] = seen[key] & ahead << step.width
            elif step.do is _Do.KEEP:
                reach[number] = reach[step.first]
            else:
                reach[number] = reach[step.first] | reach[step.second]
        return reach


def _bits(places: re.Pattern[str], text: str) -> int:
    """Return where something is found, as the bits of a number; the last is the end."""
    digits = bytearray(b"0" * (len(text) + 1))
    for match in places.finditer(text):
        digits[match.start()] = ord("1")
    return int(digits, 2)


def _spread(ends: int, places: int, width: int) -> int:
    """Return from where any number of pieces, one after the other, reaches an end."""
    while places:
        ends |= places & ends << width
        places &= places << width
        width *= 2
    return ends


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Machine:
    """Return a pattern that can be searched for; raise `PatternError`."""
    grammar = Grammar(pattern)
    return Machine(grammar.read(), grammar.flags, grammar.names, grammar.groups)
