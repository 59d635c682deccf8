"""The one place that turns a received message into event entity, bus event and triggers."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalTypeFormat

from .const import EVENT_SMS_RECEIVED
from .messaging.messages import ReceivedMessage

# Keyed by entry id, so that triggers outlive a reload of the entry.
SIGNAL_SMS_RECEIVED: Final[SignalTypeFormat[Mapping[str, Any]]] = SignalTypeFormat(
    f"{EVENT_SMS_RECEIVED}_{{}}"
)


@callback
def received_data(
    hass: HomeAssistant, entry: ConfigEntry, message: ReceivedMessage
) -> dict[str, Any]:
    """Return what outsiders see of a received message."""
    raise NotImplementedError


@callback
def announce(hass: HomeAssistant, entry: ConfigEntry, message: ReceivedMessage) -> None:
    """Tell event entity and triggers (by the entry's signal) and the bus of a message."""
    data = received_data(hass, entry, message)
    async_dispatcher_send(hass, SIGNAL_SMS_RECEIVED.format(entry.entry_id), data)
    hass.bus.async_fire(EVENT_SMS_RECEIVED, data)
