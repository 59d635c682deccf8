"""Who is believed on the UDP port, and what nobody gets an answer to."""

import asyncio
from collections import Counter
import logging
from random import Random
import socket
import tracemalloc
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import SmsServer
from custom_components.gsm_gateway.gateways.model import CannotConnect

from .udp_peer import IDS, QUICK, SCALE, OnUdp, Peer, on_udp, opened

KEEPALIVE = (
    b"req:27;id:home-1;pass:secret;num:;signal:29;gsm_status:LOGIN;voip_status:LOGOUT;"
    b"voip_state:IDLE;remain_time:-1;imei:861111111111111;imsi:250010000000000;"
    b"iccid:8970100000000000000;pro:Beeline;idle:11;disable_status:0;SMS_LOGIN:N;"
    b"SMB_LOGIN:;CELLINFO:LAC:7E5,CELL ID:5E5B;CGATT:Y;"
)
STRANGE = (
    KEEPALIVE.replace(b"secret", b"guess"),
    b"RECEIVE:403273;id:home-1;password:guess;srcnum:+7999;msg:a;b:c\nd",
    b"DELIVER:5;id:home-2;password:;sms_no:3;state:0;num:+491511234567",
    b"STATE:6;id:home-1;password:wrong;gsm_remain_state:INCOMING:+7999",
    b"RECORD:7;id:other;password:secret;dir:1;num:+7999",
    b"HANGUP:8;id:;password:secret;num:+7999,cause:Normal call clearing",
    b"OK 11 1 37\n",
    b"USSD 111 " + "Баланс: 57.2 р.".encode(),
    b"ERROR 11 1 errorstatus:38\n",
    b"svr_reboot_dev 1 ok",
    b"PASSWORD 11\n",
    b"",
)


def loud(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the driver has logged above debug."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components")
        and record.levelno > logging.DEBUG
    ]


async def test_keepalive_is_answered_as_the_box_expects_it() -> None:
    async with on_udp(fresh=False) as o:
        o.peer.send(KEEPALIVE)
        assert await o.peer.next() == b"reg:27;status:200;"
        await o.listener.until_connected()
        assert o.gateway.sender.ready(1)
        assert not o.gateway.sender.ready(2)
        assert o.gateway.sender.serves(2)
        assert o.gateway.sender.serves(3)
        assert not o.gateway.sender.ready(3)


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"req:1;id:home-1;pass:wrong;", "wrong_password"),
        (b"req:1;id:home-1;", "wrong_password"),
        (b"req:1;id:nobody;pass:secret;", "unknown_id"),
        (b"req:1;pass:secret;", "unknown_id"),
        (b"RECEIVE:1;id:home-1;password:wrong;srcnum:1;msg:x", "wrong_password"),
        (
            b"RECEIVE:1;id:nobody;password:secret;srcnum:1;msg:id:home-1;",
            "unknown_id",
        ),
        (b"RECEIVE:x;id:home-1;password:secret;srcnum:1;msg:x", "malformed"),
        (b"req 1 id:home-1;pass:secret", "unasked"),
        (b"OK 5 1 7", "unasked"),
        (b"hello", "malformed"),
        (b"\0" * 500, "malformed"),
        (b"STATE:1;id:home-1;password:secret;x:" + b"y" * 5000, "oversize"),
        (b"USSD 1 " + b"y" * 5000, "oversize"),
    ],
)
async def test_nothing_unknown_is_answered(datagram: bytes, reason: str) -> None:
    async with on_udp() as o:
        stranger = await o.another()
        stranger.send(datagram)
        await o.peer.sound()
        assert o.server.refused == Counter({reason: 1})
        stranger.line_id = "home-2"
        await stranger.sound()  # and nothing else before
        assert not o.listener.parts


async def test_only_the_address_of_the_box_where_the_user_wants_it() -> None:
    async with on_udp(only_address=True, host="127.0.0.2", fresh=False) as o:
        o.peer.keepalive()
        own = await o.another(host="127.0.0.2")
        await own.call(2)
        assert o.server.refused == Counter({"wrong_address": 1})
        o.peer.push("RECEIVE:5", "srcnum:1;msg:x")
        await own.sound()
        assert not o.listener.parts
        assert o.server.refused == Counter({"wrong_address": 2})


async def test_name_of_the_box_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[str] = []

    async def getaddrinfo(host: str, *_: object, **__: object) -> list[tuple[Any, ...]]:
        assert host == "box.example"
        if not known:
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", (known[0], 0))]

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    async with on_udp(
        only_address=True, host="box.example", fresh=False, scale=200
    ) as o:
        o.peer.keepalive()
        assert str(await o.listener.until_lost()) == "No line of the box has called"
        assert o.server.refused == Counter({"wrong_address": 1})
        known.append("127.0.0.1")
        await o.listener.until_seen(lambda _: len(o.listener.connections) > 1)
        await o.peer.call()


async def test_keepalive_moves_the_line_and_that_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with on_udp(scale=QUICK) as o:
        old = o.peer.address
        sending = o.send()
        assert await o.peer.next() == b"MSG 11 5 hello\n"
        moved = await o.another()
        await moved.call(2)
        await moved.call(3)
        assert await moved.next() == b"MSG 11 5 hello\n"
        o.peer.send(b"PASSWORD 11\n")  # from where the line is no more
        moved.send(b"PASSWORD 11\n")
        assert await moved.next() == b"PASSWORD 11 secret\n"
        sending.cancel()
        new = moved.address
        assert o.listener.statuses[-1].address == new
        assert o.server.refused == Counter({"unasked": 1})
    assert loud(caplog) == [f"Line home-1 has moved from {old} to {new}"]


