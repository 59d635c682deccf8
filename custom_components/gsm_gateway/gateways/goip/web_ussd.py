"""USSD over the web pages: the answer stands where an SMS has its error (GoIP Q5)."""

from collections.abc import Callable
from typing import override

from ..model import ChannelUnavailable, NoReply, SendRefused, UssdReply
from ..ports import UssdRunner
from .pages import SMS_FORM, USSD_FORM, GoipPages, PageMissing
from .slots import NOT_REPLIED, Outcome, SlotWatcher

USSD_SECONDS = 38.0


class WebUssd(UssdRunner):
    """Dials by form and reads the slot of the line until it is over."""

    def __init__(
        self, pages: GoipPages, slots: SlotWatcher, new_key: Callable[[], str]
    ) -> None:
        """Use the pages of one box; `new_key` gives a key nobody else has."""
        self._pages = pages
        self._slots = slots
        self._new_key = new_key

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        before = await self._slots.read_idle(channel)
        key = self._new_key()
        lines = (await self._pages.line_field()).fields(channel)
        form = lines | {
            "smskey": key,
            "action": "USSD",
            "telnum": code,
            "send": "Send",
        }
        try:
            await self._pages.post(USSD_FORM, form, {"type": "ussd"})
        except PageMissing:
            await self._pages.post(SMS_FORM, form, {"type": "ussd"})
        end = await self._slots.follow(channel, key, before, USSD_SECONDS)
        if end.outcome in (Outcome.GONE, Outcome.SILENT):
            raise NoReply("The operator's answer did not come")
        if end.error.lower() == NOT_REPLIED or not end.error:
            raise NoReply("The operator did not answer")
        if end.error.upper() == "GSM_LOGOUT":
            raise ChannelUnavailable("The SIM is not registered")
        if end.outcome is Outcome.FAILED:
            raise SendRefused(end.error[:200])
        return UssdReply(text=end.error)
