"""Which SIM sends a message."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

from ..gateways.model import SendState
from .job import Need
from .line import Line, SmsQueue
from .messages import Fallback, Priority, Route, SendPolicy, State

_REACHES = {
    State.ACCEPTED: SendState.ACCEPTED,
    State.SENT: SendState.SENT,
    State.DELIVERED: SendState.DELIVERED,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The SIMs that a message may use, best first."""

    named: list[Line]
    others: list[Line]
    """For when none of `named` is able to send."""

    @property
    def lines(self) -> list[Line]:
        """All of them."""
        return self.named + self.others

    def usable(
        self, priority: Priority, fits: Callable[[Line], bool]
    ) -> Iterator[Line]:
        """Give the lines that a message would take now, were they free.

        `fits` tells whether a line has room for it. A message waits for the
        first named SIM that is able to send; the others are for when none is.
        An alarm takes whichever is free.
        """
        for line in self.named:
            if line.lets(priority) and fits(line):
                yield line
                if priority is not Priority.ALARM:
                    return
        for line in self.others:
            if line.lets(priority) and fits(line):
                yield line


class Router:
    """All SIMs of all boxes.

    A line stays here while its box is away or its entry is unloaded, so that
    messages for it queue; it is removed only with its SIM, and replaced by
    adding a new one with the same id.
    """

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._queue: SmsQueue | None = None
        self._sent: dict[str, float] = {}

    def attach(self, queue: SmsQueue) -> None:
        """Let all lines take their messages from this queue."""
        self._queue = queue
        for line in self:
            line.queue = queue

    def add(self, line: Line) -> None:
        """Let messages use this line, in place of an older one with its id."""
        line.queue = self._queue
        if (older := self._lines.get(line.line_id)) is not None:
            self._sent[line.line_id] = older.last_sent
            line.dialogues.menu_until = older.dialogues.menu_until
        line.last_sent = self._sent.get(line.line_id, -inf)
        self._lines[line.line_id] = line

    def note_sent(self, moments: Mapping[str, float]) -> None:
        """Hear when (monotonic) the lines of an earlier run have sent last, by their ids."""
        self._sent.update(moments)
        for line in self:
            line.last_sent = max(line.last_sent, moments.get(line.line_id, -inf))

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
        return self.choice(Need(route)).lines

    def choice(self, need: Need) -> Choice:
        """Return every line that may ever send what needs this."""
        reach = _REACHES[need.reach] if need.reach else SendState.ACCEPTED
        named, others = (
            [line for line in lines if line.gateway.sender.reaches >= reach]
            for lines in (self._named(need.route), self._others(need.route))
        )
        return Choice(named, others)

    def box(self, box_id: str) -> list[Line]:
        """Return the lines of a box."""
        return [line for line in self if line.box_id == box_id]

    def has_room(self) -> bool:
        """Whether any SIM could begin to send at once."""
        return any(line.free and line.able for line in self._lines.values())

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
