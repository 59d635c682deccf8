"""The queue of outgoing messages, sorted by what they need."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from .job import Job, Need
from .messages import Priority


@dataclass(frozen=True, slots=True)
class Kind:
    """What messages have in common that may go by the same SIMs."""

    need: Need
    priority: Priority
    line_id: str | None
    """The SIM that has begun to send them."""


@dataclass(slots=True)
class Group:
    """Messages of one kind, in the order of their submission."""

    kind: Kind
    jobs: list[Job] = field(default_factory=list)
    parts: int = 0
    """SMS that they are together."""


def _serial(job: Job) -> int:
    return job.serial


class Waitlist:
    """The messages that no SIM has begun to send, or of which the rest waits."""

    def __init__(self) -> None:
        self._groups: dict[Kind, Group] = {}
        self._places: dict[Job, tuple[Group, int]] = {}
        """Where each is, and as how many parts it counts there."""

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, job: Job) -> bool:
        return job in self._places

    def __iter__(self) -> Iterator[Job]:
        """Give all of them, in no promised order."""
        return iter(list(self._places))

    def groups(self) -> list[Group]:
        """Return them sorted by kind, alarms first."""
        return sorted(self._groups.values(), key=lambda group: group.kind.priority)

    def add(self, job: Job) -> None:
        """Let a message wait, at its place."""
        if job in self._places:
            return
        kind = _kind(job)
        group = self._groups.setdefault(kind, Group(kind))
        parts = job.parts_to_go
        insort(group.jobs, job, key=_serial)
        group.parts += parts
        self._places[job] = group, parts

    def discard(self, job: Job) -> None:
        """Let a message not wait any more, if it did."""
        if (place := self._places.pop(job, None)) is None:
            return
        group, parts = place
        del group.jobs[bisect_left(group.jobs, job.serial, key=_serial)]
        group.parts -= parts
        if not group.jobs:
            del self._groups[group.kind]


def _kind(job: Job) -> Kind:
    message = job.message
    return Kind(job.need, message.priority, message.line_id if job.begun else None)
