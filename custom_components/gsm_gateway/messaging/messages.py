"""Incoming and outgoing messages as values, and the ways to refuse one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from ..gateways.model import MessageKind
from ..gateways.text import Encoding
from .countries import Country


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


class NothingToSend(MessagingError):
    """The text is empty, perhaps because its encoding has none of its characters."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("nothing is left of the text")


class NoSim(MessagingError):
    """No SIM may send this message, whatever becomes of the links."""


class ShuttingDown(MessagingError):
    """The outbox has been closed."""


class UnknownMessage(MessagingError):
    """No message with this id is remembered."""

    def __init__(self, message_id: str) -> None:
        """Keep the id."""
        super().__init__("no such message")
        self.message_id = message_id


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


class CannotReach(MessagingError):
    """No SIM that may send this message can ever tell that it got so far."""

    def __init__(self, state: State) -> None:
        """Keep the state that was asked for."""
        super().__init__(f"no SIM that may send this message can report {state}")
        self.state = state


class TooLate(MessagingError):
    """The message cannot be taken back: it was begun, or has come to an end."""

    def __init__(self, state: State) -> None:
        """Keep where it stands."""
        super().__init__(f"the message is {state} already")
        self.state = state


class Reason(StrEnum):
    """Why a message stands where it does, for whoever puts it into other words."""

    NONE = ""
    BOX_WORDS = "box_words"
    """`OutgoingMessage.reason` has the words of the box or of its driver."""
    INTERRUPTED = "interrupted"
    """We stopped before the result was known."""
    RESTORED = "restored"
    """It was queued in a backup; it may have gone out since that was made."""
    DROPPED = "dropped"
    """As `RESTORED`, and the user does not want it sent."""
    CLOCK_JUMPED = "clock_jumped"
    """The wall clock went back, so nobody knows how old it is."""
    NO_SIM_IN_TIME = "no_sim_in_time"
    OVER_LIMIT = "over_limit"
    """The SIMs that could send it have used up their limits."""
    ROAMING = "roaming"
    """The SIMs that could send it are abroad, where they send only alarms."""
    UNFORESEEN = "unforeseen"
    NOT_SENT = "not_sent"
    """A part was held back because of one before it."""
    TOO_LONG = "too_long"
    CANCELLED = "cancelled"


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

    @property
    def only(self) -> str | None:
        """The only SIM that may send, if there is one."""
        if len(self.order) == 1 and self.then is Fallback.NONE:
            return self.order[0]
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A message that somebody wants sent."""

    to: str
    text: str
    route: Route
    priority: Priority
    expire_after: timedelta
    encoding: Encoding = Encoding.AUTO
    reach: State | None = None
    """Only SIMs whose transport reports `ACCEPTED`, `SENT` or `DELIVERED` may send it."""
    country: Country | None = None
    """Of the SIM that will most likely send, for telling one number's forms."""
    cause: str = ""
    """Name of the automation, if it is known."""


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
    """Stored by an earlier run, or announced more than a minute after `received_at`."""
    redelivered: bool = False
    """Announced before under the same `message_id`."""
    stored: bool = False
    """On disk when it is announced; else a kill may announce it a second time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutgoingMessage:
    """An outgoing message at one moment of its life."""

    message_id: str
    to: str
    text: str
    """As it goes out: letters that its encoding lacks are replaced."""
    priority: Priority
    parts: int
    created_at: datetime
    expires_at: datetime
    state: State
    changed_at: datetime
    reason: str = ""
    """In English, or in the box's own words."""
    reason_key: Reason = Reason.NONE
    code: int | None = None
    """Error number as the box gave it."""
    piece: int | None = None
    """Which of several pieces the reason is about, from 1."""
    pieces: int = 1
    """How many pieces it is cut into, each handed over by itself."""
    attempt: int = 1
    line_id: str | None = None
    """The SIM, from `sending` on; before that only where exactly one was named."""
    box_id: str | None = None
    """The box of that SIM, from `sending` on."""
    encoding: Encoding = Encoding.AUTO
    dropped: int = 0
    """Characters that `gsm7` could not write."""
