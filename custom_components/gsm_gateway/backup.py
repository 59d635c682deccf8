"""A copy of the message log that a backup can take while messages come and go."""

import asyncio
import logging
from typing import Final

from homeassistant.core import HomeAssistant

from .messaging.store import StoreUnavailable
from .messenger import MESSENGER

_LOGGER = logging.getLogger(__name__)

_LIMIT: Final = 20.0
"""Seconds. An error here would end the user's whole backup; a delay would hold it up."""


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Write everything into the file, and mark it as copied."""
    try:
        async with asyncio.timeout(_LIMIT):
            await hass.data[MESSENGER].async_begin_copy()
    except (StoreUnavailable, TimeoutError) as error:
        _LOGGER.warning("The backup has an older state of the messages: %s", error)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Take the mark away."""
    try:
        async with asyncio.timeout(_LIMIT):
            await hass.data[MESSENGER].async_end_copy()
    except (StoreUnavailable, TimeoutError) as error:
        _LOGGER.warning("The message log is still marked as copied: %s", error)
