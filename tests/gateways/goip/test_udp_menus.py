"""Menus answered and left over UDP, and a code that makes room for an SMS."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from custom_components.gsm_gateway.gateways import goip
from custom_components.gsm_gateway.gateways.clock import Clock
from custom_components.gsm_gateway.gateways.goip import (
    GoipSettings,
    SmsServer,
    UdpSettings,
)
from custom_components.gsm_gateway.messaging.line import Line
from custom_components.gsm_gateway.messaging.messages import SendPolicy
from custom_components.gsm_gateway.messaging.ussd import AlarmFirst, MenuLeft
from tests.simulator.core.clock import Clock as SimulatedClock
from tests.simulator.core.journal import Entry
from tests.simulator.goip import GoipBox, GoipOptions

from .bench import SCALE, Bench

PATH = ["*111#", "1", "3"]
TEXTS = ["1. Tariffs", "3. Zero", "Zero is yours"]


@asynccontextmanager
async def called(**options: Any) -> AsyncIterator[tuple[Bench, Line]]:
    """Start a driver and a box whose lines call it; return its first SIM."""
    clock = Clock(SCALE)
    server = SmsServer(0, clock, host="127.0.0.1")
    udp = UdpSettings(port=0, password="goip", ids={1: "line1", 2: "line2"})
    settings = GoipSettings(
        host="127.0.0.1", http_port=1, username="admin", password="admin", udp=udp
    )
    async with aiohttp.ClientSession() as session:
        gateway = goip.compose(
            session, settings, channels=[1, 2], clock=clock, server=server
        )
        box = GoipBox(clock=SimulatedClock(SCALE))
        made = Bench(box, session, settings, gateway)
        made.run = asyncio.create_task(gateway.receiver.run(made.listener))
        while server.bound_port is None:  # noqa: ASYNC110 # it tells nobody
            await asyncio.sleep(0)
        box.options = GoipOptions(
            udp_server=f"127.0.0.1:{server.bound_port}",
            udp_id="line",
            udp_password="goip",
            **options,
        )
        try:
            async with box:
                await made.listener.until_seen(lambda _: gateway.sender.ready(1))
                await plant(box)
                line = Line(
                    line_id="a",
                    box_id="box",
                    channel=1,
                    gateway=gateway,
                    clock=clock,
                    policy=SendPolicy.ALWAYS,
                )
                yield made, line
        finally:
            await made.stop()
            await server.aclose()


async def plant(box: GoipBox) -> None:
    """Put a menu of two steps behind *111#."""
    for path, text in zip(("", "1", "1>3"), TEXTS, strict=True):
        await box.ussd_menu(1, "*111#", path, text)


async def dial(line: Line, *codes: str) -> list[str]:
    """Dial and return what the operator said."""
    replies = await line.run_ussd(codes or PATH, waited_for=True)
    return [reply.text for reply in replies]


def dialled(b: Bench) -> list[Entry]:
    """Return what went to the operator."""
    return b.box.journal.entries("ussd_dialled", line=1)


def ends(b: Bench) -> list[str]:
    """Return who ended each menu."""
    sessions = b.box.journal.entries("ussd_session", line=1)
    return [entry["by"] for entry in sessions if entry["event"] == "closed"]


@pytest.mark.parametrize("padding", [False, True])
async def test_each_step_goes_out_once_with_a_growing_number(padding: bool) -> None:
    async with called(udp_ussd_padding=padding) as (b, line):
        assert await dial(line) == TEXTS
        assert [entry["code"] for entry in dialled(b)] == PATH
        numbers = [int(entry["key"]) for entry in dialled(b)]
        assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("answer", ["USSDEXIT", "none"])
async def test_menu_that_stays_open_is_left_and_the_next_code_dialled(
    answer: str,
) -> None:
    async with called(udp_ussd_exit=answer) as (b, line):
        assert await dial(line, "*111#", "1") == TEXTS[:2]
        assert ends(b) == ["client"]
        assert await dial(line, "*100#") == ["Баланс: 57.2 р."]


async def test_menu_is_left_after_a_reply_that_was_not_answered() -> None:
    async with called() as (b, line):
        await b.box.ussd_menu(1, "*111#", "1>3", kind="silence")
        with pytest.raises(MenuLeft) as left:
            await dial(line)
        assert left.value.reply == 2
        assert [entry["code"] for entry in dialled(b)] == PATH
        await b.box.ussd_menu(1, "*111#", "1>3", "Zero")
        assert await dial(line, "*100#") == ["Баланс: 57.2 р."]


async def test_code_that_makes_room_for_an_alarm() -> None:
    async with called() as (b, line):
        await b.box.ussd_late(1, 30)
        dialling = asyncio.create_task(dial(line))
        await b.box.journal.wait_for_kind("ussd_dialled")
        before = b.box.clock.monotonic()
        line.dialogues.yield_to_alarm()
        with pytest.raises(AlarmFirst):
            await dialling
        assert not line.busy
        await b.send("fire")
        assert [sms["text"] for sms in b.on_air()] == ["fire"]
        assert b.box.clock.monotonic() - before < 20
        assert [entry["code"] for entry in dialled(b)] == PATH[:1]
