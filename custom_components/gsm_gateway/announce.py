"""The one place that turns a received message into event entity, bus event and triggers."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.event import DOMAIN as EVENT_DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalTypeFormat

from .cards import present_imsi
from .const import (
    CONF_PRIVATE_SENDERS,
    CONF_TRUSTED_SENDERS,
    DOMAIN,
    EVENT_SMS_RECEIVED,
)
from .contacts import contact_name
from .devices import async_device, sim_on_channel, unique_id
from .messaging.countries import Country
from .messaging.messages import ReceivedMessage
from .messaging.numbers import country_of
from .trust import is_private, trusted

KEY_INCOMING_SMS: Final = "incoming_sms"

# Keyed by entry id, so that triggers outlive a reload of the entry.
SIGNAL_SMS_RECEIVED: Final[SignalTypeFormat[Mapping[str, Any], ReceivedMessage]] = (
    SignalTypeFormat(f"{EVENT_SMS_RECEIVED}_{{}}")
)
"""Brings what outsiders see, and the message itself for those who may see a private text."""


@callback
def announce(hass: HomeAssistant, entry: ConfigEntry, message: ReceivedMessage) -> None:
    """Tell event entity and triggers (by the entry's signal) and the bus of a message."""
    data = received_data(hass, entry, message)
    signal = SIGNAL_SMS_RECEIVED.format(entry.entry_id)
    async_dispatcher_send(hass, signal, data, message)
    hass.bus.async_fire(EVENT_SMS_RECEIVED, data)


@callback
def received_data(
    hass: HomeAssistant, entry: ConfigEntry, message: ReceivedMessage
) -> dict[str, Any]:
    """Return what outsiders see of a received message; its names never change.

    What a port without a SIM of ours or a disabled SIM received belongs to the box.
    """
    sim = sim_on_channel(entry, message.channel)
    country = country_here(entry, message.channel)
    private = is_private_here(entry, message.sender, country)
    return {
        **place(hass, entry, message.channel, KEY_INCOMING_SMS),
        "sender": message.sender,
        "contact": contact_name(hass, message.sender, country),
        "trusted": _trusted(entry, sim, message.sender, country),
        "text": "" if private else message.text,
        "kind": message.kind.value,
        "private": private,
        "received_at": message.received_at.isoformat(),
        "time_guessed": message.time_guessed,
        "parts": message.parts,
        "complete": message.complete,
        "late": message.late,
        "redelivered": message.redelivered,
        "stored": message.stored,
        "message_id": message.message_id,
    }


@callback
def place(
    hass: HomeAssistant, entry: ConfigEntry, channel: int, key: str
) -> dict[str, Any]:
    """Return what outsiders see of where something came in; `key` is its event entity's."""
    sim = sim_on_channel(entry, channel)
    device = async_device(hass, entry, sim.subentry_id) if sim else None
    if sim is None or device is None or device.disabled:
        device, entity_id, sim_name = async_device(hass, entry), None, None
    else:
        entity_id = er.async_get(hass).async_get_entity_id(
            EVENT_DOMAIN, DOMAIN, unique_id(entry, sim.subentry_id, key)
        )
        sim_name = device.name_by_user or device.name
    return {
        "config_entry_id": entry.entry_id,
        "device_id": device and device.id,
        "entity_id": entity_id,
        "gateway": entry.title,
        "channel": channel,
        "sim": sim_name,
    }


def country_here(entry: ConfigEntry, channel: int) -> Country | None:
    """Return the country of the SIM on a port, if both are known."""
    sim = sim_on_channel(entry, channel)
    return country_of(present_imsi(sim.data)) if sim else None


def is_private_here(entry: ConfigEntry, sender: str, country: Country | None) -> bool:
    """Tell whether the box's settings keep a sender's texts private."""
    return is_private(sender, country, entry.options.get(CONF_PRIVATE_SENDERS, ()))


def _trusted(
    entry: ConfigEntry, sim: ConfigSubentry | None, sender: str, country: Country | None
) -> bool:
    """Tell whether the settings of SIM and box trust a sender."""
    sim_list = sim.data.get(CONF_TRUSTED_SENDERS, ()) if sim else ()
    return trusted(
        sender, country, sim_list, entry.options.get(CONF_TRUSTED_SENDERS, ())
    )
