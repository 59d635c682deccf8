"""ReceivedSMS events: how an incoming SMS looks on the wire (sections 2.3 and 6.5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from .blocks import event

IndexBase = Literal["one", "zero", "zero-single"]
PlainAscii = Literal["never", "simple", "printable"]
BlankForm = Literal["percent20", "plus"]
SpanField = Literal["GsmSpan", "GsmPort"]
GsmPortCounts = Literal["spans", "ports"]

BOM = "\ufeff"
FIRST_SPAN = 2


@dataclass(frozen=True)
class ContentForm:
    """How a part's text is written: which ASCII stays plain, what a blank becomes, BOM or not."""

    plain_ascii: PlainAscii = "simple"
    blank: BlankForm = "percent20"
    bom: bool = True

    def write(self, text: str) -> str:
        """Return the value of ``Content`` for one part (Q7)."""
        if self._stays_plain(text):
            return text
        written = quote((BOM if self.bom else "") + text, safe="", errors="replace")
        return written.replace("%20", "+") if self.blank == "plus" else written

    def _stays_plain(self, text: str) -> bool:
        """Tell whether a text is written as it is; "simple" is what an encoder would not change."""
        if self.plain_ascii == "simple":
            return bool(text) and quote(text, safe="") == text
        return self.plain_ascii == "printable" and text.isascii() and text.isprintable()


@dataclass(frozen=True)
class ReceivedSms:
    """One part of an incoming SMS as the box tells it; ``place`` counts from 0."""

    span: int
    sender: str
    received: datetime
    place: int
    total: int
    text: str
    smsc: str
    message_id: str = ""

    def as_event(
        self,
        content: ContentForm,
        base: IndexBase,
        field: SpanField,
        counts: GsmPortCounts,
    ) -> bytes:
        """Format the event; the field order is the same in every capture."""
        zero = base == "zero" or (base == "zero-single" and self.total == 1)
        is_port = field == "GsmPort" and counts == "ports"
        return event(
            "ReceivedSMS",
            [
                ("ID", self.message_id),
                (field, str(self.span - FIRST_SPAN + 1 if is_port else self.span)),
                ("Sender", self.sender),
                ("Recvtime", self.received.strftime("%Y-%m-%d %H:%M:%S")),
                ("Index", str(self.place if zero else self.place + 1)),
                ("Total", str(self.total)),
                ("Smsc", self.smsc),
                ("Content", content.write(self.text)),
            ],
        )
