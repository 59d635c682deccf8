"""Matching a pattern within a number of steps that is known beforehand.

The pattern becomes a program of at most `MOST_STEPS` steps. A step that failed
at one place of the text is never tried there again, so that a search takes at
most steps times characters, whatever the pattern and the text.
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
import re
from typing import Final

from .grammar import Choice, Grammar, Group, Node, PatternError, Piece, Repeat, Sequence

MOST_STEPS: Final = 120


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
    piece: re.Pattern[str] | None = None
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
                piece = re.compile(node.text, self.flags)
                self._write(_Step(_Do.PIECE, piece, first=len(self._steps) + 1))
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
            self._write(_Step(_Do.SPLIT, first=again, second=again))
        for step in open_ends:
            if node.lazy:
                step.first = len(self._steps)
            else:
                step.second = len(self._steps)

    def search(self, text: str) -> Match | None:
        """Return the first match, the one that `re.search` finds."""
        tried = bytearray(len(self._steps) * (len(text) + 1))
        for start in range(len(text) + 1):
            slots = self._match(text, start, tried)
            if slots is not None:
                return Match(slots, self.names)
        return None

    def _match(self, text: str, start: int, tried: bytearray) -> tuple[int, ...] | None:
        slots = [-1] * (2 * self.groups + 2)
        steps, width = self._steps, len(text) + 1
        waiting: list[tuple[int, int, int, int]] = [(0, start, -1, 0)]
        while waiting:
            number, at, slot, kept = waiting.pop()
            if slot >= 0:
                slots[slot] = kept
                continue
            while not tried[place := number * width + at]:
                tried[place] = 1
                step = steps[number]
                number = step.first
                if step.piece is not None:
                    found = step.piece.match(text, at)
                    if found is None:
                        break
                    at = found.end()
                elif step.do is _Do.SPLIT:
                    waiting.append((step.second, at, -1, 0))
                elif step.do is _Do.KEEP:
                    waiting.append((0, 0, step.slot, slots[step.slot]))
                    slots[step.slot] = at
                else:
                    slots[:2] = start, at
                    return tuple(slots)
        return None


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Machine:
    """Return a pattern that can be searched for; raise `PatternError`."""
    grammar = Grammar(pattern)
    return Machine(grammar.read(), grammar.flags, grammar.names, grammar.groups)
