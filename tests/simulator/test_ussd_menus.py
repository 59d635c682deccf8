"""Menus of the operator: every transport of both boxes answers them, one at a time."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from .core.box import Box
from .core.clock import ManualClock, settle
from .core.commands import CommandError, commands_of
from .core.line import AirMessage, Line
from .core.sim_card import SimCard
from .goip import GoipBox
from .raw_ami import box_and_login

START = datetime(2026, 7, 11, tzinfo=UTC)


def standing_box() -> GoipBox:
    """Return a box whose time stands."""
    lines = [Line(1, SimCard(ussd_delay=0.0, balance=Decimal(5))), Line(2, SimCard())]
    return GoipBox(lines=lines, clock=ManualClock(START))


async def plant(box: Box) -> None:
    """Put a menu of two steps behind *100#."""
    menu = commands_of(box)["ussd_menu"]
    await menu.run({"line": 1, "code": "*100#", "path": "1>3", "text": "Bought"})
    await menu.run({"line": 1, "code": "*100#", "text": "1 Buy"})
    await menu.run({"line": 1, "code": "*100#", "path": "1", "text": "3 Yes"})


async def dial(box: Box, code: str) -> tuple[str, str]:
    """Dial on line 1 and return kind and text."""
    outcome = await box.dial_ussd(box.line(1), code, "test")
    return outcome.kind, outcome.text


def sessions(box: Box) -> list[dict[str, Any]]:
    """Return what the journal tells of sessions."""
    return [entry.fields for entry in box.journal.entries("ussd_session", line=1)]


async def test_a_menu_is_planted_in_any_order_and_walked() -> None:
    async with standing_box() as box:
        await plant(box)
        assert await dial(box, "*100#") == ("menu", "1 Buy")
        assert await dial(box, "1") == ("menu", "3 Yes")
        assert await dial(box, "3") == ("reply", "Bought")
        assert await dial(box, "3") == ("reply", "Неверный запрос")
        assert sessions(box) == [
            {"event": "opened", "code": "*100#"},
            {"event": "closed", "code": "3", "by": "operator"},
        ]


async def test_choices_under_the_balance_code_keep_its_text() -> None:
    async with standing_box() as box:
        await box.ussd_menu(1, "*100#", "1", "Yours: {balance}")
        assert await dial(box, "*100#") == ("menu", "Баланс: 5 р.")
        assert await dial(box, "1") == ("reply", "Yours: 5")


async def test_a_choice_that_fails() -> None:
    async with standing_box() as box:
        await box.ussd_menu(1, "*1#", "9", "no such tariff", kind="error")
        await dial(box, "*1#")
        assert await dial(box, "9") == ("error", "no such tariff")


async def test_another_code_ends_a_menu() -> None:
    async with standing_box() as box:
        await box.ussd_menu(1, "*1#", "1", "Bought")
        await dial(box, "*1#")
        assert await dial(box, "*100#") == ("reply", "Баланс: 5 р.")
        assert sessions(box)[1:] == [
            {"event": "closed", "code": "*100#", "by": "another code"}
        ]
        assert await dial(box, "1") == ("reply", "Неверный запрос")


async def test_the_operator_ends_a_menu_that_nobody_answers() -> None:
    async with standing_box() as box:
        assert isinstance(box.clock, ManualClock)
        await plant(box)
        await dial(box, "*100#")
        await box.clock.advance(74.0)
        assert await dial(box, "1") == ("menu", "3 Yes")
        await box.clock.advance(74.0)
        assert box.ussd_sessions.is_open(box.line(1))
        await box.clock.advance(1.0)
        assert sessions(box)[-1] == {"event": "timed out"}
        assert await dial(box, "3") == ("reply", "Неверный запрос")


async def test_a_menu_that_was_left_takes_no_time_from_the_next_one() -> None:
    async with standing_box() as box:
        assert isinstance(box.clock, ManualClock)
        await plant(box)
        await dial(box, "*100#")
        assert box.ussd_sessions.close(box.line(1), "client")
        await box.clock.advance(50.0)
        await dial(box, "*100#")
        await box.clock.advance(50.0)
        assert await dial(box, "1") == ("menu", "3 Yes")


@pytest.mark.parametrize(
    ("command", "arguments", "by"),
    [
        ("network", {"state": "off"}, "network"),
        ("module", {"state": "off"}, "module"),
        ("remove_sim", {}, "sim_out"),
    ],
)
async def test_a_menu_ends_with_the_radio(
    command: str, arguments: dict[str, str], by: str
) -> None:
    async with standing_box() as box:
        await plant(box)
        await dial(box, "*100#")
        await commands_of(box)[command].run({"line": 1, **arguments})
        assert sessions(box)[-1] == {"event": "closed", "by": by}


async def test_a_menu_ends_with_the_power() -> None:
    async with standing_box() as box:
        await plant(box)
        await dial(box, "*100#")
        await box.reboot(0.0)
        assert sessions(box)[-1] == {"event": "closed", "by": "power"}
        assert await dial(box, "1") == ("reply", "Неверный запрос")


async def test_an_sms_goes_out_while_a_menu_is_open() -> None:
    async with standing_box() as box:
        assert isinstance(box.clock, ManualClock)
        await plant(box)
        await dial(box, "*100#")
        assert await box.jobs.start_sms(box.line(1), AirMessage("1", "text", "test"))
        await settle()
        await box.clock.advance(3.0)
        assert box.journal.entries("sms_on_air")
        assert await dial(box, "1") == ("menu", "3 Yes")


@pytest.mark.parametrize("path", [">", "1>>2", "1>"])
async def test_a_path_with_an_empty_choice_is_refused(path: str) -> None:
    async with standing_box() as box:
        with pytest.raises(CommandError, match="path"):
            await box.ussd_menu(1, "*1#", path, "text")


async def test_a_menu_of_the_other_box() -> None:
    async with box_and_login() as (box, client):
        await plant(box)
        answer = await client.ask('gsm send ussd 2 "*100#" 30')
        assert b"\tUSSD Responses: 1\n" in answer
        assert b"3 Yes" in await client.ask('gsm send ussd 2 "1" 30')
        answer = await client.ask('gsm send ussd 2 "3" 30')
        assert b"\tUSSD Responses: 0\n" in answer
        assert answer.endswith(b"\tUSSD Message: Bought\n")
