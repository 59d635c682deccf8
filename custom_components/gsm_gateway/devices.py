"""The devices of an entry (the box, its SIMs, its contacts) and what they are known by."""

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import UNDEFINED
from yarl import URL

from .const import (
    CONF_CHANNEL,
    CONF_HTTP_PORT,
    CONF_ICCID,
    CONF_TLS,
    DOMAIN,
    SUBENTRY_SIM,
)
from .gateways.model import GatewayStatus


def identifier(entry: ConfigEntry, subentry_id: str | None = None) -> tuple[str, str]:
    """Return what the device registry knows a SIM, a contact or the box itself by."""
    if subentry_id is None:
        return (DOMAIN, entry.entry_id)
    return (DOMAIN, f"{entry.entry_id}_{subentry_id}")


def unique_id(entry: ConfigEntry, subentry_id: str, key: str) -> str:
    """Return what the entity registry knows an entity of a SIM or a contact by."""
    return f"{entry.entry_id}_{subentry_id}_{key}"


def sim_on_channel(entry: ConfigEntry, channel: int) -> ConfigSubentry | None:
    """Return the SIM on a port, if it was added."""
    return next(
        (
            sim
            for sim in entry.get_subentries_of_type(SUBENTRY_SIM)
            if sim.data[CONF_CHANNEL] == channel
        ),
        None,
    )


@callback
def async_device(
    hass: HomeAssistant, entry: ConfigEntry, subentry_id: str | None = None
) -> dr.DeviceEntry | None:
    """Return the device of a SIM or a contact, or of the box itself."""
    return dr.async_get(hass).async_get_device_by_identifier(
        identifier(entry, subentry_id), entry.entry_id
    )


@callback
def device_name(hass: HomeAssistant, entry: ConfigEntry, subentry_id: str) -> str:
    """Return what the user calls a SIM or a contact."""
    device = async_device(hass, entry, subentry_id)
    name = device and (device.name_by_user or device.name)
    return name or entry.title


@callback
def async_register_devices(
    hass: HomeAssistant, entry: ConfigEntry, status: GatewayStatus
) -> None:
    """Make the devices of an entry, or bring their facts up to date."""
    registry = dr.async_get(hass)
    box = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={identifier(entry)},
        connections={(dr.CONNECTION_NETWORK_MAC, status.mac)}
        if status.mac
        else UNDEFINED,
        name=entry.title,
        configuration_url=_web_page(entry),
        model=status.model or UNDEFINED,
        sw_version=status.firmware or UNDEFINED,
        serial_number=status.serial or UNDEFINED,
    )
    for subentry in entry.subentries.values():
        if subentry.subentry_type == SUBENTRY_SIM:
            _register_sim(registry, entry, subentry, box.id)
        else:
            _register_contact(registry, entry, subentry)


def _register_sim(
    registry: dr.DeviceRegistry, entry: ConfigEntry, subentry: ConfigSubentry, box: str
) -> None:
    registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={identifier(entry, subentry.subentry_id)},
        translation_key="sim",
        translation_placeholders={
            "gateway": entry.title,
            "channel": str(subentry.data[CONF_CHANNEL]),
        },
        serial_number=subentry.data.get(CONF_ICCID),
        via_device_id=box,
    )


def _register_contact(
    registry: dr.DeviceRegistry, entry: ConfigEntry, subentry: ConfigSubentry
) -> None:
    registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={identifier(entry, subentry.subentry_id)},
        name=subentry.title,
        entry_type=dr.DeviceEntryType.SERVICE,
    )


def _web_page(entry: ConfigEntry) -> URL:
    return URL.build(
        scheme="https" if entry.data[CONF_TLS] else "http",
        host=entry.data[CONF_HOST],
        port=entry.data[CONF_HTTP_PORT],
    )
