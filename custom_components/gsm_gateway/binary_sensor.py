"""Connection of a box, and registration of its SIMs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_SIM
from .entity import BoxEntity, SubentryEntity, ToldEntity, async_follow_subentries
from .gateways.model import ChannelStatus
from .runtime import GsmGatewayConfigEntry

PARALLEL_UPDATES = 0

CONNECTED: Final = BinarySensorEntityDescription(
    key="connected",
    translation_key="connected",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
REGISTRATION: Final = BinarySensorEntityDescription(
    key="registration",
    translation_key="registration",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GsmGatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of a box and of its SIMs."""
    async_add_entities([ConnectedSensor(entry, CONNECTED)])

    def build(sim: ConfigSubentry) -> Iterator[SubentryEntity]:
        yield RegistrationSensor(entry, sim, REGISTRATION, _registered)

    async_follow_subentries(entry, SUBENTRY_SIM, async_add_entities, build)


def _registered(status: ChannelStatus) -> bool | None:
    return status.registered


class ConnectedSensor(BoxEntity, BinarySensorEntity):
    """Whether the box is within reach."""

    @property
    @override
    def available(self) -> bool:
        """Stay available: here one looks when the box is away."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the box is within reach."""
        return self.coordinator.connection.connected

    @property
    @override
    def extra_state_attributes(self) -> dict[str, datetime | None]:
        """Return the last time in which nobody listened to the box."""
        gap = self.coordinator.connection.gap
        return {"not_listening_from": gap.since, "not_listening_to": gap.until}


class RegistrationSensor(ToldEntity[bool], BinarySensorEntity):
    """Whether a SIM is registered in a network."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether the SIM is registered."""
        return self.told
