"""The outgoing messages that are remembered, and whose token is whose."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..gateways.model import SendState
from .job import Job, Piece
from .messages import State

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
        if len(self._jobs) > _REMEMBERED:
            self._forget_one()

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def __getitem__(self, message_id: str) -> Job:
        return self._jobs[message_id]

    def get(self, message_id: str) -> Job | None:
        """Return a message if it is remembered."""
        return self._jobs.get(message_id)

    def sending(self) -> list[Job]:
        """Return the messages that a box is taking just now."""
        return [j for j in self._jobs.values() if j.message.state is State.SENDING]

    def note(self, box_id: str, job: Job, piece: Piece) -> None:
        """Remember whose token this is; tokens of two boxes may be spelt alike."""
        self._tokens[box_id, piece.token] = job, piece

    def strike(self, box_id: str, piece: Piece) -> None:
        """Forget the token of a piece that did not go out."""
        del self._tokens[box_id, piece.token]
        piece.token = ""

    def find(self, box_id: str, token: str) -> tuple[Job, Piece] | None:
        """Return the message that a box speaks of."""
        return self._tokens.get((box_id, token))

    def open_pieces(
        self, box_id: str, reaches: SendState, now: datetime
    ) -> Iterator[tuple[Job, Piece]]:
        """Give the pieces of a box of which more could be told."""
        for (its_box, _), (job, piece) in self._tokens.items():
            if (
                its_box == box_id
                and not piece.in_flight
                and (piece.state is SendState.UNKNOWN or (piece.state or 0) < reaches)
                and now - job.message.changed_at < _ASKED_FOR
            ):
                yield job, piece

    def _forget_one(self) -> None:
        gone = (j for j in self._jobs.values() if j.message.state not in _HERE)
        if (oldest := next(gone, None)) is not None:
            del self._jobs[oldest.message.message_id]
            for key in [k for k, (job, _) in self._tokens.items() if job is oldest]:
                del self._tokens[key]
