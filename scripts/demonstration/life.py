"""A small life for the demonstration: messages and calls come in, balances fall."""

import asyncio
from itertools import count
import random

from .boxes import Box, Boxes
from .furnish import SimEntities
from .home import Home
from .inventory import CONTACT_NUMBER, LOW, LOW_AMOUNT

MESSAGES = (
    ("+491701112233", "ping"),
    ("Bank", "Код подтверждения: 402913"),
    ("+48601999888", "Status please"),
    ("+79161234567", "Your parcel arrives tomorrow between 10 and 12."),
    ("+380671234567", "Sind alle Fenster zu? 🏠"),
    ("+491701112244", "ping"),
    ("+48601999888", "Meeting moved to 15:30, see you there."),
)
"""Pings come from two numbers: six equal answers to one within ten minutes would be stopped."""
CALLS = (
    (1, CONTACT_NUMBER),
    (2, "+48601999888"),
    (3, CONTACT_NUMBER),
    (4, "+380671234567"),
)
"""Lines of the box that tells of calls, and who calls them."""
WEAKEST, STRONGEST = 7, 28
"""Of the signal (CSQ)."""
PAUSE_SECONDS = (15, 30)
RINGING_SECONDS = 8


async def live(home: Home, boxes: Boxes, sims: list[SimEntities]) -> None:
    """Go on until cancelled: something comes in, and the SIMs are asked for their balances.

    One SIM pays for something, so that somebody is told of its low balance.
    """
    for sim in sims:
        await home.action("button", "press", {"entity_id": sim.refresh})
    await boxes.udp.command(home.session, "balance", line=LOW, amount=LOW_AMOUNT)
    low = next(sim for sim in sims if sim.call and sim.line == LOW)
    await home.action("button", "press", {"entity_id": low.refresh})
    for turn in count():
        sender, text = MESSAGES[turn % len(MESSAGES)]
        sim = random.choice(sims)  # noqa: S311
        await boxes.added[sim.box].command(
            home.session, "receive", line=sim.line, sender=sender, text=text
        )
        if turn % 2:
            await _call(home, boxes.udp, *CALLS[turn // 2 % len(CALLS)])
        await asyncio.sleep(random.uniform(*PAUSE_SECONDS))  # noqa: S311
        await _wander(home, boxes.udp)
        sim = sims[turn % len(sims)]
        await home.action("button", "press", {"entity_id": sim.refresh})


async def _call(home: Home, box: Box, line: int, caller: str) -> None:
    """Ring for a while, if nobody ends the call before."""
    await box.command(home.session, "call", line=line, caller=caller)
    await asyncio.sleep(RINGING_SECONDS)
    if (await box.state(home.session))["lines"][line - 1]["call"] != "IDLE":
        await box.command(home.session, "hangup", line=line)


async def _wander(home: Home, box: Box) -> None:
    """Let the signal of one line rise or fall."""
    line = random.randint(1, 4)  # noqa: S311
    csq = random.randint(WEAKEST, STRONGEST)  # noqa: S311
    await box.command(home.session, "signal", line=line, csq=csq)
