"""A GoIP's SMPP links: bound, lost, refused, given back."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, override

import aiohttp
import pytest

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import (
    GoipSettings,
    SmppRefused,
    SmppSettings,
)
from custom_components.gsm_gateway.gateways.model import CannotConnect, InvalidAuth
from tests.loopback import serving

from . import smsc as smsc_module
from .bench import ALL_FIRMWARES, SCALE, Bench, Listener, bench
from .scripted import page, scripted
from .smsc import BIND, ENQUIRE, RESPONSE, UNBIND, Pdu, Smsc, on_smsc, pdu

LOGIN = b"goip01\0secret\0"


@pytest.mark.parametrize("kind", ALL_FIRMWARES)
async def test_each_line_is_bound_with_its_own_login(kind: str) -> None:
    async with bench(kind, smpp=True) as b:
        logins = b.box.journal.entries(kind="login")
        assert {(entry.line, entry["user"], entry["bind"]) for entry in logins} == {
            (1, "goip01", "transceiver"),
            (2, "goip02", "transceiver"),
        }
        assert not b.gateway.sender.ready(3)
    assert {connected for connected, _ in b.listener.connections} == {True}


async def test_bind_byte_by_byte() -> None:
    async with on_smsc() as o:
        assert o.smsc.binds == [LOGIN + b"\0\x34\0\0\0"]
        assert o.smsc.heard[0][:3] == (BIND, 0, 1)


async def test_stop_unbinds_and_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    async with bench(smpp=True) as b:
        async with asyncio.timeout(1):
            await b.stop()
        ends = b.box.journal.entries(kind="connection", event="unbound")
        assert [entry["user"] for entry in ends] == ["goip01", "goip02"]
        assert not b.gateway.sender.ready(1)
        await b.box.stop()
        assert asyncio.all_tasks() == before


async def test_box_that_reboots_is_back_within_five_seconds() -> None:
    async with bench(smpp=True) as b:
        await b.box.power(state=False)
        await b.listener.until_lost()
        assert isinstance(b.listener.connections[-1][1], CannotConnect)
        await b.box.clock.sleep(20)
        assert not b.gateway.sender.ready(1)
        await b.box.power(state=True)
        back = b.box.clock.monotonic()
        await b.listener.until_connected()
        assert b.box.clock.monotonic() - back < 5


async def test_line_that_is_lost_alone_does_not_lose_the_box() -> None:
    async with bench(smpp=True) as b:
        (session,) = [s for s in b.box.smpp.sessions if s.login and s.login.line == 2]
        session.drop()
        await b.box.journal.wait_for(
            lambda e: e.kind == "login" and e["user"] == "goip02",
            since=b.box.journal.last,
        )
    assert {connected for connected, _ in b.listener.connections} == {True}


@pytest.mark.parametrize("second", ["refuse", "replace", "both", "older"])
async def test_half_open_link_is_replaced(second: str) -> None:
    async with bench(
        smpp=True, channels=(1,), smpp_second_bind=second, scale=60.0
    ) as b:
        await b.box.hang(state=True)
        await b.listener.until_lost()
        await b.box.hang(state=False)
        await b.listener.until_connected()
        await b.box.receive(1, "900", "Hi")
        await b.listener.until_seen(lambda r: r.texts == ["Hi"])


@pytest.mark.parametrize("limit", [12.0, 3.0])
async def test_box_that_drops_idle_links_is_asked_more_often(limit: float) -> None:
    async with bench(smpp=True, channels=(1,), smpp_idle_seconds=limit) as b:
        await b.listener.until_lost()
        await b.listener.until_connected()
        told = len(b.listener.connections)
        await b.box.clock.sleep(6 * limit)
        assert len(b.listener.connections) == told
        assert b.gateway.sender.ready(1)


async def test_quiet_link_is_asked_every_half_minute() -> None:
    async with on_smsc() as o:
        clock = Clock(smsc_module.SCALE)
        await clock.sleep(20)
        assert [p[0] for p in o.smsc.heard] == [BIND]
        await clock.sleep(25)
        assert [p[0] for p in o.smsc.heard] == [BIND, ENQUIRE]


async def test_unbind_of_the_box_is_answered_and_bound_again() -> None:
    async with on_smsc() as o:
        o.smsc.send(pdu(UNBIND, 0, 5))
        assert await o.smsc.next() == (RESPONSE | UNBIND, 0, 5, b"")
        await o.listener.until_seen(lambda _: len(o.smsc.binds) == 2)
        assert [connected for connected, _ in o.listener.connections] == [
            True,
            False,
            True,
        ]


@pytest.mark.parametrize("refusal_body", [True, False])
async def test_refused_password_is_told_once_and_ends_the_run(
    refusal_body: bool,
) -> None:
    async with bench(smpp=True, connected=False, smpp_refusal_body=refusal_body) as b:
        b.box.options.smpp_password = "other"
        async with asyncio.timeout(5):
            await b.gateway.receiver.run(b.listener)
        assert len(b.box.journal.entries(kind="login_refused")) == 2
    ((connected, error),) = b.listener.connections
    assert not connected
    assert isinstance(error, SmppRefused)
    assert isinstance(error, InvalidAuth)


async def test_password_changed_while_bound_is_told_at_the_next_bind() -> None:
    async with bench(smpp=True) as b:
        b.box.options.smpp_password = "other"
        await b.box.drop("smpp")
        assert b.run
        async with asyncio.timeout(5):
            await b.run
    assert isinstance(b.listener.connections[-1][1], SmppRefused)


async def test_one_refused_line_does_not_stop_the_others() -> None:
    async with bench(smpp=True, channels=(1, 9), connected=False) as b:
        await b.connect(1)
        await b.box.journal.wait_for_kind("login_refused", user="goip09")
        assert b.gateway.sender.ready(1)
        assert not b.gateway.sender.ready(9)
        await b.send("Hi")
        assert b.run
        assert not b.run.done()
    assert {connected for connected, _ in b.listener.connections} == {True}


@pytest.mark.parametrize("status", [0x05, 0x08, 0x40B])
async def test_other_refusals_are_tried_again(status: int) -> None:
    async with on_smsc(Smsc(bind_status=status), bound=False) as o:
        await o.listener.until_lost()
        o.smsc.bind_status = 0
        await o.listener.until_connected()


@dataclass
class OneLogin(Smsc):
    """Knows the login of the whole box only."""

    @override
    def _take(self, packet: Pdu, writer: asyncio.StreamWriter) -> None:
        whole = packet[3].startswith(b"goip\0")
        self.bind_status = 0 if whole else 0x0F
        super()._take(packet, writer)


@pytest.mark.parametrize(
    ("sims", "logins"),
    [("YN", [b"goip01\0", b"goip\0"]), ("YY", [b"goip01\0"])],
)
async def test_login_of_the_whole_box_is_used_for_a_single_sim_only(
    sims: str, logins: list[bytes]
) -> None:
    status = page(
        "<status>"
        + "".join(f"<l{n}_gsm_sim>{s}</l{n}_gsm_sim>" for n, s in enumerate(sims, 1))
        + "</status>"
    )
    smsc, listener = OneLogin(), Listener()
    async with (
        serving(smsc.serve) as smsc.port,
        scripted(status_xml=status) as (web, _, _),
        aiohttp.ClientSession() as session,
    ):
        settings = GoipSettings(
            host="127.0.0.1",
            http_port=web.port,
            username="admin",
            password="admin",
            smpp=SmppSettings(port=smsc.port, system_id="goip", password="secret"),
        )
        clock = Clock(SCALE)
        gateway = goip.compose(session, settings, channels=[1], clock=clock)
        run = asyncio.create_task(gateway.receiver.run(listener))
        await listener.until_seen(lambda r: r.connections)
        if len(logins) == 2:
            await goip.identify(session, settings, clock)
        else:
            with pytest.raises(SmppRefused):
                await goip.identify(session, settings, clock)
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
    assert [bind.partition(b"secret")[0] for bind in smsc.binds] == logins * 2
    assert listener.connections[0][0] is (len(logins) == 2)


async def identified(b: Bench, **changes: Any) -> None:
    """Ask a box who it is, with other SMPP settings."""
    assert b.settings.smpp
    settings = replace(b.settings, smpp=replace(b.settings.smpp, **changes))
    await goip.identify(b.session, settings, Clock(SCALE))


@pytest.mark.parametrize("kind", ALL_FIRMWARES)
async def test_identify_tries_the_login_of_each_line_and_takes_leave(kind: str) -> None:
    async with bench(kind, smpp=True, connected=False) as b:
        status = await goip.identify(b.session, b.settings, Clock(SCALE))
        logins = b.box.journal.entries(kind="login")
        unbound = b.box.journal.entries(kind="connection", event="unbound")
    assert status.serial == "GOIPSIM0001"
    assert [entry["user"] for entry in logins] == ["goip01", "goip02"]
    assert [entry["user"] for entry in unbound] == ["goip01", "goip02"]


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"system_id": "nobody"},
        {"password": "longer than eight"},
        {"system_id": "longer than fifteen"},
        {"password": "schön"},
    ],
)
async def test_identify_tells_a_refused_smpp_login_from_a_web_login(
    changes: dict[str, str],
) -> None:
    async with bench(smpp=True, connected=False) as b:
        with pytest.raises(SmppRefused):
            await identified(b, **changes)
        await identified(b)


async def test_identify_tells_that_the_smpp_server_is_off() -> None:
    async with bench(smpp=True, connected=False) as b:
        await b.box.smpp.listener.close()
        with pytest.raises(CannotConnect) as raised:
            await identified(b)
        assert not isinstance(raised.value, InvalidAuth)


@pytest.mark.parametrize("second", ["refuse", "replace", "both"])
async def test_identify_beside_our_own_links_is_content(second: str) -> None:
    async with bench(smpp=True, smpp_second_bind=second) as b:
        await identified(b)


async def test_box_without_lines_to_bind_is_watched_over_the_web() -> None:
    async with bench(smpp=True, channels=(), connected=False) as b:
        b.run = asyncio.create_task(b.gateway.receiver.run(b.listener))
        await b.listener.until_connected()
        assert b.box.requests["status.xml"]
    assert b.box.journal.entries(kind="login") == []


async def test_refused_login_is_not_final_while_the_pages_tell_nothing() -> None:
    async with on_smsc(Smsc(bind_status=0x0E, bind_body=b""), bound=False) as o:
        await o.listener.until_seen(lambda r: r.connections)
        _, error = o.listener.connections[0]
        assert type(error) is CannotConnect
        assert not o.run.done()
