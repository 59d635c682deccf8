"""SMS through a GoIP's SMPP server."""

import asyncio

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelBusy,
    GatewayError,
    NoReply,
    SendRefused,
    SendState,
    TextTooLong,
)

from .bench import ALL_FIRMWARES, bench
from .smsc import RESPONSE, SUBMIT, on_smsc, pdu

ACCEPTED, DELIVERED = SendState.ACCEPTED, SendState.DELIVERED
FAILED, UNKNOWN = SendState.FAILED, SendState.UNKNOWN
SOURCE = b"\0\x05\x01goip01\0"
GERMAN = b"\x01\x01+491511234567\0"


@pytest.mark.parametrize(
    ("to", "text", "body"),
    [
        (
            "+491511234567",
            "Hi [1] @ $5_",
            SOURCE + GERMAN + b"\0\0\0\0\0\x01\0\x01\0\x0cHi [1] @ $5_",
        ),
        (
            "900",
            "x" * 160,
            SOURCE + b"\0\x01900\0" + b"\0\0\0\0\0\x01\0\x01\0\xa0" + b"x" * 160,
        ),
        (
            "89991234567",
            "Hi",
            SOURCE + b"\x01\x0189991234567\0" + b"\0\0\0\0\0\x01\0\x01\0\x02Hi",
        ),
        (
            "+491511234567",
            "Да 🎉",
            SOURCE
            + GERMAN
            + b"\0\0\0\0\0\x01\0\x08\0\x0a\x04\x14\x040\0 \xd8<\xdf\x89",
        ),
        (
            "+491511234567",
            "`",
            SOURCE + GERMAN + b"\0\0\0\0\0\x01\0\x08\0\x02\0`",
        ),
        (
            "+491511234567",
            "x" * 161,
            SOURCE
            + GERMAN
            + b"\0\0\0\0\0\x01\0\x01\0\x00"
            + b"\x04\x24\x00\xa1"
            + b"x" * 161,
        ),
        (
            "+491511234567",
            "[" * 81,
            SOURCE
            + GERMAN
            + b"\0\0\0\0\0\x01\0\x01\0\x00"
            + b"\x04\x24\x00\x51"
            + b"[" * 81,
        ),
        (
            "+491511234567",
            "я" * 71,
            SOURCE
            + GERMAN
            + b"\0\0\0\0\0\x01\0\x08\0\x00"
            + b"\x04\x24\x00\x8e"
            + b"\x04O" * 71,
        ),
        (
            "+491511234567",
            "ü" * 70,
            SOURCE + GERMAN + b"\0\0\0\0\0\x01\0\x08\0\x8c" + b"\0\xfc" * 70,
        ),
    ],
)
async def test_submit_sm_byte_by_byte(to: str, text: str, body: bytes) -> None:
    async with on_smsc() as o:
        sending = asyncio.create_task(o.send(text, to))
        command, status, sequence, sent = await o.smsc.next()
        assert (command, status) == (SUBMIT, 0)
        assert sent == body
        assert not o.listener.reports
        o.smsc.send(pdu(RESPONSE | SUBMIT, 0, sequence, b"16\0"))
        await sending
        await o.smsc.sound()
        assert [p[0] for p in o.smsc.heard].count(SUBMIT) == 1
    assert o.listener.told == [ACCEPTED]


@pytest.mark.parametrize("kind", ALL_FIRMWARES)
@pytest.mark.parametrize("smpp_response", ["before", "after"])
@pytest.mark.parametrize("smpp_dc0", ["gsm", "latin1"])
async def test_texts_are_on_the_air_as_they_were_given(
    kind: str, smpp_response: str, smpp_dc0: str
) -> None:
    texts = ["plain @ $ _ [x]", "Grüße ñ ~", "Привет 🎉 ]", "long " * 40, "ж" * 100]
    async with bench(
        kind, smpp=True, smpp_response=smpp_response, smpp_dc0=smpp_dc0
    ) as b:
        for number, text in enumerate(texts):
            await b.send(text, channel=1 + number % 2, serial=number)
        await b.listener.until_seen(lambda r: r.told.count(DELIVERED) == len(texts))
        air = {sms["text"]: sms for sms in b.on_air()}
    assert set(air) == set(texts)
    assert [air[text].line for text in texts] == [1, 2, 1, 2, 1]
    assert {sms["esm_class"] for sms in air.values()} == {0}
    assert [air[text]["message_payload"] for text in texts] == [False] * 3 + [True] * 2
    for number in range(len(texts)):
        states = [r.state for r in b.listener.reports if r.token == str(number)]
        assert states == [ACCEPTED, DELIVERED]


