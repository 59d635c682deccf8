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
KEPT_IDS = 1000


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
        self._ids: dict[int, str] = {}

    def forget(self) -> None:
        """Start the small message numbers anew, as after a loss of power (D4)."""
        self._counter = 0

    def plan(self, message: IncomingSms) -> list[int]:
        """Return the parts (from 1) in the order that the options ask for."""
        total = 1 if message.raw else len(message.parts)
        parts = [part for part in range(1, total + 1) if part not in message.missing]
        order = self._box.options.part_order
        if order == "reversed":
            parts.reverse()
        elif order == "shuffled":
            self._box.random.shuffle(parts)
        return parts

    def tell_part(self, port: Port, message: IncomingSms, part: int) -> None:
        """Tell one part, from 1; the parts of a message share its ID."""
        texts = [message.raw.decode("latin-1")] if message.raw else message.parts
        found = self._ids.get(message.id)
        name = self._message_id(message, len(texts)) if found is None else found
        self._ids[message.id] = name
        while len(self._ids) > KEPT_IDS:
            del self._ids[next(iter(self._ids))]
        self.tell(port, message, Part(texts[part - 1], part - 1, len(texts)), name)

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
                how="ami",
                reason="nobody connected",
                **fields,
            )

        about = {"dialogue": "ReceivedSMS", "line": port.number, "id": message.id}
        return Handover(about | fields, given, lost)
