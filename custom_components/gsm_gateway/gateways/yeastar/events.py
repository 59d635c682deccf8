"""The two events of a TG: an SMS came in, an SMS went out."""

from collections.abc import Mapping
import logging
import re
from typing import Any
from urllib.parse import unquote_to_bytes

from ..model import (
    Coding,
    Concatenation,
    SendReport,
    SendState,
    SmsPart,
    Transport,
)
from .commands import channel_of, span_of

_LOGGER = logging.getLogger(__name__)

RECEIVED = "ReceivedSMS"
RESULT = "UpdateSMS*"
"""Spelt UpdateSMSSend, and UpdateSMS by one source."""
LOWEST_SPAN = span_of(1)
UNKNOWN_CHANNEL = 0
_BOM = "\ufeff".encode()
_ENCODED = re.compile(r"(?:[^ %]|%[0-9A-Fa-f]{2})*")
_ENCODED_WORDS = re.compile(r"[\w.~*!'()-][\w.~*!'()+-]*", re.ASCII)


class PortField:
    """Reads the port of an event, whatever the firmware calls it and counts.

    `GsmSpan` counts spans. Whether `GsmPort` counts ports or spans is not
    known (Yeastar Q10): a 1 can only be a port and settles it for this box;
    until then it is taken for a span.
    """

    def __init__(self) -> None:
        """Assume spans."""
        self._counts_ports = False

    def channel(self, event: Mapping[str, Any]) -> int:
        """Return the port printed on the box, `UNKNOWN_CHANNEL` if the event has none."""
        span = _number(event, "GsmSpan")
        if span is not None:
            return channel_of(span)
        number = _number(event, "GsmPort")
        if number is None:
            return UNKNOWN_CHANNEL
        if number == LOWEST_SPAN - 1:
            self._counts_ports = True
        if self._counts_ports:
            return number
        _LOGGER.debug("GsmPort %d is taken for a span", number)
        return channel_of(number)


def sms_part(event: Mapping[str, Any], port_field: PortField, login: str) -> SmsPart:
    """Return the part that a ReceivedSMS event carries (Yeastar 2.3)."""
    total = _number(event, "Total")
    index = _number(event, "Index")
    long_text = None
    if total is not None and index is not None and total > 1:
        reference = _field(event, "ID").strip().replace("(null)", "")
        long_text = Concatenation(reference=reference, index=index, total=total)
    return SmsPart(
        channel=port_field.channel(event),
        sender=_field(event, "Sender").strip(),
        payload=_content(_field(event, "Content")),
        coding=Coding.UTF8,
        transport=Transport.AMI,
        concatenation=long_text,
        link=login,
        box_time=_field(event, "Recvtime").strip(),
    )


def send_report(event: Mapping[str, Any]) -> SendReport | None:
    """Return what an UpdateSMSSend event says, or None when it says nothing.

    Status 1 is "sent", never "delivered"; there are no reasons for 0
    (Yeastar 2.2).
    """
    token, status = _field(event, "ID").strip(), _field(event, "Status").strip()
    if not (token.isascii() and token.isdigit()):
        return None
    if status == "1":
        return SendReport(token=token, state=SendState.SENT)
    if status == "0":
        return SendReport(
            token=token, state=SendState.FAILED, reason="The network refused it"
        )
    _LOGGER.debug("UpdateSMSSend with the unknown status %r", status[:20])
    return None


def _field(event: Mapping[str, Any], name: str) -> str:
    """Return a header, nothing where the event has none."""
    return str(event.get(name, ""))


def _number(event: Mapping[str, Any], name: str) -> int | None:
    """Return a header as a small number, None if it is none."""
    text = _field(event, name).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _content(text: str) -> bytes:
    """Return the UTF-8 bytes of a Content header without the BOM of its part (Yeastar Q7)."""
    encoded = _is_encoded(text)
    data = unquote_to_bytes(text.replace("+", " ")) if encoded else text.encode()
    return data.removeprefix(_BOM)


def _is_encoded(text: str) -> bool:
    """Tell a form-encoded text from plain ASCII.

    An encoder puts a BOM first and leaves neither a blank nor a lone "%". In
    words without any of these "+" is a blank, but at the start a plus, as of a
    phone number.
    """
    if text.upper().startswith("%EF%BB%BF"):
        return True
    form = _ENCODED if "%" in text else _ENCODED_WORDS
    return form.fullmatch(text) is not None
