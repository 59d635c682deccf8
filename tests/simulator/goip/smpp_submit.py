"""submit_sm: from the client to the radio, and the receipt back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.line import AirMessage, Line, SendResult
from ..core.outgoing import Sms
from . import smpp_pdu as p
from .box_clock import box_time
from .smpp_pdu import Message
from .smpp_session import Asked, Delivery, Receipt, Session
from .smpp_text import radio_text, room, short_text

if TYPE_CHECKING:
    from .box import GoipBox


@dataclass(frozen=True)
class Submit:
    """One submit_sm that was taken."""

    session: Session
    system_id: str
    asked: Asked
    message: Message
    sms: Sms
    number: int
    submitted: str

    @property
    def line(self) -> Line:
        """The line that sends it."""
        return self.sms.line

    @property
    def air(self) -> AirMessage:
        """What the radio gets."""
        return self.sms.message


class Submits:
    """Takes and refuses submit_sm; `refusals` are statuses for the next ones."""

    def __init__(self, box: GoipBox) -> None:
        self._box = box
        self.refusals: list[int] = []
        self._next_id = box.options.smpp_first_id
        self._turn = 0

    async def take(self, session: Session, asked: Asked, message: Message) -> None:
        """Take one submit_sm and answer it now, or when the radio is done."""
        login = session.login
        assert login is not None
        line = self._box.lines[login.line] if login.line else self._any_line()
        status = self._refusal(line, message)
        if status != p.ESME_ROK:
            self._box.outgoing.refuse(
                line.number,
                f"{status:#04x}",
                status=status,
                number=message.destination,
                text=asked.about.get("text", ""),
                interface="smpp",
                system_id=login.system_id,
            )
            body = b"\0" if self._box.options.smpp_refusal_body else b""
            await session.answer(asked, status, body)
            return
        number, self._next_id = self._next_id, self._next_id + 1
        air = self._air_message(message, number, login.system_id)
        sms = self._box.outgoing.take(line, air)
        asked.about.update(sms.about)
        submit = Submit(
            session, login.system_id, asked, message, sms, number, self._date()
        )
        held = not line.busy
        if held:
            await line.work.acquire()
        self._box.spawn(self._run(submit, held))
        if self._box.options.smpp_response == "before":
            await self._accept(submit)

    def _refusal(self, line: Line, message: Message) -> int:
        """Return the status that refuses a message, or ESME_ROK."""
        options = self._box.options
        size = len(message.text)
        status = p.ESME_ROK
        if self.refusals:
            status = self.refusals.pop(0)
        elif not message.destination:
            status = p.ESME_RINVDSTADR
        elif not message.octets or (
            size > room(message.data_coding) and options.smpp_overlong == "refuse"
        ):
            status = p.ESME_RINVMSGLEN
        elif not line.registered and options.smpp_unregistered == "refuse":
            status = p.ESME_RSUBMITFAIL
        elif line.busy and options.smpp_busy == "throttle":
            status = p.ESME_RTHROTTLED
        return status

    def _any_line(self) -> Line:
        """Return the line that the box picks for a whole-box login: they take turns."""
        lines = list(self._box.lines.values())
        able = [x for x in lines if x.registered and not x.busy] or [
            x for x in lines if x.registered
        ]
        self._turn += 1
        return (able or lines)[self._turn % len(able or lines)]

    def _air_message(self, message: Message, number: int, system_id: str) -> AirMessage:
        """Return what the radio gets."""
        octets = message.octets
        dc0 = self._box.options.smpp_dc0
        text, encoding = radio_text(message.data_coding, octets, dc0)
        return AirMessage(
            message.destination,
            text,
            "smpp",
            str(number),
            octets,
            encoding,
            {
                "system_id": system_id,
                "source": message.source,
                "data_coding": message.data_coding,
                "esm_class": message.esm_class,
                "registered_delivery": message.registered_delivery,
                "source_ton_npi": f"{message.source_ton}/{message.source_npi}",
                "destination_ton_npi": (
                    f"{message.destination_ton}/{message.destination_npi}"
                ),
                "message_payload": p.TLV_MESSAGE_PAYLOAD in message.tlvs,
            },
        )

    async def _run(self, submit: Submit, held: bool) -> None:
        """Send one message, then answer and report as the options say."""
        line, options, work = submit.line, self._box.options, submit.line.work
        if not held:
            await work.acquire()
        try:
            fault = line.faults.take_send()
            result = await self._box.send_over_air(submit.sms, fault)
        finally:
            work.release()
        self._box.inbox.take_out(line, submit.air.number, submit.air.text)
        if not result.told:
            return
        await self._box.clock.sleep(result.delay)
        if options.smpp_response == "after":
            await self._answer_after(submit, result)
        await self._report(submit, result)

    async def _answer_after(self, submit: Submit, result: SendResult) -> None:
        """Answer when the radio is done; the client may be gone by then."""
        session = submit.session
        status = p.ESME_RSUBMITFAIL if result.error else p.ESME_ROK
        try:
            if result.error:
                await session.answer(submit.asked, status)
            else:
                await self._accept(submit)
        except ConnectionError:
            self._box.outgoing.untold(
                submit.sms, "nobody connected", how="smpp submit_sm_resp"
            )
            return
        self._box.outgoing.told(
            submit.sms,
            "smpp submit_sm_resp",
            f"{status:#04x}",
            more=self._owes_receipt(submit, result),
            error=result.error,
            connection=session.connection.number,
        )

    async def _accept(self, submit: Submit) -> None:
        """Answer with the message id."""
        text = _id_text(submit.number, self._box.options.smpp_response_id)
        await submit.session.answer(submit.asked, body=text.encode() + b"\0")

    async def _report(self, submit: Submit, result: SendResult) -> None:
        """Send the receipts that were asked for."""
        options = self._box.options
        if not self._owes_receipt(submit, result):
            self._box.outgoing.over(submit.sms)
            return
        if options.smpp_enroute:
            self._receipt(submit, "ENROUTE", "0")
        await self._box.clock.sleep(options.smpp_receipt_seconds)
        if result.error:
            error = result.error if result.error.isdigit() else "501"
            self._receipt(submit, "UNDELIV", error)
        else:
            self._receipt(submit, "DELIVRD", "0")

    def _owes_receipt(self, submit: Submit, result: SendResult) -> bool:
        """Tell whether the client gets a receipt (SMPP 3.4 section 5.2.17)."""
        if self._box.options.smpp_receipts != "requested":
            return self._box.options.smpp_receipts == "always"
        wish = submit.message.registered_delivery & 0x03
        return wish == 1 or (wish == 2 and bool(result.error)) or wish == 3

    def _receipt(self, submit: Submit, state: str, error: str) -> None:
        """Queue one receipt in the words of the box's own `smpp_smsc`."""
        options = self._box.options
        delivered = submit.air.parts if state == "DELIVRD" else 0
        text = (
            f"id:{_id_text(submit.number, options.smpp_receipt_id)} "
            f"sub:{submit.air.parts} dlvrd:{delivered} "
            f"submit date:{submit.submitted} done date:{self._date()} "
            f"stat:{state} err:{error} Text:{submit.air.text[:20]}"
        )
        message = Message(
            source=submit.air.number,
            destination=submit.message.source,
            text=short_text(text, options),
            esm_class=p.ESM_RECEIPT,
            source_ton=submit.message.destination_ton,
            source_npi=submit.message.destination_npi,
        )
        receipt = Receipt(submit.sms, state, final=state != "ENROUTE")
        delivery = Delivery(submit.line.number, message, receipt=receipt)
        self._box.smpp.queue(delivery, prefer=submit.system_id)

    def _date(self) -> str:
        """Return the box's time as receipts have it."""
        return f"{box_time(self._box):%y%m%d%H%M}"


def _id_text(number: int, form: str) -> str:
    """Return a message id, decimal or hexadecimal."""
    return f"{number:x}" if form == "hex" else str(number)
