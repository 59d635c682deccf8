"""A line in the logbook for a time in which messages may have been lost."""

from typing import Final

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .messaging.history import Gap

KEY_CONNECTED: Final = "connected"


@callback
def async_log_gap(hass: HomeAssistant, entry: ConfigEntry, gap: Gap) -> None:
    """Tell of a box that keeps nothing for us since when nobody listened to it."""
    if "logbook" not in hass.config.components or gap.until is None:
        return
    # Its package needs what only an installed recorder has.
    from homeassistant.components.logbook import async_log_entry  # noqa: PLC0415

    since, until = (
        dt_util.as_local(moment).strftime("%Y-%m-%d %H:%M:%S")
        for moment in (gap.since, gap.until)
    )
    async_log_entry(
        hass,
        entry.title,
        f"was not listened to from {since} to {until};"
        " SMS that came then are only in its own inbox",
        DOMAIN,
        er.async_get(hass).async_get_entity_id(
            BINARY_SENSOR_DOMAIN, DOMAIN, f"{entry.entry_id}_{KEY_CONNECTED}"
        ),
    )
