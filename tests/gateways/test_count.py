"""The number of SMS on each transport, and a text in the GSM alphabet on each of them."""

import asyncio

import aiohttp
from hypothesis import given
import pytest
from smsutil import split, unicode_split

from custom_components.gsm_gateway.gateways import goip, yeastar
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import smpp_submit
from custom_components.gsm_gateway.gateways.model import TextTooLong
from custom_components.gsm_gateway.gateways.ports import Sender
from custom_components.gsm_gateway.gateways.transliteration import transliterate
from custom_components.gsm_gateway.gateways.yeastar import commands
from tests.gateways.goip.bench import bench
from tests.gateways.goip.smsc import RESPONSE, SUBMIT, on_smsc, pdu
from tests.gateways.yeastar.bench import on_box, settings_for

from .properties import texts, tried

SMPP = goip.SmppSettings(system_id="goip", password="goip")
TEXT = "“Grüße” – 5 € für Ёлка 🎉, naïve"
WRITTEN = '"Grüße" - 5 € für Yolka , naive'


async def sender(transport: str) -> Sender:
    """Return the sender of a transport, which nobody connects."""
    async with aiohttp.ClientSession() as session:
        if transport.startswith("goip"):
            smpp = SMPP if transport == "goip smpp" else None
            settings = goip.GoipSettings(
                host="127.0.0.1", username="admin", password="admin", smpp=smpp
            )
            return goip.compose(session, settings, channels=[1], clock=Clock()).sender
        tg = settings_for(use_ami=transport == "yeastar ami")
        return yeastar.compose(session, tg, channels=[1], clock=Clock()).sender


@pytest.mark.parametrize(
    ("transport", "text", "sms", "as_unicode"),
    [
        # SMPP writes ASCII or UCS-2, and UCS-2 when it is asked to.
        ("goip smpp", "a" * 160, 1, 3),
        ("goip smpp", "a" * 161, 2, 3),
        ("goip smpp", "[" * 81, 2, 2),
        ("goip smpp", "Grüße" * 14, 1, 1),
        ("goip smpp", "Grüße" * 15, 2, 2),
        ("goip smpp", "`" * 71, 2, 2),
        # On the pages every piece is one SMS; the box chooses.
        ("goip web", "a" * 160, 1, 1),
        ("goip web", "a" * 307, 2, 2),
        ("goip web", "a" * 313, 3, 3),
        ("goip web", "[" + "a" * 157, 1, 1),
        ("goip web", "[" + "a" * 158, 2, 2),
        ("goip web", "ж" * 71, 2, 2),
        # A TG cuts by itself, and chooses as well.
        ("yeastar ami", "Grüße" * 32, 1, 1),
        ("yeastar ami", "Grüße" * 33, 2, 2),
        ("yeastar ami", "ж" * 134, 2, 2),
        ("yeastar http", "ж" * 135, 3, 3),
    ],
)
async def test_count(transport: str, text: str, sms: int, as_unicode: int) -> None:
    counting = await sender(transport)
    assert counting.count(text) == sms
    assert counting.count(text, unicode=True) == as_unicode


@pytest.mark.parametrize(
    ("transport", "longest", "as_unicode"),
    [
        ("goip smpp", "a" * 153 * 255, False),
        ("goip smpp", "a" * 67 * 255, True),
        ("goip smpp", "ж" * 67 * 255, False),
        ("goip web", "a" * 154 * 99, False),
        ("yeastar ami", "ж" * 512, False),
        ("yeastar ami", "a" * 1024, True),
        ("yeastar http", "a" * 1024, False),
    ],
)
async def test_a_longer_text_is_refused(
    transport: str, longest: str, as_unicode: bool
) -> None:
    counting = await sender(transport)
    assert counting.count(longest, unicode=as_unicode) > 1
    with pytest.raises(TextTooLong):
        counting.count(longest + "a", unicode=as_unicode)


@tried
@given(texts)
def test_smpp_counts_what_it_writes(text: str) -> None:
    ascii_only = (
        text.isascii()
        and "`" not in text
        and text.replace("\n", "").replace("\r", "").isprintable()
    )
    oracle = split if ascii_only or text.strip("\r\n") == "" else unicode_split
    assert smpp_submit.count(text, unicode=False) == len(oracle(text).parts)
    assert smpp_submit.count(text, unicode=True) == len(unicode_split(text).parts)


@tried
@given(texts)
def test_a_tg_gets_a_text_whole_up_to_its_limit(text: str) -> None:
    if len(text.encode()) > 1024:
        with pytest.raises(TextTooLong):
            commands.split(text)
    else:
        assert commands.split(text) == [text]
        if "\x1b" not in text:
            assert commands.count(text) == len(split(text).parts)


async def test_smpp_writes_ucs2_when_it_is_asked_to() -> None:
    async with on_smsc() as o:
        sending = asyncio.create_task(
            o.gateway.sender.send(1, "900", "Hi", "7", unicode=True)
        )
        _, _, sequence, body = await o.smsc.next()
        o.smsc.send(pdu(RESPONSE | SUBMIT, 0, sequence, b"1\0"))
        await sending
    assert body == (b"\0\x05\x01goip01\0\0\x01900\0\0\0\0\0\0\x01\0\x08\0\x04\0H\0i")


async def test_gsm7_text_on_a_goip() -> None:
    assert transliterate(TEXT) == (WRITTEN, 1)
    for smpp in (False, True):
        async with bench(smpp=smpp) as b:
            await b.send(WRITTEN)
            await b.box.journal.wait_for_kind("sms_on_air")
            assert [entry["text"] for entry in b.on_air()] == [WRITTEN]


@pytest.mark.parametrize("use_ami", [True, False])
async def test_gsm7_text_on_a_tg(use_ami: bool) -> None:
    async with on_box(changes={"use_ami": use_ami}) as bench:
        await bench.send(WRITTEN)
        await bench.box.journal.wait_for_kind("sms_on_air")
        assert [entry["text"] for entry in bench.on_air] == [WRITTEN]
