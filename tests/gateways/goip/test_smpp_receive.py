"""SMS that come in through a GoIP's SMPP server."""

import pytest

from custom_components.gsm_gateway.gateways.model import (
    Coding,
    Concatenation,
    MessageKind,
    SmsPart,
    Transport,
)
from custom_components.gsm_gateway.gateways.text import decode

from .bench import ALL_FIRMWARES, bench
from .smsc import DELIVER, RESPONSE, OnSmsc, deliver_body, on_smsc, pdu

TEXTS = [
    "plain text",
    "Grüße, für dich: $5 [a_b@c.de]",
    "Привет 🎉",
    "Ваш код 1234",
    "Ελληνικά",
]
LONG = ["Длинное сообщение 🎉 " * 9, "long text " * 20]


async def joined(o: OnSmsc, body: bytes) -> tuple[SmsPart, str]:
    """Let a deliver_sm come in; return its part and text after it was answered once."""
    o.smsc.deliver(body)
    assert await o.smsc.next() == (RESPONSE | DELIVER, 0, 7, b"\0")
    await o.smsc.sound()
    (part,) = o.listener.parts
    return part, decode(part.payload, part.coding)


@pytest.mark.parametrize("kind", ALL_FIRMWARES)
@pytest.mark.parametrize("smpp_dc0", ["gsm", "latin1"])
@pytest.mark.parametrize("smpp_wrong_coding", [True, False])
async def test_texts_arrive_as_they_were_sent(
    kind: str, smpp_dc0: str, smpp_wrong_coding: bool
) -> None:
    async with bench(
        kind,
        smpp=True,
        smpp_dc0=smpp_dc0,
        smpp_wrong_coding=smpp_wrong_coding,
        smpp_wait_ack=True,
    ) as b:
        assert b.gateway.inbox_pushes
        for text in TEXTS:
            await b.box.receive(2, "+79991112233", text)
        await b.listener.until_seen(lambda r: len(r.parts) == len(TEXTS))
        acknowledged = [
            await b.box.journal.wait_for_kind("sms_acknowledged", id=number)
            for number in range(1, len(TEXTS) + 1)
        ]
    assert b.listener.texts == TEXTS
    assert {(p.channel, p.sender, p.transport, p.kind) for p in b.listener.parts} == {
        (2, "+79991112233", Transport.SMPP, MessageKind.TEXT)
    }
    assert [entry["status"] for entry in acknowledged] == [0] * len(TEXTS)


@pytest.mark.parametrize("smpp_long", ["payload", "udh"])
@pytest.mark.parametrize("text", LONG)
async def test_long_text_comes_whole_or_in_parts(smpp_long: str, text: str) -> None:
    async with bench(smpp=True, smpp_long=smpp_long) as b:
        await b.box.receive(1, "900", text)
        await b.listener.until_seen(lambda r: len(r.texts) and "".join(r.texts) == text)
        parts = b.listener.parts
    if smpp_long == "payload":
        assert [part.concatenation for part in parts] == [None]
        return
    places = [part.concatenation for part in parts]
    assert all(places)
    assert [place.index for place in places if place] == list(range(1, len(parts) + 1))
    assert {place.total for place in places if place} == {len(parts)}


async def test_binary_message_is_kept_as_it_is() -> None:
    async with bench(smpp=True) as b:
        await b.box.receive(1, "900", hex="0605040b8423f0deadbeef")
        await b.listener.until_seen(lambda r: r.parts)
    (part,) = b.listener.parts
    assert (part.kind, part.coding) == (MessageKind.BINARY, Coding.BINARY)
    assert part.payload == bytes.fromhex("0605040b8423f0deadbeef")


async def test_message_that_cannot_be_kept_is_refused() -> None:
    async with bench(smpp=True) as b:
        b.listener.verdict = "refuse"
        await b.box.receive(1, "900", "Hi")
        entry = await b.box.journal.wait_for_kind("sms_acknowledged")
        b.listener.parts[0].acknowledge()  # too late, and harmless
    assert entry["status"] == 0x64


