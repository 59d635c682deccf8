"""Waiting for what the check wants to see."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from .boxes import Box
from .home import Home

PATIENCE_SECONDS = 90


class CheckFailed(Exception):
    """The main job does not work; the text says what."""


async def eventually[ResultT](
    what: str, look: Callable[[], Awaitable[ResultT | None]]
) -> ResultT:
    """Look again and again until something is found. Raises CheckFailed."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found = await look()
                if found:
                    return found
                await asyncio.sleep(0.3)
    except TimeoutError:
        raise CheckFailed(f"Not seen within {PATIENCE_SECONDS} s: {what}") from None


async def in_journal(home: Home, box: Box, kind: str, **facts: Any) -> dict[str, Any]:
    """Wait until a box's log has an entry with these facts; return the first one."""

    async def look() -> dict[str, Any] | None:
        for entry in await box.journal(home.session, kind=kind):
            if facts.items() <= entry.items():
                return entry
        return None

    return await eventually(f"{kind} {facts} in the log of a box", look)


async def on_air(
    home: Home,
    boxes: Sequence[Box],
    number: str,
    text: str,
    line: int | None = None,
    interface: str = "",
) -> None:
    """Wait for an SMS in the boxes' logs; it must be there exactly once."""

    async def look() -> list[dict[str, Any]]:
        entries = [
            entry
            for box in boxes
            for entry in await box.journal(home.session, kind="sms_on_air")
        ]
        return [e for e in entries if (e["number"], e["text"]) == (number, text)]

    found = await eventually(f"on the air: {text!r} to {number}", look)
    entry = found[0]
    if (
        len(found) != 1
        or line not in (None, entry["line"])
        or not entry["interface"].startswith(interface)
    ):
        raise CheckFailed(
            f"Expected once from line {line} by {interface}, on the air were {found}"
        )
    print(
        f"on the air: line {entry['line']} by {entry['interface']}, to {number}: {text}"
    )
