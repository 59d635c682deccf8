"""A small life for the demonstration: messages come in, balances fall and are asked for."""

import asyncio
from itertools import count
import random

from .boxes import Box
from .furnish import SimEntities
from .home import Home

PEOPLE = ("+491701112233", "+48601999888", "+79161234567", "+380671234567", "Bank")
TEXTS = (
    "status?",
    "ping",
    "Status please",
    "Your parcel arrives tomorrow between 10 and 12.",
    "Код подтверждения: 402913",
    "Sind alle Fenster zu? 🏠",
    "Meeting moved to 15:30, see you there.",
)
PAUSE_SECONDS = (20, 45)


async def live(
    home: Home, boxes: list[tuple[Box, int]], sims: list[SimEntities]
) -> None:
    """Go on until cancelled; `boxes` are given with their number of SIMs."""
    for sim in sims:
        await home.action("button", "press", {"entity_id": sim.refresh})
    for turn in count():
        box, lines = random.choice(boxes)  # noqa: S311 - nothing secret
        await box.command(
            home.session,
            "receive",
            line=random.randint(1, lines),  # noqa: S311
            sender=PEOPLE[turn % len(PEOPLE)],
            text=TEXTS[turn % len(TEXTS)],
        )
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311
        # The first one is asked most often: the dashboard shows its history.
        sim = sims[turn // 2 % len(sims)] if turn % 2 else sims[0]
        await home.action("button", "press", {"entity_id": sim.refresh})
