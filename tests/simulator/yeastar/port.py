"""One port of the box: the radio module between a SIM card and the command line."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..core.line import Line
from ..core.outgoing import Sms
from ..core.sim_card import UssdOutcome
from .incoming_sms import FIRST_SPAN
from .span_status import SpanForm, SpanView, UnknownSignal

if TYPE_CHECKING:
    from .sms_sender import SendJob

READY = "READY"
SMS_SENDING = "SMS SENDING"
SMS_SENT = "SMS SENT"
STARTING = "SIM READY REQ"
NOT_KNOWN_CSQ = 99

_HARDWARE: dict[SpanForm, tuple[str, str, str]] = {
    "classic": ("SIMCOM_Ltd", "SIMCOM_SIM800", "1308B05SIM800M32_20140625_1100"),
    "lte": ("Quectel", "EC21", "EC21EUGAR06A02M1G"),
}


@dataclass
class Port:
    """A port; its span is one more than the number printed on the box (Q5).

    `ready_at` and `next_send_at` are simulated seconds. `told_state` and `told_network` replace
    what the module would say, while not empty.
    """

    line: Line
    imei: str
    ready_at: float = 0.0
    next_send_at: float = 0.0
    activity: str = READY
    last_event: str = "Unknown Event"
    last_sent_at: str = "AT+CREG?"
    last_received_at: str = "OK"
    told_state: str = ""
    told_network: str = ""
    menu_owner: str = ""
    jobs: asyncio.Queue[tuple[SendJob, Sms]] = field(default_factory=asyncio.Queue)
    ussd_answers: asyncio.Queue[tuple[int, UssdOutcome]] = field(
        default_factory=asyncio.Queue
    )

    @property
    def number(self) -> int:
        """The number printed on the box, from 1."""
        return self.line.number

    @property
    def span(self) -> int:
        """The number on AMI, from 2."""
        return self.line.number - 1 + FIRST_SPAN

    @property
    def smsc(self) -> str:
        """The number of the SIM's SMS centre, empty without a SIM."""
        return self.line.sim.smsc if self.line.sim else ""

    def state(self, now: float) -> str:
        """Return the module's state; it sends in READY."""
        if self.told_state:
            return self.told_state
        return STARTING if now < self.ready_at else self.activity

    def is_ready(self, now: float) -> bool:
        """Tell whether the module takes an SMS or a USSD; SMS SENT is about to be READY again."""
        return self.state(now) in (READY, SMS_SENT)

    def network_status(self, now: float) -> str:
        """Return the registration in the words of the module."""
        if self.told_network:
            return self.told_network
        if now < self.ready_at:
            return "Searching"
        if not self.line.registered:
            return "Not registered"
        return f"Registered ({'Roaming' if self.line.roaming else 'Home network'})"

    def note(self, activity: str, last_event: str, command: str = "AT+CREG?") -> None:
        """Remember what the module does and the last command it got."""
        self.activity, self.last_event, self.last_sent_at = (
            activity,
            last_event,
            command,
        )

    def restart(self, ready_at: float) -> None:
        """Start the module anew, as after a loss of power."""
        self.ready_at = ready_at
        self.next_send_at = 0.0
        self.menu_owner = ""
        self.note(READY, "Unknown Event")
        self.jobs = asyncio.Queue()
        self.ussd_answers = asyncio.Queue()

    def view(
        self, form: SpanForm, unknown_signal: UnknownSignal, now: float
    ) -> SpanView:
        """Return what the status pages tell of this port."""
        manufacturer, model, revision = _HARDWARE[form]
        registered = self.line.registered and now >= self.ready_at
        signal = self.line.shown_signal
        return SpanView(
            span=self.span,
            powered=self.line.module_on,
            has_sim=self.line.sim is not None,
            registered=registered,
            manufacturer=manufacturer,
            model=model,
            imei=self.imei,
            revision=revision,
            network_name=self.line.operator if registered else "",
            network_status=self.network_status(now),
            signal=unknown_signal if signal == NOT_KNOWN_CSQ else str(signal),
            imsi=self.line.sim.imsi if self.line.sim else "",
            smsc=self.smsc,
            last_event=self.last_event,
            state=self.state(now),
            last_sent_at=self.last_sent_at,
            last_received_at=self.last_received_at,
        )
