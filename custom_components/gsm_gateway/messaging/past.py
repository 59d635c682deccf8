"""Taking up what an earlier run has left to send, to tell, or to hear of."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from ..gateways.clock import Clock
from . import outbox_log
from .book import Book
from .job import Job
from .journal import Journal
from .messages import Reason, State
from .outbox_log import Found
from .restore import HEARD_OF, judge, revive
from .router import Router
from .store import Opening, Store, StoreUnavailable


class Past:
    """The outgoing messages on disk, and numbers that none of them has had."""

    def __init__(
        self,
        clock: Clock,
        store: Store,
        router: Router,
        book: Book,
        journal: Journal,
    ) -> None:
        self._clock = clock
        self._store = store
        self._router = router
        self._book = book
        self._journal = journal
        self._serial = 0
        self._unread = False

    def next_serial(self) -> int:
        """Return a number that is higher than all before it, over restarts as well."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        self._serial = max(self._serial, milliseconds) + 1
        return self._serial

    async def load(self, opening: Opening) -> list[Job]:
        """Remember what is on disk, and return what is to be sent."""
        since = self._clock.now() - HEARD_OF
        try:
            found = await self._store.read(partial(outbox_log.read, since=since))
        except StoreUnavailable:
            self._unread = True
            return []
        self._unread = False
        return await self._take(found, opening)

    async def load_late(self) -> list[Job] | None:
        """Do the same once the file can be read; None if that was done before."""
        if not self._unread or (opening := self._store.opening) is None:
            return None
        return await self.load(opening)

    @property
    def restored(self) -> list[Job]:
        """The messages that came out of a backup and of which nobody has decided."""
        return [
            job
            for job in self._book
            if job.message.state is State.UNKNOWN
            and job.message.reason_key is Reason.RESTORED
            and job.message.text  # else it was too old to be kept
        ]

    async def resume_restored(self, take_up: Callable[[Sequence[Job]], None]) -> int:
        """Let them be queued again, each with its whole time, and return their number."""
        jobs = self.restored
        if not jobs:
            return 0
        steps = [(job, self._resume(job)) for job in jobs]
        done = self._journal.write(steps)
        done.add_done_callback(lambda _: take_up(jobs))
        await asyncio.wait([done])
        return len(jobs)

    def _resume(self, job: Job) -> State:
        lasting = job.message.expires_at - job.message.created_at
        job.deadline = self._clock.monotonic() + lasting.total_seconds()
        return self._journal.change(
            job,
            state=State.QUEUED,
            expires_at=self._clock.now() + lasting,
            reason="",
            reason_key=Reason.NONE,
            piece=None,
        )

    def drop_restored(self) -> int:
        """Write down that nobody wants them sent, and return their number."""
        jobs = self.restored
        for job in jobs:
            self._journal.step(job, reason_key=Reason.DROPPED)
        return len(jobs)

    async def _take(self, found: Found, opening: Opening) -> list[Job]:
        """Remember messages, each as what it has become since its run ended."""
        self._serial = max(self._serial, found.top_serial)
        now = self._clock.now()
        self._pause(found, now)
        waiting: list[Job] = []
        ended: list[tuple[Job, State]] = []
        for record in found.records:
            if record.message.message_id in self._book:
                continue
            job = revive(record, self._clock)
            changes = judge(job, opening, now, found.newest)
            self._book.add(job)
            if changes:
                ended.append((job, self._journal.change(job, **changes)))
            elif job.message.state is State.QUEUED:
                waiting.append(job)
            elif record.told is not job.message.state:
                begun = State.SENDING if job.message.box_id else State.QUEUED
                self._journal.tell_again(job, record.told or begun)
        await self._write(ended, copied=opening.copied)
        return waiting

    def _pause(self, found: Found, now: datetime) -> None:
        """Let the SIMs go on with the pause that the earlier run has begun."""
        ages = {
            line_id: max(0.0, (now - handed_at).total_seconds())
            for line_id, handed_at in found.handed_at.items()
        }
        monotonic = self._clock.monotonic()
        self._router.note_sent({each: monotonic - age for each, age in ages.items()})

    async def _write(self, ended: Sequence[tuple[Job, State]], *, copied: bool) -> None:
        """Write down what messages have become; then what was noted of them is no more needed."""
        if ended:
            done = self._journal.write(ended)
            await asyncio.wait([done])
            if done.exception() is not None:
                return
        await self._store.clear_begun()
        if copied:
            with suppress(StoreUnavailable):
                await self._store.end_copy()
