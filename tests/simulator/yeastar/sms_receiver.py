"""Incoming SMS: in parts, to every login, never again (section 2.3)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core import journal as j
from ..core.line import IncomingSms
from .handover import Handover
from .incoming_sms import ContentForm, ReceivedSms
from .port import Port

if TYPE_CHECKING:
    from .box import YeastarBox

FIRST_SHARED_ID = 0xE9510086


@dataclass(frozen=True)
class Part:
    """One part of a message; `place` counts from 0."""

    text: str
    place: int
    total: int


class SmsReceiver:
    """Turns what the radio brings into events."""

    def __init__(self, box: YeastarBox) -> None:
        """Bind to a box."""
        self._box = box
        self._counter = 0

    def forget(self) -> None:
        """Start the small message numbers anew, as after a loss of power (D4)."""
        self._counter = 0

    async def deliver(self, port: Port, message: IncomingSms) -> None:
        """Tell every part, in the order and with the gaps that the options ask for."""
        texts = [message.raw.decode("latin-1")] if message.raw else message.parts
        parts = [Part(text, place, len(texts)) for place, text in enumerate(texts)]
        parts = [part for part in parts if part.place + 1 not in message.missing]
        message_id = self._message_id(message, len(texts))
        self._reorder(parts)
        for number, part in enumerate(parts):
            if number:
                await self._box.clock.sleep(self._box.options.part_gap_seconds)
            self.tell(port, message, part, message_id)

    def tell(
        self, port: Port, message: IncomingSms, part: Part, message_id: str
    ) -> None:
        """Send one part to the logins; it is lost if there is none."""
        options = self._box.options
        received = ReceivedSms(
            span=port.span,
            sender=message.sender,
            received=self._box.local_time(),
            place=part.place,
            total=part.total,
            text=part.text,
            smsc=port.smsc,
            message_id=message_id,
        )
        data = received.as_event(
            ContentForm(options.plain_ascii, options.blank, options.bom),
            options.index_base,
            options.span_field,
            options.gsm_port_counts,
        )
        self._box.ami.tell(data, self._handover(port, message, part))

    def _message_id(self, message: IncomingSms, total: int) -> str:
        kind = self._box.options.incoming_id
        if kind == "counter":
            self._counter += 1
            return str(self._counter)
        if kind == "shared" and total > 1:
            return f"{FIRST_SHARED_ID + message.id:08X}"
        return ""

    def _reorder(self, parts: list[Part]) -> None:
        order = self._box.options.part_order
        if order == "reversed":
            parts.reverse()
        elif order == "shuffled":
            self._box.random.shuffle(parts)

    def _handover(self, port: Port, message: IncomingSms, part: Part) -> Handover:
        fields = {"part": part.place + 1, "total": part.total}

        def given(connection: int) -> None:
            self._box.handed_over(
                port.line, message, "ami", connection=connection, **fields
            )

        def lost() -> None:
            self._box.log(
                j.SMS_LOST,
                port.number,
                id=message.id,
                reason="nobody connected",
                **fields,
            )

        return Handover(given, lost)
