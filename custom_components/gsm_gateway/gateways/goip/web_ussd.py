"""USSD over the web pages: the answer stands where an SMS has its error (GoIP Q5)."""

from collections.abc import Callable
from typing import override

from ..clock import Clock
from ..model import (
    ChannelBusy,
    ChannelUnavailable,
    NoReply,
    SendRefused,
    UssdReply,
)
from ..ports import UssdRunner
from .pages import SMS_FORM, USSD_FORM, GoipPages, PageMissing
from .refusals import read_code, read_refusal
from .slots import End, Outcome, SlotWatcher
from .web_form import LineForms

USSD_SECONDS = 38.0


class WebUssd(UssdRunner):
    """Dials by form and reads the slot of the line until it is over."""

    def __init__(
        self,
        pages: GoipPages,
        slots: SlotWatcher,
        forms: LineForms,
        clock: Clock,
        new_key: Callable[[], str],
    ) -> None:
        """Use the pages of one box; `new_key` gives a key nobody else has."""
        self._pages = pages
        self._slots = slots
        self._forms = forms
        self._clock = clock
        self._new_key = new_key

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        deadline = self._clock.monotonic() + USSD_SECONDS
        before, lines = await self._forms.prepare(channel)
        key = self._new_key()
        form = lines | {
            "smskey": key,
            "action": "USSD",
            "telnum": code,
            "send": "Send",
        }
        try:
            await self._pages.first_of(
                (USSD_FORM, SMS_FORM), lambda page: self._forms.post(page, "ussd", form)
            )
        except PageMissing:
            raise SendRefused("The box has no page that dials") from None
        left = max(1.0, deadline - self._clock.monotonic())
        end = await self._slots.follow(channel, key, before, left)
        if end.refusal is not None:
            raise end.refusal
        return UssdReply(text=_answer(end))


def _answer(end: End) -> str:
    """Return the operator's answer, or raise what stands in its place.

    A bare number is the box's error (GoIP 1.4), not what an operator says.
    """
    if not end.is_over or end.is_unanswered or not end.words:
        raise NoReply("The operator's answer did not come")
    if isinstance(read_refusal(end.words), ChannelBusy | ChannelUnavailable):
        raise NoReply("The SIM lost its network while the code was dialled")
    if end.outcome is Outcome.FAILED or read_code(end.words) is not None:
        raise SendRefused(end.words, read_code(end.words))
    return end.words
