"""Telling parts that a transport brought twice from messages that are alike."""

from dataclasses import dataclass, field
from math import inf

from ..gateways.clock import Clock
from ..gateways.model import Coding, Concatenation, SmsPart, Transport

_DOUBT = 60.0
"""A half-open link is noticed within a minute; answers given in it may be lost."""
_REPEATED_WITHIN = 120.0
"""Seconds after a rebind in which SMPP may bring an unanswered part again."""
_TWIN_WITHIN = 60.0
"""Seconds in which two AMI logins bring the same event."""

type _Content = tuple[int, str, bytes, Coding, Concatenation | None, str]


def _content(part: SmsPart) -> _Content:
    return (
        part.channel,
        part.sender,
        part.payload,
        part.coding,
        part.concatenation,
        part.box_time,
    )


@dataclass(slots=True)
class _Answered:
    """An SMPP part whose answer may not have reached the box."""

    content: _Content
    link: str
    at: float
    until: float = inf
    """When the box will not repeat it any more."""


@dataclass(slots=True)
class _Event:
    """An AMI part, and the logins that brought it."""

    content: _Content
    at: float
    links: set[str] = field(default_factory=set)


class Repeats:
    """What one box brought lately."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answered: list[_Answered] = []
        self._doubtful: list[_Answered] = []
        self._events: list[_Event] = []

    def on_connection(self, *, connected: bool) -> None:
        """Hear that the box is within reach or is not."""
        now = self._clock.monotonic()
        if connected:
            for each in self._doubtful:
                each.until = min(each.until, now + _REPEATED_WITHIN)
            return
        self._doubtful += [a for a in self._answered if now - a.at <= _DOUBT]
        self._answered.clear()

    def is_repeat(self, part: SmsPart) -> bool:
        """Tell whether a part was brought before, and note that it came."""
        match part.transport:
            case Transport.SMPP:
                return self._repeated_by_smpp(part)
            case Transport.AMI:
                return self._brought_by_other_login(part)
            case Transport.INBOX_PAGE:
                return False

    def _repeated_by_smpp(self, part: SmsPart) -> bool:
        """Find the part among those that were perhaps unanswered when the link fell.

        Each of them is repeated once. A part of another bind than the last one
        of its channel shows by itself that the link had fallen.
        """
        now = self._clock.monotonic()
        self._answered = [a for a in self._answered if now - a.at <= _DOUBT]
        self._doubtful = [a for a in self._doubtful if now < a.until]
        for each in list(self._answered):
            if each.content[0] == part.channel and each.link != part.link:
                self._answered.remove(each)
                each.until = now + _REPEATED_WITHIN
                self._doubtful.append(each)
        content = _content(part)
        self._answered.append(_Answered(content, part.link, now))
        for each in self._doubtful:
            other_bind = not part.link or each.link != part.link
            if each.content == content and other_bind:
                self._doubtful.remove(each)
                return True
        return False

    def _brought_by_other_login(self, part: SmsPart) -> bool:
        now = self._clock.monotonic()
        self._events = [e for e in self._events if now - e.at <= _TWIN_WITHIN]
        content = _content(part)
        for event in self._events:
            if event.content == content and part.link not in event.links:
                event.links.add(part.link)
                return True
        self._events.append(_Event(content, now, {part.link}))
        return False
