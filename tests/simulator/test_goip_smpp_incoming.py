"""deliver_sm of the simulated GoIP, octet by octet."""

from typing import Any

import pytest

from .raw_goip import BoxWithClients, RawSmpp, advance, get, goip

DELIVER = (
    "00000000 00000001 00 0101 2b3739393900 0101 676f6970303100 00 00 00 00 00 00 00"
)
"""What stands between the command and data_coding: from +7999 to goip01."""
LONG = "я" * 80


async def packet(text: str, **options: Any) -> bytes:
    """Return the deliver_sm of one message from +7999."""
    async with goip(**options) as box:
        client = await RawSmpp.bound(box)
        await box.receive(1, "+7999", text)
        return await client.raw()


def deliver(rest: str) -> bytes:
    """Return a whole deliver_sm; `rest` begins with data_coding."""
    body = bytes.fromhex("00000005" + DELIVER + rest)
    return (len(body) + 4).to_bytes(4) + body


async def test_cyrillic_is_utf_16_be_under_data_coding_8() -> None:
    assert await packet("Да") == deliver("08 00 04 0414 0430")


@pytest.mark.parametrize(
    ("alphabet", "octets"),
    [("gsm", "00 00 05 00 11 05 02 31"), ("latin1", "00 00 05 40 5f e9 24 31")],
)
async def test_two_alphabets_of_data_coding_0(alphabet: str, octets: str) -> None:
    assert await packet("@_é$1", smpp_dc0=alphabet) == deliver(octets)


async def test_data_coding_that_is_not_right() -> None:
    assert await packet("Да", smpp_wrong_coding=True) == deliver("00 00 04 0414 0430")


async def test_binary_message() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.receive(1, "+7999", hex="00ff80")
        assert await client.raw() == deliver("04 00 03 00ff80")


async def test_long_text_in_message_payload() -> None:
    assert await packet(LONG) == deliver("08 00 00 0424 00a0" + "044f" * 80)


async def test_long_text_in_parts_with_udh() -> None:
    async with goip(smpp_long="udh") as box:
        client = await RawSmpp.bound(box)
        await box.receive(1, "+7999", LONG)
        first, second = await client.raw(), await client.raw()
        assert first.endswith(
            bytes.fromhex("40 00 00 00 00 00 00 08 00 8c 050003010201" + "044f" * 67)
        )
        assert second.endswith(
            bytes.fromhex("40 00 00 00 00 00 00 08 00 20 050003010202" + "044f" * 13)
        )
        assert second[12:16] == b"\0\0\0\2"


async def test_part_that_never_came() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.receive_incomplete(1, "+7999", LONG, missing="1")
        assert " [SMS1 missed] я".encode("utf-16-be") in await client.raw()


@pytest.mark.parametrize(
    ("sender", "options", "octets"),
    [
        ("900", {}, b"\x00\x01900\0"),
        ("Beeline", {}, b"\x05\x00Beeline\0"),
        ("+7999", {"smpp_ton": 2, "smpp_npi": 8}, b"\x02\x08+7999\0"),
    ],
)
async def test_form_of_the_sender(
    sender: str, options: dict[str, int], octets: bytes
) -> None:
    async with goip(**options) as box:
        client = await RawSmpp.bound(box)
        await box.receive(1, sender, "hello")
        assert octets in await client.raw()


@pytest.mark.parametrize(
    ("way", "octets"),
    [("system_id", b"\1\1goip02\0"), ("number", b"\1\1+79990000002\0")],
)
async def test_destination(way: str, octets: bytes) -> None:
    async with goip(smpp_destination=way) as box:
        client = await RawSmpp.bound(box, b"goip02")
        await box.receive(2, "+7999", "hello")
        assert octets in await client.raw()


async def test_message_goes_to_whoever_is_bound_for_its_line() -> None:
    async with goip() as box:
        one, two = await RawSmpp.bound(box), await RawSmpp.bound(box, b"goip02")
        await box.receive(2, "+7999", "to two")
        await box.receive(1, "+7999", "to one")
        assert (await one.raw()).endswith(b"to one")
        assert (await two.raw()).endswith(b"to two")


@pytest.mark.parametrize(("way", "copies"), [("line", 1), ("both", 2)])
async def test_line_login_beside_the_whole_box(way: str, copies: int) -> None:
    async with goip(smpp_mixed=way) as box:
        whole = await RawSmpp.bound(box, b"goip")
        line = await RawSmpp.bound(box)
        await box.receive(1, "+7999", "hello")
        for client in [line, whole][:copies]:
            assert (await client.raw()).endswith(b"hello")
        await whole.hex("00000010 00000015 00000000 00000007")
        assert (await whole.pdu())[0] == 0x80000015
        assert len(box.journal.entries("sms_handed_over")) == copies


