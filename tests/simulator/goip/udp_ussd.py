"""USSD and USSDEXIT: dialling by the server's command (device file 2.5, Q17, Q18, D15)."""

import asyncio
from typing import TYPE_CHECKING

from ..core import gsm0338, journal as j
from ..core.line import Line
from .broken_text import cut_bytes, write
from .dialling import dial_in_time
from .udp_words import NotUnderstood, Reply, number, text, words

if TYPE_CHECKING:
    from .box import GoipBox

FAILED = "USSD send failed!"
WRONG_PASSWORD = "PASSWORD"
FILLED_TO = 8
"""Septets that fill whole octets together; answers may be filled up to them with `@`."""


class UdpUssd:
    """The USSD of one line, by growing ids."""

    def __init__(self, box: GoipBox, line: Line, reply: Reply) -> None:
        """Bind to a line; no id was seen yet."""
        self._box = box
        self._line = line
        self._reply = reply
        self._last: int | None = None
        self._stored: tuple[str, str] | None = None
        self._running: asyncio.Task[None] | None = None
        self._code = ""

    def dial(self, rest: bytes) -> None:
        """Dial a code or answer a menu; an id that did not grow gets the stored reply."""
        options = self._box.options
        given, password, octets = words(rest, 3)
        sendid, code = number(given), text(octets)
        if options.udp_ussd_newline == "ok":
            code = code.rstrip("\r\n")
        if not code:
            raise NotUnderstood
        if text(password) != options.udp_password:
            self._say(sendid, "USSDERROR", WRONG_PASSWORD)
        elif options.udp_stored_reply and self._is_old(sendid):
            self._tell_stored(sendid)
        else:
            self._last = sendid
            self._stored = None
            self._begin(sendid, code)

    def leave(self, rest: bytes) -> None:
        """End the session of a menu, and a USSD that runs."""
        given, password = words(rest, 2)
        sendid = number(given)
        if text(password.strip()) != self._box.options.udp_password:
            self._say(sendid, "USSDERROR", WRONG_PASSWORD)
            return
        self._last = sendid if self._last is None else max(self._last, sendid)
        self._kill()
        self._box.ussd_sessions.close(self._line, "client")
        if self._box.options.udp_ussd_exit == "USSDEXIT":
            self._say(sendid, "USSDEXIT")

    def _is_old(self, sendid: int) -> bool:
        """Tell whether an id did not grow (Q17)."""
        return self._last is not None and sendid <= self._last

    def _tell_stored(self, sendid: int) -> None:
        """Repeat the last answer as if it were a new one; while it is not there, say nothing."""
        if self._stored is None:
            raise NotUnderstood
        word, answer = self._stored
        self._log_answer(self._code, "stored", answer, sendid)
        self._say(sendid, word, answer)

    def _begin(self, sendid: int, code: str) -> None:
        """Dial, unless something else runs; a USSD that runs loses its answer."""
        killed = self._kill()
        self._code = code
        if "\n" in code or "\r" in code:
            self._fail(sendid, "unknown code")
        elif self._line.busy and not killed:
            self._fail(sendid, "busy")
        else:
            self._running = self._box.spawn(self._run(sendid, code))

    def _kill(self) -> bool:
        """End a USSD that runs, its answer comes no more; False when there is none."""
        task, self._running = self._running, None
        if task is None or task.done():
            return False
        task.cancel()
        self._log_answer(self._code, "killed")
        return True

    async def _run(self, sendid: int, code: str) -> None:
        """Dial and answer."""
        box = self._box
        async with self._line.work:
            outcome = await dial_in_time(box, self._line, code, str(sendid), "udp")
        if outcome.kind == "error":
            self._fail(sendid, outcome.text)
        elif outcome.kind != "silence":
            self._answer(sendid, self._filled(outcome.text))
        elif box.options.ussd_timeout:
            self._fail(sendid, "timeout")

    def _filled(self, answer: str) -> str:
        """Return an answer with the filler of the GSM alphabet behind it, if there is any."""
        if not self._box.options.udp_ussd_padding or not gsm0338.fits(answer):
            return answer
        return answer + "@" * (-len(gsm0338.encode(answer)) % FILLED_TO)

    def _fail(self, sendid: int, why: str) -> None:
        """Tell a failure in one of its three forms (Q18)."""
        form = self._box.options.udp_ussd_failure
        if form == "text":
            self._answer(sendid, FAILED)
        else:
            self._answer(sendid, why if form == "USSDERROR" else "", form)

    def _answer(self, sendid: int, answer: str, word: str = "USSD") -> None:
        """Answer, and keep the answer."""
        self._stored = (word, answer)
        self._say(sendid, word, answer)

    def _say(self, sendid: int, word: str, answer: str = "") -> None:
        """Send an answer; it has no newline of its own (Q17)."""
        shown = cut_bytes(answer, self._box.options.byte_limit)
        self._reply(write(f"{word} {sendid} {shown}".rstrip(" "), "utf-8"))

    def _log_answer(
        self, code: str, result: str, answer: str = "", sendid: int | None = None
    ) -> None:
        """Journal what became of a USSD beside the radio."""
        key = "" if sendid is None else str(sendid)
        self._box.log(
            j.USSD_ANSWERED,
            self._line.number,
            code=code,
            result=result,
            text=answer,
            key=key,
        )
