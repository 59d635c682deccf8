"""A backup by Home Assistant itself while SMS come and go, and what a restore of it does."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from scripts.demonstration.boxes import Box
from scripts.demonstration.furnish import (
    SimEntities,
    add_smpp_goip,
    add_tg,
    find_sims,
)
from scripts.demonstration.home import Home, HomeError
from scripts.demonstration.inventory import SMPP_GOIP, TG
from scripts.demonstration.ports import free_port

pytestmark = pytest.mark.timeout(300)

RESTART = 100
"""Exit code by which Home Assistant asks to be started again."""
OUT = {"sent", "delivered"}
ANNA, BOB = "+491701234567", "+491707654321"


@pytest.fixture
async def boxes() -> AsyncGenerator[tuple[Box, Box]]:
    """Return a GoIP with one SIM and a Yeastar TG with two, each a program of its own."""
    goip, tg = [
        await Box.start((*arguments, "--time-scale", "10"))
        for arguments in (SMPP_GOIP, TG)
    ]
    yield goip, tg
    for box in (goip, tg):
        await box.stop()


async def until[T](look: Callable[[], Awaitable[T]], *, seconds: float = 60) -> T:
    """Look again and again until there is something."""
    async with asyncio.timeout(seconds):
        while True:
            with suppress(HomeError):
                if found := await look():
                    return found
            await asyncio.sleep(0.2)


async def connected(home: Home, count: int) -> None:
    """Wait until so many boxes are within reach."""

    async def look() -> bool:
        entities = await home.websocket("config/entity_registry/list")
        names = [
            x["entity_id"] for x in entities if x["translation_key"] == "connected"
        ]
        states = [(await home.state(name))["state"] for name in names]
        return states.count("on") == count

    await until(look)


async def log_of(home: Home) -> list[dict[str, Any]]:
    """Return all messages that are known."""
    wanted = {"limit": 1000}
    answer = await home.action("gsm_gateway", "get_messages", wanted, response=True)
    messages: list[dict[str, Any]] = answer["messages"]
    return messages


async def send(home: Home, sim: SimEntities, to: str, text: str, **how: Any) -> str:
    """Send by a SIM and return the state that the message reached."""
    data = {"device_id": sim.device_id, "to": to, "message": text, **how}
    answer = await home.action("gsm_gateway", "send_sms", data, response=True)
    state: str = answer["messages"][0]["state"]
    return state


async def on_air(home: Home, box: Box) -> list[str]:
    """Return the texts that a box has sent."""
    return [
        entry["text"] for entry in await box.journal(home.session, kind="sms_on_air")
    ]


async def traffic(home: Home, box: Box, sim: SimEntities, texts: list[str]) -> None:
    """Let a box receive ten SMS a second, and send one now and then, until cancelled."""
    sent = 0
    while True:
        if len(texts) >= 10 * sent:
            await send(home, sim, BOB, f"out {sent}")
            sent += 1
        text = f"in {len(texts)}"
        await box.command(home.session, "receive", line=1, sender=BOB, text=text)
        texts.append(text)
        await asyncio.sleep(0.1)


async def back_up(home: Home) -> str:
    """Let Home Assistant make a backup, and return its id."""
    await home.websocket("backup/generate", agent_ids=["backup.local"])

    async def look() -> str | None:
        info = await home.websocket("backup/info")
        done = info["state"] == "idle" and info["backups"]
        return info["backups"][0]["backup_id"] if done else None

    return await until(look) or ""


async def restore(home: Home, backup_id: str) -> None:
    """Let Home Assistant restore a backup as it does, ending and being started again."""
    with suppress(HomeError, TypeError):  # the connection may end before the answer
        await home.websocket(
            "backup/restore", backup_id=backup_id, agent_id="backup.local"
        )
    assert await home.ended() == RESTART
    assert await home.run_to_end() == RESTART


async def fix(home: Home, issue_id: str, choice: str) -> None:
    """Decide on a repair."""
    path = "/api/repairs/issues/fix"
    wanted = {"handler": "gsm_gateway", "issue_id": issue_id}
    page = await home.request("POST", path, wanted)
    done = await home.request(
        "POST", f"{path}/{page['flow_id']}", {"next_step_id": choice}
    )
    assert done["type"] == "create_entry"


async def issues(home: Home) -> dict[str, Any]:
    """Return the open repairs of the integration."""
    listed = (await home.websocket("repairs/list_issues"))["issues"]
    return {x["issue_id"]: x for x in listed if x["domain"] == "gsm_gateway"}


async def test_a_restored_backup_sends_nothing_by_itself(
    tmp_path: Path, boxes: tuple[Box, Box]
) -> None:
    goip, tg = boxes
    async with Home(tmp_path / "home", free_port()) as home:
        await add_smpp_goip(home, goip)
        await add_tg(home, tg)
        await connected(home, 2)
        sims = await find_sims(home)
        by_goip, by_tg = sims[0], sims[-1]
        how = {"wait_for": "sent", "wait_timeout": 30}
        assert await send(home, by_tg, BOB, "before", **how) in OUT
        await goip.command(home.session, "power", state="off")
        await connected(home, 1)
        assert await send(home, by_goip, ANNA, "waits") == "queued"

        received: list[str] = []
        pouring = asyncio.create_task(traffic(home, tg, by_tg, received))
        await until(lambda: asyncio.sleep(0, len(received) >= 10))
        early = list(received)
        backup_id = await back_up(home)
        made = list(received)
        await until(lambda: asyncio.sleep(0, len(received) >= len(made) + 10))
        pouring.cancel()
        await asyncio.wait([pouring])
        sent_before = await on_air(home, tg)

        await restore(home, backup_id)
        await goip.command(home.session, "power", state="on")
        await home.run_again()
        await connected(home, 2)
        issue = (await until(lambda: issues(home)))["restored"]
        log = await log_of(home)
        texts = [each["text"] for each in reversed(log) if "sender" in each]
        assert texts[: len(early)] == early
        assert texts == received[: len(texts)]
        states = {each["text"]: each["state"] for each in log if "state" in each}
        assert states["before"] == "sent"
        assert states["waits"] == "unknown"
        # The registry on disk is some seconds older than what it was in memory.
        by_goip = (await find_sims(home))[0]
        assert await send(home, by_goip, ANNA, "probe", **how) in OUT
        assert await on_air(home, goip) == ["probe"]
        assert await on_air(home, tg) == sent_before

        await fix(home, issue["issue_id"], "send")
        assert await until(lambda: has_sent(home, goip, "waits"))
        assert await send(home, by_goip, ANNA, "probe 2", **how) in OUT
        assert await on_air(home, goip) == ["probe", "waits", "probe 2"]
        assert "restored" not in await issues(home)


async def has_sent(home: Home, box: Box, text: str) -> bool:
    """Tell whether a text is on the air."""
    return text in await on_air(home, box)
