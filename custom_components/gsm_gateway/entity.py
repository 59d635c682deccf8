"""Devices, and what the platforms share."""

from collections.abc import Callable, Iterable

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .runtime import GsmGatewayConfigEntry


class SubentryEntity(Entity):
    """An entity of a SIM or of a contact; its description's key names it everywhere."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        entry: GsmGatewayConfigEntry,
        subentry: ConfigSubentry,
        description: EntityDescription,
    ) -> None:
        """Set identity and device."""


@callback
def async_follow_subentries(
    entry: GsmGatewayConfigEntry,
    subentry_type: str,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[ConfigSubentry], Iterable[SubentryEntity]],
) -> None:
    """Add what `build` makes for each subentry of a type: now, and for those that come later.

    Called once by a platform's `async_setup_entry`. `build` may be asked again for
    the same subentry; what was added is not added twice, and what it no longer
    makes is taken out of the entity registry.
    """


@callback
def async_device_id(
    hass: HomeAssistant, entry: GsmGatewayConfigEntry, subentry_id: str | None = None
) -> str | None:
    """Return the device id of a SIM or a contact, or of the box itself."""
    raise NotImplementedError


def device_info(entry: GsmGatewayConfigEntry, subentry: ConfigSubentry) -> DeviceInfo:
    """Return the device of a SIM or of a contact."""
    raise NotImplementedError
