"""Waiting for what tells nobody that it happened: a socket, a simulated box."""

import asyncio
from collections.abc import Callable


async def until(met: Callable[[], object], seconds: float = 20.0) -> None:
    """Return once `met` is true. Raises `TimeoutError`."""
    async with asyncio.timeout(seconds):
        while not met():  # noqa: ASYNC110 # nobody tells
            await asyncio.sleep(0.005)
