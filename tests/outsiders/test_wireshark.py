"""Wireshark reads what our driver and the simulated GoIP say to each other."""

from pathlib import Path

from tests.simulator.core.clock import Clock
from tests.simulator.goip import GoipBox, firmware

from .driver import driver_on
from .tap import Tap, tap_on, wireshark

LONG_TEXT = "A long text of plain letters. " * 7
LONG_CYRILLIC = "Долгое сообщение. " * 7


async def test_bind_deliver_and_long_submits(
    tshark: tuple[str, str], tmp_path: Path
) -> None:
    async with (
        GoipBox(firmware("new"), clock=Clock(60)) as box,
        tap_on(box.smpp_port) as tap,
    ):
        async with driver_on(tap.port) as ours:
            await box.receive(1, "+79991234567", "Привет")
            await ours.heard.until_parts(1)
            await ours.send(LONG_TEXT, 1)
            await ours.send(LONG_CYRILLIC, 2)
            await ours.heard.until(lambda: len(ours.heard.reports) >= 4)
        await box.journal.wait_for_kind("connection", event="unbound")
        assert len(box.journal.entries("sms_on_air")) == 2
    capture = await wireshark(tshark, tap, tmp_path)
    assert await capture.read("_ws.malformed", "frame.number") == []
    assert await capture.read("_ws.expert", "frame.number") == []
    assert await capture.read(
        "smpp.command_id == 9", "smpp.system_id", "smpp.interface_version"
    ) == [["goip01", "52"]]
    assert await capture.read(
        "smpp.command_id == 5 && smpp.data_coding == 8",
        *("smpp.source_addr", "smpp.destination_addr", "smpp.message_text"),
    ) == [["+79991234567", "goip01", "Привет"]]
    assert await capture.read(
        "smpp.command_id == 4",
        *("smpp.data_coding", "smpp.esm.submit.features", "smpp.sm_length"),
        *("smpp.opt_param_tag", "smpp.opt_param_len", "smpp.message_text"),
    ) == [
        ["0x01", "0x00", "0", "0x0424", "210", LONG_TEXT],
        ["0x08", "0x00", "0", "0x0424", "252", LONG_CYRILLIC],
    ]


async def test_a_broken_packet_would_be_seen(
    tshark: tuple[str, str], tmp_path: Path
) -> None:
    """A bind whose length says that nothing comes after the password."""
    bind = b"\0\0\0\x1c\0\0\0\x09\0\0\0\0\0\0\0\x01goip01\0goip\0"
    capture = await wireshark(tshark, Tap(heard=[("I", bind)]), tmp_path)
    assert await capture.read("_ws.malformed", "frame.number") == [["1"]]
