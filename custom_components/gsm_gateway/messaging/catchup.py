"""The box's own inbox page, compared with what was pushed."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
import logging

from ..gateways.clock import Clock
from ..gateways.model import GatewayError, InboxEntry
from ..gateways.ports import Gateway
from .inbox import Inbox
from .ledger import Key, key_of

_LOGGER = logging.getLogger(__name__)

_TWICE = 30.0
"""Seconds between the two reads that an entry needs where something pushes."""
_EVERY = 30.0
"""Seconds between two reads where nothing pushes."""
_EVERY_WITH_PUSH = 300.0
_PUSH_TOLERANCE = 120.0
"""Seconds that a page may lag behind the push of the same message."""
_CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far a box's clock may run ahead and still be believed."""
_REMEMBERED = 2000

type _Ident = tuple[Key, str]
"""An entry is told apart by its key and the time stamp as printed."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """An entry that waits for its second read."""

    first_read: float
    since: float
    """A push before this (monotonic) cannot be this entry."""
    earliest: datetime
    """It was not on the page before."""


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
        self._settled: dict[_Ident, int] = {}
        """How many of each entry are announced, pushed or old."""
        self._pending: dict[_Ident, list[_Pending]] = {}
        self._baseline = True
        self._started = clock.now()
        self._last_read = clock.monotonic(), self._started
        """When the page was seen last, or else when this began."""

    def use(self, gateway: Gateway) -> None:
        """Read the page of the same box through another driver from now on."""
        self._reader = gateway.inbox
        self._pushes = gateway.inbox_pushes

    def wake(self) -> None:
        """Read now: the box has just been reached (again)."""
        self._wanted.set()

    async def run(self) -> None:
        """Read again and again until cancelled; returns at once if there is no page."""
        if self._reader is None:
            return
        while True:
            self._wanted.clear()
            try:
                entries = await self._reader.read_inbox()
            except GatewayError as error:
                _LOGGER.debug("The inbox page could not be read: %s", error)
            else:
                self._compare(entries)
            await self._pause()

    async def _pause(self) -> None:
        """Wait for the next read."""
        seconds = _EVERY_WITH_PUSH if self._pushes else _EVERY
        if self._pending:
            seconds = min(seconds, _TWICE)
        try:
            async with self._clock.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            pass

    def _compare(self, entries: Iterable[InboxEntry]) -> None:
        """Give the inbox what it lacks, the oldest first."""
        now = self._clock.monotonic(), self._clock.now()
        page: dict[_Ident, list[InboxEntry]] = defaultdict(list)
        for entry in entries:
            key = key_of(entry.channel, entry.sender, entry.text)
            page[key, entry.box_time].append(entry)
        idents = sorted(page, key=lambda ident: self._time(ident[1], now[1]))
        old = [i for i in idents if self._baseline and self._is_old(i[1], now[1])]
        pending, self._pending = self._pending, {}
        for ident in idents:
            if ident not in old:
                self._settle(ident, page[ident], pending.get(ident, []), now)
        for ident in old:
            # After the new ones, so that these find their pushes first.
            self._claim(page[ident][0], self._since, len(page[ident]))
            self._settled[ident] = len(page[ident])
        self._baseline = False
        self._last_read = now
        self._forget(page.keys())

    def _settle(
        self,
        ident: _Ident,
        entries: list[InboxEntry],
        pending: list[_Pending],
        now: tuple[float, datetime],
    ) -> None:
        """Decide on equal entries, of which there may be more than before."""
        settled = self._settled.pop(ident, 0)
        fresh = _Pending(now[0], self._since, self._last_read[1])
        lacking = len(entries) - settled
        waits = [*pending, *[fresh] * lacking][: max(0, lacking)]
        left = []
        for wait in waits:
            if self._pushes and self._claim(entries[0], wait.since, 1):
                settled += 1
            elif not self._pushes or now[0] - wait.first_read >= _TWICE:
                self._inbox.take_entry(entries[0], self._guess(ident[1], wait, now[1]))
                settled += 1
            else:
                left.append(wait)
        self._settled[ident] = settled  # at the end: the last to be forgotten
        if left:
            self._pending[ident] = left

    def _claim(self, entry: InboxEntry, since: float, count: int) -> bool:
        """Let pushes account for entries; tells whether they do for all."""
        return all(self._inbox.accounts_for(entry, since) for _ in range(count))

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

    def _forget(self, shown: Iterable[_Ident]) -> None:
        """Remember what is on the page and the last entries that were."""
        for ident in shown:
            self._settled[ident] = self._settled.pop(ident)
        for ident in list(self._settled)[:-_REMEMBERED]:
            del self._settled[ident]
