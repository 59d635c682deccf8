"""The outgoing messages that are remembered, and whose token is whose."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..gateways.model import SendState
from .job import Job, Piece
from .messages import Reason, State

_REMEMBERED = 1000
_ASKED_FOR = timedelta(hours=24)
"""How long news of a message are still asked for."""
_HERE = (State.QUEUED, State.SENDING)
"""Not forgotten: they are in our hands."""


class Book:
    """Every message that is on its way, and the last ones that were."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._tokens: dict[tuple[str, str], tuple[Job, Piece]] = {}

    def add(self, job: Job) -> None:
        """Remember a message, and forget the oldest that is not in our hands any more."""
        self._jobs[job.message.message_id] = job
        for piece in job.pieces:
            if piece.box_id and piece.token:
                self.note(piece.box_id, job, piece)
        if len(self._jobs) > _REMEMBERED:
            gone = (j for j in self._jobs.values() if _may_be_forgotten(j))
            if (oldest := next(gone, None)) is not None:
                self.remove(oldest)

    def remove(self, job: Job) -> None:
        """Forget a message."""
        del self._jobs[job.message.message_id]
        for piece in job.pieces:
            if piece.box_id and piece.token:
                self._tokens.pop((piece.box_id, piece.token), None)

    def __iter__(self) -> Iterator[Job]:
        return iter(list(self._jobs.values()))

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._jobs

    def get(self, message_id: str) -> Job | None:
        """Return a message if it is remembered."""
        return self._jobs.get(message_id)

    def in_hand(self) -> Iterator[Job]:
        """Give the messages that no box has wholly taken."""
        return (j for j in self._jobs.values() if j.message.state in _HERE)

    def sending(self) -> list[Job]:
        """Return the messages that a box is taking just now."""
        return [j for j in self._jobs.values() if j.message.state is State.SENDING]

    def note(self, box_id: str, job: Job, piece: Piece) -> None:
        """Remember whose token this is; tokens of two boxes may be spelt alike."""
        self._tokens[box_id, piece.token] = job, piece

    def strike(self, piece: Piece) -> None:
        """Forget the token of a piece that did not go out."""
        self._tokens.pop((piece.box_id or "", piece.token), None)
        piece.take_back()

    def find(self, box_id: str, token: str) -> tuple[Job, Piece] | None:
        """Return the message that a box speaks of."""
        return self._tokens.get((box_id, token))

    def open_pieces(self, box_id: str, reaches: SendState) -> Iterator[Piece]:
        """Give the pieces of a box of which more could be told."""
        for (its_box, _), (_, piece) in self._tokens.items():
            if (
                its_box == box_id
                and piece.left
                and not piece.in_flight
                and (piece.state is SendState.UNKNOWN or (piece.state or 0) < reaches)
            ):
                yield piece

    def is_asked_for(self, piece: Piece, now: datetime) -> bool:
        """Tell whether a box is still asked what became of a piece."""
        job, _ = self._tokens[piece.box_id or "", piece.token]
        return now - job.message.changed_at < _ASKED_FOR


def _may_be_forgotten(job: Job) -> bool:
    """Tell whether nothing is to be done with a message, and the disk knows it."""
    message = job.message
    return not (
        job.unsaved or message.state in _HERE or message.reason_key is Reason.RESTORED
    )
