"""Sending: one SMS of a port after the other, and their results (section 2.2)."""

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Literal

from ..core.faults import SendFault
from ..core.line import AirMessage, SendResult
from ..core.outgoing import Sms
from .blocks import event
from .errors import CommandRefusedError
from .handover import Handover
from .outgoing_text import cut_to_limit, is_too_long
from .port import READY, SMS_SENDING, SMS_SENT, Port

if TYPE_CHECKING:
    from .ami_session import AmiSession
    from .box import YeastarBox

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
    sms: Sms
    error: str


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

    def queue(self, port: Port, job: SendJob) -> None:
        """Take a job for a port."""
        message = AirMessage(job.number, job.text, job.interface, job.token or "")
        port.jobs.put_nowait((job, self._box.outgoing.take(port.line, message)))

    def forget(self) -> None:
        """Lose what a loss of power loses."""
        self._kept = None

    async def work(self, port: Port) -> None:
        """Send the jobs of one port for ever, in their order."""
        while True:
            job, sms = await port.jobs.get()
            result = await self._send_in_time(port, sms)
            self._box.spawn(self._finish(Report(port, job, sms, result.error), result))

    async def _send_in_time(self, port: Port, sms: Sms) -> SendResult:
        """Keep the time between two SMS of a port, or fail because the client did not (D7)."""
        options, clock = self._box.options, self._box.clock
        wait = port.next_send_at - clock.monotonic()
        if wait > 0 and options.spacing == "fail":
            return await self._send(
                port, sms, SendFault(error="too soon after the last SMS")
            )
        if options.spacing == "queue":
            await clock.sleep(wait)
        started = clock.monotonic()
        result = await self._send(port, sms)
        begin = started if options.spacing_from == "start" else clock.monotonic()
        port.next_send_at = begin + options.spacing_seconds
        return result

    async def _send(
        self, port: Port, sms: Sms, refusal: SendFault | None = None
    ) -> SendResult:
        async with port.line.work:
            fault = refusal or self._fault(port)
            port.note(SMS_SENDING, "sms sending", "AT+CMGS")
            result = await self._box.send_over_air(sms, fault)
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

    async def _finish(self, report: Report, result: SendResult) -> None:
        """Tell a result after its delay, in the order that the options ask for."""
        await self._box.clock.sleep(self._box.options.result_seconds)
        if report.port.activity == SMS_SENT:
            report.port.activity = READY
        if not result.told:
            return
        await self._box.clock.sleep(result.delay)
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
            self._box.outgoing.over(report.sms)
            return
        status = "0" if report.error else "1"
        smsc = report.port.smsc if options.result_smsc == "centre" else job.number
        headers = [("ID", token), ("Smsc", smsc), ("Status", status)]
        only = job.login if options.result_to == "sender" else None
        self._box.ami.tell(
            event(options.result_event, headers), self._handover(report, status), only
        )

    def _handover(self, report: Report, status: str) -> Handover:
        box, sms = self._box, report.sms

        def given(connection: int) -> None:
            box.outgoing.told(
                sms, "ami", status, error=report.error, connection=connection
            )

        def lost() -> None:
            box.outgoing.untold(sms, "nobody connected", how="ami", status=status)

        about = sms.about | {"dialogue": "UpdateSMSSend", "status": status}
        return Handover(about, given, lost)
