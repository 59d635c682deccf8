"""The box's own inbox page, compared with what was pushed."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
import logging

from ..gateways.clock import Clock
from ..gateways.model import GatewayError, InboxEntry
from ..gateways.ports import Gateway, InboxReader
from .inbox import Inbox
from .ledger import key_of
from .page import Ident, PageNews
from .store import StoreUnavailable

_LOGGER = logging.getLogger(__name__)

_TWICE = 30.0
"""Seconds between the two reads that an entry needs where something pushes."""
_EVERY = 30.0
"""Seconds between two reads where nothing pushes."""
_EVERY_WITH_PUSH = 300.0
_NOTED_EVERY = 300.0
"""Seconds after which a read that brought nothing is noted on disk."""
_PUSH_TOLERANCE = 120.0
"""Seconds that a page may lag behind the push of the same message."""
_CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far a box's clock may run ahead and still be believed."""
_REMEMBERED = 2000


@dataclass(frozen=True, slots=True)
class _Pending:
    """An entry that waits for its second read."""

    first_read: float
    since: float
    """A push before this (monotonic) cannot be this entry."""
    earliest: datetime
    """It was not on the page before."""


@dataclass(kw_only=True, slots=True)
class _Read:
    """One read of the page, and what is known after it."""

    at: float
    """When it began: what comes while the box answers may be missing."""
    now: datetime
    settled: dict[Ident, int]
    pending: dict[Ident, list[_Pending]] = field(default_factory=dict)
    news: PageNews


def time_of(box_time: str, zone: tzinfo, now: datetime) -> datetime | None:
    """Return a box's time stamp, with or without a year, in UTC if it can be read."""
    year = now.astimezone(zone).year
    for text in (box_time, f"{year}-{box_time}", f"{year - 1}-{box_time}"):
        try:
            local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
            found = local.astimezone(UTC)
        except ValueError, OverflowError:
            continue
        if text is box_time or found <= now + timedelta(days=1):
            return found
    return None


