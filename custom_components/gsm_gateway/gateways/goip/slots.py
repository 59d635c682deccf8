"""The status slot of a line: one for all that it does, so a result can be gone (GoIP Q4-Q7)."""

from dataclasses import dataclass, field
from enum import Enum

from ..clock import Clock
from ..model import (
    CannotConnect,
    ChannelBusy,
    ChannelUnavailable,
    NoReply,
    UnexpectedReply,
)
from .fields import element
from .pages import GoipPages

POLL_SECONDS = 1.0
NOT_REPLIED = "send, but provider not reply."
_STARTED = "STARTED"
_FINAL = ("DONE", "ERRORDONE")


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


@dataclass(slots=True)
class _Watch:
    """What was seen of one job of ours in the slot of its line."""

    key: str
    before: Slot
    started: bool = field(default=False)

    def judge(self, slot: Slot) -> Outcome | None:
        """Take in one look at the slot; return the end, once there is one.

        A blank key with DONE is ours only if ours was seen at work in this
        slot and no other since (Q4). Errors that pass are not looked at (Q6).
        """
        ours = slot.key == self.key or (not slot.key and self.started)
        if not ours:
            untouched = slot == self.before or not slot.key
            return None if untouched and not self.started else Outcome.GONE
        self.started = self.started or slot.is_busy
        if slot.status not in _FINAL:
            return None
        return Outcome.DONE if slot.status == "DONE" else Outcome.FAILED


@dataclass(frozen=True, slots=True)
class End:
    """The end of a job: how, the box's words, and whether it was seen at work."""

    outcome: Outcome
    error: str = ""
    started: bool = False


class SlotWatcher:
    """Reads slots until a job of ours is over."""

    def __init__(self, pages: GoipPages, clock: Clock) -> None:
        """Use the pages of one box."""
        self._pages = pages
        self._clock = clock

    async def read(self, channel: int) -> Slot:
        """Return the slot of a line as it is now. Raises `GatewayError`."""
        return parse_slot(await self._pages.send_status(channel), channel)

    async def read_idle(self, channel: int) -> Slot:
        """Return the slot of a line that does nothing. Raises `ChannelBusy`."""
        slot = await self.read(channel)
        if slot.is_busy:
            raise ChannelBusy("The line is at work")
        return slot

    async def follow(self, channel: int, key: str, before: Slot, seconds: float) -> End:
        """Look at the slot until the job with `key` is over.

        Raises `ChannelUnavailable` or `ChannelBusy` when the box says so
        without ever having begun. A look that fails is repeated.
        """
        watch = _Watch(key, before)
        try:
            async with self._clock.timeout(seconds):
                while True:
                    slot = await self._look(channel)
                    outcome = watch.judge(slot) if slot is not None else None
                    if slot is not None and outcome is not None:
                        return _end(outcome, slot, started=watch.started)
                    await self._clock.sleep(POLL_SECONDS)
        except TimeoutError:
            return End(Outcome.SILENT, started=watch.started)

    async def _look(self, channel: int) -> Slot | None:
        """Return the slot, or None when the page could not be had this time."""
        try:
            return await self.read(channel)
        except CannotConnect, NoReply, UnexpectedReply:
            return None


def _end(outcome: Outcome, slot: Slot, *, started: bool) -> End:
    """Return the end that a slot shows, or raise when the job never began."""
    word = slot.error.lower().replace("_", " ")
    if not started and outcome in (Outcome.DONE, Outcome.FAILED):
        if word == "gsm logout":
            raise ChannelUnavailable("The SIM is not registered")
        if word == "busy":
            raise ChannelBusy("The line is at work")
    return End(outcome, slot.error, started)
