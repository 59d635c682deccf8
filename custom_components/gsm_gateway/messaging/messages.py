"""Incoming and outgoing messages as values, and the ways to refuse one."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from ..gateways.model import MessageKind


class MessagingError(Exception):
    """A message that is refused before anything was done with it."""


class BadNumber(MessagingError):
    """The recipient is not a number that a SIM can dial."""

    def __init__(self, number: str) -> None:
        """Keep what was given, for the user's eyes only."""
        super().__init__("not a phone number")
        self.number = number


class NoReplyAddress(BadNumber):
    """The sender is a name such as a bank's; nothing can be sent to it."""


class NoSim(MessagingError):
    """No SIM may send this message, whatever becomes of the links."""


class ShuttingDown(MessagingError):
    """The outbox has been closed."""


class State(StrEnum):
    """Where an outgoing message stands."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    """The box took it."""
    SENT = "sent"
    """The network took it."""
    DELIVERED = "delivered"
    """The phone took it."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It may or may not have gone out; it is never sent again by itself."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether no further step is owed; news may still mend `UNKNOWN`."""
        return self in _FINAL


_FINAL = frozenset(
    {State.DELIVERED, State.FAILED, State.UNKNOWN, State.EXPIRED, State.CANCELLED}
)


class Priority(IntEnum):
    """Which message goes first; the lower one."""

    ALARM = 0
    NORMAL = 1


class Fallback(StrEnum):
    """Who may send when none of the named SIMs can."""

    NONE = "none"
    BOX = "box"
    ANY = "any"


class SendPolicy(StrEnum):
    """When a SIM may be used for sending."""

    ALWAYS = "always"
    WHEN_NAMED = "when_named"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """The SIMs that a message may use."""

    order: tuple[str, ...] = ()
    """Line ids, the preferred one first."""
    then: Fallback = Fallback.NONE
    """Who may send if none of `order` can; with an empty `order`, who may send."""
    box_id: str | None = None
    """The box that `Fallback.BOX` means."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedMessage:
    """An incoming message, joined from its parts."""

    message_id: str
    box_id: str
    channel: int
    """Number printed on the box."""
    sender: str
    text: str
    kind: MessageKind
    received_at: datetime
    """Arrival of the last part."""
    time_guessed: bool
    """Whether `received_at` comes from the box's own clock."""
    parts: int
    """Parts that the message has, whether they came or not."""
    complete: bool
    late: bool = False
    """Announced more than a minute after `received_at`."""
    redelivered: bool = False
    """Announced before under the same `message_id`."""
    stored: bool = False
    """Whether it is safe on disk."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingMessage:
    """An outgoing message at one moment of its life."""

    message_id: str
    to: str
    text: str
    priority: Priority
    parts: int
    created_at: datetime
    expires_at: datetime
    state: State
    changed_at: datetime
    reason: str = ""
    code: int | None = None
    """Error number as the box gave it."""
    attempt: int = 1
    line_id: str | None = None
    """The SIM, from `sending` on; before that only where exactly one was named."""
