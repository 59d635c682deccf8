"""Sensors of what a box tells of its SIMs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback

from .entity import ToldEntity
from .gateways.model import ChannelStatus
from .runtime import GsmGatewayConfigEntry

type Told = str | int | datetime


@dataclass(frozen=True, kw_only=True)
class ToldSensorEntityDescription(SensorEntityDescription):
    """A sensor of what the box tells of a SIM."""

    value_fn: Callable[[ChannelStatus], Told | None]
    attributes_fn: Callable[[ChannelStatus], dict[str, str | int | None]] | None = None


class ToldSensor(ToldEntity[Told], SensorEntity):
    """What the box tells of a SIM now."""

    entity_description: ToldSensorEntityDescription

    def __init__(
        self,
        entry: GsmGatewayConfigEntry,
        subentry: ConfigSubentry,
        description: ToldSensorEntityDescription,
    ) -> None:
        """Show what the description finds in the status of the SIM's channel."""
        super().__init__(entry, subentry, description, description.value_fn)

    @property
    @override
    def native_value(self) -> Told | None:
        """Return what the box tells now."""
        return self.told

    @property
    @override
    def extra_state_attributes(self) -> dict[str, str | int | None] | None:
        """Return what belongs to the value."""
        find = self.entity_description.attributes_fn
        return find(self.known) if find and self.known else None


class LastSeenSensor(ToldSensor, RestoreSensor):
    """When a line called last; worth knowing above all while it is silent."""

    _last: datetime | None = None
    _address: str | None = None

    @property
    @override
    def available(self) -> bool:
        """Stay available."""
        return True

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return when the line called last, as far as anybody remembers."""
        return self._last

    @property
    @override
    def extra_state_attributes(self) -> dict[str, str | int | None]:
        """Return where it called from."""
        return {"address": self._address}

    @override
    async def async_added_to_hass(self) -> None:
        """Take up what was known before Home Assistant stopped."""
        await super().async_added_to_hass()
        kept = await self.async_get_last_sensor_data()
        if kept and isinstance(kept.native_value, datetime):
            self._last = kept.native_value
        self._note()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._note()
        super()._handle_coordinator_update()

    def _note(self) -> None:
        """Keep what the line has told; a connection that falls takes it away."""
        if self.known and self.known.heard_at:
            self._last, self._address = self.known.heard_at, self.known.address
