"""Incoming SMS of a simulated GoIP: twice, again, in parts, and off the page."""

from typing import Any

import pytest

from .core.clock import settle
from .raw_goip import RawSmpp, advance, get, goip
from .test_goip_broken import ACK, told

PAGE = "tools.html?type=sms_inbox"
LONG = "я" * 150


async def test_same_message_twice_on_one_link() -> None:
    async with goip(smpp_unacked="repeat") as box:
        await box.smpp_duplicate(line=1)
        client = await RawSmpp.bound(box)
        await box.receive(1, "+7999", "one")
        first, second = await client.raw(), await client.raw()
        assert (first[12:16], second[12:16]) == (b"\0\0\0\1", b"\0\0\0\2")
        assert first[16:] == second[16:]
        handed = box.journal.entries("sms_handed_over")
        assert [entry["attempt"] for entry in handed] == [1, 2]
        assert len(box.journal.entries("fault_hit", fault="duplicate")) == 1
        await client.hex(ACK % 1)
        await box.journal.wait_for_kind("sms_acknowledged", attempt=1)
        client.close()
        await box.journal.wait_for_kind("connection", event="closed")
        await RawSmpp.bound(box)
        await box.receive(1, "+7999", "two")
        assert len(box.journal.entries("sms_lost")) == 0


@pytest.mark.parametrize(("times", "attempts"), [(0, 3), (1, 2)])
async def test_temporary_error_asks_for_a_repetition(times: int, attempts: int) -> None:
    async with goip(
        smpp_temporary_error="repeat", smpp_repeat_seconds=30.0, smpp_repeat_times=times
    ) as box:
        client = await RawSmpp.bound(box)
        number = await box.receive(1, "+7999", "one")
        for attempt in range(1, attempts + 1):
            assert (await client.raw()).endswith(b"one")
            await client.hex(f"00000010 80000005 00000064 {attempt:08x}")
            await box.journal.wait_for_kind(
                "sms_acknowledged", attempt=attempt, status=0x64
            )
            if attempt == 2 and times == 1:
                break
            assert box.state()["pending"]["deliveries"] == [
                {
                    "dialogue": "deliver_sm",
                    "line": 1,
                    "id": number,
                    "part": 1,
                    "total": 1,
                    "attempt": attempt + 1,
                    "stage": "later",
                }
            ]
            await settle()
            await advance(box, 30)
        lost = box.journal.entries("sms_lost")
        assert [entry["reason"] for entry in lost] == ["refused by the client"] * times


async def test_temporary_error_loses_the_message() -> None:
    async with goip(smpp_temporary_error="lost", smpp_unacked="repeat") as box:
        client = await RawSmpp.bound(box)
        await box.receive(1, "+7999", "one")
        await client.raw()
        await client.hex("00000010 80000005 00000064 00000001")
        lost = await box.journal.wait_for_kind("sms_lost")
        assert lost["reason"] == "refused by the client"


async def test_parts_out_of_order_with_another_message_between() -> None:
    async with goip(smpp_long="udh", inbox_long="parts") as box:
        client = await RawSmpp.bound(box)
        number = await box.receive_parts(
            1, "+7999", LONG, order="3,1,2", delays="0,5,180", reference=7
        )
        third = await client.raw()
        assert bytes.fromhex("050003070303" + "044f" * 16) in third
        await box.receive(1, "+7888", "between")
        assert (await client.raw()).endswith(b"between")
        await advance(box, 5)
        assert bytes.fromhex("050003070301") in await client.raw()
        assert [part["part"] for part in box.state()["pending"]["parts"]] == [2]
        assert not box.state()["pending"]["idle"]
        await advance(box, 180)
        assert bytes.fromhex("050003070302") in await client.raw()
        handed = box.journal.entries("sms_handed_over", id=number)
        assert [told(x, "part", "total") for x in handed] == [(3, 3), (1, 3), (2, 3)]
        parts = box.journal.entries("sms_part_incoming", id=number)
        assert [entry["part"] for entry in parts] == [3, 1, 2]
        assert box.state()["pending"]["parts"] == []
        page = (await get(box, PAGE)).decode("utf-8")
        assert page.index("я" * 67) < page.index("between")


