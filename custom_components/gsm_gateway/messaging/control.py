"""Switching and restarting, which take turns with what they would cut off."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
import logging
from typing import Final

from ..gateways.clock import Clock
from ..gateways.model import ChannelBusy
from .line import Line

_LOGGER = logging.getLogger(__name__)

TURN_SECONDS: Final = 40.0
"""That somebody who restarts waits for the turn."""
RESTART_SECONDS: Final = 30.0
"""After which a line has told that it is not registered, or is back (GoIP 2.2)."""


@asynccontextmanager
async def module_turn(
    line: Line, clock: Clock, *, ends_silent: bool = True
) -> AsyncGenerator[None]:
    """Hold a SIM while its module is switched or restarted.

    Raises `ChannelBusy` when something else is under way for 40 s. Nothing is
    begun on a module that `ends_silent` before it can have told so.
    """
    async with _turns([line], clock) as busy:
        if busy:
            raise ChannelBusy("the SIM is busy")
        try:
            yield
        finally:
            if ends_silent:
                line.rest(RESTART_SECONDS)


@asynccontextmanager
async def box_turn(lines: Sequence[Line], clock: Clock) -> AsyncGenerator[None]:
    """Hold all SIMs of a box while it is restarted; those that are busy for 40 s are not spared."""
    async with _turns(lines, clock) as busy:
        if busy:
            ports = ", ".join(str(line.channel) for line in busy)
            _LOGGER.debug("A box is restarted although its ports are busy: %s", ports)
        try:
            yield
        finally:
            for line in lines:
                line.rest(RESTART_SECONDS)


@asynccontextmanager
async def _turns(lines: Sequence[Line], clock: Clock) -> AsyncGenerator[list[Line]]:
    """Take the turns of SIMs and give those that did not come free in time."""
    holder = object()
    waits = [asyncio.create_task(line.take_for_control(holder)) for line in lines]
    try:
        try:
            async with clock.timeout(TURN_SECONDS):
                await asyncio.gather(*waits)
        except TimeoutError:
            await asyncio.gather(*waits, return_exceptions=True)
        pairs = zip(lines, waits, strict=True)
        yield [line for line, wait in pairs if wait.cancelled()]
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        for line in lines:
            line.release(holder)
