"""Telling parts that a transport brought twice from messages that are alike."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from ..gateways.clock import Clock
from ..gateways.model import Coding, Concatenation, SmsPart, Transport
from .arrivals import Arrival

_DOUBT = 60.0
"""A half-open link is noticed within a minute; answers given in it may be lost."""
_REPEATED_WITHIN = 120.0
"""Seconds after a rebind in which SMPP may bring an unanswered part again."""
_TWIN_WITHIN = 60.0
"""Seconds in which two AMI logins bring the same event."""
REMEMBERED = 600.0
"""Seconds after which a UDP number and its content are a new message (GoIP quirk Q13)."""
_PATIENCE = 25.0
"""Seconds after which the driver may have refused what nobody had answered."""
_MOST_REFUSED = 1000

type _Content = tuple[int, str, bytes, Coding, Concatenation | None, str, str]


def _content(part: SmsPart) -> _Content:
    return (
        part.channel,
        part.sender,
        part.payload,
        part.coding,
        part.concatenation,
        part.box_time,
        part.receive_id,
    )


@dataclass(slots=True, eq=False)
class _Answered:
    """An SMPP part whose answer may not have reached the box."""

    original: Arrival
    """What it was when it came first."""
    content: _Content
    link: str
    at: float
    until: float = inf
    """When the box will not repeat it any more."""


@dataclass(slots=True, eq=False)
class _Event:
    """An AMI part, and the logins that brought it."""

    original: Arrival
    content: _Content
    links: set[str] = field(default_factory=set)


class Repeats:
    """What one box brought lately."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answered: list[_Answered] = []
        self._doubtful: list[_Answered] = []
        self._events: list[_Event] = []
        self._numbered: dict[_Content, Arrival] = {}
        """UDP parts, the oldest first; the content has the box's number in it."""
        self._settled: list[str] = []

    def restore(self, doubtful: Iterable[Arrival], pushed: Iterable[Arrival]) -> None:
        """Take back the SMPP and UDP parts of an earlier run that may come again.

        No bind of this run has brought them.
        """
        self._doubtful += [
            _Answered(each, _content(each.part), "", each.at) for each in doubtful
        ]
        self._numbered = {_content(a.part): a for a in pushed} | self._numbered

    def on_connection(self, *, connected: bool) -> None:
        """Hear that the box is within reach or is not."""
        now = self._clock.monotonic()
        if connected:
            for each in self._doubtful:
                each.until = min(each.until, now + _REPEATED_WITHIN)
            return
        self._drop_old(now)
        self._doubtful += self._answered
        self._answered.clear()

    def original_of(self, arrival: Arrival) -> Arrival | None:
        """Return what a part repeats, if it does, and note that it came."""
        match arrival.part.transport:
            case Transport.SMPP:
                return self._repeated_by_smpp(arrival)
            case Transport.AMI:
                return self._brought_by_other_login(arrival)
            case Transport.UDP:
                return self._repeated_by_udp(arrival)

    def answered(self, arrival: Arrival) -> None:
        """Note that a part is being acknowledged.

        If that comes too late, the driver has refused it and it comes again,
        on the same bind.
        """
        now = self._clock.monotonic()
        late = [
            each
            for each in (*self._answered, *self._doubtful)
            if each.original is arrival and now - each.at >= _PATIENCE
        ]
        for each in late:
            each.link, each.until = "", now + _REPEATED_WITHIN
        self._answered = [each for each in self._answered if each not in late]
        self._doubtful += [each for each in late if each not in self._doubtful]

    def forget(self, arrival: Arrival) -> None:
        """Take note that a part was not kept."""
        for book in (self._answered, self._doubtful):
            book[:] = [each for each in book if each.original is not arrival]
        self._numbered.pop(_content(arrival.part), None)

    def settled(self) -> list[str]:
        """Return, once, the ids of SMPP parts that will not come again."""
        now = self._clock.monotonic()
        self._drop_old(now)
        self._drop_numbers(now)
        settled, self._settled = self._settled, []
        return settled

    def _drop_old(self, now: float) -> None:
        old = [a for a in self._answered if a.original.kept and now - a.at > _DOUBT]
        old += [a for a in self._doubtful if a.original.kept and now >= a.until]
        if not old:
            return
        self._answered = [a for a in self._answered if a not in old]
        self._doubtful = [a for a in self._doubtful if a not in old]
        left = {a.original.part_id for a in (*self._answered, *self._doubtful)}
        self._settled += {a.original.part_id for a in old} - left

    def _drop_numbers(self, now: float) -> None:
        while self._numbered:
            oldest = next(iter(self._numbered))
            if now - self._numbered[oldest].at < REMEMBERED:
                return
            del self._numbered[oldest]

    def _repeated_by_smpp(self, arrival: Arrival) -> Arrival | None:
        """Find the part among those that were perhaps unanswered when the link fell.

        Each of them is repeated once. A part of another bind than the last one
        of its channel shows by itself that the link had fallen.
        """
        now, part = arrival.at, arrival.part
        self._drop_old(now)
        for each in list(self._answered):
            if each.content[0] == part.channel and each.link != part.link:
                self._answered.remove(each)
                each.until = now + _REPEATED_WITHIN
                self._doubtful.append(each)
        came = _Answered(arrival, _content(part), part.link, now)
        repeated = self._find(came)
        if repeated is not None:
            came.original = repeated.original
        self._answered.append(came)
        return None if repeated is None else repeated.original

    def _find(self, came: _Answered) -> _Answered | None:
        """Return what a part repeats, and expect no other repeat of that one."""
        for each in self._doubtful:
            other_bind = not came.link or each.link != came.link
            if each.content == came.content and other_bind:
                self._doubtful.remove(each)
                return each
        for each in self._answered:
            refused = not each.original.kept and came.at - each.at >= _PATIENCE
            if each.content == came.content and refused:
                self._answered.remove(each)
                return each
        return None

    def _brought_by_other_login(self, arrival: Arrival) -> Arrival | None:
        oldest = arrival.at - _TWIN_WITHIN
        self._events = [e for e in self._events if e.original.at >= oldest]
        content = _content(arrival.part)
        for event in self._events:
            if event.content == content and arrival.part.link not in event.links:
                event.links.add(arrival.part.link)
                return event.original
        self._events.append(_Event(arrival, content, {arrival.part.link}))
        return None

    def _repeated_by_udp(self, arrival: Arrival) -> Arrival | None:
        """Find the part by its number, which the box also gives again after a reboot.

        Its sender and its text tell a repeat from that (GoIP D10).
        """
        self._drop_numbers(arrival.at)
        original = self._numbered.setdefault(_content(arrival.part), arrival)
        return None if original is arrival else original


class Insistence:
    """How often a box brought what could not be kept."""

    def __init__(self) -> None:
        self._times: dict[_Content, int] = {}

    def note(self, part: SmsPart, times: int) -> int:
        """Note that a part came so often and was not kept; return how often in all."""
        content = _content(part)
        times += self._times.pop(content, 0)
        self._times[content] = times
        if len(self._times) > _MOST_REFUSED:
            del self._times[next(iter(self._times))]
        return times

    def forget(self, part: SmsPart) -> None:
        """Take note that a part was kept."""
        if self._times:
            self._times.pop(_content(part), None)