async def test_message_that_is_not_safe_in_half_a_minute_is_refused() -> None:
    async with bench(smpp=True) as b:
        b.listener.verdict = ""
        before = b.box.clock.monotonic()
        await b.box.receive(1, "900", "Hi")
        entry = await b.box.journal.wait_for_kind("sms_acknowledged")
        assert 29 < b.box.clock.monotonic() - before < 60
        b.listener.parts[0].acknowledge()
    assert entry["status"] == 0x64


async def test_late_verdict_on_a_lost_link_is_harmless() -> None:
    async with bench(smpp=True, smpp_unacked="repeat") as b:
        b.listener.verdict = ""
        await b.box.receive(1, "900", "Hi")
        await b.listener.until_seen(lambda r: len(r.parts) == 1)
        await b.box.drop("smpp")
        await b.listener.until_seen(lambda r: len(r.parts) == 2)
        first, second = b.listener.parts
        first.acknowledge()
        first.refuse()
        second.acknowledge()
        entry = await b.box.journal.wait_for_kind("sms_acknowledged")
        assert entry["status"] == 0
        assert len(b.box.journal.entries(kind="sms_acknowledged")) == 1
    assert first.link != second.link
    assert first.payload == second.payload


async def test_what_waited_while_nobody_was_bound_comes_at_the_bind() -> None:
    async with bench(smpp=True, smpp_unbound="keep", connected=False) as b:
        await b.box.receive(1, "900", "early")
        await b.connect(1)
        await b.listener.until_seen(lambda r: r.parts)
    assert b.listener.texts == ["early"]


@pytest.mark.parametrize(
    ("body", "text", "kind"),
    [
        (deliver_body(b"\x04\x1f\x04@", coding=8), "Пр", "text"),
        (deliver_body(b"Gr\x7e\x1ee", coding=0), "Grüße", "text"),
        (deliver_body(b"Gr\xfc\xdfe", coding=0), "Grüße", "text"),
        (deliver_body(b"Gr\xc3\xbc\xc3\x9fe", coding=0), "Grüße", "text"),
        (deliver_body(b"\x00H\x00i", coding=0), "Hi", "text"),
        (deliver_body(b"\xd8<\xdf\x89\xd8<\xdf\x89", coding=0), "🎉🎉", "text"),
        (deliver_body(b"a\x00b", coding=0), "a@b", "text"),
        (deliver_body(b"1\x1be", coding=0), "1€", "text"),
        (deliver_body(b"ascii@$_", coding=1), "ascii@$_", "text"),
        (deliver_body(b"Gr\xfc\xdfe", coding=3), "Grüße", "text"),
        (deliver_body(b"\xbf\xe0\xd8", coding=6), "При", "text"),
        (deliver_body(b"\xf9\xec\xe5\xed", coding=7), "שלום", "text"),
        (deliver_body(b"flash", coding=0x10), "flash", "flash"),
        (deliver_body(b"Gr\x7e\x1ee", coding=0xF0), "Grüße", "flash"),
        (deliver_body(b"\0F", coding=0x18), "F", "flash"),
        (deliver_body(b"sim", coding=0x12), "sim", "text"),
        (deliver_body(b"voice", coding=0xC8), "voice", "voicemail"),
        (deliver_body(b"\0V", coding=0xE8), "V", "voicemail"),
        (deliver_body(b"\x01\x02\xff", coding=4), "", "binary"),
        (deliver_body(b"\x01\x02\xff", coding=0xF4), "", "binary"),
        (deliver_body(b"\x01\x02\xff", coding=0x0B), "", "binary"),
        (deliver_body(b"", coding=0), "", "text"),
        (deliver_body(b"", coding=8, tail=b"\x04\x24\0\x04\0H\0i"), "Hi", "text"),
        (
            deliver_body(b"\x04\x01\x02\xc8\x01hello", esm=0x40),
            "hello",
            "voicemail",
        ),
        (
            deliver_body(b"\x06\x05\x04\x0b\x84#\xf0\xbe\xaf", esm=0x40, coding=4),
            "",
            "mms_notice",
        ),
    ],
)
async def test_alphabet_and_kind(body: bytes, text: str, kind: str) -> None:
    async with on_smsc() as o:
        part, read = await joined(o, body)
    assert (read, part.kind.value, part.sender) == (text, kind, "+491511")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (deliver_body(b"\5\0\3\x07\2\1Hi", esm=0x40), ("7", 1, 2)),
        (deliver_body(b"\6\x08\4\x01\x02\3\2Hi", esm=0x40), ("258", 2, 3)),
        (
            deliver_body(b"\x0b\5\4\x0b\x84#\xf0\0\3\x09\2\1Hi", esm=0x40),
            ("9", 1, 2),
        ),
        (
            deliver_body(
                tail=b"\x02\x0c\0\2\0\5\x02\x0e\0\1\2\x02\x0f\0\1\1",
            ),
            ("5", 1, 2),
        ),
        (
            deliver_body(b"", esm=0x40, tail=b"\x04\x24\0\x08\5\0\3\x07\2\1Hi"),
            ("7", 1, 2),
        ),
        (deliver_body(b"\x03\x24\1\1Hi", esm=0x40), None),
        (
            deliver_body(
                tail=b"\x02\x0c\x08\0" + b"7" * 2048 + b"\x02\x0e\0\1\2\x02\x0f\0\1\1"
            ),
            None,
        ),
        (
            deliver_body(tail=b"\x02\x0c\0\1\7\x02\x0e\0\x09999999999\x02\x0f\0\1\1"),
            None,
        ),
    ],
)
async def test_place_in_a_long_message(
    body: bytes, place: tuple[str, int, int] | None
) -> None:
    async with on_smsc() as o:
        part, text = await joined(o, body)
    assert text == "Hi"
    if place is None:
        assert part.concatenation is None
    else:
        reference, index, total = place
        assert part.concatenation == Concatenation(
            reference=reference, index=index, total=total
        )


