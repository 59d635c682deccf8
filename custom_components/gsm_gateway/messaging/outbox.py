"""Outgoing messages: queued, on the air at most once, always reported."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
import logging
from typing import Any

from ..gateways.clock import Clock
from ..gateways.model import GatewayError, SendReport
from ..gateways.ports import Sender
from .book import Book
from .chooser import Chooser
from .courier import Courier, Desk
from .draft import Drafter
from .guard import Guard
from .job import Job, News
from .journal import Journal, Unsaved
from .line import Line
from .messages import (
    OutgoingMessage,
    Priority,
    Reason,
    Request,
    ShuttingDown,
    State,
    TooLate,
    UnknownMessage,
)
from .past import Past
from .router import Router
from .store import Opening, Store
from .waitlist import Waitlist

_LOGGER = logging.getLogger(__name__)

_LOOK_AGAIN = 5.0
"""Seconds after which queued messages are looked at, although nobody called."""
_HERE = (State.QUEUED, State.SENDING)
_STEPS = (State.ACCEPTED, State.SENT, State.DELIVERED)


class Outbox:
    """What all boxes have to send."""

    def __init__(
        self,
        clock: Clock,
        router: Router,
        new_id: Callable[[], str],
        store: Store,
        guard: Guard,
        on_change: Callable[[OutgoingMessage, State | None], None],
    ) -> None:
        """Start empty. `on_change` hears each new state with the one before it, once it is on disk.

        What the disk does not take is told all the same.
        """
        self._clock = clock
        self._router = router
        self._book = Book()
        self._waitlist = Waitlist()
        self._journal = Journal(clock, store, on_change)
        self._past = Past(clock, store, router, self._book, self._journal)
        self._unsaved = Unsaved(store, self._journal)
        self._courier = Courier(
            Desk(
                clock=clock,
                book=self._book,
                waitlist=self._waitlist,
                journal=self._journal,
                unsaved=self._unsaved,
                guard=guard,
                next_serial=self._past.next_serial,
            )
        )
        self._drafter = Drafter(
            clock=clock,
            router=router,
            guard=guard,
            book=self._book,
            waitlist=self._waitlist,
            new_id=new_id,
            next_serial=self._past.next_serial,
        )
        self._chooser = Chooser(router, guard, self._waitlist)
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.Task[None] | None = None
        self._closed = False
        router.attach(self)

    async def load(self, opening: Opening) -> None:
        """Take up what an earlier run has left, before anything else is called."""
        self._go_on(await self._past.load(opening))

    def hold_news(self) -> None:
        """Keep back from `on_change` what becomes of messages, until `tell_news`.

        What is kept back is told by the next run if this one ends meanwhile.
        """
        self._journal.held = True

    def tell_news(self) -> None:
        """Tell `on_change` what was kept back, and from now on everything at once."""
        self._journal.tell_news()

    async def submit(self, requests: Sequence[Request]) -> list[OutgoingMessage]:
        """Queue messages, all or none, and return them once they are on disk.

        A full disk refuses nothing: they live in memory then. Raises
        `BadNumber`, `NothingToSend`, `NoSim`, `CannotReach`, `GuardRefusal`,
        `ShuttingDown`, and `TextTooLong` (of `gateways.model`) when no SIM that
        may send it takes a text so long.
        """
        if self._closed:
            raise ShuttingDown("no more messages are taken")
        jobs = self._drafter.draft(requests)
        messages = [job.message for job in jobs]
        if jobs:
            done = self._journal.write([(job, None) for job in jobs])
            done.add_done_callback(lambda _: self._take_up(jobs))
            await asyncio.wait([done])
        return messages

    def get(self, message_id: str) -> OutgoingMessage | None:
        """Return a message as it stands, as long as it is remembered."""
        job = self._book.get(message_id)
        return job.message if job is not None else None

    def counts(self) -> Counter[State]:
        """Return how many of the remembered messages stand where."""
        return Counter(job.message.state for job in self._book)

    def waiting(self, line_id: str | None = None) -> int:
        """Return how many messages wait that this SIM may send, or any SIM."""
        return self._chooser.waiting(line_id)

    def why_waiting(self, message_id: str) -> Reason:
        """Return what keeps a message from SIMs that are ready; `NONE` where nothing does."""
        job = self._book.get(message_id)
        if job is None or job not in self._waitlist:
            return Reason.NONE
        return self._chooser.why_waits(job)[1]

    @property
    def restored(self) -> int:
        """How many messages a restored backup had in its queue, of which the user must decide."""
        return len(self._past.restored)

    async def resume_restored(self) -> int:
        """Queue these messages again, each with its whole time, and return how many they are."""
        if self._closed:
            raise ShuttingDown("no more messages are taken")
        return await self._past.resume_restored(self._take_up)

    def drop_restored(self) -> int:
        """Never send these messages, and return how many they are."""
        return self._past.drop_restored()

    async def cancel(self, message_id: str) -> OutgoingMessage:
        """Take a message back that no SIM has begun to send; return it once that is on disk.

        Raises `UnknownMessage` and `TooLate`.
        """
        job = self._job(message_id)
        if job.begun and job in self._waitlist:
            raise TooLate(State.SENDING)
        if job not in self._waitlist:
            raise TooLate(job.message.state)
        self._waitlist.discard(job)
        changes = {"reason": "cancelled", "reason_key": Reason.CANCELLED}
        done = self._journal.step(job, state=State.CANCELLED, **changes)
        message = job.message
        await asyncio.wait([done])
        return message

    async def wait(
        self, message_id: str, state: State, seconds: float
    ) -> OutgoingMessage:
        """Return the message once it reached `state` or a later or final one, or the time is up.

        `state` is `ACCEPTED`, `SENT` or `DELIVERED`. Raises `UnknownMessage`.
        """
        job = self._job(message_id)
        enough = _STEPS[_STEPS.index(state) :]
        try:
            async with self._clock.timeout(seconds):
                while not (job.told.state in enough or job.told.state.final):
                    await job.changed.wait()
        except TimeoutError:
            pass
        return job.told

    def on_report(self, box_id: str, report: SendReport) -> None:
        """Hear from a box what became of a message; the box may forget it once it is on disk."""
        written = None
        if found := self._book.find(box_id, report.token):
            key = Reason.BOX_WORDS if report.reason else Reason.NONE
            news = News(report.state, report.reason, key, report.code, report.box_key)
            written = self._courier.hear(*found, news)
        if written is None:
            report.acknowledge()
        else:
            written.add_done_callback(lambda _: report.acknowledge())

    def recall(self, box_id: str) -> None:
        """Tell the driver of a box, before it listens, what the box calls open messages.

        A box may push news of them before it counts as within reach (GoIP UDP).
        """
        lines = self._router.box(box_id)
        if not lines or (recaller := lines[0].gateway.recaller) is None:
            return
        now, reaches = self._clock.now(), lines[0].gateway.sender.reaches
        for piece in self._book.open_pieces(box_id, reaches):
            line = self._router.get(piece.line_id or "")
            if line is not None and (key := piece.box_key):
                at = piece.handed_at or now
                recaller.recall(line.channel, piece.token, key, at)

    def box_connected(self, box_id: str) -> None:
        """Hear that a box is within reach (again): ask it for news, and send."""
        lines = self._router.box(box_id)
        for line in lines:
            line.rouse()
        if lines and not self._closed:
            self._ask(box_id)
        self.wake()

    def forget(self, box_id: str) -> None:
        """Forget what a box that was removed has taken; the log forgets it as well."""
        for job in self._book:
            if job.message.box_id == box_id and job.message.state not in _HERE:
                self._book.remove(job)

    def on_store_back(self, *, anew: bool = False) -> asyncio.Task[None]:
        """Hear that the disk takes something again, `anew` if with an empty file.

        Returns what is done when everything is written, or refused again.
        """
        if anew:
            for job in self._book:
                job.unsaved, job.on_disk = True, None
        return self._start(self._write_unsaved(), "unsaved SMS")

    def wake(self) -> None:
        """Look again which message can be sent: a line has changed."""
        if self._closed:
            return
        self._expire()
        for job, line in self._chooser.pairs():
            self._hand_over(job, line)
        for job in self._chooser.hopeless:
            self._end(job, State.FAILED, "too long for every SIM", Reason.TOO_LONG)
        for line in self._chooser.in_the_way():
            line.dialogues.yield_to_alarm()
        for line in self._router:
            line.offer()
        self._set_timer()

    def on_free(self) -> None:
        """Hear that a line has become free."""
        self.wake()

    def wish(self, line: Line) -> Priority | None:
        """Return the priority of the first message that wants this line now."""
        return self._chooser.wish(line)

    async def close(self, grace: float = 1.0) -> None:
        """Refuse new messages, give running sends `grace` seconds, and stop.

        What may have left then and is not accepted is `UNKNOWN`.
        """
        self._closed = self._courier.closed = True
        if self._timer is not None:
            self._timer.cancel()
        for seconds in (grace, grace):
            if not self._tasks:
                break
            try:
                async with self._clock.timeout(seconds):
                    await asyncio.wait(self._tasks)
            except TimeoutError:
                for task in self._tasks:
                    task.cancel()
        for job in self._book.sending():
            self._courier.interrupt(job)
        try:
            async with self._clock.timeout(grace):
                await self._journal.settle()
        except TimeoutError:
            _LOGGER.debug("Not every state of an SMS is on disk yet")

    def _job(self, message_id: str) -> Job:
        if (job := self._book.get(message_id)) is None:
            raise UnknownMessage(message_id)
        return job

    def _take_up(self, jobs: Sequence[Job]) -> None:
        """Let messages wait that are on disk."""
        for job in jobs:
            self._waitlist.add(job)
        self.wake()

    def _go_on(self, jobs: Sequence[Job]) -> None:
        """Send what an earlier run has left, and ask the boxes that are there for its news."""
        self._take_up(jobs)
        for box_id in {line.box_id for line in self._router if line.connected}:
            self._ask(box_id)

    def _hand_over(self, job: Job, line: Line) -> None:
        """Begin to send a message; the line is free for it."""
        self._waitlist.discard(job)
        if not job.begun:
            job.cut(line.gateway.sender)
        line.claim(job)
        task = self._start(self._courier.run(job, line), f"SMS {job.serial}")
        # Not in the task itself: it may be cancelled before its first step.
        task.add_done_callback(partial(self._give_back, job, line))

    def _give_back(self, job: Job, line: Line, _: asyncio.Task[None]) -> None:
        line.release(job)

    def _expire(self) -> None:
        now = self._clock.monotonic()
        for job in self._waitlist:
            if now >= job.deadline:
                self._end(job, State.EXPIRED, *self._chooser.why_late(job))

    def _end(self, job: Job, state: State, reason: str, key: Reason) -> None:
        """Give up a message that waits."""
        self._waitlist.discard(job)
        self._journal.step(job, state=state, reason=reason, reason_key=key)

    async def _write_unsaved(self) -> None:
        if (late := await self._past.load_late()) is not None:
            self._go_on(late)
        await self._unsaved.write(list(self._book))

    def _ask(self, box_id: str) -> None:
        """Offer open tokens to a box, in the background where that takes time."""
        self.recall(box_id)
        gateway = self._router.box(box_id)[0].gateway
        tokens: dict[str, int] = {}
        now = self._clock.now()
        for piece in self._book.open_pieces(box_id, gateway.sender.reaches):
            if (line := self._router.get(piece.line_id or "")) is None:
                continue
            if self._book.is_asked_for(piece, now):
                tokens[piece.token] = line.channel
        if tokens:
            self._start(self._resume(gateway.sender, tokens), f"open SMS of {box_id}")

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _resume(self, sender: Sender, tokens: dict[str, int]) -> None:
        try:
            await sender.resume(tokens)
        except GatewayError as error:
            _LOGGER.debug("Open messages could not be asked for: %s", error)

    def _set_timer(self) -> None:
        """Look again when a message expires or a pause of a line ends."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waitlist:
            now = self._clock.monotonic()
            moments = [job.deadline for job in self._waitlist]
            moments += [x.next_change for x in self._router if x.next_change > now]
            seconds = min(_LOOK_AGAIN, min(moments) - now)
            self._timer = self._start(self._wake_after(seconds), "queue of SMS")

    async def _wake_after(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._timer = None
        self.wake()
