"""Power, links that hang or break, and what they leave behind."""

import asyncio

import pytest

from .raw_goip import RawSmpp, advance, body, exchange, get, goip

SEND = b"GET /default/en_US/send.html?u=admin&p=admin&l=1&n=8999&m=t HTTP/1.0\r\n\r\n"


async def test_power_off_refuses_connections_and_keeps_the_port() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        ports = (box.http_port, box.smpp_port)
        await box.power(state=False)
        assert await client.end() == b""
        for port in ports:
            with pytest.raises(ConnectionRefusedError):
                await exchange(port, SEND)
        await box.power(state=True)
        assert (box.http_port, box.smpp_port) == ports
        await RawSmpp.bound(box)


async def test_sms_in_the_moment_of_the_power_cut_does_not_go_out() -> None:
    async with goip() as box:
        await exchange(box.http_port, SEND)
        await advance(box, 2)
        await box.power(state=False)
        await box.power(state=True)
        await advance(box, 10)
        assert box.journal.entries("sms_on_air") == []
        assert b"<status1></status1>" in await get(box, "send_sms_status.xml")
        assert b"Sending,L1" in await exchange(box.http_port, SEND)


async def test_reboot_takes_its_time() -> None:
    async with goip() as box:
        rebooting = asyncio.create_task(box.reboot(45))
        await box.journal.wait_for_kind("box", event="stopped")
        await advance(box, 44)
        assert not box.powered
        await advance(box, 1)
        await rebooting
        assert box.powered


async def test_box_that_hangs_and_wakes() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.hang(state=True)
        await client.hex("00000010 00000015 00000000 00000007")
        asking = asyncio.create_task(exchange(box.http_port, SEND))
        done, _ = await asyncio.wait({asking}, timeout=0.2)
        assert not done
        assert box.requests.total() == 0
        await box.hang(state=False)
        assert (await client.pdu())[0] == 0x80000015
        assert b"Sending,L1" in await asking


async def test_answer_cut_after_40_bytes() -> None:
    async with goip() as box:
        await box.cut("http", 40)
        assert (
            await exchange(box.http_port, SEND)
            == (b"HTTP/1.0 200 OK\r\nContent-Type: text/html"[:40])
        )
        await advance(box, 3)
        assert len(box.journal.entries("sms_on_air")) == 1


async def test_packet_cut_in_the_middle() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        await box.cut("smpp", 20)
        await box.receive(1, "+7999", "hello")
        assert len(await client.end()) == 20


async def test_request_read_but_not_answered() -> None:
    async with goip() as box:
        await box.http_close_before_reply()
        assert await exchange(box.http_port, SEND) == b""
        await box.http_lose_reply()
        assert await exchange(box.http_port, SEND) == b""
        await advance(box, 3)
        assert len(box.journal.entries("sms_on_air")) == 1
        faults = [entry["fault"] for entry in box.journal.entries("http_request")]
        assert faults == ["close_before_reply", "lose_reply"]


async def test_dropped_links() -> None:
    async with goip() as box:
        client = await RawSmpp.bound(box)
        assert await box.drop("smpp") == 1
        assert await client.end() == b""
        await RawSmpp.bound(box)


async def test_new_card_in_a_line() -> None:
    async with goip() as box:
        await box.remove_sim(1)
        assert b"GSM logout" in body(await exchange(box.http_port, SEND))
        await box.insert_sim(1, number="+7888", imsi="250019999999999")
        await exchange(box.http_port, SEND)
        await advance(box, 3)
        assert box.journal.entries("sms_on_air")[0]["from_number"] == "+7888"


async def test_box_without_smpp() -> None:
    async with goip(smpp=False) as box:
        assert list(box.listeners) == ["http"]
        await box.receive(1, "+7999", "hello")
        assert b"+7999,hello" in await get(box, "tools.html?type=sms_inbox")
        assert box.journal.entries("sms_lost") == []


async def test_options_change_at_run_time() -> None:
    async with goip() as box:
        assert b"\r\n\r\n" in await get(box, "status.xml")
        await box.option("lf_only", "on")
        await box.option("content_length", "off")
        answer = await get(box, "status.xml")
        assert b"\r" not in answer
        assert b"Content-Length" not in answer
        await box.option("status_page", "id")
        assert b" 404 " in await get(box, "send_sms_status.xml")
