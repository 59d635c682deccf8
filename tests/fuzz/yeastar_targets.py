"""The readers of a Yeastar TG, one answer at a time, and the reader of balances."""

from collections.abc import Mapping
from typing import Any, cast

import aiohttp

from custom_components.gsm_gateway.balance.parser import parse_balance
from custom_components.gsm_gateway.gateways.http import Reply
from custom_components.gsm_gateway.gateways.text import decode
from custom_components.gsm_gateway.gateways.yeastar.ami_blocks import read_block
from custom_components.gsm_gateway.gateways.yeastar.api import WebApi
from custom_components.gsm_gateway.gateways.yeastar.events import (
    PortField,
    send_report,
    sms_part,
)
from custom_components.gsm_gateway.gateways.yeastar.settings import YeastarSettings
from custom_components.gsm_gateway.gateways.yeastar.spans import (
    channel_status,
    check_ready,
    has_sim,
    parse_spans,
)
from custom_components.gsm_gateway.gateways.yeastar.ussd import parse_ussd

from . import captures
from .target import Target

SETTINGS = YeastarSettings(host="127.0.0.1", username="api", password="secret")


async def block(data: bytes) -> object:
    """Read one AMI block, as either event."""
    message: Mapping[str, Any] | None = read_block(data)
    if message is None:
        return None
    part = sms_part(message, PortField(), "main")
    text = decode(part.payload, part.coding)
    return dict(message), part, text, send_report(message)


async def spans(data: bytes) -> object:
    """Read a list of spans, and the same words as a span's details."""
    body = data.decode("utf-8", "replace")
    found = parse_spans(body)
    states = [channel_status(span, words, body) for span, words in found.items()]
    check_ready(2, body)
    return found, states, [has_sim(words) for words in found.values()]


async def ussd(data: bytes) -> object:
    """Read the answer to a code."""
    return parse_ussd(data.decode("utf-8", "replace"))


async def page(data: bytes) -> object:
    """Read an answer of the HTTP interface."""
    nobody = cast("aiohttp.ClientSession", None)
    return WebApi(nobody, SETTINGS)._message(Reply(200, data))


async def balance(data: bytes) -> object:
    """Look for a balance."""
    text = data.decode("utf-8", "replace")
    return parse_balance(text), parse_balance(text, country="DE", currency="EUR")


TARGETS = (
    Target(name="ami block", read=block, captures=captures.AMI_BLOCKS),
    Target(name="ami spans", read=spans, captures=captures.AMI_SPANS),
    Target(name="ami ussd answer", read=ussd, captures=captures.AMI_USSD),
    Target(name="yeastar http answer", read=page, captures=captures.TG_PAGES),
    Target(name="balance", read=balance, captures=captures.BALANCES),
)
