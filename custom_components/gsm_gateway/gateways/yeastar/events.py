"""The two events of a TG: an SMS came in, an SMS went out."""

from collections.abc import Mapping
import logging
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
_BOM = b"\xef\xbb\xbf"


class PortField:
    """Reads the port of an event, whatever the firmware calls it and counts.

    `GsmSpan` counts spans. Whether `GsmPort` counts ports or spans is not
    known (Yeastar Q10): a 1 can only be a port and settles it for this box;
    until then it is taken for a span.
    """

    def __init__(self) -> None:
        """Assume spans."""
        self.counts_ports = False

    def channel(self, event: Mapping[str, Any]) -> int:
        """Return the port printed on the box."""
        if "GsmSpan" in event:
            return channel_of(_number(event, "GsmSpan", 1))
        number = _number(event, "GsmPort", 1)
        if number < span_of(1):
            self.counts_ports = True
        return number if self.counts_ports else channel_of(number)


def sms_part(event: Mapping[str, Any], port_field: PortField) -> SmsPart:
    """Return the part that a ReceivedSMS event carries (Yeastar 2.3)."""
    total = _number(event, "Total", 1)
    long_text = Concatenation(
        reference=_field(event, "ID").replace("(null)", ""),
        index=_number(event, "Index", 1),
        total=total,
    )
    return SmsPart(
        channel=port_field.channel(event),
        sender=_field(event, "Sender"),
        payload=_content(_field(event, "Content")),
        coding=Coding.UTF8,
        transport=Transport.AMI,
        concatenation=long_text if total > 1 else None,
        box_time=_field(event, "Recvtime"),
    )


def send_report(event: Mapping[str, Any]) -> SendReport | None:
    """Return what an UpdateSMSSend event says, or None when it says nothing.

    Status 1 is "sent", never "delivered"; there are no reasons for 0
    (Yeastar 2.2).
    """
    token, status = _field(event, "ID"), _field(event, "Status")
    if not token.isdigit():
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
    """Return a header; of one that came twice the first."""
    value = event.get(name, "")
    return str(value[0] if isinstance(value, list) else value).strip()


def _number(event: Mapping[str, Any], name: str, default: int) -> int:
    """Return a header as a small number."""
    text = _field(event, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default


def _content(text: str) -> bytes:
    """Return the UTF-8 bytes of a Content header (Yeastar Q7).

    An encoded text has no blank in it and starts with an encoded BOM; newer
    firmware writes its blanks as "+". Plain ASCII may come as it is.
    """
    if "%" not in text or " " in text:
        return text.encode()
    data = unquote_to_bytes(text.replace("+", " "))
    return data.removeprefix(_BOM)
