"""Sending: one SMS of a port after the other, and their results (section 2.2)."""

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Literal

from ..core.faults import SendFault
from ..core.line import AirMessage, SendResult
from .blocks import event
from .errors import CommandRefusedError
from .handover import Handover
from .outgoing_text import cut_to_limit, is_too_long
from .port import READY, SMS_SENDING, SMS_SENT, Port

if TYPE_CHECKING:
    from .ami_session import AmiSession
    from .box import YeastarBox

SMS_RESULT = "sms_result"
SMS_RESULT_LOST = "sms_result_lost"
NULL_ID = "(null)"
LONGEST_SWAP_SECONDS = 30.0


@dataclass(frozen=True)
class SendJob:
    """One SMS that the box has taken; `token` is the client's id, `login` who gave it."""

    number: str
    text: str
    interface: Literal["ami", "http"]
    token: str | None = None
    login: AmiSession | None = None


@dataclass(frozen=True)
class Report:
    """A result that is to be told."""

    port: Port
    job: SendJob
    sent: bool


class SmsSender:
    """Works off the jobs of every port and tells the results."""

    def __init__(self, box: YeastarBox) -> None:
        """Bind to a box."""
        self._box = box
        self._sends = count(1)
        self._kept: Report | None = None

    def check(self, job: SendJob) -> SendJob:
        """Return the job as the box takes it; raise CommandRefusedError for a long text (D6)."""
        options = self._box.options
        if options.over_limit == "whole" or not is_too_long(
            job.text, options.limit_unit
        ):
            return job
        if options.over_limit == "refused":
            raise CommandRefusedError("SMS content is too long")
        return replace(job, text=cut_to_limit(job.text, options.limit_unit))

    def forget(self) -> None:
        """Lose what a loss of power loses."""
        self._kept = None

    async def work(self, port: Port) -> None:
        """Send the jobs of one port for ever, in their order."""
        while True:
            job = await port.jobs.get()
            result = await self._send_in_time(port, job)
            self._box.spawn(self._finish(port, job, result))

    async def _send_in_time(self, port: Port, job: SendJob) -> SendResult:
        """Keep the time between two SMS of a port, or fail because the client did not (D7)."""
        options, clock = self._box.options, self._box.clock
        wait = port.next_send_at - clock.monotonic()
        if wait > 0 and options.spacing == "fail":
            return await self._send(
                port, job, SendFault(error="too soon after the last SMS")
            )
        if options.spacing == "queue":
            await clock.sleep(wait)
        started = clock.monotonic()
        result = await self._send(port, job)
        begin = started if options.spacing_from == "start" else clock.monotonic()
        port.next_send_at = begin + options.spacing_seconds
        return result

    async def _send(
        self, port: Port, job: SendJob, refusal: SendFault | None = None
    ) -> SendResult:
        message = AirMessage(job.number, job.text, job.interface, job.token or "")
        async with port.line.work:
            fault = refusal or self._fault(port)
            port.note(SMS_SENDING, "sms sending", "AT+CMGS")
            result = await self._box.send_over_air(port.line, message, fault)
            port.note(SMS_SENT, "SMS send OK" if not result.error else "Unknown Event")
        return result

    def _fault(self, port: Port) -> SendFault | None:
        """Return what goes wrong with the next SMS of a port."""
        options, number = self._box.options, next(self._sends)
        if not port.is_ready(self._box.clock.monotonic()):
            return SendFault(error="not ready")
        planned = port.line.faults.take_send()
        if planned is not None:
            return planned
        if options.fail_every and number % options.fail_every == 0:
            return SendFault(error="failed by option")
        if options.untold_every and number % options.untold_every == 0:
            return SendFault(on_air=True, result=False)
        return None

    async def _finish(self, port: Port, job: SendJob, result: SendResult) -> None:
        """Tell a result after its delay, in the order that the options ask for."""
        await self._box.clock.sleep(self._box.options.result_seconds)
        if port.activity == SMS_SENT:
            port.activity = READY
        if not result.told:
            return
        report = Report(port, job, sent=not result.error)
        if self._box.options.result_order == "as-sent":
            self._tell(report)
        elif self._kept is None:
            self._kept = report
            await self._box.clock.sleep(LONGEST_SWAP_SECONDS)
            self._release(report)
        else:
            kept = self._kept
            self._tell(report)
            self._release(kept)

    def _release(self, report: Report) -> None:
        if self._kept is report:
            self._kept = None
            self._tell(report)

    def _tell(self, report: Report) -> None:
        """Send the result event; without an id there is none, unless the box says (null)."""
        options, job = self._box.options, report.job
        token = job.token
        if options.null_id == "always" or (
            options.null_id == "without-id" and token is None
        ):
            token = NULL_ID
        if token is None:
            return
        status = "1" if report.sent else "0"
        smsc = report.port.smsc if options.result_smsc == "centre" else job.number
        headers = [("ID", token), ("Smsc", smsc), ("Status", status)]
        only = job.login if options.result_to == "sender" else None
        self._box.ami.tell(
            event(options.result_event, headers), self._handover(report, status), only
        )

    def _handover(self, report: Report, status: str) -> Handover:
        line, key = report.port.number, report.job.token

        def given(connection: int) -> None:
            self._box.log(
                SMS_RESULT, line, key=key, status=status, connection=connection
            )

        def lost() -> None:
            self._box.log(
                SMS_RESULT_LOST, line, key=key, status=status, reason="nobody connected"
            )

        return Handover(given, lost)
