"""What ``Action: smscommand`` can run (sections 2.2, 2.4 and 2.5)."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .command_line import has_inner_quote, split_arguments
from .errors import CommandRefusedError
from .outgoing_text import decode_outgoing
from .sms_sender import SendJob
from .span_status import StatusForm
from .ussd_reply import failed_lines, success_lines, timeout_lines
from .ussd_runner import UssdCall

if TYPE_CHECKING:
    from .ami_session import AmiSession
    from .box import YeastarBox
    from .port import Port

LONGEST_SHOWN_COMMAND = 40


@dataclass(frozen=True)
class Output:
    """The body lines of an answer; `mark_glued` if the end mark follows the last one directly."""

    lines: list[str]
    mark_glued: bool = False


type Work = Callable[[], Coroutine[Any, Any, Output]]


class SmsCommands:
    """The command line of the box as one AMI login sees it."""

    def __init__(self, box: YeastarBox, session: AmiSession) -> None:
        """Bind to a box and a login."""
        self._box = box
        self._session = session

    def prepare(self, line: str) -> Work:
        """Read a command line and return what runs it; raise CommandRefusedError for a bad one."""
        words = split_arguments(line, self._box.options.backslash)
        match [word.lower() for word in words[:3]]:
            case ["gsm", "show", "spans"]:
                return self._show_spans
            case ["gsm", "show", "span"]:
                return self._show_span(words[3:])
            case ["gsm", "show", number] if number.isdigit():
                return self._show_span(words[2:])
            case ["gsm", "send", "sms"]:
                return self._send_sms(line, words[3:])
            case ["gsm", "send", "ussd"]:
                return self._send_ussd(line, words[3:])
            case ["gsm", "power", "on" | "off" as state] if self._may_switch_power:
                return self._power(words[3:], on=state == "on")
        raise CommandRefusedError(f"No such command '{line[:LONGEST_SHOWN_COMMAND]}'")

    @property
    def _may_switch_power(self) -> bool:
        return self._box.options.power_command == "accepted"

    def _port(self, words: list[str]) -> Port:
        if not words:
            raise CommandRefusedError("Usage: a span is missing")
        for port in self._box.ports.values():
            if words[0] == str(port.span):
                return port
        raise CommandRefusedError(
            f"Unable to find span {words[0][:LONGEST_SHOWN_COMMAND]}"
        )

    @property
    def _form(self) -> StatusForm:
        options = self._box.options
        return StatusForm(
            options.spans, options.power_off, options.unregistered, options.short_detail
        )

    async def _show_spans(self) -> Output:
        views = [self._box.view(port) for port in self._box.ports.values()]
        return Output(self._form.list_lines(views))

    def _show_span(self, words: list[str]) -> Work:
        port = self._port(words)

        async def show() -> Output:
            lines = self._form.detail_lines(self._box.view(port))
            return Output(lines, mark_glued=lines[-1].endswith("\\r\\n"))

        return show

    def _send_sms(self, line: str, words: list[str]) -> Work:
        port = self._port(words)
        options = self._box.options
        if len(words) < 3:
            raise CommandRefusedError("Usage: gsm send sms <span> <number> <text> [id]")
        if options.inner_quote == "error" and has_inner_quote(line, options.backslash):
            raise CommandRefusedError("Invalid SMS content")
        number, text = words[1], words[2]
        text = decode_outgoing(
            text, options.decoding, options.plus, options.lone_percent
        )
        token = words[3] if len(words) > 3 else None
        job = self._box.sender.check(SendJob(number, text, "ami", token, self._session))

        async def send() -> Output:
            self._box.sender.queue(port, job)
            return Output([])

        return send

    def _send_ussd(self, line: str, words: list[str]) -> Work:
        port = self._port(words)
        if len(words) < 2 or (
            self._box.options.ussd_unquoted == "refused" and '"' not in line
        ):
            raise CommandRefusedError('Usage: gsm send ussd <span> "<code>" [timeout]')
        limit = self._limit(words[2:])
        call = UssdCall(words[1], "ami", f"ami-{self._session.number}", limit)

        async def dial() -> Output:
            options = self._box.options
            result = await self._box.ussd.run(port, call)
            if result.answer is not None:
                return Output(
                    success_lines(
                        port.span,
                        result.answer,
                        options.ussd_spelling,
                        options.ussd_coding,
                    )
                )
            lines = timeout_lines if result.timed_out else failed_lines
            return Output(lines(port.span))

        return dial

    def _limit(self, words: list[str]) -> float:
        if not words:
            return self._box.options.ussd_default_seconds
        if not words[0].isdigit():
            raise CommandRefusedError("Usage: the timeout is a number of seconds")
        return float(words[0])

    def _power(self, words: list[str], *, on: bool) -> Work:
        port = self._port(words)

        async def switch() -> Output:
            await self._box.module(port.number, on)
            return Output([])

        return switch
