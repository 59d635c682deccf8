"""Incoming messages: part kept, acknowledged, joined, announced."""

from collections.abc import Callable
from datetime import datetime

from ..gateways.clock import Clock
from ..gateways.model import InboxEntry, SmsPart
from .messages import ReceivedMessage


class Inbox:
    """What one box has received; one per box.

    The owner keeps a task on `run()`. `announce` is called once per event, in
    order, never before `open()`.
    """

    def __init__(
        self,
        box_id: str,
        clock: Clock,
        new_id: Callable[[], str],
        announce: Callable[[ReceivedMessage], None],
    ) -> None:
        """Start empty, taking parts at once and announcing nothing yet."""
        raise NotImplementedError

    def take(self, part: SmsPart) -> None:
        """Keep a part and acknowledge it, or refuse it once closed; never raises."""
        raise NotImplementedError

    def take_entry(self, entry: InboxEntry, received_at: datetime) -> None:
        """Keep a message that only the box's inbox page has."""
        raise NotImplementedError

    def accounts_for(self, entry: InboxEntry, since: float) -> bool:
        """Tell whether a push since then (monotonic) was this entry, and use it up."""
        raise NotImplementedError

    def on_connection(self, *, connected: bool) -> None:
        """Hear that the box is within reach or is not; may be told twice."""
        raise NotImplementedError

    def get(self, message_id: str) -> ReceivedMessage | None:
        """Return an announced message, as long as it is remembered."""
        raise NotImplementedError

    def knows(self, sender: str) -> bool:
        """Tell whether a message of exactly this sender is remembered."""
        raise NotImplementedError

    def open(self) -> None:
        """Announce what has waited, and from now on everything at once."""
        raise NotImplementedError

    def close(self) -> None:
        """Announce nothing any more and refuse what still comes."""
        raise NotImplementedError

    async def run(self) -> None:
        """Announce incomplete messages when their time has come, until cancelled."""
        raise NotImplementedError
