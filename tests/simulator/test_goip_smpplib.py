"""An independent SMPP client (smpplib) is content with the simulated GoIP."""

import asyncio
from typing import Any

import pytest
import smpplib.client
import smpplib.consts
import smpplib.gsm

from .core.clock import Clock
from .goip import GoipBox, firmware

UCS2 = smpplib.consts.SMPP_ENCODING_ISO10646


def talk(port: int, received: list[Any]) -> list[Any]:
    """Bind, wait for one message, send one, wait for its receipt; return the answers."""
    answers: list[Any] = []

    def keep_message(pdu: Any) -> int:
        received.append(pdu)
        return 0

    def keep_answer(pdu: Any) -> None:
        answers.append(pdu)

    client = smpplib.client.Client(
        "127.0.0.1", port, timeout=10, allow_unknown_opt_params=True
    )
    client.set_message_received_handler(keep_message)
    client.set_message_sent_handler(keep_answer)
    client.connect()
    try:
        client.bind_transceiver(system_id="goip01", password="goip")
        while not received:
            client.read_once()
        client.send_message(
            source_addr="home",
            destination_addr="+8999",
            short_message="Привет".encode("utf-16-be"),
            data_coding=UCS2,
            registered_delivery=True,
        )
        while len(received) < 2:
            client.read_once()
        client.unbind()
    finally:
        client.disconnect()
    return answers


async def test_smpplib_receives_sends_and_gets_a_receipt() -> None:
    received: list[Any] = []
    async with GoipBox(firmware("new"), clock=Clock(scale=50)) as box:
        talking = asyncio.create_task(asyncio.to_thread(talk, box.smpp_port, received))
        await box.journal.wait_for_kind("login")
        await box.receive(1, "+7999", "Да")
        answers = await talking
        acknowledged = await box.journal.wait_for_kind("sms_acknowledged")
        assert acknowledged["status"] == 0
        (on_air,) = box.journal.entries("sms_on_air")
    assert (on_air["number"], on_air["text"]) == ("+8999", "Привет")
    assert received[0].short_message == b"\x04\x14\x04\x30"
    assert received[0].destination_addr == b"goip01"
    assert answers[0].message_id == b"1"
    assert b"stat:DELIVRD err:0" in received[1].short_message


async def test_smpplib_is_refused_with_a_wrong_password() -> None:
    async with GoipBox() as box:

        def bind() -> None:
            client = smpplib.client.Client(
                "127.0.0.1",
                box.smpp_port,
                timeout=10,
                allow_unknown_opt_params=True,
            )
            client.connect()
            try:
                client.bind_transceiver(system_id="goip01", password="wrong")
            finally:
                client.disconnect()

        with pytest.raises(smpplib.exceptions.PDUError, match="Invalid Password"):
            await asyncio.to_thread(bind)
