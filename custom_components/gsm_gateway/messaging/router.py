"""Which SIM sends a message."""

from collections.abc import Collection, Iterator

from .line import Line, SmsQueue
from .messages import Fallback, Priority, Route, SendPolicy


class Router:
    """All SIMs of all boxes.

    A line stays here while its box is away or its entry is unloaded, so that
    messages for it queue; it is removed only with its SIM, and replaced by
    adding a new one with the same id.
    """

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._queue: SmsQueue | None = None

    def attach(self, queue: SmsQueue) -> None:
        """Let all lines take their messages from this queue."""
        self._queue = queue
        for line in self:
            line.queue = queue

    def add(self, line: Line) -> None:
        """Let messages use this line, in place of an older one with its id."""
        line.queue = self._queue
        self._lines[line.line_id] = line

    def remove(self, line_id: str) -> None:
        """Let no message use this line any more."""
        self._lines.pop(line_id, None)

    def get(self, line_id: str) -> Line | None:
        """Return a line by its id."""
        return self._lines.get(line_id)

    def __iter__(self) -> Iterator[Line]:
        return iter(list(self._lines.values()))

    def candidates(self, route: Route) -> list[Line]:
        """Return every line that may send along this route, whatever its state, best first."""
        return self._named(route) + self._others(route)

    def usable(
        self, route: Route, priority: Priority, exclude: Collection[str] = ()
    ) -> list[Line]:
        """Return the lines that a message would take now, were they free, best first.

        A message waits for the first named SIM that is able to send; the others
        are for when none is. An alarm takes whichever is free.
        """
        named, others = (
            [line for line in lines if line.able and line.line_id not in exclude]
            for lines in (self._named(route), self._others(route))
        )
        if priority is Priority.ALARM:
            return named + others
        return named[:1] or others

    def _named(self, route: Route) -> list[Line]:
        lines = (self._lines.get(line_id) for line_id in dict.fromkeys(route.order))
        return [
            line
            for line in lines
            if line is not None and line.enabled and line.policy is not SendPolicy.NEVER
        ]

    def _others(self, route: Route) -> list[Line]:
        """Return the lines that nobody named, the least busy first."""
        if route.then is Fallback.NONE:
            return []
        lines = (
            line
            for line in self
            if line.enabled
            and line.policy is SendPolicy.ALWAYS
            and line.line_id not in route.order
            and (route.then is Fallback.ANY or line.box_id == route.box_id)
        )
        return sorted(lines, key=lambda line: (line.busy, line.last_sent))
