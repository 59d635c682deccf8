"""The regular expressions that may be written for an answer, as a tree.

A part of what Python's `re` knows, with the same meaning: what would need to go
back over the text in a way that cannot be bounded (back references, looking
around, repeats without limit inside repeats) is refused.
"""

from dataclasses import dataclass, field
import re
from typing import Final, NoReturn

LONGEST: Final = 500
_MOST_GROUPS: Final = 10
_DEEPEST: Final = 10
_MOST_REPEATS: Final = 1000

_FLAGS: Final = re.compile(r"\(\?([ims]+)\)")
_NAMED: Final = re.compile(r"\?P<([A-Za-z_]\w*)>", re.ASCII)
_COUNTED: Final = re.compile(r"\{(?:(\d+)|(\d*),(\d*))\}", re.ASCII)
_ESCAPE: Final = re.compile(
    r"\\(?:[dDwWsSnrtfv]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^0-9A-Za-z])", re.DOTALL
)
_BORDER: Final = re.compile(r"\\[bBAZ]|[\^$]")
_CLASS: Final = re.compile(r"\[\^?\]?(?:[^\\\]]|\\.)*\]", re.DOTALL)
_SIGNS_IN_CLASS: Final = frozenset("[&|~")


class PatternError(ValueError):
    """A pattern that cannot be used."""

    def __init__(self, reason: str) -> None:
        """Take the reason: a translation key (pattern_...)."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Piece:
    """What matches one run of characters in one way only, or a border between two."""

    text: str
    """As `re` writes it."""
    width: int
    """Characters that it matches; 0 for a border."""
    numeric: bool = False
    """Whether a digit may be in it."""

    def followed_by(self, other: Piece) -> Piece:
        """Return both as one."""
        width = self.width + other.width
        return Piece(self.text + other.text, width, self.numeric or other.numeric)


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first that fits."""

    ways: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What is kept of the match."""

    number: int
    inner: Node


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same several times."""

    inner: Node
    least: int
    most: int | None
    """`None`: without limit; then `inner` is a piece."""
    lazy: bool


type Node = Piece | Sequence | Choice | Group | Repeat


