"""Commands to lines and box, over UDP and by the pages."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import (
    CannotConnect,
    ChannelStatus,
    GatewayError,
    InvalidAuth,
    NoReply,
    SendRefused,
)
from custom_components.gsm_gateway.gateways.ports import Gateway

from .bench import bench
from .scripted import NOT_FOUND, page, scripted
from .udp_peer import QUICK, OnUdp, on_udp

OFF, ON = (
    ChannelStatus(channel=1, module_on=False),
    ChannelStatus(channel=1, module_on=True),
)


def doing(what: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Begin."""
    return asyncio.create_task(what)


async def told(o: OnUdp, verb: str, *values: str) -> str:
    """Return the number of a command, which has its password last and no newline."""
    words = (await o.peer.next()).decode().split(" ")
    assert [words[0], *words[2:]] == [verb, *values, "secret"]
    return words[1]


@pytest.mark.parametrize(
    ("answers", "success"),
    [
        (("module_ctl_i {} 2", "module_ctl_i {} 0"), True),
        (("module_ctl_i {} ok", "module_ctl_i {} ok"), True),
        (("ERROR {} unknown value", "module_ctl_i {} ok"), True),
        (("module_ctl_i {} ok", "ERROR {} unknown value"), True),
        (("ERROR {} no such thing", "ERROR {} no such thing"), False),
    ],
)
async def test_module_off_is_said_in_both_ways(
    answers: tuple[str, str], success: bool
) -> None:
    async with on_udp() as o:
        assert o.gateway.module_switch is not None
        switching = doing(o.gateway.module_switch.switch_module(1, on=False))
        for value, answer in zip(("2", "0"), answers, strict=True):
            number = await told(o, "module_ctl_i", value)
            o.peer.send(answer.format(number).encode())
        if success:
            await switching
            assert o.listener.statuses[-1] == OFF
        else:
            with pytest.raises(SendRefused, match="no such thing"):
                await switching
            assert OFF not in o.listener.statuses


async def test_module_on() -> None:
    async with on_udp() as o:
        assert o.gateway.module_switch is not None
        switching = doing(o.gateway.module_switch.switch_module(1, on=True))
        number = await told(o, "module_ctl_i", "1")
        o.peer.send(f"module_ctl_i {number} 1".encode())
        await switching
        assert o.listener.statuses[-1] == ON


def restart_module(g: Gateway) -> Coroutine[Any, Any, None]:
    """Restart the module of line 1."""
    assert g.module_restarter is not None
    return g.module_restarter.restart_module(1)


def restart(g: Gateway) -> Coroutine[Any, Any, None]:
    """Restart the box."""
    assert g.restarter is not None
    return g.restarter.restart()


def drop_call(g: Gateway) -> Coroutine[Any, Any, None]:
    """Drop the call of line 1."""
    assert g.call_dropper is not None
    return g.call_dropper.drop_call(1)


@pytest.mark.parametrize(
    ("act", "verb"),
    [
        (restart_module, "svr_reboot_module"),
        (restart, "svr_reboot_dev"),
        (drop_call, "svr_drop_call"),
    ],
)
async def test_plain_commands(
    act: Callable[[Gateway], Coroutine[Any, Any, None]], verb: str
) -> None:
    async with on_udp(scale=QUICK) as o:
        task = doing(act(o.gateway))
        number = await told(o, verb)
        assert await told(o, verb) == number  # a lost one is repeated
        o.peer.send(f"{verb} {number} ok".encode())
        await task


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("ERROR {} PASSWORD", InvalidAuth),
        ("ERROR {} not supported", SendRefused),
        ("", NoReply),
    ],
)
async def test_errors(reply: str, error: type[GatewayError]) -> None:
    async with on_udp(scale=QUICK) as o:
        assert o.gateway.call_dropper is not None
        began = o.clock.monotonic()
        dropping = doing(o.gateway.call_dropper.drop_call(1))
        number = await told(o, "svr_drop_call")
        if reply:
            o.peer.send(reply.format(number).encode())
        with pytest.raises(error):
            await dropping
        assert reply or o.clock.monotonic() - began > 2


async def test_box_that_restarts_before_it_answers() -> None:
    async with on_udp(scale=QUICK) as o:
        assert o.gateway.restarter is not None
        restarting = doing(o.gateway.restarter.restart())
        await told(o, "svr_reboot_dev")
        await restarting


async def test_nothing_is_told_to_a_line_that_is_gone() -> None:
    async with on_udp(fresh=False) as o:
        g = o.gateway
        assert g.module_switch is not None
        assert g.restarter is not None
        for work in (g.module_switch.switch_module(1, on=True), g.restarter.restart()):
            with pytest.raises(CannotConnect):
                await work
        with pytest.raises(CannotConnect):
            await g.module_switch.switch_module(3, on=True)


@pytest.mark.parametrize("smpp", [False, True])
async def test_pages_switch_modules_and_restart_the_box(smpp: bool) -> None:
    async with bench(smpp=smpp, connected=False) as b:
        assert b.gateway.module_switch is not None
        assert b.gateway.restarter is not None
        assert b.gateway.module_restarter is None
        assert b.gateway.call_dropper is None
        status = b.gateway.status
        for on in (False, True):
            await b.gateway.module_switch.switch_module(2, on=on)
            channels = (await status.read_status()).channels
            assert [each.module_on for each in channels[:3]] == [True, on, True]
        await b.gateway.restarter.restart()
        assert b.posts("reboot.html") == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (NOT_FOUND, SendRefused),
        (page("ERROR,user or password error"), InvalidAuth),
        (page("x", "500 Broken"), SendRefused),
        (None, None),
        (page("rebooting"), None),
    ],
)
async def test_restart_by_page(
    answer: bytes | None, error: type[GatewayError] | None
) -> None:
    async with scripted(reboot_html=answer) as (script, gateway, _):
        assert gateway.restarter is not None
        if error is None:
            await gateway.restarter.restart()
        else:
            with pytest.raises(error):
                await gateway.restarter.restart()
        assert len(script.asked("reboot.html")) == 1
