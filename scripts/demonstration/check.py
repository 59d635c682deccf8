"""The main job, gone through once from outside: balance, SMS out, SMS in, two answers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from .boxes import Box
from .furnish import CONTACT_NUMBER, SimEntities
from .home import Home, HomeError

PATIENCE_SECONDS = 90
ASKERS = ("+491515550001", "+491515550002")
"""One for each box, so that no answer is taken for the other's."""


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


async def check(home: Home, boxes: list[Box], sims: list[SimEntities]) -> None:
    """Do the main job on both boxes and print each thing seen. Raises CheckFailed."""
    if len(sims) != 6:
        raise CheckFailed(f"Six SIMs were expected, there are {len(sims)}")
    for sim in sims:
        await _check_balance(home, sim)
    await _check_contact(home, boxes)
    for box, sim, asker in zip(boxes, (sims[0], sims[-1]), ASKERS, strict=True):
        line = int(sim.device.rsplit(" ", 1)[1])
        await _check_send(home, box, sim, line)
        await _receive(home, box, sim, line, asker, "ping")
        await _on_air(home, [box], asker, "pong", line)
        await _receive(home, box, sim, line, asker, "status")
        await _on_air(home, boxes, asker, "All is well at home.")


async def _check_balance(home: Home, sim: SimEntities) -> None:
    """Press the button and see a balance."""
    await home.action("button", "press", {"entity_id": sim.refresh})

    async def look() -> str | None:
        state = await home.state(sim.balance)
        if state["state"] in ("unknown", "unavailable"):
            return None
        return f"{state['state']} {state['attributes']['unit_of_measurement']}"

    print(f"balance of {sim.device}: {await eventually(f'{sim.balance}', look)}")


async def _check_contact(home: Home, boxes: list[Box]) -> None:
    """Send through the contact's notify entity and find the SMS on the air."""
    text = "Check: through a notify entity"
    entity = {"entity_id": "notify.anna", "message": text}
    await home.action("notify", "send_message", entity)
    await _on_air(home, boxes, CONTACT_NUMBER, text)


async def _check_send(home: Home, box: Box, sim: SimEntities, line: int) -> None:
    """Send from one SIM and find the SMS in its box's log, from that line."""
    text = f"Check: from {sim.device}"
    data = {"to": CONTACT_NUMBER, "message": text, "device_id": sim.device_id}
    answer = await home.action("gsm_gateway", "send_sms", data, response=True)
    if len(answer["messages"]) != 1:
        raise CheckFailed(f"send_sms answered {answer}")
    await _on_air(home, [box], CONTACT_NUMBER, text, line)


async def _receive(
    home: Home, box: Box, sim: SimEntities, line: int, sender: str, text: str
) -> None:
    """Let an SMS come in and see its event."""
    await box.command(
        home.session, "receive", line=line, sender=sender, text=f"{text} {line}"
    )

    async def look() -> bool:
        attributes = (await home.state(sim.incoming))["attributes"]
        seen = (attributes.get("sender"), attributes.get("text"))
        return seen == (sender, f"{text} {line}")

    await eventually(f"{sim.incoming} with {text!r} from {sender}", look)
    print(f"received: {sim.device} from {sender}: {text} {line}")


async def _on_air(
    home: Home, boxes: list[Box], number: str, text: str, line: int | None = None
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
    if len(found) != 1 or line not in (None, found[0]["line"]):
        raise CheckFailed(f"Expected once from line {line}, on the air were {found}")
    entry = found[0]
    print(
        f"on the air: line {entry['line']} by {entry['interface']}, to {number}: {text}"
    )


__all__ = ["CheckFailed", "HomeError", "check"]
