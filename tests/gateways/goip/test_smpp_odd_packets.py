"""Packets that aiosmpplib 0.7.4 cannot stand, on `SmppLink` and without what it adds."""

from dataclasses import dataclass

import pytest

from custom_components.gsm_gateway.gateways.model import MessageKind
from custom_components.gsm_gateway.gateways.text import decode

from . import smsc as smsc_module
from .smsc import DELIVER, RESPONSE, OnSmsc, deliver_body, on_smsc, pdu
from .without import RED, take_off

GOOD = (RESPONSE | DELIVER, 0, 7, b"\0")
UDHI = 0x40


@dataclass(frozen=True)
class Odd:
    """A deliver_sm that aiosmpplib cannot stand, and what is in it."""

    body: bytes
    text: str = ""
    kind: MessageKind = MessageKind.TEXT


ODD = {
    "header announced, text empty": Odd(
        deliver_body(b"", esm=UDHI), kind=MessageKind.BINARY
    ),
    "header announced, one byte": Odd(
        deliver_body(b"\5", esm=UDHI), kind=MessageKind.BINARY
    ),
    "header shorter than its element": Odd(
        deliver_body(b"\5\0\3", esm=UDHI), kind=MessageKind.BINARY
    ),
    "header longer than the text": Odd(
        deliver_body(b"\xff\0\3\1\2\1Hi", esm=UDHI), kind=MessageKind.BINARY
    ),
    "header with message_payload": Odd(
        deliver_body(b"", esm=UDHI, tail=b"\x04\x24\0\x08\5\0\3\1\2\1Hi"), "Hi"
    ),
    "integer TLV of no bytes": Odd(deliver_body(tail=b"\x02\x04\0\0"), "Hi"),
    "integer TLV of three bytes": Odd(deliver_body(tail=b"\x02\x04\0\3abc"), "Hi"),
    "stray bytes behind the last TLV": Odd(deliver_body(tail=b"\x02\x04\0"), "Hi"),
    "TLV longer than the packet": Odd(deliver_body(tail=b"\x02\x04\xff\xff1"), "Hi"),
    "alert with a value": Odd(deliver_body(tail=b"\x13\x0c\0\1\1"), "Hi"),
    "empty text": Odd(deliver_body(b"")),
    "data_coding 0x0b": Odd(deliver_body(coding=0x0B), kind=MessageKind.BINARY),
    "data_coding 0x0d": Odd(deliver_body(coding=0x0D), kind=MessageKind.BINARY),
    "data_coding 0x0f": Odd(deliver_body(coding=0x0F), kind=MessageKind.BINARY),
    "data_coding 0x10": Odd(deliver_body(coding=0x10), "Hi", MessageKind.FLASH),
    "data_coding 0xf1": Odd(deliver_body(coding=0xF1), "Hi"),
    "IA5 with a byte above 0x7f": Odd(deliver_body(b"H\xe9", coding=1), "Hé"),
    "8-bit with bytes above 0x7f": Odd(
        deliver_body(b"\xff\xfe", coding=2), kind=MessageKind.BINARY
    ),
    "half of an emoji": Odd(
        deliver_body(b"\0H\xdf\x89", coding=8), "H\N{REPLACEMENT CHARACTER}"
    ),
    "odd byte of UTF-16": Odd(
        deliver_body(b"\0H\0", coding=8), "H\N{REPLACEMENT CHARACTER}"
    ),
    "escape at the end": Odd(deliver_body(b"H\x1b"), "H "),
    "sender of 21 characters": Odd(deliver_body(source=b"1" * 21), "Hi"),
    "sender with a letter beyond ASCII": Odd(deliver_body(source=b"B\xfcro"), "Hi"),
    "TON 7": Odd(deliver_body(forms=b"\7\1"), "Hi"),
    "NPI 2": Odd(deliver_body(forms=b"\1\2"), "Hi"),
    "NPI 5": Odd(deliver_body(forms=b"\1\5"), "Hi"),
    "binary vendor TLV": Odd(deliver_body(tail=b"\x14\0\0\2\xff\xfe"), "Hi"),
    "length of the text is a lie": Odd(deliver_body(size=200), "Hi"),
    "cut off before its text": Odd(b"\0\1\1+491511\0\1\1goip", kind=MessageKind.BINARY),
    "no body at all": Odd(b"", kind=MessageKind.BINARY),
}
STOOD_BY_THE_LIBRARY = {"odd byte of UTF-16", "length of the text is a lie"}


async def odd_packet_is_taken(o: OnSmsc, odd: Odd) -> None:
    """The packet becomes one part, is acknowledged once, and the link lives on."""
    o.smsc.deliver(odd.body)
    assert await o.smsc.next() == GOOD
    await o.smsc.sound()
    (part,) = o.listener.parts
    assert (decode(part.payload, part.coding), part.kind) == (odd.text, odd.kind)
    if part.kind is MessageKind.BINARY:
        assert part.raw == pdu(DELIVER, 0, 7, odd.body) or part.payload in odd.body
    assert len(o.smsc.binds) == 1


@pytest.mark.parametrize("name", ODD)
async def test_odd_packet_is_kept_and_acknowledged_once(name: str) -> None:
    async with on_smsc() as o:
        await odd_packet_is_taken(o, ODD[name])


@pytest.mark.parametrize("name", sorted(ODD.keys() - STOOD_BY_THE_LIBRARY))
async def test_odd_packet_is_too_much_for_the_library(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Either the packet ends the link, or a nack with status 0 throws its text away."""
    monkeypatch.setattr(smsc_module, "WAIT_SECONDS", 0.3)
    take_off(monkeypatch, "own reading of deliver_sm")
    async with on_smsc() as o:
        with pytest.raises(RED):
            await odd_packet_is_taken(o, ODD[name])
