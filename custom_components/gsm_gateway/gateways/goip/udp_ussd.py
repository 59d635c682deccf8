"""USSD over UDP (GoIP 2.5): dialled once, answered once, closed afterwards."""

from collections.abc import Mapping
import re
from typing import override

from ..model import CannotConnect, Coding, NoReply, SendRefused, UssdReply, UssdSession
from ..ports import UssdCloser, UssdRunner
from ..text import clean, decode
from .udp_errors import refusal
from .udp_line import UdpLine
from .udp_packets import Reply

USSD_SECONDS = 38.0
_CLOSE_SECONDS = 1.5
_CLOSE_TRIES = 3
_CODE = re.compile(r"[!-~]([ -~]{0,180}[!-~])?")
_FAILED = "ussd send failed"
_FILLER = "@\0\r\n "
"""What boxes leave at the end of an answer (GoIP 2.5)."""


class UdpUssd(UssdRunner, UssdCloser):
    """Codes and the choices of menus; each with a number that grows (Q17)."""

    def __init__(self, lines: Mapping[int, UdpLine]) -> None:
        """Use the lines of one box."""
        self._lines = lines
        self._answers_close = False
        """Whether this box says anything when a dialogue is closed (D15)."""

    @override
    async def run_ussd(self, channel: int, code: str) -> UssdReply:
        if not _CODE.fullmatch(code):
            raise SendRefused("Not a USSD code")
        line = self._line(channel)
        with line.command() as exchange:
            # Without a newline: it would become part of the code (Q17).
            words = f"USSD {exchange.number} {line.login.password} {code}"
            exchange.say(words.encode())
            try:
                reply = await exchange.hear(
                    USSD_SECONDS, ("USSD", "USSDERROR", "USSDEXIT", "ERROR")
                )
            except TimeoutError:
                raise NoReply("The operator's answer did not come") from None
        return _read_answer(reply)

    @override
    async def close_ussd(self, channel: int) -> None:
        line = self._line(channel)
        with line.command() as exchange:
            words = f"USSDEXIT {exchange.number} {line.login.password}"
            try:
                await exchange.ask(
                    words.encode(),
                    ("USSDEXIT", "USSD", "USSDERROR", "ERROR"),
                    seconds=_CLOSE_SECONDS,
                    tries=_CLOSE_TRIES,
                )
            except NoReply:
                if self._answers_close:
                    raise
                return
        self._answers_close = True

    def _line(self, channel: int) -> UdpLine:
        line = self._lines.get(channel)
        if line is None:
            raise CannotConnect(f"Line {channel} has no id")
        return line


def _read_answer(reply: Reply) -> UssdReply:
    """Return an operator's answer, or raise what stands in its place (Q18)."""
    if reply.verb in ("USSDERROR", "ERROR"):
        raise refusal(reply.words)
    text = clean(decode(reply.words, Coding.UTF8)).rstrip(_FILLER)
    if reply.verb == "USSDEXIT":
        return UssdReply(text=text, session=UssdSession.ENDED)
    if not text:
        raise NoReply("The operator's answer is empty")
    if text.lower().startswith(_FAILED):
        raise SendRefused(text)
    return UssdReply(text=text)
