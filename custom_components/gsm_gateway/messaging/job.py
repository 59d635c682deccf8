"""How far an outgoing message has come, piece by piece."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..gateways.model import SendState, TextTooLong
from ..gateways.ports import Sender
from ..gateways.text import Encoding
from .countries import Country
from .guard_budgets import Spending
from .messages import OutgoingMessage, Reason, Route, State

_STATES = {
    None: State.SENDING,
    SendState.ACCEPTED: State.ACCEPTED,
    SendState.SENT: State.SENT,
    SendState.DELIVERED: State.DELIVERED,
    SendState.FAILED: State.FAILED,
    SendState.UNKNOWN: State.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class News:
    """What is heard of one piece."""

    state: SendState
    reason: str = ""
    key: Reason = Reason.NONE
    code: int | None = None
    box_key: str = ""


INTERRUPTED = News(SendState.UNKNOWN, "interrupted", Reason.INTERRUPTED)
"""What is left to say of a piece when its run ends."""
_HELD_BACK = News(SendState.FAILED, "not sent", Reason.NOT_SENT)


@dataclass(slots=True, eq=False)
class Piece:
    """What one `Sender.send` takes."""

    text: str
    parts: int = 1
    """SMS that the network makes of it."""
    token: str = ""
    """Empty until it is handed over."""
    serial: int | None = None
    """What the token was made of."""
    state: SendState | None = None
    reason: str = ""
    key: Reason = Reason.NONE
    code: int | None = None
    box_key: str = ""
    """What the box calls it, if it told."""
    handed_at: datetime | None = None
    line_id: str | None = None
    box_id: str | None = None
    in_flight: bool = False
    """Whether `Sender.send` has it just now."""
    left: bool = False
    """Whether its first byte may have left."""
    spending: Spending | None = None

    @property
    def bad(self) -> bool:
        """Whether it failed or nobody knows."""
        return self.state is not None and self.state >= SendState.FAILED

    def hear(self, news: News) -> bool:
        """Take news unless they are stale, and tell whether there was something to take."""
        fresh = _is_news(self.state, news.state)
        if fresh:
            self.state, self.reason = news.state, news.reason
            self.key, self.code = news.key, news.code
        named = news.box_key not in ("", self.box_key)
        if named:
            self.box_key = news.box_key
        return fresh or named

    def take_back(self) -> None:
        """Forget that it was handed over: it certainly did not go out."""
        self.token, self.serial, self.handed_at = "", None, None
        self.line_id = self.box_id = None
        self.box_key = ""
        self.left = False


def _is_news(old: SendState | None, new: SendState) -> bool:
    """Tell whether a state may follow another."""
    match old:
        case None:
            return True
        case SendState.ACCEPTED:
            return new > old
        case SendState.SENT:
            return new in (SendState.DELIVERED, SendState.FAILED)
        case SendState.UNKNOWN:
            return new not in (SendState.ACCEPTED, SendState.UNKNOWN)
        case SendState.DELIVERED | SendState.FAILED:
            return False


@dataclass(frozen=True, slots=True)
class Need:
    """What a message asks of the SIM that sends it."""

    route: Route
    reach: State | None = None
    """A state that the SIM's transport must be able to report."""


@dataclass(slots=True, eq=False)
class Job:
    """An outgoing message with what its sending needs."""

    message: OutgoingMessage
    need: Need
    serial: int
    deadline: float
    """When (monotonic) it expires."""
    pieces: Sequence[Piece] = ()
    """Cut for the SIM that sends them."""
    country: Country | None = None
    """Of the SIM that will most likely send."""
    revived: bool = False
    """Whether an earlier run has left it."""
    settled: OutgoingMessage | None = None
    """The last step that is on disk, or that the disk refused."""
    on_disk: State | None = None
    """What an unforeseen end of this process would leave of it."""
    heard: State | None = None
    """The last state that was told."""
    unsaved: bool = False
    """Whether the disk has refused a step."""
    noted: bool = False
    """Whether the store knows, in spite of a full disk, that it was begun."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _cuts: dict[Sender, tuple[tuple[str, int], ...]] = field(default_factory=dict)

    @property
    def begun(self) -> bool:
        """Whether a piece is out, so that the rest must leave by the same SIM."""
        return any(piece.state is not None for piece in self.pieces)

    @property
    def next_piece(self) -> Piece | None:
        """The piece to send now."""
        return next((piece for piece in self.pieces if piece.state is None), None)

    @property
    def named_line(self) -> str | None:
        """The only SIM that may send it, if there is one."""
        if self.begun:
            return self.message.line_id
        return self.need.route.only

    @property
    def told(self) -> OutgoingMessage:
        """The message as it stood when the disk had answered."""
        return self.settled or self.message

    @property
    def parts_to_go(self) -> int:
        """How many SMS are still to be handed over, as far as is known."""
        if not self.pieces:
            return self.message.parts
        return sum(piece.parts for piece in self.pieces if not piece.token)

    @property
    def as_unicode(self) -> bool:
        """Whether UCS-2 was asked for."""
        return self.message.encoding is Encoding.UNICODE

    def parts_on(self, sender: Sender) -> int | None:
        """Return how many SMS a transport would make of it, None if it does not take it."""
        return sum(parts for _, parts in self._cut_for(sender)) or None

    def cut(self, sender: Sender) -> None:
        """Cut the text into what a transport takes; it does take it."""
        self.pieces = [Piece(text, parts) for text, parts in self._cut_for(sender)]

    def _cut_for(self, sender: Sender) -> tuple[tuple[str, int], ...]:
        """Return the pieces and how many SMS each makes, none if the text is too long."""
        if sender not in self._cuts:
            self._cuts[sender] = cut(self.message.text, sender, self.as_unicode)
        return self._cuts[sender]

    def hear(self, piece: Piece, news: News) -> list[Piece]:
        """Take news of a piece, and return the pieces that are changed by them.

        After a piece that is not known to be out, the rest is not sent.
        """
        if not piece.hear(news):
            return []
        if not piece.bad:
            return [piece]
        rest = [x for x in self.pieces if x.state is None and not x.in_flight]
        return [piece, *(each for each in rest if each.hear(_HELD_BACK))]

    def standing(self) -> dict[str, Any]:
        """Return what the pieces make together, as fields of the message.

        The first bad piece decides, else the one that came least far.
        """
        order = list(_STATES)
        piece = next(
            (piece for piece in self.pieces if piece.bad),
            min(self.pieces, key=lambda piece: order.index(piece.state)),
        )
        return {
            "state": _STATES[piece.state],
            "code": piece.code,
            **self.because(piece, piece.reason, piece.key),
        }

    def because(self, piece: Piece, reason: str, key: Reason) -> dict[str, Any]:
        """Return a reason that is about one piece, as fields of the message."""
        if not (piece.bad or piece.state is None):
            return {"reason": "", "reason_key": Reason.NONE, "piece": None}
        place = self.pieces.index(piece) + 1 if len(self.pieces) > 1 else None
        return {"reason": reason, "reason_key": key, "piece": place}


def cut(text: str, sender: Sender, unicode: bool) -> tuple[tuple[str, int], ...]:
    """Return what one `send` takes each, and how many SMS that makes; none if it is too long."""
    try:
        return tuple(
            (piece, sender.count(piece, unicode=unicode))
            for piece in sender.split(text)
        )
    except TextTooLong:
        return ()
