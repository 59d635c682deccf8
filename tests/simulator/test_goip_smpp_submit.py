"""submit_sm and receipts of the simulated GoIP, octet by octet."""

from typing import Any

import pytest

from .raw_goip import RawSmpp, advance, goip

HELLO = "68656c6c6f"


def submit(
    octets: str,
    data_coding: str = "01",
    esm_class: str = "00",
    registered: str = "00",
    tlv: str = "",
) -> bytes:
    """Return a body from 5/1 "home" to 1/1 +8999."""
    text = bytes.fromhex(octets)
    return (
        bytes.fromhex(
            "00 0501 686f6d6500 0101 2b3839393900"
            + esm_class
            + "00 00 00 00"
            + registered
            + "00"
            + data_coding
            + "00"
        )
        + bytes((len(text),))
        + text
        + bytes.fromhex(tlv)
    )


async def on_air(body: bytes, **options: Any) -> dict[str, Any]:
    """Return the journal's entry of one submit_sm."""
    async with goip(**options) as box:
        client = await RawSmpp.bound(box)
        await client.submit(body)
        assert await client.raw() == bytes.fromhex(
            "00000012 80000004 00000000 00000002 3100"
        )
        await advance(box, 60)
        (entry,) = box.journal.entries("sms_on_air")
        return entry.as_json()


async def test_ascii() -> None:
    entry = await on_air(submit(HELLO))
    assert (entry["line"], entry["number"], entry["text"]) == (1, "+8999", "hello")
    assert (entry["interface"], entry["key"], entry["raw"]) == ("smpp", "1", HELLO)
    assert (entry["source_ton_npi"], entry["destination_ton_npi"]) == ("5/1", "1/1")


@pytest.mark.parametrize(
    ("data_coding", "octets", "text", "encoding"),
    [
        ("08", "0414 0430", "Да", "ucs2"),
        ("07", "f9ec", "של", "ucs2"),
        ("03", "e9", "é", "gsm7"),
        ("00", "00 11 1b65", "@_€", "gsm7"),
        ("01", "40 5f 24 e9", "@_$?", "gsm7"),
        ("08", "d83c df89 04", "🎉\ufffd", "ucs2"),
        ("04", "00ff", "", "binary"),
    ],
)
async def test_data_coding(
    data_coding: str, octets: str, text: str, encoding: str
) -> None:
    entry = await on_air(submit(octets, data_coding))
    assert (entry["text"], entry["encoding"]) == (text, encoding)


async def test_data_coding_0_as_latin_1() -> None:
    entry = await on_air(submit("40 e9", "00"), smpp_dc0="latin1")
    assert entry["text"] == "@é"


async def test_long_text_in_message_payload() -> None:
    entry = await on_air(submit("", "08", tlv="0424 00a0" + "044f" * 80))
    assert (entry["text"], entry["parts"]) == ("я" * 80, 2)
    assert entry["message_payload"] is True
    assert entry["balance"] == "53.20"


async def test_udh_goes_on_the_air_as_garbage() -> None:
    entry = await on_air(submit("050003070201 0414 0430", "08", esm_class="40"))
    assert entry["text"] == "\u0500\u0307\u0201Да"
    assert entry["raw"] == "05000307020104140430"
    assert entry["parts"] == 1


async def test_udh_before_ascii_goes_on_the_air_as_garbage() -> None:
    entry = await on_air(submit("050003070201" + HELLO, "01", esm_class="40"))
    assert entry["text"] == "\x05\x00\x03\x07\x02\x01hello"


@pytest.mark.parametrize(
    ("data_coding", "octet", "fitting"),
    [("01", "61", 160), ("08", "04", 140), ("07", "e0", 140)],
)
async def test_room_of_short_message(
    data_coding: str, octet: str, fitting: int
) -> None:
    await on_air(submit(octet * fitting, data_coding))
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await client.submit(submit(octet * (fitting + 2), data_coding))
        assert await client.pdu() == (0x80000004, 0x01, 2, b"")


async def test_overlong_short_message_is_sent_in_parts() -> None:
    entry = await on_air(submit("61" * 200), smpp_overlong="send")
    assert entry["parts"] == 2


@pytest.mark.parametrize(
    ("line_state", "status"), [("refuse", 0x45), ("receipt", 0x00)]
)
async def test_line_without_network(line_state: str, status: int) -> None:
    async with goip(smpp_unregistered=line_state) as box:
        await box.network(1, state=False)
        client = await RawSmpp.bound(box)
        await client.submit(submit(HELLO, registered="01"))
        assert (await client.pdu())[1] == status
        if status == 0:
            await advance(box, 60)
            assert b"stat:UNDELIV err:501" in await client.raw()
        assert box.journal.entries("sms_on_air") == []


async def test_throttled_on_a_busy_line_or_queued() -> None:
    async with goip(smpp_busy="throttle") as box:
        client = await RawSmpp.bound(box)
        await client.submit(submit(HELLO), 2)
        await client.submit(submit(HELLO), 3)
        assert [(await client.pdu())[1:3] for _ in range(2)] == [(0, 2), (0x58, 3)]
    async with goip(smpp_busy="queue") as box:
        client = await RawSmpp.bound(box)
        await client.submit(submit(HELLO), 2)
        await client.submit(submit(HELLO), 3)
        assert [(await client.pdu())[1:3] for _ in range(2)] == [(0, 2), (0, 3)]
        await advance(box, 3)
        assert len(box.journal.entries("sms_on_air")) == 1
        await advance(box, 3)
        assert len(box.journal.entries("sms_on_air")) == 2