async def test_text_is_whole_when_its_last_part_is_there() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.receive_parts(
            1, "+7999", LONG, order="2,1,3", delays="0,60", missing="3"
        )
        assert "я" not in (await get(box, PAGE)).decode("utf-8")
        await advance(box, 60)
        assert " [SMS3 missed] ".encode("utf-16-be") in await client.raw()
        assert "я" in (await get(box, PAGE)).decode("utf-8")


async def test_part_before_a_power_cut_is_lost_and_the_network_keeps_the_rest() -> None:
    async with goip() as box:
        await box.receive_parts(1, "+7999", LONG, order="1,2,3", delays="0,60,0")
        await box.journal.wait_for_kind("sms_part_incoming")
        await box.power(state=False)
        await advance(box, 120)
        assert len(box.journal.entries("sms_part_incoming")) == 1
        await box.power(state=True)
        (lost,) = box.journal.entries("sms_lost")
        assert told(lost, "part", "how", "reason") == (1, "joining", "power")
        client = await RawSmpp.bound(box)
        await advance(box, 5)
        assert " [SMS1 missed] я".encode("utf-16-be") in await client.raw()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"order": "4"}, "parts 1 to 3"),
        ({"missing": "0"}, "parts 1 to 3"),
        ({"order": "x"}, "order cannot be 'x'"),
        ({"delays": "x"}, "delays cannot be 'x'"),
    ],
)
async def test_parts_that_cannot_be(words: dict[str, Any], error: str) -> None:
    async with goip() as box:
        with pytest.raises(ValueError, match=error):
            await box.receive_parts(1, "+7999", LONG, **words)
        assert box.journal.entries("sms_incoming") == []


async def test_entry_rolls_off_the_page() -> None:
    async with goip(inbox_slots=2, smpp=False) as box:
        for text in ("one", "two"):
            await box.receive(1, "+7999", text)
        await get(box, PAGE)
        await advance(box, 30)
        await get(box, PAGE)
        for text in ("three", "four", "five"):
            await box.receive(1, "+7999", text)
        rolled = box.journal.entries("page_rolled")
        assert [told(x, "id", "part", "reads", "reason") for x in rolled] == [
            (1, 1, 2, "rolled"),
            (2, 1, 2, "rolled"),
            (3, 1, 0, "rolled"),
        ]
        assert rolled[0]["first_read"] == "2026-07-11T17:31:08+00:00"
        assert rolled[0]["last_read"] == "2026-07-11T17:31:38+00:00"
        await get(box, "tools.html?type=sms_inbox&action=del&line=1&pos=-1")
        await box.receive(1, "+7999", "six")
        await box.power(state=False)
        await box.power(state=True)
        reasons = [x["reason"] for x in box.journal.entries("page_rolled")[3:]]
        assert reasons == ["deleted", "deleted", "power"]


async def test_page_that_was_cut_was_not_read() -> None:
    async with goip(smpp=False) as box:
        number = await box.receive(1, "+7999", "one")
        await box.cut("http", 300, what="tools.html")
        assert len(await get(box, PAGE)) == 300
        assert box.journal.entries("sms_handed_over") == []
        (hit,) = box.journal.entries("fault_hit", fault="cut")
        assert hit["dialogue"] == "tools.html"
        await get(box, PAGE)
        (handed,) = box.journal.entries("sms_handed_over")
        assert told(handed, "id", "part", "how") == (number, 1, "inbox page")


async def test_network_of_another_operator() -> None:
    async with goip() as box:
        await box.roaming(1, state=True, operator="Vodafone")
        page = await get(box, "status.xml")
        assert b"<l1_gsm_cur_oper>Vodafone</l1_gsm_cur_oper>" in page
        await box.roaming(1, state=False)
        assert b"<l1_gsm_cur_oper>Beeline</l1_gsm_cur_oper>" in await get(
            box, "status.xml"
        )