class CatchUp:
    """Finds on the box's inbox page what did not come by itself; one per box."""

    def __init__(
        self, gateway: Gateway, inbox: Inbox, clock: Clock, zone: tzinfo
    ) -> None:
        """Read for `inbox`; the box's clock is taken to show the time of `zone`."""
        self.use(gateway)
        self._inbox = inbox
        self._clock = clock
        self._zone = zone
        self._wanted = asyncio.Event()
        self._loaded = False
        self._settled: dict[Ident, int] = {}
        """How many of each entry are announced, pushed or old."""
        self._pending: dict[Ident, list[_Pending]] = {}
        self._baseline = True
        """The page was never read: what is on it is old."""
        self._started = clock.now()
        self._last_read = clock.monotonic(), self._started
        """When the page was seen last, or else when this began."""
        self._noted = self._last_read[0]
        """When that was noted on disk last."""

    async def load(self) -> None:
        """Take up what earlier runs have seen; if the disk is away, `run()` does it."""
        try:
            state = await self._inbox.load_page()
        except StoreUnavailable as error:
            _LOGGER.debug("What the inbox page has shown is not known: %s", error)
            return
        self._loaded = True
        if not state.known:
            return
        self._baseline = False
        self._settled = dict(state.settled)
        if state.read_at is not None:
            age = max(timedelta(), self._clock.now() - state.read_at)
            self._last_read = (
                self._clock.monotonic() - age.total_seconds(),
                self._clock.now() - age,
            )

    def use(self, gateway: Gateway) -> None:
        """Read the page of the same box through another driver from now on."""
        self._reader = gateway.inbox
        self._pushes = gateway.inbox_pushes

    def wake(self) -> None:
        """Read now: the box has just been reached (again)."""
        self._wanted.set()

    async def run(self) -> None:
        """Read again and again until cancelled; returns at once if there is no page."""
        while (reader := self._reader) is not None:
            self._wanted.clear()
            kept = await self._read(reader)
            await self._pause(soon=not kept or bool(self._pending))

    async def _read(self, reader: InboxReader) -> bool:
        """Read once, if the disk can keep what that brings; tell whether it did."""
        if not self._loaded:
            await self.load()
        if not self._loaded or not await self._inbox.page_ready():
            return False
        asked = self._clock.monotonic(), self._clock.now()
        try:
            entries = await reader.read_inbox()
        except GatewayError as error:
            _LOGGER.debug("The inbox page could not be read: %s", error)
            return True
        await self._inbox.page_ready()
        try:
            await self._inbox.take_page(self._compare(entries, *asked))
        except StoreUnavailable as error:
            _LOGGER.debug("What the inbox page brought is not kept: %s", error)
            return False
        return True

    async def _pause(self, *, soon: bool) -> None:
        """Wait for the next read."""
        seconds = _EVERY_WITH_PUSH if self._pushes else _EVERY
        if soon:
            seconds = min(seconds, _TWICE)
        try:
            async with self._clock.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            pass

    def _compare(
        self, entries: Iterable[InboxEntry], at: float, now: datetime
    ) -> PageNews:
        """Return what the inbox lacks, the oldest first, of a page that was asked for then."""
        news = PageNews(read_at=now, first=self._baseline, adopt=lambda: None)
        read = _Read(at=at, now=now, settled=dict(self._settled), news=news)
        news.adopt = lambda: self._adopt(read)
        page: dict[Ident, list[InboxEntry]] = defaultdict(list)
        for entry in entries:
            key = key_of(entry.channel, entry.sender, entry.text)
            page[key, entry.box_time].append(entry)
        idents = sorted(page, key=lambda ident: self._time(ident[1], now))
        old = [i for i in idents if self._baseline and self._is_old(i[1], now)]
        for ident in idents:
            if ident not in old:
                self._settle(ident, page[ident], read)
        for ident in old:
            # After the new ones, so that these find their pushes first.
            for entry in page[ident]:
                self._inbox.accounts_for(entry, self._since, news.notes)
            read.settled[ident] = len(page[ident])
        self._forget(page.keys(), read)
        return news

    def _settle(self, ident: Ident, entries: list[InboxEntry], read: _Read) -> None:
        """Decide on equal entries, of which there may be more than before."""
        settled = read.settled.pop(ident, 0)
        fresh = _Pending(read.at, self._since, self._last_read[1])
        lacking = len(entries) - settled
        pending = self._pending.get(ident, [])
        waits = [*pending, *[fresh] * lacking][: max(0, lacking)]
        left = []
        for wait in waits:
            if self._pushes and self._inbox.accounts_for(
                entries[0], wait.since, read.news.notes
            ):
                settled += 1
            elif not self._pushes or read.at - wait.first_read >= _TWICE:
                guess = self._guess(ident[1], wait, read.now)
                read.news.found.append((entries[0], guess))
                settled += 1
            else:
                left.append(wait)
        read.settled[ident] = settled  # at the end: the last to be forgotten
        if left:
            read.pending[ident] = left

    def _adopt(self, read: _Read) -> None:
        """Go on from a read, now that what it brought is safe."""
        self._settled, self._pending = read.settled, read.pending
        self._last_read = read.at, read.now
        self._baseline = False
        if read.news.matters:
            self._noted = read.at
        elif read.at - self._noted >= _NOTED_EVERY:
            self._noted = read.at
            self._inbox.page_read(read.now)

    @property
    def _since(self) -> float:
        return self._last_read[0] - _PUSH_TOLERANCE

    def _is_old(self, box_time: str, now: datetime) -> bool:
        """Tell whether an entry was on the page before this began."""
        time = time_of(box_time, self._zone, now)
        return time is None or not (
            self._started - timedelta(seconds=1) <= time <= now + _CLOCK_TOLERANCE
        )

    def _time(self, box_time: str, now: datetime) -> datetime:
        return time_of(box_time, self._zone, now) or now

    def _guess(self, box_time: str, wait: _Pending, now: datetime) -> datetime:
        """Believe the box's clock as far as the reads allow."""
        return min(max(self._time(box_time, now), wait.earliest), now)

    def _forget(self, shown: Iterable[Ident], read: _Read) -> None:
        """Remember what is on the page and the last entries that were."""
        settled, news = read.settled, read.news
        for ident in shown:
            settled[ident] = settled.pop(ident)
        for ident in list(settled)[:-_REMEMBERED]:
            del settled[ident]
        before = self._settled
        news.settled = {i: n for i, n in settled.items() if n != before.get(i, 0)}
        news.forgotten = [i for i, n in before.items() if n and i not in settled]
