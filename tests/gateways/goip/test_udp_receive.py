"""What lines push: messages, their status, and everything else that wants an answer."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.gsm_gateway.gateways.goip import UdpSettings
from custom_components.gsm_gateway.gateways.goip.udp_box import UdpBox
from custom_components.gsm_gateway.gateways.goip.udp_line import UdpLine
from custom_components.gsm_gateway.gateways.model import (
    ChannelStatus,
    Coding,
    LineState,
    Transport,
)

from .bench import Listener
from .udp_peer import on_udp, opened

LONG_KEEPALIVE = (
    "num:%s;signal:%s;gsm_status:%s;voip_status:LOGIN;voip_state:BUSY;remain_time:-1;"
    "imei:861111111111111;imsi:250010000000000;iccid:8970100000000000000;pro:Bee line;"
    "idle:11;disable_status:0;SMS_LOGIN:N;SMB_LOGIN:;CELLINFO:LAC:7E5,CELL ID:5E5B;CGATT:Y;"
)


@pytest.mark.parametrize(
    ("datagram", "receive_id", "sender", "payload"),
    [
        (
            b"RECEIVE:403273;id:home-1;password:secret;srcnum:+7999;msg:hello",
            "403273",
            "+7999",
            b"hello",
        ),
        (
            b"RECEIVE:-7;id:home-1;pass:secret;srcnum:900;smscnum:+7901;msg:a;id:b;\nc: d;",
            "-7",
            "900",
            b"a;id:b;\nc: d;",
        ),
        (
            "RECEIVE:1;id:home-1;password:secret;srcnum:Банк;msg:Привет 🎉\n".encode(),
            "1",
            "Банк",
            "Привет 🎉\n".encode(),
        ),
        (
            b"RECEIVE:2;id:home-1;password:secret;srcnum:;msg:\xff\xfe",
            "2",
            "",
            b"\xff\xfe",
        ),
        (b"RECEIVE:3;id:home-1;password:secret;srcnum:1;msg:", "3", "1", b""),
        (
            b"RECEIVE:4;id:home-1;password:secret;srcnum:1;msg:" + b"x" * 40_000,
            "4",
            "1",
            b"x" * 40_000,
        ),
    ],
)
async def test_message_is_acknowledged_when_it_is_safe(
    datagram: bytes, receive_id: str, sender: str, payload: bytes
) -> None:
    async with on_udp() as o:
        o.listener.verdict = "leave"
        o.peer.send(datagram)
        (part,) = await o.listener.until_parts(1)
        await o.peer.sound()  # nothing was answered yet
        assert part.channel == 1
        assert (part.receive_id, part.sender, part.payload) == (
            receive_id,
            sender,
            payload,
        )
        assert (part.coding, part.transport) == (Coding.UTF8, Transport.UDP)
        assert part.link == "home-1"
        part.acknowledge()
        assert await o.peer.next() == f"RECEIVE {receive_id} OK\n".encode()


async def test_refused_message_has_no_answer_and_comes_again() -> None:
    async with on_udp() as o:
        o.listener.verdict = "refuse"
        for _ in range(3):
            o.peer.push("RECEIVE:5", "srcnum:1;msg:x")
        parts = await o.listener.until_parts(3)
        assert len(set(parts)) == 1
        await o.peer.sound()


async def test_answer_goes_to_where_the_packet_came_from() -> None:
    async with on_udp() as o:
        other = await o.another()
        other.push("RECEIVE:5", "srcnum:1;msg:x")
        assert await other.next() == b"RECEIVE 5 OK\n"
        other.push("STATE:6", "gsm_remain_state:IDLE")
        assert await other.next() == b"STATE 6 OK\n"
        await o.peer.sound()


async def test_message_comes_before_the_first_keepalive() -> None:
    async with on_udp(fresh=False) as o:
        o.peer.push("RECEIVE:5", "srcnum:1;msg:x")
        assert await o.peer.next() == b"RECEIVE 5 OK\n"
        assert o.listener.texts == ["x"]


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("STATE:12", "gsm_remain_state:IDLE"),
        ("RECORD:13", "dir:2;num:+7999"),
        ("HANGUP:14", "num:+7999,cause:Normal call clearing"),
        ("EXPIRY:15", "exp:100"),
        ("REMAIN:16", "gsm_remain_time:-1"),
        ("CELLINFO:17", 'info:"LAC:7E5,CELL ID:5E5B"'),
        ("CELLS:18", "lists:1,2;"),
        ("USSN:19", "msg:Your balance; is\n5"),
        ("DELIVER:20", "sms_no:3;state:0"),
        ("DELIVER:21", "sms_no:3;state:nonsense;num:+7"),
        ("Novel_Verb:-22", "what:ever"),
    ],
)
async def test_everything_else_is_acknowledged(head: str, tail: str) -> None:
    verb, _, number = head.partition(":")
    async with on_udp() as o:
        for ending in ("", ";", ";\n"):
            o.peer.push(head, tail + ending)
            assert await o.peer.next() == f"{verb} {number} OK\n".encode()
    assert not o.listener.parts
    assert not o.listener.calls


STATUS = ChannelStatus(
    channel=1,
    sim_present=True,
    registered=True,
    module_on=True,
    signal_csq=29,
    operator="Bee line",
    number="+79990001122",
    imei="861111111111111",
    imsi="250010000000000",
    iccid="8970100000000000000",
)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (LONG_KEEPALIVE % ("+79990001122", "29", "LOGIN"), STATUS),
        (
            LONG_KEEPALIVE % ("(null)", "", "LOGOUT"),
            replace(STATUS, number=None, signal_csq=None, registered=False),
        ),
        (
            LONG_KEEPALIVE % ("<NULL>", "99", ""),
            replace(STATUS, number=None, signal_csq=None, registered=None),
        ),
        (
            "num:;signal:7;gsm_status:LOGIN;voip_status:LOGOUT",
            ChannelStatus(channel=1, sim_present=True, registered=True, signal_csq=7),
        ),
        ("signal:-1;imei:;imsi:x'y;pro:\n", ChannelStatus(channel=1)),
        (
            "gsm_status:LOGOUT;imsi:;iccid:;disable_status:0",
            ChannelStatus(
                channel=1, sim_present=False, registered=False, module_on=True
            ),
        ),
        (
            "gsm_status:LOGOUT;imsi:;iccid:;disable_status:1",
            ChannelStatus(channel=1, registered=False, module_on=False),
        ),
    ],
)
async def test_keepalive_tells_the_status(told: str, status: ChannelStatus) -> None:
    async with on_udp(fresh=False) as o:
        o.peer.keepalive(1, told)
        await o.listener.until_connected()
        (heard,) = o.listener.statuses
        assert heard.heard_at is not None
        assert heard.address == o.peer.address
        assert replace(heard, heard_at=None, address=None) == status


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("IDLE", LineState.IDLE),
        ("BUSY", LineState.BUSY),
        ("ACTIVE", LineState.BUSY),
        ("INCOMING:+7999", LineState.INCOMING),
        ("DIALING:+7999", LineState.DIALING),
        ("ALERTING:+7999", LineState.ALERTING),
        ("CONNECTED:+7999", LineState.CONNECTED),
        ("SOMETHING NEW", LineState.BUSY),
    ],
)
async def test_state_of_the_line(word: str, state: LineState) -> None:
    async with on_udp() as o:
        o.peer.push("STATE:5", f"gsm_remain_state:{word}")
        assert await o.peer.next() == b"STATE 5 OK\n"
        assert o.listener.statuses[-1] == ChannelStatus(channel=1, line_state=state)


async def test_repeat_of_an_older_state_changes_nothing() -> None:
    async with on_udp() as o:
        o.peer.push("STATE:9", "gsm_remain_state:INCOMING:+7999")
        o.peer.push("STATE:8", "gsm_remain_state:IDLE")
        o.peer.push("STATE:9", "gsm_remain_state:INCOMING:+7999")
        assert [await o.peer.next() for _ in range(3)] == [
            b"STATE 9 OK\n",
            b"STATE 8 OK\n",
            b"STATE 9 OK\n",
        ]
        assert o.listener.statuses[-1].line_state is LineState.IDLE
        assert len(o.listener.calls) == 1


async def test_number_is_asked_for_once_where_keepalives_have_none() -> None:
    async with on_udp(fresh=False) as o:
        await o.peer.call(1, "num:;signal:20;")
        words = (await o.peer.next()).decode().split(" ")
        assert (words[0], words[2]) == ("get_gsm_num", "secret")
        o.peer.send(f"get_gsm_num {words[1]} +79990001122".encode())
        await o.listener.until_seen(
            lambda heard: (
                heard.statuses[-1] == ChannelStatus(channel=1, number="+79990001122")
            )
        )
        await o.peer.call(2, "num:;signal:20;")
        await o.peer.sound()


async def test_each_line_that_comes_is_told() -> None:
    async with on_udp() as o:
        second = await o.another("home-2")
        await second.call()
        await o.listener.until_seen(lambda heard: len(heard.connections) == 2)
        assert o.gateway.sender.ready(2)
        assert o.listener.statuses[-1].channel == 2


async def test_end_frees_port_and_ids() -> None:
    async with on_udp() as o:
        assert o.run is not None
        o.run.cancel()
        await asyncio.gather(o.run, return_exceptions=True)
        assert not o.gateway.sender.ready(1)
        await o.server.aclose()
        assert o.server.bound_port is None
        async with opened(o.server):
            o.run = asyncio.create_task(o.gateway.receiver.run(o.listener))
        await o.peer.open(o.port)
        await o.peer.call()
        assert o.gateway.sender.ready(1)


async def test_id_of_another_box_is_free_when_that_is_gone() -> None:
    async with on_udp(scale=200, fresh=False, ids={1: "home-9"}) as o:
        stranger = UdpLine(1, ("home-1", "other"), o.server, o.clock, lambda: None)
        o.server.register(stranger.login)
        with pytest.raises(ValueError, match="home-1"):
            o.server.register(
                UdpLine(2, ("home-1", ""), o.server, o.clock, lambda: None).login
            )
        second = UdpBox(
            "127.0.0.1",
            UdpSettings(password="secret", ids={1: "home-1"}),
            o.server,
            o.clock,
        )
        listener = Listener()
        run = asyncio.create_task(second.run(listener))
        assert (
            str(await listener.until_lost()) == "Another box has the ids of the lines"
        )
        o.server.unregister(stranger.login)
        await listener.until_seen(
            lambda _: "called" in str(listener.connections[-1][1])
        )
        await o.peer.sound()
        await listener.until_connected()
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
