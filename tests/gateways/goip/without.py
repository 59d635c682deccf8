"""`SmppLink` with aiosmpplib's own behaviour put back, to show what the subclass is for."""

import asyncio
from typing import Any

from aiosmpplib import ESME
from aiosmpplib.correlator import SimpleCorrelator
from aiosmpplib.protocol import DeliverSm, SmppMessage
import pytest

from custom_components.gsm_gateway.gateways.goip import smpp_link
from custom_components.gsm_gateway.gateways.goip.smpp_link import SmppLink
from custom_components.gsm_gateway.gateways.goip.smpp_pdu import read_deliver
from custom_components.gsm_gateway.gateways.model import (
    Coding,
    NoReply,
    SmsPart,
    Transport,
)

OWN_RECEIVED = SmppLink.received
RED = (AssertionError, TimeoutError, ValueError, NoReply)
"""How a scene ends that goes wrong."""


async def answers_of_the_library(
    link: SmppLink, message: SmppMessage | None, raw: bytes, client_id: str
) -> None:
    """Match answers by what aiosmpplib hands to its hook."""
    answer: Any = message
    if type(message).__name__ in ("SubmitSmResp", "GenericNack"):
        link._listener.on_answer(
            answer.log_id, answer.command_status, getattr(answer, "message_id", "")
        )


async def texts_of_the_library(
    link: SmppLink, message: SmppMessage | None, raw: bytes, client_id: str
) -> None:
    """Hand on the texts and receipts that aiosmpplib hands to its hook."""
    sms: Any = message
    line: Any = link._listener
    if not isinstance(message, DeliverSm):
        await OWN_RECEIVED(link, message, raw, client_id)
    elif sms.is_receipt():
        line._take_receipt(read_deliver(raw))
    else:
        text = (sms.short_message or sms.message_payload).encode()
        line.listener.on_part(
            SmsPart(
                channel=1,
                sender=sms.source.number,
                payload=text,
                coding=Coding.UTF8,
                transport=Transport.SMPP,
            )
        )


LEFT_OPEN: list[asyncio.StreamWriter | None] = []
"""What a link without `_abort` leaves behind, for the test to close."""


def leave_open(link: SmppLink) -> None:
    """End as aiosmpplib ends: the socket is dropped, not closed."""
    link._bound.clear()
    LEFT_OPEN.append(link._writer)


WITHOUT: dict[str, dict[str, Any]] = {
    "own reading of deliver_sm": {
        "received": texts_of_the_library,
        "_handle_request": ESME._handle_request,
    },
    "own reading of packets": {"_get_pdu": ESME._get_pdu},
    "own matching of answers": {
        "received": answers_of_the_library,
        "_handle_response": ESME._handle_response,
    },
    "own keeper": {"_connection_keeper": ESME._connection_keeper},
    "hanging up": {"_abort": leave_open},
}
"""What is taken off the subclass."""


def take_off(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Put the library's own behaviour back."""
    for name, original in WITHOUT[what].items():
        monkeypatch.setattr(SmppLink, name, original)
    if what.startswith("own reading of deliver") or what == "own matching of answers":
        monkeypatch.setattr(smpp_link, "NoCorrelator", lambda: SimpleCorrelator("x"))
