"""Keepalives of the simulated GoIP: literal datagrams at a bare server."""

from typing import Any

import pytest

from .raw_goip import BoxWithClients, advance, get, goip
from .raw_udp import RawServer

TO_VOIP_STATUS = (
    b"req:1;id:goip1;pass:goip;num:+79990000001;signal:20;"
    b"gsm_status:LOGIN;voip_status:LOGOUT;"
)
TO_ICCID = TO_VOIP_STATUS + (
    b"voip_state:IDLE;remain_time:-1;imei:861111111110001;"
    b"imsi:250990000000001;iccid:8970199000000000001;"
)
TO_CGATT = TO_ICCID + (
    b"pro:Beeline;idle:0;disable_status:0;SMS_LOGIN:N;SMB_LOGIN:;"
    b"CELLINFO:LAC:7E5,CELL ID:5E5B;CGATT:Y;"
)


async def first(sims: int = 1, **options: Any) -> bytes:
    """Return the first keepalive of a box with one line."""
    async with (
        RawServer() as server,
        goip(lines=1, sims=sims, udp_server=server.address, **options),
    ):
        return (await server.keepalive())[0]


async def next_one(
    server: RawServer, box: BoxWithClients, seconds: float = 30
) -> bytes:
    """Return the keepalive that comes after so many seconds."""
    await advance(box, seconds)
    return (await server.keepalive())[0]


@pytest.mark.parametrize(
    ("form", "datagram"),
    [("new", TO_CGATT), ("mid", TO_ICCID), ("old", TO_VOIP_STATUS)],
)
async def test_three_forms(form: str, datagram: bytes) -> None:
    assert await first(udp_form=form) == datagram


async def test_line_without_a_sim_card() -> None:
    assert await first(sims=0) == (
        b"req:1;id:goip1;pass:goip;num:;signal:20;gsm_status:LOGOUT;voip_status:LOGOUT;"
        b"voip_state:IDLE;remain_time:-1;imei:861111111110001;imsi:;iccid:;pro:;idle:0;"
        b"disable_status:0;SMS_LOGIN:N;SMB_LOGIN:;CELLINFO:;CGATT:N;"
    )


@pytest.mark.parametrize(
    ("spelling", "field"), [("null", b";num:(null);"), ("NULL", b";num:<NULL>;")]
)
async def test_spellings_of_no_number(spelling: str, field: bytes) -> None:
    assert field in await first(sims=0, udp_no_number=spelling)


@pytest.mark.parametrize(
    ("ending", "octets"), [("none", b":LOGOUT"), ("newline", b":LOGOUT;\n")]
)
async def test_endings(ending: str, octets: bytes) -> None:
    datagram = await first(udp_form="old", udp_ending=ending)
    assert datagram.endswith(b"voip_status" + octets)


@pytest.mark.parametrize(
    ("spelling", "field"), [("99", b";signal:99;"), ("empty", b";signal:;")]
)
async def test_line_out_of_the_network(spelling: str, field: bytes) -> None:
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, udp_no_signal=spelling) as box,
    ):
        await server.keepalive()
        await box.network(1, False)
        later = await next_one(server, box)
        assert field in later
        assert b";gsm_status:LOGOUT;" in later
        assert b";num:+79990000001;" in later


async def test_line_whose_module_is_off() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await server.keepalive()
        await box.module(1, False)
        later = await next_one(server, box)
        assert b";iccid:;" in later
        assert b";disable_status:1;" in later


async def test_every_line_calls_by_itself_from_its_own_port() -> None:
    async with (
        RawServer() as server,
        goip(lines=3, udp_server=server.address, udp_id="home-", udp_password="x y"),
    ):
        seen = [await server.keepalive() for _ in range(3)]
        assert {data.split(b";num")[0] for data, _ in seen} == {
            b"req:1;id:home-1;pass:x y",
            b"req:1;id:home-2;pass:x y",
            b"req:1;id:home-3;pass:x y",
        }
        assert len({sender for _, sender in seen}) == 3


