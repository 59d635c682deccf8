"""Our GoIP driver's SMPP side talks to SMSCs that other people wrote."""

import sys

from custom_components.gsm_gateway.gateways.model import SendState

from .driver import driver_on
from .foreign import foreign, free_port

LONG_TEXT = "A long text of plain letters. " * 7
LONG_CYRILLIC = "Долгое сообщение. " * 7


async def test_node_smpp_hands_over_and_takes(node: str) -> None:
    async with foreign(node, "smpp_smsc.js") as smsc:
        port = (await smsc.until("listening"))["port"]
        async with driver_on(port) as ours:
            assert await smsc.until("bound") == {
                "is": "bound",
                "system_id": "goip01",
                "password": "goip",
                "interface_version": 0x34,
            }
            await ours.heard.until_parts(3)
            for _ in range(3):
                assert (await smsc.until("acknowledged"))["status"] == 0
            await ours.send("Hello", 1)
            short = await smsc.until("submit")
            await ours.send(LONG_TEXT, 2)
            long_text = await smsc.until("submit")
            await ours.send(LONG_CYRILLIC, 3)
            long_cyrillic = await smsc.until("submit")
            await ours.heard.until(
                lambda: SendState.DELIVERED in dict(ours.heard.states).values()
            )
        await smsc.until("unbound")
    assert ours.heard.texts == ["Привет 🎉", "plain", "долгий " * 20]
    assert {part.sender for part in ours.heard.parts} == {"+7999"}
    address = {
        "source_addr": "goip01",
        "source_addr_ton": 5,
        "source_addr_npi": 1,
        "registered_delivery": 1,
        "destination_addr": "+491511234567",
        "dest_addr_ton": 1,
        "dest_addr_npi": 1,
        "esm_class": 0,
    }
    assert short == {
        "is": "submit",
        **address,
        "data_coding": 1,
        "short_message": "Hello",
    }
    assert long_text == {
        "is": "submit",
        **address,
        "data_coding": 1,
        "short_message": "",
        "message_payload": {"message": LONG_TEXT},
    }
    assert long_cyrillic == {
        "is": "submit",
        **address,
        "data_coding": 8,
        "short_message": "",
        "message_payload": {"message": LONG_CYRILLIC},
    }


async def test_smpp34_hands_over_and_takes(smpp34: None) -> None:
    port = free_port()
    script = (sys.executable, "smpp34_smsc.py", str(port))
    async with foreign(*script) as smsc:
        await smsc.until("listening")
        async with driver_on(port) as ours:
            assert (await smsc.until("bound"))["system_id"] == "goip01"
            await ours.heard.until_parts(1)
            assert (await smsc.until("acknowledged"))["status"] == 0
            await ours.send("Да", 1)
            short = await smsc.until("submit")
            await ours.send("x" * 200, 2)
            long_text = await smsc.until("submit")
    assert ours.heard.texts == ["Привет 🎉"]
    assert short == {
        "is": "submit",
        "to": "+491511234567",
        "data_coding": 8,
        "esm_class": 0,
        "short_message": "04140430",
        "tlvs": {},
    }
    assert long_text == {
        "is": "submit",
        "to": "+491511234567",
        "data_coding": 1,
        "esm_class": 0,
        "short_message": "",
        "tlvs": {"0424": "78" * 200},
    }
