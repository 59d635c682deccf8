"""The status slot of a line: one for all that it does, so a result can be gone (GoIP Q4-Q7)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from ..clock import Clock
from ..model import (
    ChannelBusy,
    ChannelUnavailable,
    GatewayError,
    UnexpectedReply,
)
from .fields import element
from .pages import GoipPages
from .refusals import read_refusal

POLL_SECONDS = 1.0
_LONGEST_JOB = 180.0
"""Seconds after which a line that shows the same job at work has forgotten to end it."""
_STARTED = "STARTED"
_FINAL = ("DONE", "ERRORDONE")
_NOT_REPLIED = "send, but provider not reply"


@dataclass(frozen=True, slots=True)
class Slot:
    """What a box shows of the last SMS or USSD of a line."""

    key: str = ""
    status: str = ""
    error: str = ""

    @property
    def is_busy(self) -> bool:
        """Whether the line is at work."""
        return self.status == _STARTED


def parse_slot(page: str, channel: int) -> Slot:
    """Return one line's slot from any of the three shapes (GoIP 1.4).

    Raises `UnexpectedReply` when the page has none of them.
    """
    for names in (
        (f"smskey{channel}", f"status{channel}", f"error{channel}"),
        (f"id{channel}", f"status{channel}", f"error{channel}"),
        ("smskey", "status", "error"),
    ):
        if (key := element(page, names[0])) is not None:
            status = element(page, names[1]) or ""
            error = element(page, names[2]) or ""
            return Slot(key.strip(), status.strip().upper(), error.strip())
    raise UnexpectedReply("No status slot for the line", page.encode())


class Outcome(Enum):
    """How a job of ours ended."""

    DONE = "done"
    """Over, with the slot's error as its text."""
    FAILED = "failed"
    """ERRORDONE."""
    GONE = "gone"
    """Somebody else used the slot; nobody knows."""
    SILENT = "silent"
    """Not over in time."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of a job: how, the box's words, and whether it was seen at work."""

    outcome: Outcome
    words: str = ""
    started: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the box told an end of this very job."""
        return self.outcome in (Outcome.DONE, Outcome.FAILED)

    @property
    def is_unanswered(self) -> bool:
        """Whether it was sent and the network did not say a word (Q5)."""
        return self.words.lower().startswith(_NOT_REPLIED)

    @property
    def refusal(self) -> GatewayError | None:
        """Why the line did not even begin, if it did not."""
        if self.started or not self.is_over:
            return None
        error = read_refusal(self.words)
        return error if isinstance(error, ChannelBusy | ChannelUnavailable) else None


@dataclass(slots=True)
class _Watch:
    """What was seen of one job of ours in the slot of its line."""

    key: str
    before: Slot
    started: bool = field(default=False)

    def judge(self, slot: Slot) -> Outcome | None:
        """Take in one look at the slot; return the end, once there is one.

        A blank key is ours only if ours was seen at work in this slot and no
        other since (Q4). What stood there before is no news, whatever its key:
        a box without a clock repeats them (D1). Errors that pass are not
        looked at (Q6).
        """
        if not self.started and slot == self.before:
            return None
        if slot.key == self.key:
            self.started = self.started or slot.is_busy
        elif slot.key or not self.started:
            return Outcome.GONE if slot.key else None
        if slot.status not in _FINAL:
            return None
        return Outcome.DONE if slot.status == "DONE" else Outcome.FAILED


class SlotWatcher:
    """Reads slots until a job of ours is over."""

    def __init__(self, pages: GoipPages, clock: Clock) -> None:
        """Use the pages of one box."""
        self._pages = pages
        self._clock = clock
        self._busy: dict[int, tuple[str, float]] = {}
        """The key that each line was first seen at work with, and when (monotonic)."""

    def is_at_work(self, channel: int, slot: Slot) -> bool:
        """Tell whether a line has something to do, as far as its slot can be believed."""
        if not slot.is_busy:
            self._busy.pop(channel, None)
            return False
        now = self._clock.monotonic()
        known = self._busy.get(channel)
        if known is None or known[0] != slot.key:
            known = self._busy[channel] = slot.key, now
        return now - known[1] < _LONGEST_JOB

    async def read(self, channel: int) -> Slot:
        """Return the slot of a line as it is now. Raises `GatewayError`."""
        return parse_slot(await self._pages.send_status(channel), channel)

    async def follow(
        self,
        channel: int,
        key: str,
        before: Slot,
        seconds: float,
        on_start: Callable[[], None] | None = None,
    ) -> End:
        """Look at the slot until the job with `key` is over; never raises.

        `before` is what stood there when it was not begun. `on_start` hears
        when the job is seen at work. A look that fails is repeated.
        """
        watch = _Watch(key, before)
        told = False
        try:
            async with self._clock.timeout(seconds):
                while True:
                    slot = await self._look(channel)
                    outcome = watch.judge(slot) if slot is not None else None
                    if watch.started and not told and on_start is not None:
                        told = True
                        on_start()
                    if slot is not None and outcome is not None:
                        return End(outcome, slot.error, watch.started)
                    await self._clock.sleep(POLL_SECONDS)
        except TimeoutError:
            return End(Outcome.SILENT, started=watch.started)

    async def _look(self, channel: int) -> Slot | None:
        """Return the slot, or None when the page could not be had this time."""
        try:
            return await self.read(channel)
        except GatewayError:
            return None