async def test_whole_box_gets_every_line_and_a_transmitter_nothing() -> None:
    async with goip() as box:
        await RawSmpp.bound(box, b"goip02", command=2)
        whole = await RawSmpp.bound(box, b"goip", command=1)
        await box.receive(2, "+7999", "hello")
        assert b"\1\1goip\0" in await whole.raw()


async def test_acknowledgement_is_journalled() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        number = await box.receive(1, "+7999", "hello")
        await client.raw()
        await client.hex("00000011 80000005 00000000 00000001 00")
        entry = await box.journal.wait_for_kind("sms_acknowledged")
        assert (entry["id"], entry["status"]) == (number, 0)


async def rebind(box: BoxWithClients, client: RawSmpp) -> RawSmpp:
    """Drop a link, wait until the box knows, and bind again."""
    since = box.journal.last
    client.close()
    await box.journal.wait_for_kind("connection", event="closed", since=since)
    return await RawSmpp.bound(box)


async def test_unacknowledged_message_is_repeated_after_a_rebind() -> None:
    async with goip(smpp_unacked="repeat") as box:
        client = await RawSmpp.bound(box)
        await box.receive(1, "+7999", "one")
        await box.receive(1, "+7999", "two")
        first = await client.raw()
        assert (await client.raw()).endswith(b"two")
        await client.hex("00000011 80000005 00000000 00000002 00")
        await box.journal.wait_for_kind("sms_acknowledged")
        client = await rebind(box, client)
        assert await client.raw() == first
        assert len(box.journal.entries("sms_handed_over")) == 3


async def test_unacknowledged_message_is_lost() -> None:
    async with goip(smpp_unacked="lost") as box:
        client = await RawSmpp.bound(box)
        number = await box.receive(1, "+7999", "one")
        await client.raw()
        client = await rebind(box, client)
        await box.receive(1, "+7999", "two")
        assert (await client.raw()).endswith(b"two")
        (entry,) = box.journal.entries("sms_lost")
        assert (entry["id"], entry["reason"]) == (number, "unacknowledged")
        assert b"+7999,one" in await get(box, "tools.html?type=sms_inbox")


@pytest.mark.parametrize("way", ["keep", "lost"])
async def test_message_while_nobody_is_bound(way: str) -> None:
    async with goip(smpp_unbound=way) as box:
        await box.receive(1, "+7999", "one")
        client = await RawSmpp.bound(box)
        await box.receive(1, "+7999", "two")
        expected = [b"one", b"two"] if way == "keep" else [b"two"]
        for text in expected:
            assert (await client.raw()).endswith(text)
        lost = box.journal.entries("sms_lost", reason="nobody bound")
        assert len(lost) == 2 - len(expected)


@pytest.mark.parametrize(("way", "again"), [("repeat", True), ("lost", False)])
async def test_message_refused_by_the_client(way: str, again: bool) -> None:
    async with goip(smpp_unacked=way) as box:
        client = await RawSmpp.bound(box)
        await box.receive(1, "+7999", "one")
        await client.raw()
        await client.hex("00000010 80000005 00000064 00000001")
        entry = await box.journal.wait_for_kind("sms_acknowledged")
        assert entry["status"] == 0x64
        client = await rebind(box, client)
        assert len(box.journal.entries("sms_handed_over")) == 1 + again


async def test_client_that_never_acknowledges() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        for number in range(300):
            await box.receive(1, "+7999", f"number {number}")
        for number in range(300):
            assert (await client.raw()).endswith(f"number {number}".encode())


async def test_box_that_waits_for_the_acknowledgement() -> None:
    async with goip(smpp_wait_ack=True, smpp_ack_seconds=10.0) as box:
        client = await RawSmpp.bound(box)
        for text in ("one", "two", "three"):
            await box.receive(1, "+7999", text)
        assert (await client.raw()).endswith(b"one")
        assert len(box.journal.entries("sms_handed_over")) == 1
        await client.hex("00000011 80000005 00000000 00000001 00")
        assert (await client.raw()).endswith(b"two")
        await advance(box, 11)
        assert (await client.raw()).endswith(b"three")


async def test_same_message_is_on_the_inbox_page() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.receive(1, "+7999", "hello")
        assert (await client.raw()).endswith(b"hello")
        assert b"+7999,hello" in await get(box, "tools.html?type=sms_inbox")


async def test_what_was_kept_is_lost_with_the_power() -> None:
    async with goip(smpp_unbound="keep") as box:
        await box.receive(1, "+7999", "one")
        await box.power(state=False)
        await box.power(state=True)
        assert box.journal.entries("sms_lost", reason="power")