async def test_box_shows_once_what_data_coding_0_means() -> None:
    async with on_smsc() as o:
        for number, text in enumerate([b"{|}", b"caf\xe9", b"{|}", b"\x00", b"{|}"]):
            o.smsc.deliver(deliver_body(text), number + 1)
            await o.smsc.next()
    assert o.listener.texts == ["äöñ", "café", "{|}", "@", "äöñ"]


async def test_receipt_of_nobody_is_no_incoming_text() -> None:
    text = (
        b"id:5 sub:1 dlvrd:1 submit date:2611231200 done date:2611231201 "
        b"stat:DELIVRD err:0 Text:"
    )
    async with on_smsc() as o:
        o.smsc.deliver(deliver_body(text, esm=4))
        assert await o.smsc.next() == (RESPONSE | DELIVER, 0, 7, b"\0")
        assert o.listener.parts == []
        part, read = await joined(o, deliver_body(text))
        assert read == text.decode()
        assert part.kind is MessageKind.TEXT


async def test_link_is_named_anew_after_each_bind() -> None:
    async with on_smsc() as o:
        o.smsc.deliver(deliver_body())
        await o.smsc.next()
        o.smsc.drop()
        await o.listener.until_lost()
        await o.listener.until_connected()
        o.smsc.deliver(deliver_body())
        await o.smsc.next()
    links = [part.link for part in o.listener.parts]
    assert links == ["goip01#1", "goip01#2"]


async def test_enquiry_of_the_box_is_answered_with_its_number() -> None:
    async with on_smsc() as o:
        o.smsc.send(pdu(0x15, 0, 0xFFFFFFFF))
        await o.smsc.sound()
        assert (RESPONSE | 0x15, 0, 0xFFFFFFFF, b"") in o.smsc.heard
