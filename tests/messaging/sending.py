"""An outbox with lines of fake boxes, its states written down."""

import asyncio
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from custom_components.gsm_gateway.gateways.model import SendReport, SendState
from custom_components.gsm_gateway.gateways.text import Encoding
from custom_components.gsm_gateway.messaging.guard import Guard
from custom_components.gsm_gateway.messaging.guard_budgets import Limits
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import (
    Fallback,
    OutgoingMessage,
    Priority,
    Reason,
    Request,
    Route,
    SendPolicy,
    State,
)
from custom_components.gsm_gateway.messaging.outbox import Outbox
from custom_components.gsm_gateway.messaging.router import Router

from .fake_box import FakeBox
from .hand_clock import HandClock
from .hand_executor import HandStore

ANY = Route(then=Fallback.ANY)
NUMBER = "+491701234567"
PLENTY = Limits(
    parts_per_hour=1_000_000, parts_per_day=1_000_000, parts_per_month=1_000_000
)
"""For tests that are not about limits."""


class Office:
    """One run of an outbox on a file, its router, and what it said."""

    def __init__(self, clock: HandClock, new_id: Callable[[], str], path: Path) -> None:
        """Start without a line; `open` reads what an earlier run has left."""
        self.clock = clock
        self.router = Router()
        self.told: list[tuple[OutgoingMessage, State | None]] = []
        self.store = HandStore(path, clock)
        self.guard = Guard(clock, UTC, self.store, lambda stop: None)
        self.new_id = new_id
        self.path = path
        self._callers: list[asyncio.Task[str]] = []
        self.outbox = Outbox(
            clock,
            self.router,
            new_id,
            self.store,
            self.guard,
            lambda message, before: self.told.append((message, before)),
        )

    async def open(self) -> None:
        """Read the file."""
        opening = await self.store.open()
        await self.guard.load()
        await self.outbox.load(opening)

    def kill(self) -> None:
        """End this run in the midst of what it does, without a goodbye."""
        self.store.pull()
        self.outbox._closed = self.outbox._courier.closed = True
        self.outbox._journal.on_change = lambda message, before: None
        for task in (*self.outbox._tasks, *self._callers):
            task.cancel()

    async def next_run(self) -> Office:
        """Return another run on the same file, after this one was killed."""
        office = Office(self.clock, self.new_id, self.path)
        await office.open()
        return office

    def add(
        self,
        box: FakeBox,
        line_id: str = "a",
        *,
        channel: int = 1,
        box_id: str = "box",
        policy: SendPolicy = SendPolicy.ALWAYS,
        connected: bool = True,
    ) -> Line:
        """Add a SIM of a box."""
        line = Line(
            line_id=line_id,
            box_id=box_id,
            channel=channel,
            gateway=box.gateway,
            clock=self.clock,
            policy=policy,
        )
        line.connected = connected
        line.limits = PLENTY
        self.router.add(line)
        return line

    def request(
        self,
        text: str = "Hallo",
        *,
        to: str = NUMBER,
        route: Route = ANY,
        priority: Priority = Priority.NORMAL,
        minutes: float = 60,
        encoding: Encoding = Encoding.AUTO,
        reach: State | None = None,
    ) -> Request:
        """Return a wish for a message."""
        return Request(
            to=to,
            text=text,
            route=route,
            priority=priority,
            expire_after=timedelta(minutes=minutes),
            encoding=encoding,
            reach=reach,
        )

    async def submit(self, text: str = "Hallo", **options: Any) -> str:
        """Queue a message, as `request` describes it, and return its id."""
        (message,) = await self.outbox.submit([self.request(text, **options)])
        return message.message_id

    def submit_soon(self, text: str, **options: Any) -> asyncio.Task[str]:
        """Queue a message from where nobody can wait for it."""
        caller = asyncio.create_task(self.submit(text, **options))
        self._callers.append(caller)
        return caller

    def report(
        self,
        token: str,
        state: SendState,
        reason: str = "",
        code: int | None = None,
        box_key: str = "",
    ) -> None:
        """Let the box speak of a message."""
        report = SendReport(
            token=token, state=state, reason=reason, code=code, box_key=box_key
        )
        self.outbox.on_report("box", report)

    def message(self, message_id: str) -> OutgoingMessage:
        """Return a message as it stands."""
        message = self.outbox.get(message_id)
        assert message is not None
        return message

    def state(self, message_id: str) -> State:
        """Return where a message stands."""
        return self.message(message_id).state

    def why(self, message_id: str) -> tuple[str, Reason, int | None, int]:
        """Return why it stands there: words, key, and which of how many pieces is meant."""
        message = self.message(message_id)
        return message.reason, message.reason_key, message.piece, message.pieces

    def states(self, message_id: str) -> list[str]:
        """Return the states that were told of a message."""
        return [str(m.state) for m, _ in self.told if m.message_id == message_id]
