"""Which of the waiting messages goes by which SIM, now."""

from collections.abc import Iterator
from functools import partial

from .guard import Guard
from .job import Job, Need
from .line import Line
from .messages import Priority, Reason
from .numbers import normalised
from .router import Choice, Router
from .waitlist import Waitlist


class Chooser:
    """Asked each time something about the SIMs has changed."""

    def __init__(self, router: Router, guard: Guard, waitlist: Waitlist) -> None:
        self._router = router
        self._guard = guard
        self._waitlist = waitlist
        self.hopeless: list[Job] = []
        """Messages that no SIM takes, found by `pairs`."""

    def pairs(self) -> Iterator[tuple[Job, Line]]:
        """Give what can be sent at once, by whom; the taker claims the line before the next."""
        self.hopeless = []
        if not self._router.has_room():
            return
        choices: dict[Need, Choice] = {}
        for job in self._waitlist:
            if (line := self._free_line(job, choices)) is not None:
                if not job.begun:
                    job.cut(line.gateway.sender)
                yield job, line
                if not self._router.has_room():
                    return
                choices.clear()  # another SIM is the least busy one now
            elif self._is_hopeless(job, choices):
                self.hopeless.append(job)

    def wish(self, line: Line) -> Priority | None:
        """Return the priority of the first message that would take this line, were it free."""
        choices: dict[Need, Choice] = {}
        for job in self._waitlist:
            if line in self._usable(job, choices):
                return job.message.priority
        return None

    def waiting(self, line_id: str | None) -> int:
        """Return how many messages wait that this SIM may send, or any SIM."""
        if line_id is None:
            return sum(1 for _ in self._waitlist)
        choices: dict[Need, Choice] = {}
        return sum(
            line_id == job.message.line_id
            if job.begun
            else any(line.line_id == line_id for line in self._of(job, choices).lines)
            for job in self._waitlist
        )

    def why_late(self, job: Job) -> tuple[str, Reason]:
        """Return why a message could not be sent in its time."""
        message = job.message
        if message.reason:
            return message.reason, message.reason_key
        able = [
            line
            for line in self._of(job, {}).lines
            if line.lets(message.priority) and job.parts_on(line.gateway.sender)
        ]
        if able and not any(self._fits(job, line) for line in able):
            return "the limits of the SIMs are used up", Reason.OVER_LIMIT
        return "no SIM could send it in time", Reason.NO_SIM_IN_TIME

    def _free_line(self, job: Job, choices: dict[Need, Choice]) -> Line | None:
        priority = job.message.priority
        usable = self._usable(job, choices)
        return next((line for line in usable if line.free_for(priority)), None)

    def _usable(self, job: Job, choices: dict[Need, Choice]) -> Iterator[Line]:
        """Give the lines that a message would take now, were they free."""
        if not job.begun:
            fits = partial(self._fits, job)
            yield from self._of(job, choices).usable(job.message.priority, fits)
            return
        line = self._router.get(job.message.line_id or "")
        if line is not None and line.lets(job.message.priority):
            yield line

    def _of(self, job: Job, choices: dict[Need, Choice]) -> Choice:
        if (choice := choices.get(job.need)) is None:
            choice = choices[job.need] = self._router.choice(job.need)
        return choice

    def _fits(self, job: Job, line: Line) -> bool:
        """Tell whether a line takes the text, and has budget left for it."""
        parts = job.parts_on(line.gateway.sender)
        if parts is None:
            return False
        message = job.message
        number = normalised(message.to, line.country)
        left = self._guard.left(line.line_id, line.limits, message.priority, number)
        return left >= parts

    def _is_hopeless(self, job: Job, choices: dict[Need, Choice]) -> bool:
        """Tell whether the text is too long for every SIM that there is.

        After a restart some SIMs may not be there yet.
        """
        lines = self._of(job, choices).lines
        return (
            bool(lines)
            and not (job.begun or job.revived)
            and all(job.parts_on(line.gateway.sender) is None for line in lines)
        )
