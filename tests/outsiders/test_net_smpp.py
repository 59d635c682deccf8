"""Net::SMPP, which the first field reports used, is content with the simulated GoIP."""

import pytest

from tests.simulator.core.clock import Clock
from tests.simulator.goip import GoipBox, firmware

from .foreign import foreign


def login(box: GoipBox, system_id: str = "goip01") -> tuple[str, ...]:
    """Return address and login as a program's arguments."""
    return "127.0.0.1", str(box.smpp_port), system_id, "goip"


@pytest.mark.parametrize("name", ["seed", "new"])
async def test_it_sends(perl: str, name: str) -> None:
    async with GoipBox(firmware(name), clock=Clock(60)) as box:
        script = (perl, "net_smpp_send.pl", *login(box), "89991234567", "test")
        async with foreign(*script) as sender:
            assert await sender.say() == {
                "is": "bound",
                "status": 0,
                "system_id": "goip01",
            }
            assert await sender.say() == {
                "is": "submitted",
                "status": 0,
                "message_id": "1",
            }
            assert await sender.say() == {"is": "unbound", "status": 0}
            assert await sender.end() == 0
        on_air = await box.journal.wait_for_kind("sms_on_air")
    assert (on_air.line, on_air["number"], on_air["text"]) == (1, "89991234567", "test")
    assert on_air["data_coding"] == 1
    assert on_air["source_ton_npi"] == "5/1"
    assert on_air["destination_ton_npi"] == "1/1"
    assert on_air["registered_delivery"] == 0


@pytest.mark.parametrize("name", ["seed", "new"])
async def test_it_receives_and_never_acknowledges(perl: str, name: str) -> None:
    async with GoipBox(firmware(name), clock=Clock(60)) as box:
        async with foreign(
            perl, "net_smpp_receive.pl", *login(box, "goip02")
        ) as receiver:
            assert (await receiver.say())["system_id"] == "goip02"
            await box.receive(2, "+79991234567", "Привет 🎉")
            await box.receive(2, "Bank", "Code 1234")
            await box.receive(2, "+7999", "долгий " * 20)
            said = [await receiver.say() for _ in range(3)]
        await box.journal.wait_for_kind("connection", event="closed")
        assert box.journal.entries("sms_acknowledged") == []
        assert len(box.journal.entries("sms_handed_over")) == 3
    assert said == [
        {
            "is": "message",
            "from": "+79991234567",
            "to": "goip02",
            "data_coding": 8,
            "text": "Привет 🎉",
        },
        {
            "is": "message",
            "from": "Bank",
            "to": "goip02",
            "data_coding": 0,
            "text": "Code 1234",
        },
        {
            "is": "message",
            "from": "+7999",
            "to": "goip02",
            "data_coding": 8,
            "text": "долгий " * 20,
        },
    ]


async def test_the_next_login_of_the_same_line_receives(perl: str) -> None:
    async with GoipBox(firmware("seed"), clock=Clock(60)) as box:
        for text in ("one", "two"):
            async with foreign(perl, "net_smpp_receive.pl", *login(box)) as receiver:
                await receiver.until("bound")
                await box.receive(1, "+7999", text)
                assert (await receiver.until("message"))["text"] == text