async def test_text_is_handed_over_whole_up_to_what_a_network_can_join() -> None:
    async with bench(smpp=True, connected=False) as b:
        sender = b.gateway.sender
        assert sender.split("x" * 1000) == ["x" * 1000]
        assert sender.reaches is DELIVERED
        assert b.gateway.pacing == 3.0
        with pytest.raises(TextTooLong):
            sender.split("x" * 255 * 153 + "x")


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (0x14, ChannelBusy, None),
        (0x58, ChannelBusy, None),
        (0x04, CannotConnect, None),
        (0x45, SendRefused, 0x45),
        (0x0B, SendRefused, 0x0B),
        (0x40B, SendRefused, 0x40B),
    ],
)
async def test_refusals_are_told_apart(
    status: int, error: type[GatewayError], code: int | None
) -> None:
    async with on_smsc() as o:
        sending = asyncio.create_task(o.send("Hi"))
        _, _, sequence, _ = await o.smsc.next()
        o.smsc.send(pdu(RESPONSE | SUBMIT, status, sequence))
        with pytest.raises(error) as raised:
            await sending
        assert getattr(raised.value, "code", None) == code
    assert o.listener.reports == []


@pytest.mark.parametrize("nack_status", [0, 3])
async def test_generic_nack_refuses(nack_status: int) -> None:
    async with on_smsc() as o:
        sending = asyncio.create_task(o.send("Hi"))
        _, _, sequence, _ = await o.smsc.next()
        o.smsc.send(pdu(RESPONSE, nack_status, sequence))
        with pytest.raises(SendRefused):
            await sending


async def test_number_that_smpp_cannot_carry_is_refused() -> None:
    async with on_smsc() as o:
        with pytest.raises(SendRefused):
            await o.send("Hi", to="+12345678901234567890")


async def test_lost_link_is_no_reply_and_nothing_is_sent_again() -> None:
    async with on_smsc() as o:
        sending = asyncio.create_task(o.send("Hi"))
        await o.smsc.next()
        o.smsc.drop()
        with pytest.raises(NoReply):
            await sending
        await o.listener.until_seen(lambda _: o.gateway.sender.ready(1))
        await o.smsc.sound()
        assert [p[0] for p in o.smsc.heard].count(SUBMIT) == 1
        await o.gateway.sender.resume({"7": 1})
    assert o.listener.reports == []


async def test_without_a_link_nothing_can_be_sent() -> None:
    async with bench(smpp=True, connected=False) as b:
        assert not b.gateway.sender.ready(1)
        assert not b.gateway.sender.ready(3)
        for channel in (1, 3):
            with pytest.raises(CannotConnect):
                await b.gateway.sender.send(channel, "900", "Hi", "1")


async def test_busy_and_unregistered_lines() -> None:
    async with bench(smpp=True, smpp_busy="throttle", seconds_per_sms=8.0) as b:
        await b.send("one", serial=1)
        with pytest.raises(ChannelBusy):
            await b.send("two", serial=2)
        await b.box.network(2, state=False)
        with pytest.raises(SendRefused):
            await b.send("three", channel=2, serial=3)


async def test_ussd_goes_by_web_page_beside_smpp() -> None:
    async with bench(smpp=True) as b:
        reply = await b.gateway.ussd.run_ussd(1, "*100#")
    assert reply.text == "Баланс: 57.2 р."
