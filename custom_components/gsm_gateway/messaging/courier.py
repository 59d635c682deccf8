"""Handing a message to a box, piece by piece, each at most once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import logging

from ..gateways.clock import Clock
from ..gateways.model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    InvalidAuth,
    SendRefused,
    SendState,
)
from .book import Book
from .guard import Guard
from .job import INTERRUPTED, Job, News, Piece
from .journal import Journal, Unsaved
from .line import Line
from .messages import Reason, State
from .numbers import formed, normalised
from .waitlist import Waitlist

_LOGGER = logging.getLogger(__name__)

_NOT_OUT = (CannotConnect, InvalidAuth, ChannelUnavailable, ChannelBusy)
_GIVEN_UP = (State.EXPIRED, State.CANCELLED)
_UNFORESEEN = News(SendState.UNKNOWN, "unforeseen error", Reason.UNFORESEEN)


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What the parts of the outbox work with together."""

    clock: Clock
    book: Book
    waitlist: Waitlist
    journal: Journal
    unsaved: Unsaved
    guard: Guard
    next_serial: Callable[[], int]


class Courier:
    """Takes messages to the boxes, and hears what becomes of them."""

    def __init__(self, desk: Desk) -> None:
        """Begin open."""
        self.closed = False
        """Whether nothing more may leave."""
        self._desk = desk

    async def run(self, job: Job, line: Line) -> None:
        """Send the pieces of a message that are not out yet, one after the other."""
        while (piece := job.next_piece) is not None:
            if not await self._send(job, line, piece):
                return
            if job.next_piece is not None:
                await line.next_turn(job, job.message.priority)

    def hear(self, job: Job, piece: Piece, news: News) -> asyncio.Future[None] | None:
        """Take news of a piece and make them news of the message.

        Returns what is done when the disk has answered; none where all was known.
        """
        changed = job.hear(piece, news)
        if not changed:
            return None
        for each in changed:
            if each.state is SendState.FAILED:
                self._refund(each)
        standing = job.standing()
        if standing["state"] is State.SENDING or job.message.state in _GIVEN_UP:
            return self._desk.journal.step(job, *changed)
        self._desk.waitlist.discard(job)
        return self._desk.journal.step(job, *changed, **standing)

    def interrupt(self, job: Job) -> None:
        """Leave a message that is being sent as it is: nobody waits for its end."""
        if (piece := job.next_piece) is None:
            return
        if piece.token and not piece.left:
            self._put_back(job, piece, job.message.attempt)
        else:
            self.hear(job, piece, INTERRUPTED)

    async def _send(self, job: Job, line: Line, piece: Piece) -> bool:
        """Hand over one piece, once, and tell whether the box took it or may have."""
        if not await self._commit(job, line, piece):
            return False
        sender = line.gateway.sender
        to = formed(job.message.to, line.number_form, line.country)
        piece.in_flight = piece.left = True
        try:
            await sender.send(
                line.channel, to, piece.text, piece.token, unicode=job.as_unicode
            )
            self.hear(job, piece, News(SendState.ACCEPTED))
        except _NOT_OUT as error:
            if piece.state is None:
                line.refused()
                attempt = job.message.attempt + 1
                self._put_back(job, piece, attempt, str(error), Reason.BOX_WORDS)
                return False
        except SendRefused as error:
            self.hear(job, piece, _refusal(error))
        except GatewayError as error:
            words = News(SendState.UNKNOWN, str(error), Reason.BOX_WORDS)
            self.hear(job, piece, words)
        except Exception:  # whatever happened, the message may be on the air
            _LOGGER.exception("Sending a message failed in an unforeseen way")
            self.hear(job, piece, _UNFORESEEN)
        finally:
            piece.in_flight = False
        line.sent()
        return True

    async def _commit(self, job: Job, line: Line, piece: Piece) -> bool:
        """Write down that a piece is being sent, and tell whether it may leave now."""
        done = self._begin(job, line, piece)
        await asyncio.wait([done])
        saved = done.exception() is None
        if not self.closed and (saved or await self._desk.unsaved.may_go(job)):
            return True
        if not self.closed:
            line.refused()
        self._put_back(job, piece, job.message.attempt)
        return False

    def _begin(self, job: Job, line: Line, piece: Piece) -> asyncio.Future[None]:
        """Give a piece its token, count it, and let the message be `SENDING`."""
        desk, sender = self._desk, line.gateway.sender
        piece.serial = desk.next_serial()
        piece.token = sender.token(piece.serial)
        piece.handed_at = desk.clock.now()
        piece.line_id, piece.box_id = line.line_id, line.box_id
        desk.book.note(line.box_id, job, piece)
        piece.spending = desk.guard.spend(
            line.line_id,
            normalised(job.message.to, line.country),
            piece.parts,
            job.message.priority,
            first=piece is job.pieces[0],
        )
        before = desk.journal.change(
            job,
            state=State.SENDING,
            line_id=line.line_id,
            box_id=line.box_id,
            parts=sum(piece.parts for piece in job.pieces),
            pieces=len(job.pieces),
            piece=None,
            reason="",
            reason_key=Reason.NONE,
        )
        return desk.journal.write([(job, before)])

    def _put_back(
        self,
        job: Job,
        piece: Piece,
        attempt: int,
        reason: str = "",
        key: Reason = Reason.NONE,
    ) -> None:
        """Let a message wait again that certainly did not go out, or the rest of it."""
        self._refund(piece)
        self._desk.book.strike(piece)
        self._desk.waitlist.add(job)
        self._desk.journal.step(
            job,
            piece,
            state=State.QUEUED,
            attempt=attempt,
            line_id=job.named_line,
            box_id=job.message.box_id if job.begun else None,
            **job.because(piece, reason, key),
        )

    def _refund(self, piece: Piece) -> None:
        if piece.spending is not None:
            self._desk.guard.refund(piece.spending)
            piece.spending = None


def _refusal(error: SendRefused) -> News:
    return News(SendState.FAILED, error.reason, Reason.BOX_WORDS, error.code)
