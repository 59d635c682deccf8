"""Lines that nobody has registered: boxes to be found, and boxes being set up."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip.sms_server import (
    SmsServer,
    Stranger,
    StrangerLine,
)

from .udp_peer import SCALE, Peer, on_udp, opened, skip

HOME = "10.0.0.7"
FULL = (
    b"req:1;id:%b;pass:%b;num:+7999;signal:21;gsm_status:LOGIN;imei:861111111111111;"
    b"imsi:250010000000000;iccid:8970100000000000000;pro:Beeline;"
)


def full(line_id: str = "office-1", password: str = "secret") -> bytes:
    """Return a keepalive."""
    return FULL % (line_id.encode(), password.encode())


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[SmsServer, list[Mapping[str, Stranger]]]]:
    """Return a server that is open, and what it tells of strangers."""
    server = SmsServer(0, Clock(SCALE), host="127.0.0.1")
    told: list[Mapping[str, Stranger]] = []
    server.on_strangers = told.append
    with server.watch(frozenset(), "", lambda: None):
        async with opened(server):
            pass
        yield server, told
    await server.aclose()


async def test_unknown_lines_are_told_once_with_what_they_are() -> None:
    async with listening() as (server, told):
        for port, line_id in (
            (10991, "office-1"),
            (10992, "office-2"),
            (10993, "office-1"),
        ):
            server.take(full(line_id), (HOME, port))
        line = StrangerLine(
            port=10993,
            signal_csq=21,
            operator="Beeline",
            number="+7999",
            imei="861111111111111",
            imsi="250010000000000",
            iccid="8970100000000000000",
        )
        assert [set(each[HOME].lines) for each in told] == [
            {"office-1"},
            {"office-1", "office-2"},
        ]
        found = server.strangers[HOME]
        assert found.address == HOME
        assert replace(found.lines["office-1"], _password=b"") == line
        assert found.lines["office-2"].port == 10992
        assert "secret" not in repr(found)
        assert server.refused == {"unknown_id": 3}


async def test_password_of_a_stranger_is_compared_and_never_shown() -> None:
    async with listening() as (server, _):
        server.take(full(), (HOME, 10991))
        assert server.stranger_password_is(HOME, "office-1", "secret")
        assert not server.stranger_password_is(HOME, "office-1", "secre")
        assert not server.stranger_password_is(HOME, "office-2", "secret")
        assert not server.stranger_password_is("10.0.0.8", "office-1", "secret")


@pytest.mark.parametrize("address", ["8.8.8.8", "100.64.0.1x", ""])
async def test_only_the_private_network_counts(address: str) -> None:
    async with listening() as (server, told):
        server.take(full(), (address, 10991))
        assert not told
        assert not server.strangers


async def test_other_packets_make_no_stranger() -> None:
    async with listening() as (server, told):
        server.take(b"RECEIVE:1;id:office-1;password:x;srcnum:1;msg:x", (HOME, 1))
        server.take(b"req:1;pass:secret;", (HOME, 1))
        assert not told


async def test_five_addresses_with_sixty_four_lines_at_most() -> None:
    async with listening() as (server, told):
        for host in range(20):
            for line in range(100):
                server.take(full(f"line-{line}"), (f"10.0.0.{host}", 10000 + line))
        strangers = server.strangers
        assert sorted(strangers) == [f"10.0.0.{host}" for host in range(5)]
        assert {len(each.lines) for each in strangers.values()} == {64}
        assert len(told) == 5 * 64


async def test_silent_ones_are_forgotten_after_ten_minutes() -> None:
    clock = Clock(SCALE)
    server = SmsServer(0, clock)
    told: list[Mapping[str, Stranger]] = []
    server.on_strangers = told.append
    server.take(full(), (HOME, 10991))
    skip(clock, 599)
    assert set(server.strangers) == {HOME}
    skip(clock, 2)
    server.take(b"anything", ("8.8.8.8", 1))
    assert told[1:] == [{}]
    assert not server.strangers


async def test_address_of_a_line_that_is_known_is_no_stranger() -> None:
    async with on_udp(fresh=False) as o:
        told: list[Mapping[str, Stranger]] = []
        o.server.on_strangers = told.append
        other = await o.another("office-1")
        other.keepalive()
        await o.peer.call()
        other.keepalive()
        await o.peer.sound()
        assert [set(each) for each in told] == [{"127.0.0.1"}, set()]


async def test_trial_tells_who_has_called() -> None:
    server = SmsServer(0, Clock(SCALE), host="127.0.0.1")
    changes: list[int] = []
    right, wrong = Peer("home-1"), Peer("home-2", "mistyped")
    strange = Peer("hoem-3", "secret")
    with server.watch(
        frozenset(("home-1", "home-2")), "secret", lambda: changes.append(1)
    ) as trial:
        async with opened(server):
            pass
        assert server.bound_port
        for peer in (right, wrong, strange):
            await peer.open(server.bound_port, "127.0.0.3")
        await right.call()
        wrong.keepalive()
        strange.keepalive()
        right.push("RECEIVE:1", "srcnum:1;msg:kept by the box")
        await right.call()
        assert trial.called == {"home-1": "127.0.0.3"}
        assert trial.wrong_password == {"home-2": "127.0.0.3"}
        assert trial.strange == {"127.0.0.3": {"hoem-3"}}
        assert len(changes) == 3
        wrong.password = "secret"
        await wrong.call()
        assert set(trial.called) == {"home-1", "home-2"}
        assert not trial.wrong_password
        assert right.heard == []
    for peer in (right, wrong, strange):
        peer.close()
    await server.aclose()


async def test_trial_of_lines_that_are_in_use_already() -> None:
    async with on_udp() as o:
        with o.server.watch(
            frozenset(("home-1", "home-2")), "new", lambda: None
        ) as trial:
            await o.peer.call(2)  # with the old password, for its owner
            assert trial.wrong_password == {"home-1": "127.0.0.1"}
            o.peer.password = "new"
            await o.peer.call(3)  # with the new one, for the trial
            assert trial.called == {"home-1": "127.0.0.1"}
            o.peer.push("RECEIVE:1", "srcnum:1;msg:x")
            await o.peer.sound()
            assert not o.listener.parts
            assert trial.strange == {}


async def test_trial_is_bounded() -> None:
    async with listening() as (server, _):
        with server.watch(frozenset(), "", lambda: None) as trial:
            for host in range(10):
                for line in range(100):
                    server.take(full(f"line-{line}"), (f"10.0.0.{host}", 1))
            assert len(trial.strange) == 5
            assert {len(ids) for ids in trial.strange.values()} == {64}


async def test_trial_that_outlives_the_server() -> None:
    server = SmsServer(0, Clock(SCALE), host="127.0.0.1")
    with server.watch(frozenset(("home-1",)), "secret", lambda: None):
        await server.aclose()
    assert server.bound_port is None
