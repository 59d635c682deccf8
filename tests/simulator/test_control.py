"""What a harness reads over the control API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import time
from typing import Any

import pytest

from .core.clock import Clock
from .core.control import ControlServer, call
from .goip import GoipBox
from .raw_goip import goip


@asynccontextmanager
async def controlled(box: GoipBox) -> AsyncIterator[str]:
    """Serve the control API of a box and give its address."""
    control = ControlServer(box)
    await control.start()
    try:
        yield control.url
    finally:
        await control.stop()


async def ask(url: str, path: str) -> Any:
    """Return the answer to a GET."""
    status, answer = await asyncio.to_thread(call, url, "GET", path)
    assert status == 200, answer
    return answer


async def test_journal_in_pieces() -> None:
    async with goip() as box, controlled(box) as url:
        for number in range(5):
            box.log("note", number % 2, number=number)
        found = await ask(url, "/journal?kind=note&limit=2")
        assert [entry["number"] for entry in found] == [0, 1]
        since = found[-1]["seq"]
        found = await ask(url, f"/journal?kind=note&since={since}&line=0")
        assert [entry["number"] for entry in found] == [2, 4]
        assert (await ask(url, "/state"))["last"] == box.journal.last


async def test_journal_waits_for_the_next_entry() -> None:
    async with goip() as box, controlled(box) as url:
        since = box.journal.last
        asking = asyncio.create_task(
            ask(url, f"/journal?since={since}&wait=30&kind=note")
        )
        await asyncio.sleep(0.1)
        box.log("other")
        box.log("note", number=1)
        assert [entry["number"] for entry in await asking] == [1]
        assert await ask(url, f"/journal?since={box.journal.last}&wait=0.05") == []


async def test_two_boxes_on_one_time() -> None:
    epoch = time.time() - 10
    clocks = [Clock(60, epoch), Clock(60, epoch)]
    shown = [clock.now().timestamp() for clock in clocks]
    assert shown == pytest.approx([epoch + (time.time() - epoch) * 60] * 2, abs=30)
    assert Clock(60).now().timestamp() == pytest.approx(time.time(), abs=30)


async def test_state_of_a_box_at_rest() -> None:
    async with goip() as box, controlled(box) as url:
        state = await ask(url, "/state")
        assert state["time_scale"] == 1
        assert state["pending"] == {
            "idle": True,
            "sends": [],
            "deliveries": [],
            "parts": [],
            "results": [],
            "faults": 0,
        }
