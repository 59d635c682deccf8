"""Parts of long SMS on their way: some ways take them one by one, some wait for the last."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from ..core import journal as j
from ..core.line import IncomingSms, Line

if TYPE_CHECKING:
    from .box import GoipBox


class Way(Protocol):
    """A way from the radio to clients."""

    @property
    def takes_parts(self) -> bool:
        """Whether it takes parts one by one."""

    def take_in(self, line: Line, message: IncomingSms) -> None:
        """Take a whole SMS."""

    def take_in_part(self, line: Line, message: IncomingSms, part: int) -> None:
        """Take one part, from 1."""


@dataclass
class _Set:
    """The parts of one SMS: those that the box has, and those that it had and lost."""

    line: int
    got: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)


class Joining:
    """Brings the parts of long SMS on their ways."""

    def __init__(self, box: GoipBox) -> None:
        """Bind to a box."""
        self._box = box
        self._sets: dict[int, _Set] = {}
        self._whole: set[int] = set()

    def take_in_part(self, line: Line, message: IncomingSms, part: int) -> None:
        """Take one part, from 1; the last one completes what waits for it."""
        ways: list[Way] = self._box.ways
        for way in ways:
            if way.takes_parts:
                way.take_in_part(line, message, part)
        if message.id in self._whole:
            return
        found = self._sets.setdefault(message.id, _Set(line.number))
        found.got.add(part)
        gone = found.lost | set(message.missing)
        if len(found.got | gone) < len(message.parts):
            return
        del self._sets[message.id]
        self._whole.add(message.id)
        whole = replace(message, missing=tuple(sorted(gone - found.got)))
        for way in ways:
            if not way.takes_parts:
                way.take_in(line, whole)

    def forget(self) -> None:
        """Lose the parts that the box has."""
        for number, found in self._sets.items():
            for part in sorted(found.got):
                self._box.log(
                    j.SMS_LOST,
                    found.line,
                    id=number,
                    part=part,
                    how="joining",
                    reason="power",
                )
            found.lost |= found.got
            found.got.clear()
