"""From a request to a message that may be queued, or a refusal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..gateways.clock import Clock
from ..gateways.model import TextTooLong
from ..gateways.text import Encoding, clean
from ..gateways.transliteration import transliterate
from .book import Book
from .countries import Country
from .guard import Guard, Wish
from .guard_budgets import Limits
from .job import Job, Need, cut
from .line import Line
from .messages import (
    CannotReach,
    NoSim,
    NothingToSend,
    OutgoingMessage,
    Request,
    State,
)
from .numbers import dialable
from .router import Router
from .waitlist import Waitlist


@dataclass(frozen=True, kw_only=True, slots=True)
class _Draft:
    """A request that can be sent."""

    request: Request
    number: str
    text: str
    dropped: int
    parts: int
    need: Need
    lines: list[Line]


class Drafter:
    """Reads requests; all of a call are good, or none is taken."""

    def __init__(
        self,
        *,
        clock: Clock,
        router: Router,
        guard: Guard,
        book: Book,
        waitlist: Waitlist,
        new_id: Callable[[], str],
        next_serial: Callable[[], int],
    ) -> None:
        self._clock = clock
        self._router = router
        self._guard = guard
        self._book = book
        self._waitlist = waitlist
        self._new_id = new_id
        self._next_serial = next_serial

    def draft(self, requests: Sequence[Request]) -> list[Job]:
        """Return messages to be queued. Raises as `Outbox.submit`.

        They are in the book, and so count for the next call.
        """
        drafts = [self._read(request) for request in requests]
        wishes = [_wish(draft) for draft in drafts]
        self._guard.check(wishes, self._ahead())
        for wish in wishes:
            self._guard.admit(wish)
        jobs = [self._job(draft) for draft in drafts]
        for job in jobs:
            self._book.add(job)
        return jobs

    def _read(self, request: Request) -> _Draft:
        """Put number and text into their forms, and find out who may send it."""
        number = dialable(request.to)
        text, dropped = clean(request.text), 0
        if request.encoding is Encoding.GSM7:
            text, dropped = transliterate(text)
        if not text.strip():
            raise NothingToSend
        if not (lines := self._router.candidates(request.route)):
            raise NoSim("no SIM may send this message")
        need = Need(request.route, request.reach)
        if request.reach and not (lines := self._router.choice(need).lines):
            raise CannotReach(request.reach)
        return _Draft(
            request=request,
            number=number,
            text=text,
            dropped=dropped,
            parts=_parts(text, request.encoding, lines),
            need=need,
            lines=lines,
        )

    def _job(self, draft: _Draft) -> Job:
        """Make a message that is queued now."""
        request, now = draft.request, self._clock.now()
        route, lasting = request.route, request.expire_after
        job = Job(
            OutgoingMessage(
                message_id=self._new_id(),
                to=draft.number,
                text=draft.text,
                priority=request.priority,
                parts=draft.parts,
                created_at=now,
                expires_at=now + lasting,
                state=State.QUEUED,
                changed_at=now,
                line_id=route.only,
                encoding=request.encoding,
                dropped=draft.dropped,
            ),
            draft.need,
            self._next_serial(),
            self._clock.monotonic() + lasting.total_seconds(),
        )
        job.country = request.country
        return job

    def _ahead(self) -> Iterator[Wish]:
        """Give what is queued or about to be, with the parts that are still to go.

        Who gets it matters only where a SIM's recipients are limited.
        """
        for group in self._waitlist.groups():
            limits = self._limits(group.kind.need)
            if any(each.recipients_per_day for each in limits.values()):
                for job in group.jobs:
                    yield _ahead(job, job.parts_to_go, limits)
            else:
                yield _ahead(group.jobs[0], group.parts, limits)
        for job in self._book.in_hand():
            if job not in self._waitlist and (parts := job.parts_to_go):
                yield _ahead(job, parts, self._limits(job.need))

    def _limits(self, need: Need) -> Mapping[str, Limits]:
        return _limits(self._router.choice(need).lines)


def _ahead(job: Job, parts: int, limits: Mapping[str, Limits]) -> Wish:
    """Return a message that is queued as the guard sees it."""
    return Wish(
        number=job.message.to,
        text=job.message.text,
        parts=parts,
        priority=job.message.priority,
        limits=limits,
        country=job.country,
    )


def _wish(draft: _Draft) -> Wish:
    """Return a message as the guard sees it."""
    return Wish(
        number=draft.number,
        text=draft.text,
        parts=draft.parts,
        priority=draft.request.priority,
        limits=_limits(draft.lines),
        country=_country(draft.request, draft.lines),
        cause=draft.request.cause,
    )


def _country(request: Request, lines: Sequence[Line]) -> Country | None:
    return request.country or next((x.country for x in lines if x.country), None)


def _limits(lines: Sequence[Line]) -> Mapping[str, Limits]:
    return {line.line_id: line.limits for line in lines}


def _parts(text: str, encoding: Encoding, lines: Sequence[Line]) -> int:
    """Return how many SMS a text makes at most. Raises `TextTooLong` if no line takes it."""
    unicode = encoding is Encoding.UNICODE
    senders = dict.fromkeys(line.gateway.sender for line in lines)
    counts = [sum(n for _, n in cut(text, sender, unicode)) for sender in senders]
    if not any(counts):
        raise TextTooLong("the text is too long for every SIM that may send it")
    return max(counts)
