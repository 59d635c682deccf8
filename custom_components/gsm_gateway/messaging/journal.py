"""Each step of an outgoing message: committed, then told, in their order."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
import logging
from typing import Any

from ..gateways.clock import Clock
from . import outbox_log
from .disk import Statement
from .job import Job, Piece
from .messages import OutgoingMessage, State
from .store import Store, StoreUnavailable

_LOGGER = logging.getLogger(__name__)

_UNMARKED = (State.QUEUED, State.SENDING)
"""A restart goes on from them, or tells something else."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What a message has become, on its way to the disk."""

    job: Job
    message: OutgoingMessage
    previous: State | None
    whole: bool
    """Whether all its rows are written."""
    done: asyncio.Future[None]

    @property
    def is_new(self) -> bool:
        """Whether somebody is to hear of it."""
        return self.message.state is not self.previous


class Journal:
    """Writes the steps down and tells them afterwards, whether the disk took them or not."""

    def __init__(
        self,
        clock: Clock,
        store: Store,
        on_change: Callable[[OutgoingMessage, State | None], None],
    ) -> None:
        """Use a store. `on_change` hears each new state with the one before it."""
        self.on_change = on_change
        self.held = False
        """Whether the news are kept back until `tell_news`."""
        self._clock = clock
        self._store = store
        self._steps: deque[_Step] = deque()
        self._untold: deque[_Step] = deque()

    def step(self, job: Job, *pieces: Piece, **changes: Any) -> asyncio.Future[None]:
        """Let a message become something else, and write it and these pieces down."""
        before = self.change(job, **changes)
        rows = [outbox_log.save(job)]
        rows += [outbox_log.save_piece(job, piece) for piece in pieces]
        if job.message.state is not before:
            rows.append(outbox_log.add_state(job.message))
        return self._write([(job, before)], rows, whole=False)

    def write(self, steps: Sequence[tuple[Job, State | None]]) -> asyncio.Future[None]:
        """Write down what messages have become, with their states before, in one commit."""
        return self._write(steps, [row for step in steps for row in _rows(*step)])

    def rewrite(self, jobs: Sequence[Job]) -> asyncio.Future[None]:
        """Write down again what the disk has not taken, in one commit; nothing is told."""
        rows = [row for job in jobs for row in (*_rows(job, None), *_marks(job))]
        return self._write([(job, job.message.state) for job in jobs], rows)

    def change(self, job: Job, **changes: Any) -> State:
        """Let a message become something else, in memory alone; return its state before."""
        before = job.message.state
        if changes:
            now = self._clock.now()
            job.message = replace(job.message, changed_at=now, **changes)
        return before

    def tell_again(self, job: Job, previous: State | None) -> None:
        """Tell a step that is on disk, and perhaps was not told."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        self._await([_Step(job, job.message, previous, False, done)], done)

    def tell_news(self) -> None:
        """Tell what was kept back, and from now on everything at once."""
        self.held = False
        self._tell()

    async def settle(self) -> None:
        """Return when the disk has answered to every step."""
        while self._steps:
            await asyncio.wait([self._steps[-1].done])
            await asyncio.sleep(0)

    def _write(
        self,
        steps: Iterable[tuple[Job, State | None]],
        statements: Sequence[Statement],
        *,
        whole: bool = True,
    ) -> asyncio.Future[None]:
        done = self._store.write(*statements)
        taken = [_Step(job, job.message, before, whole, done) for job, before in steps]
        self._await(taken, done)
        return done

    def _await(self, steps: list[_Step], done: asyncio.Future[None]) -> None:
        self._steps.extend(steps)
        done.add_done_callback(self._settled)

    def _settled(self, _done: asyncio.Future[None]) -> None:
        """Go on with the steps that the disk has answered to, in their order."""
        while self._steps and self._steps[0].done.done():
            step = self._steps.popleft()
            job = step.job
            if step.done.exception() is None:
                job.on_disk = step.message.state
                job.unsaved = job.unsaved and not step.whole
            else:
                job.unsaved = True
            job.settled = step.message
            job.changed.set()
            job.changed.clear()
            if step.is_new:
                self._untold.append(step)
        if not self.held:
            self._tell()

    def _tell(self) -> None:
        while self._untold:
            step = self._untold.popleft()
            try:
                self.on_change(step.message, step.previous)
            except Exception:  # a listener's fault must not stop the queue
                _LOGGER.exception("A message's new state could not be told")
            step.job.heard = step.message.state
            if step.job.on_disk is not None:
                for mark in _marks(step.job):
                    self._store.write(mark, lazy=True)


class Unsaved:
    """Messages that go out although the disk has not taken their last steps."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    async def may_go(self, job: Job) -> bool:
        """Tell whether a message may leave whose `sending` the disk refused.

        A restart must not find it queued: if it would, the store has to note
        that it was begun.
        """
        if job.on_disk is not State.QUEUED or job.noted:
            return True
        try:
            await self._store.note_begun(job.message.message_id)
        except StoreUnavailable:
            return False
        job.noted = True
        return True

    async def write(self, jobs: Sequence[Job]) -> None:
        """Write what the disk has not taken, now that it takes it again."""
        behind = [job for job in jobs if job.unsaved]
        if behind:
            done = self._journal.rewrite(behind)
            await asyncio.wait([done])
            if done.exception() is not None:
                return
        noted = [job for job in jobs if job.noted]
        if any(job.unsaved for job in noted):
            return  # refused once more, after that
        for job in noted:
            job.noted = False
        await self._store.clear_begun()


def _marks(job: Job) -> Iterator[Statement]:
    """Give what keeps a restart from telling again what was told last."""
    if job.heard is not None and job.heard not in _UNMARKED:
        yield outbox_log.mark_told(job.message.message_id, job.heard)


def _rows(job: Job, before: State | None) -> Iterator[Statement]:
    """Give all that is to be known of a message."""
    yield outbox_log.save(job)
    yield outbox_log.forget_pieces(job.message.message_id)
    for piece in job.pieces:
        yield outbox_log.save_piece(job, piece)
    if job.message.state is not before:
        yield outbox_log.add_state(job.message)
