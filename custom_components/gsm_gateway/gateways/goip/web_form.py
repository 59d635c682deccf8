"""The forms that make a line work: looked at before, posted once, followed by their slot."""

from collections.abc import Mapping

from ..model import (
    CannotConnect,
    ChannelBusy,
    NoReply,
    SendRefused,
    UnexpectedReply,
)
from .pages import GoipPages, PageFailed, PageMissing
from .refusals import read_reply
from .slots import Slot, SlotWatcher


class LineForms:
    """Posts to `sms_info.html` and `ussd_info.html` (GoIP 1.3)."""

    def __init__(self, pages: GoipPages, slots: SlotWatcher) -> None:
        """Use the pages of one box."""
        self._pages = pages
        self._slots = slots

    async def prepare(self, channel: int) -> tuple[Slot, dict[str, str]]:
        """Return the slot of an idle line, and the fields that name the line.

        Nothing has been sent when this raises: `ChannelBusy`, `InvalidAuth`,
        and `CannotConnect` for everything else.
        """
        try:
            slot = await self._slots.read(channel)
            lines = (await self._pages.line_field()).fields(channel)
        except (NoReply, UnexpectedReply) as error:
            raise CannotConnect(str(error)) from error
        if self._slots.is_at_work(channel, slot):
            raise ChannelBusy("The line is at work")
        return slot, lines

    async def post(self, page: str, kind: str, form: Mapping[str, str]) -> bool:
        """Post a form once and tell whether an answer came.

        What becomes of it is told by the slot, even when the answer is lost.
        Raises `PageMissing`, `CannotConnect`, `InvalidAuth`, `ChannelBusy`,
        `ChannelUnavailable` and `SendRefused` when it did nothing (GoIP D2, D3).
        """
        try:
            answer = await self._pages.post(page, form, {"type": kind})
        except PageMissing:
            raise
        except PageFailed as error:
            if error.status >= 400:
                raise SendRefused(str(error), error.status) from error
            return True
        except NoReply, UnexpectedReply:
            return False
        if refusal := read_reply(answer):
            raise refusal
        return True
