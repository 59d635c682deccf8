"""Balance and traffic of a SIM, what the box tells of its radio, and who wrote last."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import (
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from .balance_sensor import (
    BalanceSensor,
    BalanceSensorEntityDescription,
    balance_facts,
    cost_per_day,
    days_left,
    top_up_at,
    top_up_facts,
)
from .balances import shows_balance
from .cards import card_since
from .const import SUBENTRY_SIM
from .entity import SubentryEntity, async_follow_subentries
from .gateways.model import LineState
from .last_message import LastMessageSensor
from .messenger import MESSENGER, Messenger
from .report import SIGNAL_SMS_STATUS
from .runtime import GsmGatewayConfigEntry
from .told_sensor import LastSeenSensor, ToldSensor, ToldSensorEntityDescription

PARALLEL_UPDATES = 0

BALANCES: Final = (
    BalanceSensorEntityDescription(
        key="balance",
        translation_key="balance",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value_fn=lambda known, _: known.balance,
        unit_fn=lambda currency: currency,
        attributes_fn=balance_facts,
    ),
    BalanceSensorEntityDescription(
        key="last_balance_check",
        translation_key="last_balance_check",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda known, _: known.checked,
    ),
    BalanceSensorEntityDescription(
        key="balance_valid_until",
        translation_key="balance_valid_until",
        device_class=SensorDeviceClass.DATE,
        value_fn=lambda known, _: known.valid_until,
    ),
    BalanceSensorEntityDescription(
        key="cost_per_day",
        translation_key="cost_per_day",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=3,
        value_fn=cost_per_day,
        unit_fn=lambda currency: f"{currency}/d",
    ),
    BalanceSensorEntityDescription(
        key="days_left",
        translation_key="days_left",
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.DAYS,
        suggested_display_precision=0,
        value_fn=days_left,
    ),
    BalanceSensorEntityDescription(
        key="sms_left",
        translation_key="sms_left",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda _, outlook: outlook.sms_left,
    ),
    BalanceSensorEntityDescription(
        key="last_top_up",
        translation_key="last_top_up",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=top_up_at,
        attributes_fn=top_up_facts,
    ),
)
TOLD: Final = (
    ToldSensorEntityDescription(
        key="signal",
        translation_key="signal",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.signal_dbm,
        attributes_fn=lambda status: {"csq": status.signal_csq},
    ),
    ToldSensorEntityDescription(
        key="operator",
        translation_key="operator",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.operator or None,
    ),
    ToldSensorEntityDescription(
        key="line_state",
        translation_key="line_state",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in LineState],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.line_state and status.line_state.value,
    ),
    ToldSensorEntityDescription(
        key="own_number",
        translation_key="own_number",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda status: status.number or None,
    ),
    ToldSensorEntityDescription(
        key="imei",
        translation_key="imei",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda status: status.imei or None,
    ),
    ToldSensorEntityDescription(
        key="imsi",
        translation_key="imsi",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda status: status.imsi or None,
    ),
    ToldSensorEntityDescription(
        key="iccid",
        translation_key="iccid",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda status: status.iccid or None,
    ),
)
LAST_SEEN: Final = ToldSensorEntityDescription(
    key="last_seen",
    translation_key="last_seen",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    value_fn=lambda status: status.heard_at,
    attributes_fn=lambda status: {"address": status.address},
)
LAST_MESSAGE: Final = SensorEntityDescription(
    key="last_message", translation_key="last_message"
)


@dataclass(frozen=True, kw_only=True)
class TrafficSensorEntityDescription(SensorEntityDescription):
    """A sensor of what a SIM sends."""

    value_fn: Callable[[Messenger, str], int]
    """Finds the value of a line."""
    begins_fn: Callable[[datetime], datetime] | None = None
    """Finds since when it counts, from the beginning of the day."""


TRAFFIC: Final = (
    TrafficSensorEntityDescription(
        key="sent_today",
        translation_key="sent_today",
        state_class=SensorStateClass.TOTAL,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda messenger, line_id: messenger.guard.used(line_id).today,
        begins_fn=lambda day: day,
    ),
    TrafficSensorEntityDescription(
        key="sent_this_month",
        translation_key="sent_this_month",
        state_class=SensorStateClass.TOTAL,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda messenger, line_id: messenger.guard.used(line_id).month_parts,
        begins_fn=lambda day: dt_util.start_of_local_day(day.replace(day=1)),
    ),
    TrafficSensorEntityDescription(
        key="waiting",
        translation_key="waiting",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda messenger, line_id: messenger.outbox.waiting(line_id),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GsmGatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of a box and of its SIMs."""
    async_add_entities([LastMessageSensor(entry, LAST_MESSAGE)])

    def build(sim: ConfigSubentry) -> Iterator[SubentryEntity]:
        if shows_balance(sim):
            for money in BALANCES:
                yield BalanceSensor(entry, sim, money)
        for traffic in TRAFFIC:
            yield TrafficSensor(entry, sim, traffic)
        for description in TOLD:
            yield ToldSensor(entry, sim, description)
        yield LastSeenSensor(entry, sim, LAST_SEEN)

    async_follow_subentries(entry, SUBENTRY_SIM, async_add_entities, build)


class TrafficSensor(SubentryEntity, SensorEntity):
    """What a SIM has sent, or may have to send.

    A message that several SIMs may send waits for each of them.
    """

    entity_description: TrafficSensorEntityDescription
    _due: asyncio.Handle | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to outgoing messages, to changed settings, and to the clock at midnight."""
        listen = async_dispatcher_connect(
            self.hass, SIGNAL_SMS_STATUS, self._async_refresh_soon
        )
        self.async_on_remove(listen)
        status = self.entry.runtime_data.status
        self.async_on_remove(status.async_add_listener(self._async_refresh_soon))
        self.async_on_remove(
            async_track_time_change(
                self.hass, self._async_new_day, hour=0, minute=0, second=0
            )
        )
        self._read()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Look no more."""
        if self._due is not None:
            self._due.cancel()

    @callback
    def _async_refresh_soon(self, _data: Mapping[str, Any] | None = None) -> None:
        """Look once the queue has done what it tells of, and once for all that comes together."""
        if self._due is None:
            self._due = self.hass.loop.call_soon(self._async_refresh)

    @callback
    def _async_refresh(self) -> None:
        """Show what changed; most messages concern other SIMs."""
        self._due = None
        before = self._attr_native_value
        self._read()
        if self._attr_native_value != before:
            self.async_write_ha_state()

    @callback
    def _async_new_day(self, _now: datetime) -> None:
        self._read()
        self.async_write_ha_state()

    def _read(self) -> None:
        description, messenger = self.entity_description, self.hass.data[MESSENGER]
        self._attr_native_value = description.value_fn(messenger, self.subentry_id)
        if description.begins_fn is not None:
            day = dt_util.start_of_local_day()
            begin = description.begins_fn(day)
            sim = self.entry.subentries.get(self.subentry_id)
            since = sim and card_since(sim.data)
            self._attr_last_reset = max(begin, since) if since else begin
