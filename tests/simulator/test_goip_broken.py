"""Dialogues of a simulated GoIP that a fault or the client's end breaks, and the journal of it."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from .core.clock import settle
from .core.commands import CommandError
from .core.journal import Entry
from .raw_goip import BoxWithClients, RawSmpp, advance, exchange, get, goip, post

HELLO = b"\0\1\1+79990000001\0\1\1+7123\0\0\0\0\0\0\1\0\0\0\5hello"
"""A submit_sm to +7123 that asks for a receipt."""
FORM = "line1=1&smskey=k1&action=SMS&telnum=8999&smscontent=hi&send=Send"
SEND = b"GET /default/en_US/send.html?u=admin&p=admin&l=1&n=8999&m=t HTTP/1.0\r\n\r\n"
ACK = "00000011 80000005 00000000 %08x 00"


def hits(box: BoxWithClients, fault: str) -> list[Entry]:
    """Return what a fault hit."""
    return box.journal.entries("fault_hit", fault=fault)


async def closed(box: BoxWithClients, since: int = 0) -> Entry:
    """Return the end of the next SMPP connection."""
    return await box.journal.wait_for_kind(
        "connection", event="closed", port="smpp", since=since
    )


def told(entry: Entry, *names: str) -> tuple[Any, ...]:
    """Return some fields of an entry."""
    return tuple(entry[name] for name in names)


async def test_submit_sm_resp_is_cut() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.cut("smpp", 10, what="submit_sm_resp")
        await client.hex("00000010 00000015 00000000 00000007")
        assert (await client.pdu())[0] == 0x80000015
        await client.submit(HELLO)
        assert len(await client.end()) == 10
        entry = await closed(box)
        assert told(entry, "by", "user", "partial") == ("cut", "goip01", 0)
        (hit,) = hits(box, "cut")
        assert hit.line == 1
        assert told(hit, "dialogue", "number", "text", "key", "sms") == (
            *("submit_sm_resp", "+7123", "hello"),
            *("1", 1),
        )
        await advance(box, 3)
        (on_air,) = box.journal.entries("sms_on_air")
        assert told(on_air, "sms", "number", "text") == (1, "+7123", "hello")


async def test_deliver_sm_is_cut_and_comes_again() -> None:
    async with goip(smpp_unacked="repeat") as box:
        client = await RawSmpp.bound(box)
        await box.cut("smpp", 20, what="deliver_sm")
        number = await box.receive(1, "+7999", "one")
        assert len(await client.end()) == 20
        await closed(box)
        (hit,) = hits(box, "cut")
        assert told(hit, "id", "part", "attempt", "written") == (number, 1, 1, False)
        assert box.journal.entries("sms_handed_over") == []
        client = await RawSmpp.bound(box)
        assert (await client.raw()).endswith(b"one")
        entry = await box.journal.wait_for_kind("sms_handed_over")
        assert told(entry, "id", "part", "attempt") == (number, 1, 2)
        await client.hex(ACK % 1)
        entry = await box.journal.wait_for_kind("sms_acknowledged")
        assert told(entry, "id", "attempt", "status") == (number, 2, 0)


@pytest.mark.parametrize(("after", "taken"), [(40, False), (65536, True)])
async def test_connection_is_reset_amid_a_submit_sm(after: int, taken: bool) -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.reset("smpp", after, what="submit_sm", line=1)
        await client.submit(HELLO)
        with pytest.raises(ConnectionResetError):
            await client.raw()
        entry = await closed(box)
        assert entry["by"] == "reset"
        (hit,) = hits(box, "reset")
        assert told(hit, "number", "text", "taken") == ("+7123", "hello", taken)
        assert hit["bytes"] == min(after, 16 + len(HELLO))
        await advance(box, 10)
        assert len(box.journal.entries("sms_on_air")) == taken
        assert len(box.journal.entries("sms_taken")) == taken


@pytest.mark.parametrize(("after", "taken"), [(100, False), (65536, True)])
async def test_connection_is_reset_amid_a_form(after: int, taken: bool) -> None:
    async with goip() as box:
        await box.reset("http", after, what="sms_info.html")
        assert b"200 OK" in await get(box, "status.xml")
        with suppress(ConnectionResetError):
            assert await post(box, "sms_info.html?type=sms", FORM) == b""
        (hit,) = hits(box, "reset")
        assert hit.line == 1
        assert told(hit, "number", "text", "key", "taken") == (
            *("8999", "hi"),
            *("k1", taken),
        )
        await advance(box, 3)
        assert len(box.journal.entries("sms_on_air")) == taken


async def test_half_open_link_is_silent_and_the_box_begins_anew() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await client.submit(HELLO)
        await client.raw()
        await box.half_open()
        (dropped,) = box.journal.entries("sms_dropped")
        assert told(dropped, "number", "text", "reason") == ("+7123", "hello", "power")
        assert box.state()["silent"] == {"http": 0, "smpp": 1}
        other = await RawSmpp.bound(box)
        await client.submit(HELLO.replace(b"hello", b"never"))
        hit = await box.journal.wait_for_kind("fault_hit", dialogue="submit_sm")
        assert told(hit, "fault", "after_end", "text") == ("half_open", True, "never")
        await box.receive(1, "+7999", "hello")
        assert (await other.raw()).endswith(b"hello")
        await advance(box, 10)
        assert box.journal.entries("sms_on_air") == []
        reading = asyncio.create_task(client.raw())
        done, _ = await asyncio.wait({reading}, timeout=0.1)
        assert not done
        reading.cancel()


async def test_box_is_away_after_it_vanished() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.half_open(seconds=60, answer="reset")
        with pytest.raises(CommandError, match="not in the network"):
            await box.receive(1, "+7999", "hello")
        with pytest.raises(CommandError, match="no power"):
            await box.half_open()
        early = await RawSmpp.connect(box)
        await early.bind(b"goip01")
        await client.hex("00000010 00000015 00000000 00000007")
        await box.journal.wait_for_kind("fault_hit", dialogue="enquire_link")
        await advance(box, 61)
        assert box.powered
        await RawSmpp.bound(box)
        await client.hex("00000010 00000015 00000000 00000008")
        with pytest.raises(ConnectionResetError):
            await client.raw()
        assert len(box.journal.entries("login")) == 2


async def test_way_is_broken_and_the_box_goes_on() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await client.submit(HELLO)
        await client.raw()
        await box.half_open(power="kept", port="smpp")
        await advance(box, 10)
        assert len(box.journal.entries("sms_on_air")) == 1
        (lost,) = box.journal.entries("sms_result_lost")
        assert told(lost, "sms", "reason") == (1, "nobody bound")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"power": "no"}, "power can be"),
        ({"answer": "no"}, "power can be"),
        ({"port": "smpp"}, "at all ports"),
        ({"port": "ami", "power": "kept"}, "ports are"),
    ],
)
async def test_half_open_that_cannot_be(words: dict[str, Any], error: str) -> None:
    async with goip() as box:
        with pytest.raises(CommandError, match=error):
            await box.half_open(**words)


async def test_request_held_up_by_silence() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.hang(state=True, seconds=60, port="smpp")
        await client.submit(HELLO)
        assert b"200 OK" in await get(box, "status.xml")
        await asyncio.sleep(0.05)  # for the octets to be there
        await advance(box, 60)
        assert (await client.pdu())[0] == 0x80000004
        (hit,) = hits(box, "hang")
        assert told(hit, "number", "text", "seconds") == ("+7123", "hello", 60.0)


async def test_second_hang_is_not_ended_by_the_first() -> None:
    async with goip() as box:
        await box.hang(state=True, seconds=10)
        await settle()
        await box.hang(state=True, seconds=60, port="smpp")
        await settle()
        await advance(box, 10)
        assert b"200 OK" in await get(box, "status.xml")
        assert not box.smpp.listener.awake.is_set()
        await advance(box, 50)
        await RawSmpp.bound(box)


async def test_client_dies_before_it_acknowledged_and_was_answered() -> None:
    async with goip(smpp_response="after") as box:
        client = await RawSmpp.bound(box)
        number = await box.receive(1, "+7999", "one")
        await client.raw()
        await client.submit(HELLO)
        await box.journal.wait_for_kind("sms_taken")
        await client.hex("00000040 00000004 00000000 00000003 00 01")
        client.close()
        entry = await closed(box)
        assert entry["by"] in ("client", "client reset")
        assert entry["partial"] == 18
        delivery, submit, beginning = entry["open"]
        assert (delivery["id"], delivery["written"]) == (number, True)
        assert (submit["number"], submit["text"]) == ("+7123", "hello")
        assert beginning["dialogue"] == "submit_sm"
        assert box.journal.entries("fault_hit") == []
        await advance(box, 3)
        (lost,) = box.journal.entries("sms_result_lost", how="smpp submit_sm_resp")
        assert lost["reason"] == "nobody connected"


async def test_web_client_leaves_before_the_answer() -> None:
    async with goip() as box:
        await box.http_delay(5)
        _, writer = await asyncio.open_connection("127.0.0.1", box.http_port)
        writer.write(SEND)
        await box.journal.wait_for_kind("sms_taken")
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(0.05)  # for the end to be there
        await advance(box, 5)
        entry = await box.journal.wait_for_kind("connection", port="http")
        assert entry["by"] == "client"
        assert entry["open"] == [
            {"dialogue": "send.html", "line": 1, "number": "8999", "text": "t"}
        ]


async def test_late_receipt_after_a_rebind() -> None:
    async with goip() as box:
        await box.late_result(1, seconds=90)
        client = await RawSmpp.bound(box)
        await client.submit(HELLO)
        await client.raw()
        await advance(box, 4)
        (hit,) = hits(box, "result_late")
        assert told(hit, "sms", "number", "seconds") == (1, "+7123", 90)
        assert [x["sms"] for x in box.state()["pending"]["results"]] == [1]
        client.close()
        await closed(box)
        client = await RawSmpp.bound(box)
        await advance(box, 92)
        assert b"stat:DELIVRD" in await client.raw()
        result = await box.journal.wait_for_kind("sms_result")
        assert told(result, "sms", "how", "status") == (1, "smpp receipt", "DELIVRD")
        await client.hex(ACK % 1)
        entry = await box.journal.wait_for_kind("sms_result_acknowledged")
        assert told(entry, "sms", "status") == (1, 0)
        assert box.state()["pending"]["results"] == []


async def test_result_that_is_never_told() -> None:
    async with goip() as box:
        await box.lose_result(1)
        await exchange(box.http_port, SEND)
        await advance(box, 3)
        (hit,) = hits(box, "result_withheld")
        assert told(hit, "number", "text", "on_air") == ("8999", "t", True)
        assert b"<status1>STARTED</status1>" in await get(box, "send_sms_status.xml")
        assert box.journal.entries("sms_result") == []


async def test_result_on_the_status_page() -> None:
    async with goip() as box:
        await exchange(box.http_port, SEND)
        await get(box, "send_sms_status.xml")
        await advance(box, 3)
        await box.cut("http", 90, what="send_sms_status.xml")
        await get(box, "send_sms_status.xml")
        assert box.journal.entries("sms_result") == []
        for _ in range(2):
            await get(box, "send_sms_status.xml")
        (result,) = box.journal.entries("sms_result")
        assert told(result, "sms", "how", "status", "error") == (
            *(1, "status page"),
            *("DONE", ""),
        )


async def test_result_that_nobody_read() -> None:
    async with goip() as box:
        for _ in range(2):
            await exchange(box.http_port, SEND)
            await advance(box, 3)
        await box.power(state=False)
        lost = box.journal.entries("sms_result_lost")
        assert [told(x, "sms", "reason") for x in lost] == [
            (1, "overwritten"),
            (2, "power"),
        ]


async def test_receipt_that_was_owed_when_the_power_went() -> None:
    async with goip(smpp_response="after") as box:
        client = await RawSmpp.bound(box)
        await client.submit(HELLO)
        await box.journal.wait_for_kind("sms_taken")
        await advance(box, 0)
        await advance(box, 3)
        assert (await client.pdu())[0] == 0x80000004
        await box.power(state=False)
        (lost,) = box.journal.entries("sms_result_lost")
        assert told(lost, "sms", "reason") == (1, "power")


async def test_refused_at_the_door() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.smpp_refuse("0x58")
        await client.submit(HELLO)
        assert (await client.pdu())[1] == 0x58
        await box.busy(1, 20)
        await exchange(box.http_port, SEND)
        refused = box.journal.entries("sms_refused", stage="asked")
        assert [told(x, "number", "text", "error") for x in refused] == [
            ("+7123", "hello", "0x58"),
            ("8999", "t", "L1 busy"),
        ]
        await advance(box, 20)
        assert b"Sending,L1" in await exchange(box.http_port, SEND)


async def test_power_is_cut_between_two_parts_on_the_air() -> None:
    async with goip() as box:
        long = FORM.replace("=hi", "=" + "x" * 300)
        await post(box, "sms_info.html?type=sms", long)
        await advance(box, 4)
        assert len(box.state()["pending"]["sends"]) == 1
        await box.power(state=False)
        (entry,) = box.journal.entries("sms_dropped")
        assert told(entry, "key", "parts", "parts_on_air") == ("k1", 2, 1)


async def test_calm_box_has_no_faults_left() -> None:
    async with goip() as box:
        await box.cut("http", 4)
        await box.reset("smpp", 4)
        await box.lose_result(1)
        await box.smpp_refuse()
        await box.smpp_duplicate()
        await box.http_stall()
        await box.hang(state=True)
        assert box.state()["pending"]["faults"] == 3
        assert await box.calm() == 6
        await RawSmpp.bound(box)
        assert b"Sending,L1" in await exchange(box.http_port, SEND)


async def test_stalled_request_ends_with_its_client() -> None:
    async with goip() as box:
        await box.http_stall()
        _, writer = await asyncio.open_connection("127.0.0.1", box.http_port)
        writer.write(SEND)
        await box.journal.wait_for_kind("fault_hit", fault="stall", number="8999")
        writer.close()
        await box.journal.wait_for_kind("connection", port="http", by="client")
        assert box.state()["connections"]["http"] == 0
