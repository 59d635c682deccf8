"""Which of the waiting messages goes by which SIM, now."""

from collections.abc import Iterator
from functools import partial

from .guard import Guard
from .job import Job
from .line import Line
from .messages import Priority, Reason
from .numbers import normalised
from .router import Choice, Router
from .waitlist import Group, Kind, Waitlist


class Chooser:
    """Asked each time something about the SIMs has changed."""

    def __init__(self, router: Router, guard: Guard, waitlist: Waitlist) -> None:
        self._router = router
        self._guard = guard
        self._waitlist = waitlist
        self.hopeless: list[Job] = []
        """Messages that no SIM takes, found by `pairs`."""

    def pairs(self) -> Iterator[tuple[Job, Line]]:
        """Give what can be sent at once, by whom.

        The taker claims the line, and takes the message, before the next.
        """
        self.hopeless = []
        while self._router.has_room():
            found = [
                pair
                for group in self._waitlist.groups()
                if (pair := self._first(group)) is not None
            ]
            if not found:
                return
            yield min(
                found, key=lambda pair: (pair[0].message.priority, pair[0].serial)
            )

    def wish(self, line: Line) -> Priority | None:
        """Return the priority of the first message that would take this line, were it free."""
        for group in self._waitlist.groups():
            options = self._options(group.kind)
            if line in options.lines and any(
                line in options.usable(job) for job in group.jobs
            ):
                return group.kind.priority
        return None

    def in_the_way(self) -> list[Line]:
        """Return SIMs whose USSD should end for an alarm that waits, one for each alarm.

        Asked after `pairs`, when no other SIM takes these alarms.
        """
        found: list[Line] = []
        for group in self._waitlist.groups():
            if group.kind.priority is not Priority.ALARM:
                continue
            options = self._options(group.kind)
            left = {x for x in options.lines if x.dialogues.yields}.difference(found)
            for job in group.jobs:
                if not left:
                    break
                if lines := [x for x in options.usable(job) if x in left]:
                    line = max(lines, key=lambda x: x.dialogues.ending)
                    left.remove(line)
                    found.append(line)
        return found

    def waiting(self, line_id: str | None) -> int:
        """Return how many messages wait that this SIM may send, or any SIM."""
        return sum(
            len(group.jobs)
            for group in self._waitlist.groups()
            if line_id is None
            or any(x.line_id == line_id for x in self._options(group.kind).lines)
        )

    def why_waits(self, job: Job) -> tuple[str, Reason]:
        """Return what keeps a message from SIMs that are ready, if anything does."""
        priority = job.message.priority
        options = self._options(Kind(job.need, priority, None))
        ready = [
            line
            for line in options.lines
            if line.able and job.parts_on(line.gateway.sender)
        ]
        able = [line for line in ready if line.lets(priority)]
        if ready and not able:
            return "the SIMs are abroad and send only alarms", Reason.ROAMING
        if able and not any(options.fits(job, line) for line in able):
            return "the limits of the SIMs are used up", Reason.OVER_LIMIT
        return "", Reason.NONE

    def why_late(self, job: Job) -> tuple[str, Reason]:
        """Return why a message could not be sent in its time."""
        message = job.message
        if message.reason:
            return message.reason, message.reason_key
        words, key = self.why_waits(job)
        if key is not Reason.NONE:
            return words, key
        return "no SIM could send it in time", Reason.NO_SIM_IN_TIME

    def _first(self, group: Group) -> tuple[Job, Line] | None:
        """Return the first message of a group that a free SIM can take now, and that SIM."""
        options = self._options(group.kind)
        if not options.has_room:
            return None
        for job in group.jobs:
            for line in options.usable(job):
                if line.free_for(group.kind.priority):
                    return job, line
            if options.is_hopeless(job) and job not in self.hopeless:
                self.hopeless.append(job)
        return None

    def _options(self, kind: Kind) -> _Options:
        """Return the SIMs that messages of a kind may use, as things are at this moment."""
        if kind.line_id is None:
            return _Options(kind, self._router.choice(kind.need), self._guard)
        line = self._router.get(kind.line_id)
        return _Options(kind, Choice([line] if line else [], []), self._guard)


class _Options:
    """The SIMs that messages of one kind may use, at one moment."""

    def __init__(self, kind: Kind, choice: Choice, guard: Guard) -> None:
        self.lines = choice.lines
        self._kind = kind
        self._choice = choice
        self._guard = guard
        self._left: dict[str, int] = {}

    @property
    def has_room(self) -> bool:
        """Whether any of them could begin to send at once."""
        priority = self._kind.priority
        return any(x.free_for(priority) and x.lets(priority) for x in self.lines)

    def usable(self, job: Job) -> Iterator[Line]:
        """Give the lines that a message would take now, were they free."""
        return self._choice.usable(self._kind.priority, partial(self.fits, job))

    def fits(self, job: Job, line: Line) -> bool:
        """Tell whether a line takes the text, and has budget left for it.

        What was begun goes on to its end.
        """
        if self._kind.line_id is not None:
            return True
        parts = job.parts_on(line.gateway.sender)
        return parts is not None and self._parts_left(job, line) >= parts

    def _parts_left(self, job: Job, line: Line) -> int:
        """Ask the guard; only where recipients are limited does it matter who gets it."""
        if line.limits.recipients_per_day is not None:
            return self._ask(line, normalised(job.message.to, line.country))
        if line.line_id not in self._left:
            self._left[line.line_id] = self._ask(line, job.message.to)
        return self._left[line.line_id]

    def _ask(self, line: Line, number: str) -> int:
        priority = self._kind.priority
        return self._guard.left(line.line_id, line.limits, priority, number)

    def is_hopeless(self, job: Job) -> bool:
        """Tell whether the text is too long for every SIM that there is.

        After a restart some SIMs may not be there yet.
        """
        return (
            bool(self.lines)
            and not (job.begun or job.revived)
            and all(job.parts_on(x.gateway.sender) is None for x in self.lines)
        )
