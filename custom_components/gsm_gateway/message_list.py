"""What `get_messages` looks for, and what it tells of a message."""

from collections.abc import Iterator
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .cards import present_imsi
from .const import (
    CONF_CHANNEL,
    CONF_NUMBER,
    DOMAIN,
    SUBENTRY_CONTACT,
    SUBENTRY_SIM,
)
from .contacts import contact_name
from .devices import async_device, identifier, sim_on_channel
from .messaging.history import Direction, Entry, Scope
from .messaging.numbers import NumberForm, country_of, formed
from .sending import async_reason, device_and_entry


@callback
def async_scope(
    hass: HomeAssistant, device_id: str | None, contact: str | None
) -> Scope:
    """Return whose messages are meant. Raises a translated error."""
    numbers = _numbers(hass, contact) if contact is not None else None
    if device_id is None:
        return Scope(numbers=numbers)
    device, entry = device_and_entry(hass, device_id)
    subentry = next(
        (
            subentry
            for subentry in entry.subentries.values()
            if identifier(entry, subentry.subentry_id) in device.identifiers
        ),
        None,
    )
    if subentry is not None and subentry.subentry_type == SUBENTRY_CONTACT:
        its = frozenset(_forms(hass, subentry.data[CONF_NUMBER]))
        return Scope(numbers=its if numbers is None else its & numbers)
    sims = [subentry] if subentry else entry.get_subentries_of_type(SUBENTRY_SIM)
    return Scope(
        box_id=entry.entry_id,
        channel=subentry.data[CONF_CHANNEL] if subentry else None,
        line_ids=frozenset(sim.subentry_id for sim in sims),
        numbers=numbers,
    )


def _numbers(hass: HomeAssistant, contact: str) -> frozenset[str]:
    """Return the writings of a contact's number, or of a number or name as it is given."""
    numbers = [
        known.data[CONF_NUMBER]
        for entry in hass.config_entries.async_entries(DOMAIN)
        for known in entry.get_subentries_of_type(SUBENTRY_CONTACT)
        if known.title.casefold() == contact.strip().casefold()
    ]
    return frozenset(
        writing
        for number in numbers or [contact.strip()]
        for writing in _forms(hass, number)
    )


def _forms(hass: HomeAssistant, number: str) -> Iterator[str]:
    """Give the ways in which the networks of the SIMs may write a number."""
    yield number
    countries = {
        country_of(present_imsi(sim.data))
        for entry in hass.config_entries.async_entries(DOMAIN)
        for sim in entry.get_subentries_of_type(SUBENTRY_SIM)
    }
    for country in countries:
        for form in NumberForm:
            yield formed(number, form, country)
        yield formed(number, NumberForm.PLUS, country).removeprefix("+")


@callback
def async_listed(hass: HomeAssistant, entry: Entry) -> dict[str, Any]:
    """Return what is told of a message; private ones are told with their text."""
    box = hass.config_entries.async_get_entry(entry.box_id) if entry.box_id else None
    sim = _sim(box, entry) if box else None
    device = async_device(hass, box, sim.subentry_id if sim else None) if box else None
    country = country_of(present_imsi(sim.data)) if sim else None
    told = {
        "message_id": entry.message_id,
        "direction": entry.direction.value,
        "device_id": device and device.id,
        "gateway": box and box.title,
        "channel": sim.data[CONF_CHANNEL] if sim else entry.channel,
        "sim": device and (device.name_by_user or device.name) if sim else None,
        "contact": contact_name(hass, entry.number, country),
        "text": entry.text,
        "parts": entry.parts,
        "at": entry.at.isoformat(),
    }
    if entry.direction is Direction.RECEIVED:
        return told | {
            "sender": entry.number,
            "kind": entry.kind,
            "complete": entry.complete,
            "time_guessed": entry.time_guessed,
            "raw": entry.raw or None,
        }
    return told | {
        "to": entry.number,
        "state": entry.state,
        "reason": async_reason(hass, entry),
        "code": entry.code,
        "attempt": entry.attempt,
        "changed_at": entry.changed_at.isoformat(),
        "states": [
            {"state": step.state, "at": step.at.isoformat()} for step in entry.steps
        ],
    }


def _sim(box: ConfigEntry, entry: Entry) -> ConfigSubentry | None:
    if entry.channel is not None:
        return sim_on_channel(box, entry.channel)
    return box.subentries.get(entry.line_id or "")
