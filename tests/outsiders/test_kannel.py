"""Kannel, twenty years in the field, is content with the simulated GoIP."""

from pathlib import Path

import pytest

from tests.simulator.core.clock import Clock
from tests.simulator.goip import GoipBox, firmware

from .kannel import kannel_on

NUMBER = "+79991234567"
CODED = {"coding": "2", "charset": "UTF-8"}


@pytest.mark.parametrize("name", ["seed", "new"])
async def test_it_sends_and_receives(
    kannel: tuple[str, str], curl: str, tmp_path: Path, name: str
) -> None:
    async with (
        GoipBox(firmware(name), clock=Clock(60)) as box,
        kannel_on(kannel, curl, box.smpp_port, tmp_path) as outsider,
    ):
        login = await box.journal.wait_for_kind("login")
        await box.receive(1, NUMBER, "Привет 🎉")
        cyrillic = await outsider.until(kind="message")
        await box.receive(1, NUMBER, "Hello")
        plain = await outsider.until(kind="message")
        assert await outsider.send(NUMBER, "Hello") == "0: Accepted for delivery"
        await outsider.until(kind="receipt", state="1")
        await outsider.send(NUMBER, "Привет", **CODED)
        await outsider.until(kind="receipt", state="1")
        for number in (1, 2):
            await box.journal.wait_for_kind("sms_acknowledged", id=number, status=0)
        on_air = box.journal.entries("sms_on_air")
    assert login["bind"] == "transceiver"
    assert (cyrillic["from"], cyrillic["charset"]) == (NUMBER, "UTF-16BE")
    assert cyrillic["text"].encode("latin-1").decode("utf-16-be") == "Привет 🎉"
    assert plain["text"] == "Hello"
    assert [(sms["number"], sms["text"]) for sms in on_air] == [
        ("79991234567", "Hello"),
        ("79991234567", "Привет"),
    ]
    assert on_air[0]["destination_ton_npi"] == "1/1"
    assert on_air[0]["esm_class"] == 3


async def test_its_user_data_header_goes_on_the_air_as_garbage(
    kannel: tuple[str, str], curl: str, tmp_path: Path
) -> None:
    async with (
        GoipBox(firmware("new"), clock=Clock(60)) as box,
        kannel_on(kannel, curl, box.smpp_port, tmp_path) as outsider,
    ):
        await outsider.send(NUMBER, "Долгое сообщение. " * 5, **CODED)
        await box.journal.wait_for(
            lambda _: len(box.journal.entries("sms_on_air")) == 2
        )
        on_air = box.journal.entries("sms_on_air")
    assert [sms["esm_class"] for sms in on_air] == [0x43, 0x43]
    assert [bytes.fromhex(sms["raw"])[:3] for sms in on_air] == [b"\x05\x00\x03"] * 2
    assert all(not sms["text"].startswith("Долгое") for sms in on_air)
