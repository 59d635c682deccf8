"""The one place that turns a state of an outgoing message into bus event and triggers."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .const import CONF_CHANNEL, CONF_IMSI, DOMAIN, EVENT_SMS_STATUS
from .contacts import contact_name
from .devices import async_device
from .messaging.messages import OutgoingMessage, State
from .messaging.numbers import country_of
from .reasons import in_words

SIGNAL_SMS_STATUS: Final[SignalType[Mapping[str, Any]]] = SignalType(EVENT_SMS_STATUS)


@callback
def report(
    hass: HomeAssistant, message: OutgoingMessage, previous: State | None
) -> None:
    """Tell triggers, sensors and the bus of a message's new state."""
    data = status_data(hass, message, previous)
    async_dispatcher_send(hass, SIGNAL_SMS_STATUS, data)
    hass.bus.async_fire(EVENT_SMS_STATUS, data)


@callback
def status_data(
    hass: HomeAssistant, message: OutgoingMessage, previous: State | None
) -> dict[str, Any]:
    """Return what outsiders see of an outgoing message; its names never change."""
    entry = _entry(hass, message)
    sim = entry.subentries.get(message.line_id or "") if entry else None
    device = async_device(hass, entry, sim.subentry_id) if entry and sim else None
    country = country_of(sim.data.get(CONF_IMSI)) if sim else None
    return {
        "config_entry_id": entry and entry.entry_id,
        "device_id": device and device.id,
        "gateway": entry and entry.title,
        "channel": sim.data[CONF_CHANNEL] if sim else None,
        "sim": device and (device.name_by_user or device.name),
        "message_id": message.message_id,
        "to": message.to,
        "contact": contact_name(hass, message.to, country),
        "state": message.state.value,
        "previous": previous and previous.value,
        "reason": in_words(hass, message),
        "code": message.code,
        "parts": message.parts,
        "attempt": message.attempt,
        "changed_at": message.changed_at.isoformat(),
    }


def _entry(hass: HomeAssistant, message: OutgoingMessage) -> ConfigEntry | None:
    """Return the box that has a message, or that of the only SIM which may send it."""
    if message.box_id:
        return hass.config_entries.async_get_entry(message.box_id)
    return next(
        (
            entry
            for entry in hass.config_entries.async_entries(DOMAIN)
            if message.line_id in entry.subentries
        ),
        None,
    )
