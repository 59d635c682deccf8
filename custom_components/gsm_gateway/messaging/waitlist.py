"""The queue of outgoing messages: alarms first, then in the order of submission."""

from bisect import bisect_left, insort
from collections.abc import Iterator

from .job import Job


def _order(job: Job) -> tuple[int, int]:
    return job.order


class Waitlist:
    """The messages that no SIM has begun to send, or of which the rest waits."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        """Give those that wait now and are not taken meanwhile."""
        return (job for job in list(self._jobs) if job.waits)

    def add(self, job: Job) -> None:
        """Let a message wait, at its place."""
        if not job.waits:
            job.waits = True
            insort(self._jobs, job, key=_order)

    def discard(self, job: Job) -> None:
        """Let a message not wait any more, if it did."""
        if job.waits:
            job.waits = False
            place = bisect_left(self._jobs, job.order, key=_order)
            del self._jobs[place]  # serials are unique
