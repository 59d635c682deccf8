"""Outgoing messages: queued, on the air at most once, always reported."""

from collections.abc import Callable
from datetime import timedelta

from ..gateways.clock import Clock
from ..gateways.model import SendReport
from .messages import OutgoingMessage, Priority, Route, State
from .router import Router


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
        raise NotImplementedError

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
        raise NotImplementedError

    def get(self, message_id: str) -> OutgoingMessage | None:
        """Return a message as it stands, as long as it is remembered."""
        raise NotImplementedError

    async def wait(
        self, message_id: str, state: State, seconds: float
    ) -> OutgoingMessage:
        """Return the message once it reached `state` or a later or final one, or the time is up.

        `state` is `ACCEPTED`, `SENT` or `DELIVERED`. Raises `KeyError`.
        """
        raise NotImplementedError

    def on_report(self, box_id: str, report: SendReport) -> None:
        """Hear from a box what became of a message."""
        raise NotImplementedError

    def box_connected(self, box_id: str) -> None:
        """Hear that a box is within reach (again): ask it for news, and send."""
        raise NotImplementedError

    def wake(self) -> None:
        """Look again which message can be sent: a line has changed."""
        raise NotImplementedError

    async def close(self, grace: float = 1.0) -> None:
        """Refuse new messages, give running sends `grace` seconds, and stop.

        What is still being sent then is `UNKNOWN`.
        """
        raise NotImplementedError