@dataclass(slots=True)
class Grammar:
    """Reads one pattern."""

    pattern: str
    flags: re.RegexFlag = re.IGNORECASE
    names: dict[str, int] = field(default_factory=dict)
    """Number of each group that has a name."""
    groups: int = 0
    _at: int = 0
    _depth: int = 0

    def read(self) -> Node:
        """Return the tree of the pattern; raise `PatternError`."""
        if len(self.pattern) > LONGEST:
            raise PatternError("pattern_too_long")
        flags = _FLAGS.match(self.pattern)
        if flags is not None:
            self._at = flags.end()
            for letter in flags[1]:
                self.flags |= re.RegexFlag[letter.upper()]
        tree = self._choice()
        if self._at < len(self.pattern):
            self._refuse("pattern_invalid")  # a bracket that nothing opened
        return tree

    def _refuse(self, reason: str) -> NoReturn:
        raise PatternError(reason)

    def _next(self) -> str:
        return self.pattern[self._at : self._at + 1]

    def _take(self, what: re.Pattern[str]) -> re.Match[str] | None:
        found = what.match(self.pattern, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def _choice(self) -> Node:
        ways = [self._sequence()]
        while self._next() == "|":
            self._at += 1
            ways.append(self._sequence())
        return ways[0] if len(ways) == 1 else Choice(tuple(ways))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._next() not in ("", "|", ")"):
            part = self._repeated()
            before = parts[-1] if parts else None
            if isinstance(part, Piece) and isinstance(before, Piece):
                parts[-1] = before.followed_by(part)
            else:
                parts.append(part)
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self) -> Node:
        inner = self._single()
        sign = self._next()
        counted = _COUNTED.match(self.pattern, self._at)
        if sign and sign in "*+?":
            self._at += 1
            least, most = (sign == "+") + 0, 1 if sign == "?" else None
        elif counted is not None:
            self._at = counted.end()
            least, most = self._counts(counted)
        else:
            return inner
        lazy = self._next() == "?"
        self._at += lazy
        if self._next() == "+" and not lazy:
            self._refuse("pattern_unsupported")
        if (self._next() and self._next() in "*+?") or _COUNTED.match(
            self.pattern, self._at
        ):
            self._refuse("pattern_invalid")
        return self._limited(Repeat(inner, least, most, lazy))

    def _counts(self, counted: re.Match[str]) -> tuple[int, int | None]:
        exact, low, high = counted.groups()
        if exact is not None:
            low = high = exact
        if len(low) > len(str(_MOST_REPEATS)) or len(high) > len(str(_MOST_REPEATS)):
            self._refuse("pattern_too_slow")
        least, most = int(low or 0), int(high) if high else None
        if most is not None and most < least:
            self._refuse("pattern_invalid")
        return least, most

    def _limited(self, repeat: Repeat) -> Node:
        """Return the repeat, refused where the ways to match it cannot be counted."""
        inner = repeat.inner
        if may_be_empty(inner):
            self._refuse("pattern_invalid")
        if repeat.most is None and not isinstance(inner, Piece):
            self._refuse("pattern_too_slow")
        if repeat.most != 1 and _has_endless(inner):
            self._refuse("pattern_too_slow")
        if isinstance(inner, Piece) and repeat.least == repeat.most:
            count = repeat.least
            if not count or count > LONGEST:
                self._refuse("pattern_invalid")
            text = f"(?:{inner.text}){{{count}}}"
            return Piece(text, inner.width * count, inner.numeric)
        return repeat

    def _single(self) -> Node:
        if self._next() == "(":
            return self._group()
        if self._next() == "[":
            written = self._take(_CLASS)
            if written is None:
                self._refuse("pattern_invalid")
            return self._class(written[0])
        border = self._take(_BORDER)
        if border is not None:
            return Piece(border[0], 0)
        escape = self._take(_ESCAPE)
        if escape is not None:
            return _one_of(escape[0])
        char = self._next()
        if char == "\\":
            self._refuse("pattern_unsupported")
        if char in "*+?" or _COUNTED.match(self.pattern, self._at) is not None:
            self._refuse("pattern_invalid")  # nothing to repeat
        self._at += 1
        return _one_of(char if char == "." else re.escape(char))

    def _class(self, written: str) -> Piece:
        """Return a set of characters, without what `re` may read otherwise one day."""
        if "--" in written:
            self._refuse("pattern_unsupported")
        opening = "[^" if written.startswith("[^") else "["
        pieces = [opening]
        at, end = len(opening), len(written) - 1
        while at < end:
            escape = _ESCAPE.match(written, at)
            if escape is None and written[at] == "\\":
                self._refuse("pattern_unsupported")
            item = written[at] if escape is None else escape[0]
            pieces.append(f"\\{item}" if item in _SIGNS_IN_CLASS else item)
            at += len(item)
        text = "".join((*pieces, "]"))
        try:
            return _one_of(text)
        except re.error:
            self._refuse("pattern_invalid")

    def _group(self) -> Node:
        self._at += 1
        self._depth += 1
        number = 0
        if self._next() != "?":
            number = self._numbered()
        elif self.pattern.startswith("?:", self._at):
            self._at += 2
        else:
            name = self._take(_NAMED)
            if name is None:
                self._refuse("pattern_unsupported")
            if name[1] in self.names:
                self._refuse("pattern_invalid")
            number = self.names[name[1]] = self._numbered()
        if self._depth > _DEEPEST or number > _MOST_GROUPS:
            self._refuse("pattern_too_slow")
        inner = self._choice()
        if self._next() != ")":
            self._refuse("pattern_invalid")
        self._at += 1
        self._depth -= 1
        return Group(number, inner) if number else inner

    def _numbered(self) -> int:
        self.groups += 1
        return self.groups


def _one_of(text: str) -> Piece:
    """Return the piece that matches one character."""
    accepts = re.compile(text).match
    return Piece(text, 1, any(accepts(digit) for digit in "0123456789"))


def may_be_empty(node: Node) -> bool:
    """Tell whether a node can match without any character."""
    match node:
        case Piece():
            return not node.width
        case Sequence():
            return all(map(may_be_empty, node.parts))
        case Choice():
            return any(map(may_be_empty, node.ways))
        case Group():
            return may_be_empty(node.inner)
        case Repeat():
            return not node.least or may_be_empty(node.inner)


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly inside of a node."""
    match node:
        case Piece():
            return ()
        case Sequence():
            return node.parts
        case Choice():
            return node.ways
        case Group() | Repeat():
            return (node.inner,)


def _has_endless(node: Node) -> bool:
    endless = isinstance(node, Repeat) and node.most is None
    return endless or any(map(_has_endless, children(node)))


def may_hold_digit(node: Node) -> bool:
    """Tell whether a digit may be in what a node matches."""
    if isinstance(node, Piece):
        return node.numeric
    return any(map(may_hold_digit, children(node)))
