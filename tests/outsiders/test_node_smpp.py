"""node-smpp as a transceiver is content with the simulated GoIP."""

import pytest

from tests.simulator.core.clock import Clock
from tests.simulator.goip import GoipBox, firmware

from .foreign import foreign

LONG = "Длинное сообщение, которое не помещается в одно SMS. " * 3


def client(node: str, box: GoipBox, password: str, *texts: str) -> tuple[str, ...]:
    """Return the command line."""
    address = ("127.0.0.1", str(box.smpp_port))
    return (node, "smpp_client.js", *address, "goip01", password, "+7888", *texts)


async def test_it_receives(node: str) -> None:
    async with GoipBox(firmware("new"), clock=Clock(60)) as box:
        async with foreign(*client(node, box, "goip")) as session:
            assert await session.say() == {
                "is": "bound",
                "status": 0,
                "system_id": "goip01",
            }
            texts = ["Привет 🎉", "Hello", LONG]
            for text in texts:
                await box.receive(1, "+7999", text)
            said = [await session.say() for _ in texts]
            for number in (1, 2, 3):
                await box.journal.wait_for_kind("sms_acknowledged", id=number, status=0)
        assert [message["text"] for message in said] == texts
        assert [message["data_coding"] for message in said] == [8, 0, 8]
        assert {message["to"] for message in said} == {"goip01"}


async def test_it_sends_and_gets_the_receipts(node: str) -> None:
    async with GoipBox(firmware("new"), clock=Clock(60)) as box:
        async with foreign(*client(node, box, "goip", "Привет", LONG)) as session:
            await session.until("bound")
            taken = [await session.until("submitted") for _ in range(2)]
            receipts = [await session.until("message") for _ in range(2)]
        on_air = box.journal.entries("sms_on_air")
    assert [answer["message_id"] for answer in taken] == ["1", "2"]
    assert [entry["text"] for entry in on_air] == ["Привет", LONG]
    assert [entry["parts"] for entry in on_air] == [1, 3]
    for number, receipt in enumerate(receipts, 1):
        assert receipt["esm_class"] == 4
        assert receipt["text"].startswith(f"id:{number} sub:")
        assert "stat:DELIVRD err:0" in receipt["text"]


@pytest.mark.parametrize("name", ["seed", "new"])
async def test_it_is_refused_with_a_wrong_password(node: str, name: str) -> None:
    async with (
        GoipBox(firmware(name)) as box,
        foreign(*client(node, box, "wrong")) as session,
    ):
        assert (await session.until("bound"))["status"] == 0x0E
        await session.until("closed")
