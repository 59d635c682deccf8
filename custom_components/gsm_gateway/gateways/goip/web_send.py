"""Sending over the web pages: POST with a key of our own, GET where that page is missing."""

from collections.abc import Mapping
import re
from typing import override

from ..clock import Clock
from ..model import (
    ChannelBusy,
    ChannelUnavailable,
    SendRefused,
    SendReport,
    SendState,
    UnexpectedReply,
)
from ..ports import Listener, Sender
from ..text import split_single
from .pages import SMS_FORM, GoipPages, PageMissing
from .slots import NOT_REPLIED, End, Outcome, Slot, SlotWatcher

RESULT_SECONDS = 60.0
_OWN_KEYS = 0x80000000
"""Keys that a box makes are its clock (GoIP D1), which never gets here."""
_BRACKET_GUARD = ">"
_SENDING = re.compile(
    r"Sending,\s{0,5}L\d{1,3}\s[^;]{0,100};\s{0,5}ID:\s{0,5}(\w{1,20})"
)


class WebSender(Sender):
    """Single SMS over HTTP; the box has no queue, so each is followed to its end."""

    reaches = SendState.SENT

    def __init__(self, pages: GoipPages, slots: SlotWatcher, clock: Clock) -> None:
        """Use the pages of one box; `listener` is set by whoever runs the box."""
        self._pages = pages
        self._slots = slots
        self._clock = clock
        self.listener: Listener | None = None
        self.reachable = False

    @override
    def token(self, serial: int) -> str:
        return f"{_OWN_KEYS | (serial % _OWN_KEYS):08x}"

    @override
    def split(self, text: str) -> list[str]:
        """Cut into single SMS: long ones crashed a module (Q10); a leading "[" fails (Q9)."""
        if text.startswith("["):
            guarded = split_single(_BRACKET_GUARD + text)
            if len(guarded) == 1:
                return guarded
        return split_single(text)

    @override
    def ready(self, channel: int) -> bool:
        return self.reachable

    @override
    async def send(self, channel: int, to: str, text: str, token: str) -> None:
        before = await self._slots.read_idle(channel)
        try:
            key = await self._post(channel, to, text, token)
        except PageMissing:
            key = await self._get(channel, to, text)
            self._report(token, SendState.ACCEPTED)
        await self._finish(channel, key, before, token)

    @override
    async def resume(self, tokens: Mapping[str, int]) -> None:
        for token, channel in tokens.items():
            slot = await self._slots.read(channel)
            if slot.key == token:
                await self._finish(channel, token, slot, token)
            else:
                reason = "The box knows nothing of it any more"
                self._report(token, SendState.UNKNOWN, reason)

    async def _post(self, channel: int, to: str, text: str, key: str) -> str:
        """Post the send form once; what comes of it is told by the slot only."""
        lines = (await self._pages.line_field()).fields(channel)
        form = lines | {
            "smskey": key,
            "action": "SMS",
            "telnum": to,
            "smscontent": text,
            "send": "Send",
        }
        await self._pages.post(SMS_FORM, form, {"type": "sms"})
        return key

    async def _get(self, channel: int, to: str, text: str) -> str:
        """Send by `send.html` and return the box's key (GoIP 1.2)."""
        query = {"l": str(channel), "n": to, "m": text}
        return _read_reply(await self._pages.get_with_login("send.html", query))

    async def _finish(self, channel: int, key: str, before: Slot, token: str) -> None:
        """Wait for the end and report it."""
        end = await self._slots.follow(channel, key, before, RESULT_SECONDS)
        if end.started:
            self._report(token, SendState.ACCEPTED)
        self._report_end(token, end)

    def _report_end(self, token: str, end: End) -> None:
        """Translate the end of a slot for an SMS (GoIP Q4, Q5)."""
        if end.outcome is Outcome.GONE:
            reason = "Another program used the line, and the result is gone"
            self._report(token, SendState.UNKNOWN, reason)
        elif end.outcome is Outcome.SILENT:
            self._report(token, SendState.UNKNOWN, "The box told no result in a minute")
        elif end.error.lower() == NOT_REPLIED:
            self._report(token, SendState.UNKNOWN, end.error)
        elif end.outcome is Outcome.DONE and not end.error:
            self._report(token, SendState.SENT)
        else:
            self._report(token, SendState.FAILED, end.error or "The box gave no reason")

    def _report(self, token: str, state: SendState, reason: str = "") -> None:
        """Tell the listener what became of a message."""
        if self.listener is not None:
            code = int(reason) if re.fullmatch(r"\d{1,9}", reason) else None
            self.listener.on_report(
                SendReport(token=token, state=state, reason=reason, code=code)
            )


def _read_reply(body: str) -> str:
    """Return the key in send.html's answer, in either spelling, or raise what it says."""
    text = body.strip()
    if match := _SENDING.match(text):
        return match[1]
    if not text.startswith("ERROR"):
        raise UnexpectedReply("No answer to send.html", text.encode())
    words = text.partition(",")[2].strip()
    if words.endswith("busy"):
        raise ChannelBusy(words)
    if words.endswith("GSM logout"):
        raise ChannelUnavailable(words)
    raise SendRefused(words[:200] or "The box gave no reason")
