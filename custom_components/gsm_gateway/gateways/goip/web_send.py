"""Sending over the web pages: POST with a key of our own, GET where that page is missing."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
import re
from typing import override

from ..model import (
    NoReply,
    SendRefused,
    SendReport,
    SendState,
    UnexpectedReply,
)
from ..ports import Listener, Sender
from ..text import split_single
from .pages import SEND_PAGE, SMS_FORM, GoipPages, PageFailed, PageMissing
from .refusals import read_code, read_reply
from .slots import End, Outcome, Slot, SlotWatcher
from .web_form import LineForms

RESULT_SECONDS = 60.0
_OWN_KEYS = 0x80000000
"""Keys that a box makes are its clock (GoIP D1), which never gets here."""
_BRACKET_GUARD = ">"
_SENDING = re.compile(
    r"Sending,\s{0,5}L\d{1,3}\s[^;]{0,100};\s{0,5}ID:\s{0,5}(\w{1,20})"
)


def own_key(serial: int) -> str:
    """Return a key that no box makes by itself."""
    return f"{_OWN_KEYS | (serial % _OWN_KEYS):08x}"


@dataclass(frozen=True, slots=True)
class _Begun:
    """A send that left: the key in its slot, and what the box said to it."""

    key: str
    accepted: bool = False
    """The answer says that the box took it (`send.html`)."""
    answered: bool = True


class WebSender(Sender):
    """Single SMS over HTTP; the box has no queue, so each is followed to its end."""

    reaches = SendState.SENT

    def __init__(self, pages: GoipPages, slots: SlotWatcher, forms: LineForms) -> None:
        """Use the pages of one box; `listener` is set by whoever runs the box."""
        self._pages = pages
        self._slots = slots
        self._forms = forms
        self.listener: Listener | None = None
        self.reachable = False

    @override
    def token(self, serial: int) -> str:
        return own_key(serial)

    @override
    def split(self, text: str) -> list[str]:
        """Cut into single SMS: long ones crashed a module (Q10); a leading "[" fails (Q9)."""
        pieces = split_single(text)
        if pieces[0].startswith("["):
            return split_single(_BRACKET_GUARD + text)
        return pieces

    @override
    def count(self, text: str, *, unicode: bool = False) -> int:
        """Count the pieces: each is one SMS; the box chooses its alphabet."""
        return len(self.split(text))

    @override
    def ready(self, channel: int) -> bool:
        return self.reachable

    @override
    def serves(self, channel: int) -> bool:
        return True

    @override
    async def send(
        self, channel: int, to: str, text: str, token: str, *, unicode: bool = False
    ) -> None:
        before, lines = await self._forms.prepare(channel)
        form = lines | {
            "smskey": token,
            "action": "SMS",
            "telnum": to,
            "smscontent": text,
            "send": "Send",
        }

        async def begin(page: str) -> _Begun:
            if page == SEND_PAGE:
                return await self._get({"l": str(channel), "n": to, "m": text})
            answered = await self._forms.post(page, "sms", form)
            return _Begun(token, answered=answered)

        try:
            begun = await self._pages.first_of((SMS_FORM, SEND_PAGE), begin)
        except PageMissing:
            raise SendRefused("The box has no page that sends") from None
        await self._follow(channel, begun, before, token)

    async def _follow(
        self, channel: int, begun: _Begun, before: Slot, token: str
    ) -> None:
        """Wait for the end and report it, or raise when the box did not take it."""
        on_start: Callable[[], None] | None
        on_start = partial(self._report, token, SendState.ACCEPTED)
        if begun.accepted:
            on_start()
            on_start = None
        end = await self._slots.follow(
            channel, begun.key, before, RESULT_SECONDS, on_start
        )
        if not begun.accepted and end.refusal is not None:
            raise end.refusal
        if not begun.answered and end.outcome is Outcome.SILENT and not end.started:
            raise NoReply("The box took the request and did not answer")
        self._report_end(token, end)

    @override
    async def resume(self, tokens: Mapping[str, int]) -> None:
        channels = set(tokens.values())
        slots = {channel: await self._slots.read(channel) for channel in channels}
        still_there = []
        for token, channel in tokens.items():
            if slots[channel].key == token:
                still_there.append(self._resume(channel, token))
            else:
                reason = "The box knows nothing of it any more"
                self._report(token, SendState.UNKNOWN, reason)
        await asyncio.gather(*still_there)

    async def _resume(self, channel: int, token: str) -> None:
        """Report the end of a message whose key stands in its slot."""
        end = await self._slots.follow(channel, token, Slot(), RESULT_SECONDS)
        self._report_end(token, end)

    async def _get(self, query: Mapping[str, str]) -> _Begun:
        """Send by `send.html`, which tells the box's own key (GoIP 1.2)."""
        try:
            answer = await self._pages.get_with_login(SEND_PAGE, query)
        except PageMissing:
            raise
        except PageFailed as failed:
            raise SendRefused(str(failed), failed.status) from failed
        if error := read_reply(answer):
            raise error
        if match := _SENDING.match(answer.strip()):
            return _Begun(match[1], accepted=True)
        raise UnexpectedReply("No answer to send.html", answer.encode())

    def _report_end(self, token: str, end: End) -> None:
        """Translate the end of a slot for an SMS (GoIP Q4, Q5)."""
        if end.outcome is Outcome.GONE:
            reason = "Another program used the line, and the result is gone"
            self._report(token, SendState.UNKNOWN, reason)
        elif end.outcome is Outcome.SILENT:
            self._report(token, SendState.UNKNOWN, "The box told no result in a minute")
        elif end.is_unanswered:
            self._report(token, SendState.UNKNOWN, end.words)
        elif end.outcome is Outcome.DONE and not end.words:
            self._report(token, SendState.SENT)
        else:
            self._report(token, SendState.FAILED, end.words or "The box gave no reason")

    def _report(self, token: str, state: SendState, reason: str = "") -> None:
        """Tell the listener what became of a message."""
        if self.listener is not None:
            code = read_code(reason)
            self.listener.on_report(
                SendReport(token=token, state=state, reason=reason, code=code)
            )
