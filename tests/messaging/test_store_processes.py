"""The message log and other processes: one that has it, one that fills it, one that is killed."""

import asyncio
from pathlib import Path
import sys

import pytest

from custom_components.gsm_gateway.messaging.store import (
    Opening,
    StoreUnavailable,
    Trouble,
)

from .hand_clock import HandClock
from .storing import Log, keys_on_disk

COMPONENT = Path(__file__).parents[2] / "custom_components" / "gsm_gateway"
CHILD = Path(__file__).with_name("store_child.py")


async def start_child(folder: Path, task: str) -> asyncio.subprocess.Process:
    """Start a program that has the file of `folder` open."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(CHILD),
        str(COMPONENT),
        str(folder / "log.db"),
        task,
        stdout=asyncio.subprocess.PIPE,
    )


async def heard(child: asyncio.subprocess.Process, word: str) -> None:
    """Return when the child has said that."""
    assert child.stdout is not None
    while line := await asyncio.wait_for(child.stdout.readline(), 20):
        if line.decode().startswith(word):
            return
    raise AssertionError(f"the child ended before it said {word}")


async def test_a_file_that_another_program_has_is_not_touched(
    tmp_path: Path, clock: HandClock
) -> None:
    child = await start_child(tmp_path, "hold")
    await heard(child, "opening")
    log = Log(tmp_path, clock, thread=False)
    assert await log.store.open() == Opening()
    with pytest.raises(StoreUnavailable):
        await log.put("a")
    with pytest.raises(StoreUnavailable):
        await log.keys()
    child.kill()
    await child.communicate()
    await clock.advance(10)
    assert log.troubles == [
        (Trouble.FULL, "another program has the file open"),
        (Trouble.NONE, ""),
    ]
    assert log.store.opening is not None
    assert log.store.opening.alive_at is not None  # the other's
    await log.put("b")
    assert await log.keys() == ["b"]
    await log.store.close()


async def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    child = await start_child(tmp_path, "fill")
    out, _ = await asyncio.wait_for(child.communicate(), 40)
    lines = out.decode().splitlines()
    acknowledged = [line.split()[1] for line in lines if line.startswith("ack")]
    assert len(acknowledged) > 10
    assert acknowledged[-1] == "b:1"
    order = [line for line in lines if line.startswith(("trouble", "refused", "avail"))]
    refused = f"refused a:{len(acknowledged)}"
    assert order == ["trouble full", refused, "available False", "trouble none"]
    assert keys_on_disk(tmp_path / "log.db") == sorted(acknowledged)
    assert b"in spite of that" in (tmp_path / "log.begun").read_bytes()


@pytest.mark.parametrize("delay", [n * 0.011 for n in range(12)])
async def test_what_was_acknowledged_outlives_a_kill(
    tmp_path: Path, delay: float, clock: HandClock
) -> None:
    child = await start_child(tmp_path, "write")
    await heard(child, "acknowledged")
    await asyncio.sleep(delay)  # a kill at whatever moment
    child.kill()
    out, _ = await child.communicate()
    acknowledged = {
        line.split()[1]
        for line in out.decode().splitlines(keepends=True)
        if line.startswith("acknowledged") and line.endswith("\n")
    }
    log = Log(tmp_path, clock)
    opening = await log.store.open()
    assert opening.alive_at is not None
    found = set(await log.keys())
    assert acknowledged <= found
    for name in range(4):
        numbers = [int(k.split(":")[1]) for k in found if k.startswith(f"{name}:")]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert log.troubles == []
    await log.put("and on")
    await log.store.close()
