"""The words of ``gsm show spans`` and ``gsm show span N`` (section 2.5)."""

from dataclasses import dataclass
from typing import Literal

SpanForm = Literal["classic", "lte"]
PowerOffTail = Literal["alone", "with-rest"]
UnregisteredWord = Literal["Up", "Down"]
ShortDetail = Literal["power-off", "no-sim", "not-registered"]
UnknownSignal = Literal["99", "-1"]

UNDETECTED = "Undetected SIM Card"


@dataclass(frozen=True)
class SpanView:
    """What a span is at this moment, as far as the status pages tell it."""

    span: int
    powered: bool
    has_sim: bool
    registered: bool
    manufacturer: str
    model: str
    imei: str
    revision: str
    network_name: str
    network_status: str
    signal: str
    imsi: str
    smsc: str
    last_event: str
    state: str
    last_sent_at: str
    last_received_at: str


@dataclass(frozen=True)
class StatusForm:
    """The spelling of one firmware (Q16, Q17, D8)."""

    form: SpanForm = "classic"
    power_off_tail: PowerOffTail = "with-rest"
    unregistered: UnregisteredWord = "Up"
    short_detail: ShortDetail = "no-sim"

    def status(self, span: SpanView) -> str:
        """Return the comma list behind ``GSM span N:`` and ``Status:``."""
        if not span.powered and self.power_off_tail == "alone":
            return "Power off"
        power = "Power on" if span.powered else "Power off"
        words = [power, self._link_word(span)]
        if self.form == "lte":
            return ", ".join([*words, "Active", "Standard"])
        return ", ".join([power, "Provisioned", words[1], "Active,Standard"])

    def list_lines(self, spans: list[SpanView]) -> list[str]:
        """Return the body of ``gsm show spans``."""
        return [f"GSM span {span.span}: {self.status(span)}" for span in spans]

    def detail_lines(self, span: SpanView) -> list[str]:
        """Return the body of ``gsm show span N``: two lines for a span that is down."""
        short = [f"D-channel: {span.span}", f"Status: {self.status(span)}"]
        if self._is_short(span):
            return short
        return short + self._full_lines(span)

    def _link_word(self, span: SpanView) -> str:
        if not span.powered:
            return "Down"
        if not span.has_sim:
            return UNDETECTED
        return "Up" if span.registered else self.unregistered

    def _is_short(self, span: SpanView) -> bool:
        if not span.powered:
            return True
        if not span.has_sim:
            return self.short_detail != "power-off"
        return not span.registered and self.short_detail == "not-registered"

    def _full_lines(self, span: SpanView) -> list[str]:
        lte = self.form == "lte"
        return [
            "Type: CPE",
            f"Manufacturer: {span.manufacturer}",
            f"Model Name: {span.model}",
            f"Model IMEI: {span.imei}",
            "Model CBAND: EGSM_MODE,ALL_BAND",
            f"Revision: {span.revision}",
            f"Network Name: {span.network_name}",
            f"Network Status: {span.network_status}",
            f"Signal Quality (0,31): {span.signal}",
            *(["BER value (0,7): -1"] if lte else []),
            f"SIM IMSI: {span.imsi}",
            f"SIM SMS Center Number: {span.smsc}",
            "Send SMS Center Number: Undefined",
            *(["PDD: 0", "ASR: 0", "ACD: 0"] if lte else []),
            f"Last event: {span.last_event}",
            f"State: {span.state}",
            f"Last send AT: {span.last_sent_at}\\r\\n",
            *([f"Last receive AT: \\r\\n{span.last_received_at}\\r\\n"] if lte else []),
        ]
