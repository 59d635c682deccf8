"""Outgoing messages: queued, on the air at most once, always reported."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from functools import partial
import logging
from typing import Any

from ..gateways.clock import Clock
from ..gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
    SendRefused,
    SendReport,
    SendState,
    TextTooLong,
)
from ..gateways.ports import Sender
from ..gateways.text import clean, count_parts
from .book import Book
from .job import Job, Piece
from .line import Line
from .messages import (
    NoSim,
    OutgoingMessage,
    Priority,
    Route,
    ShuttingDown,
    State,
)
from .numbers import dialable
from .router import Router

_LOGGER = logging.getLogger(__name__)

_LOOK_AGAIN = 5.0
"""Seconds after which queued messages are looked at, although nobody called."""
_NOT_OUT = (CannotConnect, InvalidAuth, ChannelUnavailable, ChannelBusy)
_STEPS = (State.ACCEPTED, State.SENT, State.DELIVERED)


class Outbox:
    """What all boxes have to send."""

    def __init__(
        self,
        clock: Clock,
        router: Router,
        new_id: Callable[[], str],
        new_serial: Callable[[], int],
        on_change: Callable[[OutgoingMessage, State | None], None],
    ) -> None:
        """Start empty. `on_change` hears each new state with the one before it.

        `new_serial` gives numbers that are unique over restarts.
        """
        self._clock = clock
        self._router = router
        self._new_id = new_id
        self._new_serial = new_serial
        self._on_change = on_change
        self._book = Book()
        self._queue: set[Job] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.Task[None] | None = None
        self._closed = False
        router.attach(self)

    def submit(
        self,
        to: str,
        text: str,
        route: Route,
        priority: Priority,
        expire_after: timedelta,
    ) -> OutgoingMessage:
        """Queue a message and return it.

        Raises `BadNumber`, `NoSim`, `ShuttingDown`, and `TextTooLong` (of
        `gateways.model`) when no SIM that may send it takes a text so long.
        """
        if self._closed:
            raise ShuttingDown("no more messages are taken")
        number, text = dialable(to), clean(text)
        self._check(text, self._router.candidates(route))
        job = self._job(number, text, route, priority, expire_after)
        self._book.add(job)
        self._queue.add(job)
        self._tell(job, None)
        self.wake()
        return job.message

    def get(self, message_id: str) -> OutgoingMessage | None:
        """Return a message as it stands, as long as it is remembered."""
        job = self._book.get(message_id)
        return job.message if job is not None else None

    def counts(self) -> Counter[State]:
        """Return how many of the remembered messages stand where."""
        return Counter(job.message.state for job in self._book)

    async def wait(
        self, message_id: str, state: State, seconds: float
    ) -> OutgoingMessage:
        """Return the message once it reached `state` or a later or final one, or the time is up.

        `state` is `ACCEPTED`, `SENT` or `DELIVERED`. Raises `KeyError`.
        """
        job = self._book[message_id]
        enough = _STEPS[_STEPS.index(state) :]
        try:
            async with self._clock.timeout(seconds):
                while not (job.message.state in enough or job.message.state.final):
                    await job.changed.wait()
        except TimeoutError:
            pass
        return job.message

    def on_report(self, box_id: str, report: SendReport) -> None:
        """Hear from a box what became of a message."""
        if found := self._book.find(box_id, report.token):
            self._hear(*found, report.state, report.reason, report.code)

    def box_connected(self, box_id: str) -> None:
        """Hear that a box is within reach (again): ask it for news, and send."""
        lines = [line for line in self._router if line.box_id == box_id]
        for line in lines:
            line.rouse()
        if lines and not self._closed:
            self._ask(box_id, lines[0].gateway.sender)
        self.wake()

    def wake(self) -> None:
        """Look again which message can be sent: a line has changed."""
        if self._closed:
            return
        self._expire()
        for job in sorted(self._queue, key=lambda job: job.order):
            if job in self._queue:  # a listener may have been quicker
                self._try(job)
        for line in self._router:
            line.offer()
        self._set_timer()

    def on_free(self) -> None:
        """Hear that a line has become free."""
        self.wake()

    def wish(self, line: Line) -> Priority | None:
        """Return the priority of the first message that wants this line now."""
        wishes = (j.message.priority for j in self._queue if line in self._usable(j))
        return min(wishes, default=None)

    async def close(self, grace: float = 1.0) -> None:
        """Refuse new messages, give running sends `grace` seconds, and stop.

        What is still being sent then is `UNKNOWN`.
        """
        self._closed = True
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
            if piece := job.next_piece:
                self._hear(job, piece, SendState.UNKNOWN, "interrupted", None)

    def _check(self, text: str, candidates: list[Line]) -> None:
        """Raise `NoSim` or `TextTooLong` if no line can ever send this."""
        error: Exception = NoSim("no SIM may send this message")
        for line in candidates:
            try:
                line.gateway.sender.split(text)
            except TextTooLong as too_long:
                error = too_long
            else:
                return
        raise error

    def _job(
        self,
        to: str,
        text: str,
        route: Route,
        priority: Priority,
        expire_after: timedelta,
    ) -> Job:
        """Make a message that is queued now."""
        now = self._clock.now()
        message = OutgoingMessage(
            message_id=self._new_id(),
            to=to,
            text=text,
            priority=priority,
            parts=count_parts(text),
            created_at=now,
            expires_at=now + expire_after,
            state=State.QUEUED,
            changed_at=now,
        )
        deadline = self._clock.monotonic() + expire_after.total_seconds()
        job = Job(message, route, self._new_serial(), deadline)
        job.message = replace(message, line_id=job.named_line)
        return job

    def _usable(self, job: Job) -> list[Line]:
        """Return the lines that a message would take now, were they free."""
        if not job.begun:
            return self._router.usable(job.route, job.message.priority, job.barred)
        line = self._router.get(job.message.line_id or "")
        return [line] if line is not None and line.able else []

    def _try(self, job: Job) -> None:
        """Begin to send a message if a line is free for it."""
        priority = job.message.priority
        while line := next(
            (x for x in self._usable(job) if x.free_for(priority)), None
        ):
            if not self._cut(job, line):
                continue
            self._queue.remove(job)
            line.claim(job)
            task = self._start(self._run(job, line), f"SMS {job.serial}")
            # Not in the task itself: it may be cancelled before its first step.
            task.add_done_callback(partial(self._give_back, job, line))
            return

    def _give_back(self, job: Job, line: Line, _: asyncio.Task[None]) -> None:
        line.release(job)

    def _cut(self, job: Job, line: Line) -> bool:
        """Cut a text into what the line takes, and tell whether it takes it at all."""
        if job.begun:
            return True
        try:
            pieces = line.gateway.sender.split(job.message.text)
        except TextTooLong as error:
            job.barred.add(line.line_id)
            lines = self._router.candidates(job.route)
            if all(line.line_id in job.barred for line in lines):
                self._commit(job, state=State.FAILED, reason=str(error))
            return False
        job.pieces = [Piece(text) for text in pieces]
        return True

    async def _run(self, job: Job, line: Line) -> None:
        """Send the pieces of a message that are not out yet, one after the other."""
        while (piece := job.next_piece) is not None:
            if not await self._send(job, line, piece):
                return
            if job.next_piece is not None:
                await line.next_turn(job, job.message.priority)

    async def _send(self, job: Job, line: Line, piece: Piece) -> bool:
        """Hand over one piece, once, and tell whether the box took it or may have."""
        sender = line.gateway.sender
        piece.token = sender.token(self._new_serial())
        self._book.note(line.box_id, job, piece)
        parts = len(job.pieces) if len(job.pieces) > 1 else job.message.parts
        self._commit(
            job, state=State.SENDING, line_id=line.line_id, parts=parts, reason=""
        )
        piece.in_flight = True
        try:
            await sender.send(line.channel, job.message.to, piece.text, piece.token)
            self._hear(job, piece, SendState.ACCEPTED, "", None)
        except _NOT_OUT as error:
            if piece.state is None:
                line.refused()
                self._requeue(job, line, piece, str(error))
                return False
        except SendRefused as error:
            self._hear(job, piece, SendState.FAILED, error.reason, error.code)
        except GatewayError as error:
            self._hear(job, piece, SendState.UNKNOWN, str(error), None)
        except Exception:  # whatever happened, the message may be on the air
            _LOGGER.exception("Sending a message failed in an unforeseen way")
            self._hear(job, piece, SendState.UNKNOWN, "unforeseen error", None)
        finally:
            piece.in_flight = False
        line.sent()
        return True

    def _requeue(self, job: Job, line: Line, piece: Piece, reason: str) -> None:
        """Put back what certainly did not go out."""
        self._book.strike(line.box_id, piece)
        self._queue.add(job)
        self._commit(
            job,
            state=State.QUEUED,
            attempt=job.message.attempt + 1,
            line_id=job.named_line,
            reason=job.told(piece, reason),
        )

    def _hear(
        self, job: Job, piece: Piece, state: SendState, reason: str, code: int | None
    ) -> None:
        """Take news of a piece and make them news of the message."""
        if job.hear(piece, state, reason, code):
            standing, reason, code = job.standing()
            if standing is not State.SENDING:
                self._commit(job, state=standing, reason=reason, code=code)

    def _commit(self, job: Job, **changes: Any) -> None:
        """Make a step of a message true before anything else happens, and tell it."""
        before = job.message.state
        changed_at = self._clock.now()
        job.message = replace(job.message, changed_at=changed_at, **changes)
        if job.message.state is not State.QUEUED:
            self._queue.discard(job)
        if job.message.state is not before:
            self._tell(job, before)

    def _tell(self, job: Job, before: State | None) -> None:
        job.changed.set()
        job.changed.clear()
        try:
            self._on_change(job.message, before)
        except Exception:  # a listener's fault must not stop the queue
            _LOGGER.exception("A message's new state could not be told")

    def _expire(self) -> None:
        now = self._clock.monotonic()
        for job in [job for job in self._queue if now >= job.deadline]:
            reason = job.message.reason or "no SIM could send it in time"
            self._commit(job, state=State.EXPIRED, reason=reason)

    def _ask(self, box_id: str, sender: Sender) -> None:
        """Offer open tokens to a box in the background."""
        tokens = {}
        now = self._clock.now()
        for job, piece in self._book.open_pieces(box_id, sender.reaches, now):
            if line := self._router.get(job.message.line_id or ""):
                tokens[piece.token] = line.channel
        if tokens:
            self._start(self._resume(sender, tokens), f"open SMS of {box_id}")

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
        if self._queue:
            now = self._clock.monotonic()
            moments = [job.deadline for job in self._queue]
            moments += [x.next_change for x in self._router if x.next_change > now]
            seconds = min(_LOOK_AGAIN, min(moments) - now)
            self._timer = self._start(self._wake_after(seconds), "queue of SMS")

    async def _wake_after(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._timer = None
        self.wake()
