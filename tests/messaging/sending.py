"""An outbox with lines of fake boxes, its states written down."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count

from custom_components.gsm_gateway.gateways.model import SendReport, SendState
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import (
    Fallback,
    OutgoingMessage,
    Priority,
    Route,
    SendPolicy,
    State,
)
from custom_components.gsm_gateway.messaging.outbox import Outbox
from custom_components.gsm_gateway.messaging.router import Router

from .fake_box import FakeBox
from .hand_clock import HandClock

ANY = Route(then=Fallback.ANY)
NUMBER = "+491701234567"


class Office:
    """One outbox, its router, and what it said."""

    def __init__(self, clock: HandClock, new_id: Callable[[], str]) -> None:
        """Start without a line."""
        serials = count(1)
        self.clock = clock
        self.router = Router()
        self.told: list[tuple[OutgoingMessage, State | None]] = []
        self.outbox = Outbox(
            clock,
            self.router,
            new_id,
            lambda: next(serials),
            lambda message, before: self.told.append((message, before)),
        )

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
        self.router.add(line)
        return line

    def submit(
        self,
        text: str = "Hallo",
        *,
        route: Route = ANY,
        priority: Priority = Priority.NORMAL,
        minutes: float = 60,
    ) -> str:
        """Queue a message and return its id."""
        message = self.outbox.submit(
            NUMBER, text, route, priority, timedelta(minutes=minutes)
        )
        return message.message_id

    def report(
        self, token: str, state: SendState, reason: str = "", code: int | None = None
    ) -> None:
        """Let the box speak of a message."""
        self.outbox.on_report(
            "box", SendReport(token=token, state=state, reason=reason, code=code)
        )

    def message(self, message_id: str) -> OutgoingMessage:
        """Return a message as it stands."""
        message = self.outbox.get(message_id)
        assert message is not None
        return message

    def state(self, message_id: str) -> State:
        """Return where a message stands."""
        return self.message(message_id).state

    def states(self, message_id: str) -> list[str]:
        """Return the states that were told of a message."""
        return [str(m.state) for m, _ in self.told if m.message_id == message_id]
