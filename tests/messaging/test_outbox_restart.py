"""A process that ends at any moment sends nothing twice, and every message is reported."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import chain
from typing import Any

import pytest

from custom_components.gsm_gateway.gateways.model import SendState

from .hand_clock import HandClock, settle
from .runs import Runs, accept, queue, send_without_result
from .sending import NUMBER

SMS = (1, NUMBER, "Hallo")


async def _queue_uncommitted(runs: Runs) -> None:
    runs.office.store.executor.held = True
    runs.office.submit_soon("Hallo")
    await settle()


async def _begin_uncommitted(runs: Runs) -> None:
    await queue(runs)
    runs.office.store.executor.held = True
    await runs.connect()


async def _begin_without_a_byte(runs: Runs) -> None:
    async def send(*args: object, unicode: bool) -> None:
        await asyncio.get_running_loop().create_future()

    send_well = runs.box.sender.send
    runs.box.sender.send = send  # type: ignore[assignment]
    await queue(runs)
    await runs.connect()
    runs.box.sender.send = send_well  # type: ignore[method-assign]


async def _send_with_result_uncommitted(runs: Runs) -> None:
    await send_without_result(runs)
    runs.office.store.executor.held = True
    assert runs.box.sender.gate is not None
    runs.box.sender.gate.set()
    await settle()


async def _report_sent(runs: Runs) -> None:
    await accept(runs)
    runs.office.report(runs.box.sender.tokens[0], SendState.SENT)
    await settle()


async def _report_delivered_uncommitted(runs: Runs) -> None:
    await _report_sent(runs)
    await runs.clock.advance(2)  # that it was told is written down
    runs.office.store.executor.held = True
    runs.office.report(runs.box.sender.tokens[0], SendState.DELIVERED)
    await settle()


@pytest.mark.parametrize(
    ("bring", "on_air", "states"),
    [
        (_queue_uncommitted, 0, []),
        (queue, 1, ["queued", "sending", "accepted"]),
        (_begin_uncommitted, 1, ["queued", "sending", "accepted"]),
        (_begin_without_a_byte, 0, ["queued", "sending", "unknown"]),
        (send_without_result, 1, ["queued", "sending", "unknown"]),
        (_send_with_result_uncommitted, 1, ["queued", "sending", "unknown"]),
        (accept, 1, ["queued", "sending", "accepted"]),
        (_report_sent, 1, ["queued", "sending", "accepted", "sent"]),
        (_report_delivered_uncommitted, 1, ["queued", "sending", "accepted", "sent"]),
    ],
)
async def test_killed_at_any_step(
    runs: Runs,
    clock: HandClock,
    bring: Callable[[Runs], Coroutine[Any, Any, None]],
    on_air: int,
    states: list[str],
) -> None:
    first = runs.office
    await bring(runs)
    await clock.advance(2)  # what was told is written down as told
    second = await runs.again()
    await clock.leap(7200)
    third = await runs.again()
    await clock.advance(60)
    assert runs.box.sender.on_air == [SMS] * on_air
    told = [office.states("m1") for office in (first, second, third)]
    assert [*chain(*told)] == states
