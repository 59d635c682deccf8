"""SMS over UDP: a text is handed over, then told to leave, once (GoIP 2.4)."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import re

from ..clock import Clock
from ..model import (
    CannotConnect,
    ChannelBusy,
    NoReply,
    SendReport,
    SendState,
)
from .udp_errors import error_code, refusal_of_group, shown
from .udp_exchange import Exchange
from .udp_line import UdpLine
from .udp_packets import Reply, plain

MOST_GROUPS = 5
"""Texts that a box works on at a time; more are refused (GoIP 2.4)."""
_GROUP_SECONDS = 30.0
_SILENCE_SECONDS = 30.0
_PART_SECONDS = 5.0
"""One SMS takes 2 to 5 s; a long text is several."""
_LONGEST_SECONDS = 300.0
_DOUBT_SECONDS = 10.0
_DONE_SECONDS, _DONE_TRIES = 2.0, 3
_TELID = "1"
_UNANSWERED = "The box did not tell whether it was sent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sms:
    """What is to be sent."""

    token: str
    """The number of its dialogue."""
    to: str
    text: str
    parts: int


class SmsDialogues:
    """The dialogues of one box."""

    def __init__(self, clock: Clock) -> None:
        """Begin with none."""
        self._clock = clock
        self._groups = asyncio.Semaphore(MOST_GROUPS)
        self._unclosed: dict[UdpLine, str] = {}
        """The token of the last text of a line whose result is not known."""

    async def send(self, line: UdpLine, sms: Sms) -> None:
        """Send one text and report its result. Raises as `Sender.send`.

        A text that was told to leave and whose result is not known may still
        be on its way: it is closed only when the line begins the next.
        """
        async with self._group():
            self._close_last(line)
            with line.exchange(sms.token) as exchange:
                try:
                    await _hand_over(exchange, line.login.password, sms)
                    await self._dispatch(exchange, line, sms)
                except BaseException:
                    with suppress(CannotConnect):
                        self._say_done(exchange, line)
                    raise
                await self._close(exchange, line)

    def _close_last(self, line: UdpLine) -> None:
        """Close the text of which a line has not told the result."""
        if token := self._unclosed.pop(line, None):
            with suppress(CannotConnect):
                line.say(_done(token))

    async def _close(self, exchange: Exchange, line: UdpLine) -> None:
        """Close a text that is over; the box forgets it anyhow after 90 s."""
        with suppress(CannotConnect):
            for _ in range(_DONE_TRIES):
                if not self._say_done(exchange, line):
                    return
                with suppress(TimeoutError):
                    await exchange.hear(_DONE_SECONDS, ("DONE", "ERROR"))
                    return

    def _say_done(self, exchange: Exchange, line: UdpLine) -> bool:
        """Say that a text is over, if it is. Raises `CannotConnect`."""
        if line.deliveries.is_open(exchange.number):
            self._unclosed[line] = exchange.number
            return False
        exchange.say(_done(exchange.number))
        return True

    @asynccontextmanager
    async def _group(self) -> AsyncGenerator[None]:
        """Wait until the box can take another text. Raises `ChannelBusy`."""
        try:
            async with self._clock.timeout(_GROUP_SECONDS):
                await self._groups.acquire()
        except TimeoutError:
            raise ChannelBusy("The box works on other messages") from None
        try:
            yield
        finally:
            self._groups.release()

    async def _dispatch(self, exchange: Exchange, line: UdpLine, sms: Sms) -> None:
        """Tell a text to leave and wait for the end.

        This is said once and never again: a box may take it for a second SMS
        (Q16). Raises only while nothing was said.
        """
        line.deliveries.leaves(sms.token, sms.to, sms.parts)
        try:
            exchange.say(f"SEND {sms.token} {_TELID} {sms.to}\n".encode())
        except CannotConnect:
            line.deliveries.failed(sms.token)
            raise
        silence = _SILENCE_SECONDS + _PART_SECONDS * (sms.parts - 1)
        try:
            async with self._clock.timeout(_LONGEST_SECONDS):
                reply = await _hear_result(exchange, silence)
        except TimeoutError:
            _report_unknown(line, sms.token, _UNANSWERED)
        else:
            if _is_about_other_step(reply):
                _report_unknown(line, sms.token, shown(reply.words))
            else:
                report_result(line, reply)
        finally:
            line.deliveries.given_up(sms.token)


async def _hear_result(exchange: Exchange, silence: float) -> Reply:
    """Return what ends a SEND. Raises `TimeoutError` after so many seconds of silence.

    An error that does not say that it is about the SEND may be about another
    step: it is returned if nothing better follows.
    """
    doubtful: Reply | None = None
    while True:
        try:
            reply = await exchange.hear(
                _DOUBT_SECONDS if doubtful else silence, ("WAIT", "OK", "ERROR")
            )
        except TimeoutError:
            if doubtful is None:
                raise
            return doubtful
        if reply.verb == "OK" or _is_about_send(reply):
            return reply
        if reply.verb == "ERROR":
            doubtful = doubtful or reply


def _is_about_send(reply: Reply) -> bool:
    """Tell whether an error is surely about the SEND (D12)."""
    words = plain(reply.words).upper()
    return reply.verb == "ERROR" and (
        words.startswith(f"{_TELID} ") or "ERRORSTATUS" in words or "LOGOUT" in words
    )


def _is_about_other_step(reply: Reply) -> bool:
    """Tell whether an error does not say what became of the text.

    It may answer a step that came twice, by us or by the network, while the
    text is on its way.
    """
    words = plain(reply.words).upper()
    return not _is_about_send(reply) and (words.startswith(("PASSWORD", "SENDID")))


def _report_unknown(line: UdpLine, token: str, reason: str) -> None:
    line.report(SendReport(token=token, state=SendState.UNKNOWN, reason=reason))


def report_result(line: UdpLine, reply: Reply) -> None:
    """Report the end of a message."""
    if reply.verb == "OK":
        found = re.match(r"[0-9]{1,9}\s+([0-9]{1,9})\b", plain(reply.words))
        sms_no = found[1] if found else ""
        line.report(
            SendReport(token=reply.number, state=SendState.SENT, box_key=sms_no)
        )
        line.deliveries.taken(reply.number, sms_no)
        return
    reason = shown(reply.words)
    line.deliveries.failed(reply.number)
    line.report(
        SendReport(
            token=reply.number,
            state=SendState.FAILED,
            reason=reason,
            code=error_code(reason),
        )
    )


def take_late_result(line: UdpLine, reply: Reply) -> bool:
    """Take a result that was waited for in vain; tell whether the reply is one."""
    is_result = reply.verb == "OK" or _is_about_send(reply)
    if not is_result or not line.deliveries.is_open(reply.number):
        return False
    report_result(line, reply)
    with suppress(CannotConnect):
        line.say(_done(reply.number))
    return True


async def _hand_over(exchange: Exchange, password: str, sms: Sms) -> None:
    """Give the box the text and the password; both may be said again (D11).

    Raises `ChannelUnavailable`, `ChannelBusy`, `CannotConnect`, `InvalidAuth`
    and `SendRefused`; nothing was sent then.
    """
    number, text = sms.token, text_bytes(sms.text)
    steps = (
        (b"MSG %b %d %b\n" % (number.encode(), len(text), text), "PASSWORD"),
        (f"PASSWORD {number} {password}\n".encode(), "SEND"),
    )
    for words, wanted in steps:
        try:
            reply = await exchange.ask(words, (wanted, "SEND", "ERROR"))
        except NoReply as error:
            raise CannotConnect(str(error)) from error
        if reply.verb == "ERROR":
            raise refusal_of_group(reply.words)
        if reply.verb == "SEND":
            return


def text_bytes(text: str) -> bytes:
    """Return a text as it goes over the wire; its length is told in these bytes (Q15)."""
    return text.encode("utf-8", "replace")


def _done(number: str) -> bytes:
    return f"DONE {number}\n".encode()