async def test_two_lines_with_one_id_are_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    async with on_udp() as o:
        one, two = o.peer, await o.another()
        for number in range(2, 6):
            await two.call(number)
            await one.call(number)
        places = one.address, two.address
    assert loud(caplog) == [
        "Line home-1 has moved from {} to {}".format(*places),
        "Line home-1 calls from {1} and from {0} in turn; if two lines have this ID,"
        " give one of them another".format(*places),
    ]


async def test_reply_counts_only_from_where_the_line_is() -> None:
    async with on_udp() as o:
        sending = o.send()
        assert await o.peer.next() == b"MSG 11 5 hello\n"
        spoof = await o.another()
        for reply in (b"PASSWORD 11\n", b"SEND 11\n", b"OK 11 1 5\n", b"ERROR 11 x\n"):
            spoof.send(reply)
        await o.peer.sound()
        assert o.server.refused == Counter({"unasked": 4})
        assert not sending.done()
        o.peer.send(b"ERROR 11 GSM_LOGOUT\n")
        with pytest.raises(Exception, match="GSM_LOGOUT"):
            await sending
    assert not o.listener.reports


async def test_nothing_goes_to_a_line_that_has_not_called_for_92_seconds() -> None:
    async with on_udp(scale=300) as o:
        error = await o.listener.until_lost()
        assert isinstance(error, CannotConnect)
        assert not o.gateway.sender.ready(1)
        with pytest.raises(CannotConnect):
            await o.gateway.sender.send(1, "+491511234567", "hello", "11")
        with pytest.raises(CannotConnect):
            await o.gateway.ussd.run_ussd(1, "*100#")
        await o.peer.sound()
        await o.listener.until_connected()


async def test_line_that_never_called_is_told_after_a_while() -> None:
    async with on_udp(scale=200, fresh=False) as o:
        assert str(await o.listener.until_lost()) == "No line of the box has called"


async def test_ten_thousand_strange_datagrams_change_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    chance = Random(7)
    async with on_udp(scale=1.0) as o:
        stranger = await o.another()
        await flood(o, stranger, chance, 2000)
        tracemalloc.start()
        try:
            await flood(o, stranger, chance, 1000)
            before = tracemalloc.get_traced_memory()[0]
            await flood(o, stranger, chance, 7000)
            after = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        assert after - before < 100_000
        assert o.server.refused.total() == 10_000
        stranger.line_id = "home-2"
        await stranger.sound()  # nothing was answered
        assert len(o.listener.connections) <= 2
        assert (o.listener.parts, o.listener.calls, o.listener.reports) == ([], [], [])
        assert all(status.signal_csq == 20 for status in o.listener.statuses)
    assert set(Counter(loud(caplog)).values()) == {1}
    assert len(loud(caplog)) <= len(IDS)


async def flood(o: OnUdp, stranger: Peer, chance: Random, count: int) -> None:
    """Send strange datagrams, no faster than they are taken."""
    for done in range(count):
        stranger.send(strange(chance))
        if done % 50 == 49:
            await o.peer.call(done)


def strange(chance: Random) -> bytes:
    """Return noise, or a packet that was changed and has no right password."""
    if chance.random() < 0.3:
        return chance.randbytes(chance.randrange(1, 2000))
    data = bytearray(chance.choice(STRANGE))
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(data) + 1)
        data[place : place + chance.randrange(3)] = chance.randbytes(
            chance.randrange(4)
        )
    if chance.random() < 0.05:
        data *= chance.randrange(2, 60)
    return bytes(data)


async def test_wrong_password_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async with on_udp() as o:
        stranger = await o.another(password="wrong")
        for number in range(5):
            stranger.keepalive(number)
        await o.peer.sound()
    told = loud(caplog)
    assert len(told) == 1
    assert "home-1" in told[0]
    assert "wrong" not in told[0]
    assert "secret" not in caplog.text


async def test_port_that_is_taken_is_tried_again() -> None:
    clock = Clock(100)
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("127.0.0.1", 0))
    server = SmsServer(taken.getsockname()[1], clock, host="127.0.0.1")
    told: list[OSError | None] = []
    news = asyncio.Event()

    def on_trouble(trouble: OSError | None) -> None:
        told.append(trouble)
        news.set()

    server.on_trouble = on_trouble
    with server.watch(frozenset({"x"}), "y", lambda: None):
        async with asyncio.timeout(5):
            await news.wait()
            assert isinstance(server.trouble, OSError)
            taken.close()
            while server.trouble is not None:
                news.clear()
                await news.wait()
        assert told[-1] is None
        assert server.bound_port == server.port
    await server.aclose()


async def test_box_says_why_when_the_port_is_taken() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        async with on_udp(taken=port) as o:
            assert f"UDP port {port}" in str(await o.listener.until_lost())


async def test_last_one_closes_the_socket_and_the_next_opens_it_again() -> None:
    server = SmsServer(0, Clock(SCALE), host="127.0.0.1")
    for _ in range(3):
        async with opened(server):
            first = server.watch(frozenset({"a"}), "x", lambda: None)
            first.__enter__()
        with server.watch(frozenset({"b"}), "x", lambda: None):
            first.__exit__(None, None, None)
            assert server.bound_port
        async with opened(server):  # at once, while the old one is still closing
            again = server.watch(frozenset({"c"}), "x", lambda: None)
            again.__enter__()
        again.__exit__(None, None, None)
    await server.aclose()
    assert server.bound_port is None