async def test_every_30_seconds_answered_or_not() -> None:
    async with (
        RawServer(greets=False) as server,
        goip(lines=1, udp_server=server.address) as box,
    ):
        await server.keepalive()
        await advance(box, 29.9)
        assert server.keepalives.empty()
        assert (await next_one(server, box, 0.1)).startswith(b"req:2;")
        assert (await next_one(server, box)).startswith(b"req:3;")
        assert not box.journal.entries("login")


async def test_login_at_the_first_reg_whatever_its_number() -> None:
    async with (
        RawServer(greets=False) as server,
        goip(lines=1, udp_server=server.address) as box,
    ):
        await server.keepalive()
        server.tell(b"reg:1;status:404;")
        entry = await box.journal.wait_for_kind("login", line=1)
        assert (entry["port"], entry["user"]) == ("udp", "goip1")
        assert b"SMS_LOGIN:Y" in await next_one(server, box)
        server.tell(b"reg:2;status:200;")
        assert b"l1_sms_login>Y<" in await get(box, "status.xml?type=list")
        assert len(box.journal.entries("login")) == 1


async def test_req_is_no_answer_to_a_keepalive() -> None:
    async with (
        RawServer(greets=False) as server,
        goip(lines=1, udp_server=server.address) as box,
    ):
        await server.keepalive()
        server.tell(b"req:1;status:200;")
        assert b"SMS_LOGIN:N" in await next_one(server, box)


async def test_server_that_falls_silent_is_logged_out_of() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        await box.journal.wait_for_kind("login")
        server.greets = False
        await server.keepalive()
        shown = [b"SMS_LOGIN:Y" in await next_one(server, box) for _ in range(3)]
        assert shown == [True, True, False]


async def test_counter_and_login_begin_anew_with_the_power() -> None:
    async with RawServer() as server, goip(lines=1, udp_server=server.address) as box:
        _, before = await server.keepalive()
        assert (await next_one(server, box)).startswith(b"req:2;")
        since = box.journal.last
        await box.power(False)
        await box.power(True)
        data, after = await server.keepalive()
        assert data.startswith(b"req:1;")
        assert after == before
        await box.journal.wait_for_kind("login", since=since)


async def test_port_that_does_not_survive_a_reboot() -> None:
    async with (
        RawServer() as server,
        goip(lines=1, udp_server=server.address, udp_port_survives=False) as box,
    ):
        _, before = await server.keepalive()
        await box.power(False)
        await box.power(True)
        assert (await server.keepalive())[1] != before


async def test_silence_of_keepalives_only() -> None:
    async with RawServer() as server, goip(udp_server=server.address) as box:
        for _ in range(4):
            await server.keepalive()
        await box.udp_silence(True, line=1)
        await box.receive(1, "+7999", "hello")
        assert (await server.text()).endswith(b"msg:hello")
        await advance(box, 30)
        seen = {(await server.keepalive())[0].split(b";")[1] for _ in range(3)}
        assert seen == {b"id:goip2", b"id:goip3", b"id:goip4"}
        assert server.keepalives.empty()
        await box.udp_silence(False)
        await advance(box, 30)
        seen = {(await server.keepalive())[0].split(b";")[1] for _ in range(4)}
        assert b"id:goip1" in seen


async def test_server_that_is_named_and_forgotten_at_run_time() -> None:
    async with RawServer() as server, goip(lines=1) as box:
        await box.option("udp_server", server.address)
        assert (await server.keepalive())[0] == TO_CGATT
        assert box.state()["lines"][0]["udp"]["server"] == server.address
        await box.option("udp_server", "")
        assert box.state()["lines"][0]["udp"] is None
        await advance(box, 60)
        assert server.keepalives.empty()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("example.org", "is not HOST:PORT"),
        ("127.0.0.1:0", "is not HOST:PORT"),
        ("10.0.0.1:44444", "not a loopback address"),
    ],
)
async def test_server_that_cannot_be(value: str, message: str) -> None:
    async with goip(lines=1) as box:
        with pytest.raises(ValueError, match=message):
            await box.option("udp_server", value)
        assert box.options.udp_server == ""
