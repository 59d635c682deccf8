"""A small life for the demonstration: messages come in, balances fall and are asked for."""

import asyncio
from itertools import count
import random

from .boxes import Box
from .furnish import SimEntities
from .home import Home

MESSAGES = (
    ("+491701112233", "ping"),
    ("Bank", "Код подтверждения: 402913"),
    ("+48601999888", "Status please"),
    ("+79161234567", "Your parcel arrives tomorrow between 10 and 12."),
    ("+380671234567", "Sind alle Fenster zu? 🏠"),
    ("+491701112233", "ping"),
    ("+48601999888", "Meeting moved to 15:30, see you there."),
)
PAUSE_SECONDS = (15, 30)


async def live(
    home: Home, boxes: list[tuple[Box, int]], sims: list[SimEntities]
) -> None:
    """Go on until cancelled; `boxes` are given with their number of SIMs.

    The first SIM gets every ping, whose answer costs it something, and is
    asked most often: the dashboard shows the history of its balance.
    """
    for sim in sims:
        await home.action("button", "press", {"entity_id": sim.refresh})
    for turn in count():
        sender, text = MESSAGES[turn % len(MESSAGES)]
        box, lines = boxes[0] if text == "ping" else random.choice(boxes)  # noqa: S311
        line = 1 if text == "ping" else random.randint(1, lines)  # noqa: S311
        await box.command(home.session, "receive", line=line, sender=sender, text=text)
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311
        sim = sims[turn // 2 % len(sims)] if turn % 2 else sims[0]
        await home.action("button", "press", {"entity_id": sim.refresh})