async def test_any_status_by_command() -> None:
    async with goip() as box:
        await box.smpp_refuse("0x58")
        await box.smpp_refuse("0x14")
        client = await RawSmpp.bound(box)
        statuses = []
        for sequence in (2, 3, 4):
            await client.submit(submit(HELLO), sequence)
            statuses.append((await client.pdu())[1])
        assert statuses == [0x58, 0x14, 0]


async def test_answer_after_the_radio() -> None:
    async with goip(smpp_response="after") as box:
        client = await RawSmpp.bound(box)
        await client.submit(submit(HELLO))
        await client.hex("00000010 00000015 00000000 00000003")
        assert (await client.pdu())[0] == 0x80000015
        await advance(box, 3)
        assert await client.pdu() == (0x80000004, 0, 2, b"1\0")
        await box.fail_send(1, "50")
        await client.submit(submit(HELLO), 4)
        await client.hex("00000010 00000015 00000000 00000005")
        await client.pdu()
        await advance(box, 3)
        assert await client.pdu() == (0x80000004, 0x45, 4, b"")


async def receipt(registered: str = "01", **options: Any) -> bytes:
    """Return the next packet after one submit_sm and a minute."""
    async with goip(**options) as box:
        client = await RawSmpp.bound(box)
        await client.submit(submit(HELLO, registered=registered))
        await client.pdu()
        await advance(box, 60)
        await client.hex("00000010 00000015 00000000 00000003")
        return await client.raw()


TEXT = (
    b"id:1 sub:1 dlvrd:1 submit date:2607112031 done date:2607112031 "
    b"stat:DELIVRD err:0 Text:hello"
)


async def test_receipt() -> None:
    assert await receipt() == (
        bytes.fromhex("00000088 00000005 00000000 00000001")
        + bytes.fromhex("00 0101 2b3839393900 0101 676f6970303100")
        + bytes.fromhex("04 00 00 00 00 00 00 00 00 5c")
        + TEXT
    )


@pytest.mark.parametrize(
    ("registered", "receipts", "comes"),
    [
        ("00", "requested", False),
        ("00", "always", True),
        ("01", "never", False),
        ("02", "requested", False),
    ],
)
async def test_who_gets_a_receipt(registered: str, receipts: str, comes: bool) -> None:
    packet = await receipt(registered, smpp_receipts=receipts)
    assert (b"stat:DELIVRD" in packet) is comes


async def test_enroute_comes_first() -> None:
    assert b"stat:ENROUTE err:0" in await receipt(smpp_enroute=True)


async def test_ids_that_look_different_in_answer_and_receipt() -> None:
    async with goip(smpp_first_id=27, smpp_response_id="hex") as box:
        client = await RawSmpp.bound(box)
        await client.submit(submit(HELLO, registered="01"))
        assert (await client.pdu())[3] == b"1b\0"
        await advance(box, 60)
        assert b"id:27 sub:1" in await client.raw()
        await box.option("smpp_receipt_id", "hex")
        await client.submit(submit(HELLO, registered="01"), 3)
        assert (await client.pdu())[3] == b"1c\0"
        await advance(box, 60)
        assert b"id:1c sub:1" in await client.raw()


@pytest.mark.parametrize(
    ("error", "shown"), [("50", b"err:50 "), ("GSM_LOGOUT", b"err:501 ")]
)
async def test_receipt_of_a_failure(error: str, shown: bytes) -> None:
    async with goip() as box:
        await box.fail_send(1, error)
        client = await RawSmpp.bound(box)
        await client.submit(submit(HELLO, registered="02"))
        await client.pdu()
        await advance(box, 60)
        packet = await client.raw()
        assert b"dlvrd:0" in packet
        assert b"stat:UNDELIV " + shown in packet


async def test_receipt_waits_for_a_rebind() -> None:
    async with goip(smpp_unbound="keep") as box:
        client = await RawSmpp.bound(box)
        await client.submit(submit(HELLO, registered="01"))
        await client.pdu()
        client.close()
        await box.journal.wait_for_kind("connection", event="closed")
        await advance(box, 60)
        assert len(box.journal.entries("sms_on_air")) == 1
        client = await RawSmpp.bound(box)
        assert b"stat:DELIVRD" in await client.raw()


async def test_whole_box_login_takes_lines_in_turn() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box, b"goip")
        for sequence in (2, 3, 4):
            await client.submit(submit(HELLO), sequence)
            await client.pdu()
            await advance(box, 3)
        lines = {entry.line for entry in box.journal.entries("sms_on_air")}
        assert lines == {1, 2}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 0x02),
        (submit(HELLO)[:-1], 0x02),
        (submit(HELLO) + b"\x04\x24\xff\xff", 0x02),
        (submit(""), 0x01),
        (submit(HELLO).replace(b"+8999", b""), 0x0B),
    ],
)
async def test_bad_bodies(body: bytes, status: int) -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await client.submit(body)
        assert await client.pdu() == (0x80000004, status, 2, b"")
