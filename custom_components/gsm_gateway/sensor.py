"""Balance of a SIM, and what the box tells of its radio."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import SIGNAL_STRENGTH_DECIBELS_MILLIWATT, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .balances import SIGNAL_BALANCE, shows_balance
from .const import SUBENTRY_SIM
from .entity import SubentryEntity, ToldEntity, async_follow_subentries
from .gateways.model import ChannelStatus
from .runtime import GsmGatewayConfigEntry

PARALLEL_UPDATES = 0

BALANCE: Final = SensorEntityDescription(
    key="balance",
    translation_key="balance",
    device_class=SensorDeviceClass.MONETARY,
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=2,
)
LAST_BALANCE_CHECK: Final = SensorEntityDescription(
    key="last_balance_check",
    translation_key="last_balance_check",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
)


@dataclass(frozen=True, kw_only=True)
class ToldSensorEntityDescription(SensorEntityDescription):
    """A sensor of what the box tells of a SIM."""

    value_fn: Callable[[ChannelStatus], str | int | None]


TOLD: Final = (
    ToldSensorEntityDescription(
        key="signal",
        translation_key="signal",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.signal_dbm,
    ),
    ToldSensorEntityDescription(
        key="operator",
        translation_key="operator",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.operator or None,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GsmGatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of a box's SIMs."""

    def build(sim: ConfigSubentry) -> Iterator[SubentryEntity]:
        if shows_balance(sim):
            yield BalanceSensor(entry, sim, BALANCE)
            yield LastBalanceCheckSensor(entry, sim, LAST_BALANCE_CHECK)
        for description in TOLD:
            yield ToldSensor(entry, sim, description, description.value_fn)

    async_follow_subentries(entry, SUBENTRY_SIM, async_add_entities, build)


class BalanceEntity(SubentryEntity, SensorEntity):
    """What is kept of a SIM's balance, on disk as well."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to answers and to changes of the SIM's settings."""
        signal = SIGNAL_BALANCE.format(self.subentry_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self.async_write_ha_state)
        )


class BalanceSensor(BalanceEntity):
    """The money on a SIM, as its operator said last."""

    @property
    @override
    def native_value(self) -> Decimal | None:
        """Return the last balance that could be read."""
        return self.entry.runtime_data.balances.known(self.subentry_id).balance

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the currency of the SIM."""
        return self.entry.runtime_data.balances.known(self.subentry_id).currency


class LastBalanceCheckSensor(BalanceEntity):
    """When the balance was read last."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return when the balance was read last."""
        return self.entry.runtime_data.balances.known(self.subentry_id).checked


class ToldSensor(ToldEntity[str | int], SensorEntity):
    """What the box tells of a SIM's radio."""

    @property
    @override
    def native_value(self) -> str | int | None:
        """Return what the box told last."""
        return self.told
