"""How far an outgoing message has come, piece by piece."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..gateways.model import SendState
from .messages import Fallback, OutgoingMessage, Route, State

_STATES = {
    None: State.SENDING,
    SendState.ACCEPTED: State.ACCEPTED,
    SendState.SENT: State.SENT,
    SendState.DELIVERED: State.DELIVERED,
    SendState.FAILED: State.FAILED,
    SendState.UNKNOWN: State.UNKNOWN,
}


@dataclass(slots=True, eq=False)
class Piece:
    """What one `Sender.send` takes."""

    text: str
    token: str = ""
    """Empty until it is handed over."""
    state: SendState | None = None
    reason: str = ""
    code: int | None = None
    in_flight: bool = False

    @property
    def bad(self) -> bool:
        """Whether it failed or nobody knows."""
        return self.state is not None and self.state >= SendState.FAILED

    def hear(self, state: SendState, reason: str = "", code: int | None = None) -> bool:
        """Take news unless it is stale, and tell whether it was taken."""
        if not _is_news(self.state, state):
            return False
        self.state, self.reason, self.code = state, reason, code
        return True


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


@dataclass(slots=True, eq=False)
class Job:
    """An outgoing message with what its sending needs."""

    message: OutgoingMessage
    route: Route
    serial: int
    deadline: float
    """When (monotonic) it expires."""
    pieces: Sequence[Piece] = ()
    """Cut for the SIM that sends them."""
    barred: set[str] = field(default_factory=set)
    """Lines whose transport does not take so long a text."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def order(self) -> tuple[int, int]:
        """Its place in the queue."""
        return self.message.priority, self.serial

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
        if len(self.route.order) == 1 and self.route.then is Fallback.NONE:
            return self.route.order[0]
        return None

    def hear(
        self, piece: Piece, state: SendState, reason: str, code: int | None
    ) -> bool:
        """Take news of a piece, and tell whether it was news.

        After a piece that is not known to be out, the rest is not sent.
        """
        if not piece.hear(state, reason, code):
            return False
        if piece.bad:
            for rest in self.pieces:
                if rest.state is None and not rest.in_flight:
                    rest.hear(SendState.FAILED, "not sent")
        return True

    def standing(self) -> tuple[State, str, int | None]:
        """Return the state that the pieces make together, its reason and code.

        The first bad piece decides, else the one that came least far.
        """
        order = list(_STATES)
        piece = next(
            (piece for piece in self.pieces if piece.bad),
            min(self.pieces, key=lambda piece: order.index(piece.state)),
        )
        reason = self.told(piece, piece.reason) if piece.bad else ""
        return _STATES[piece.state], reason, piece.code

    def told(self, piece: Piece, reason: str) -> str:
        """Add to a reason which of several pieces it is about."""
        if len(self.pieces) == 1:
            return reason
        where = f"part {self.pieces.index(piece) + 1} of {len(self.pieces)}"
        return f"{where}: {reason}" if reason else where
