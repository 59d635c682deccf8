"""The one place that tells triggers of balances that were read, and of SIMs about to lapse."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .balance.readings import Outlook
from .balance_news import BalanceRead
from .const import CONF_CHANNEL, CONF_CURRENCY, DOMAIN
from .devices import async_device, unique_id

_ENTITIES: Final = ("balance", "balance_valid_until")
"""Keys of the sensors that stand for a SIM where a trigger names entities."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SimNews:
    """Something about the money of a SIM that is in use."""

    data: Mapping[str, Any]
    """What outsiders see; its names never change."""
    entity_ids: tuple[str, ...]
    settings: Mapping[str, Any]
    """Those of the SIM."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingNews(SimNews):
    """A balance was read."""

    read: BalanceRead
    outlook: Outlook
    """As of this reading."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpiryNews(SimNews):
    """The end of a SIM's validity was looked at."""

    days: int
    """So many are left; negative where it is past."""
    days_before: int | None
    """So many were left when this date was looked at before, if it was."""


# For all boxes, so that triggers hear those that are added later as well.
SIGNAL_BALANCE_TOLD: Final[SignalType[ReadingNews]] = SignalType(
    f"{DOMAIN}_balance_told"
)
SIGNAL_EXPIRY_CHECKED: Final[SignalType[ExpiryNews]] = SignalType(
    f"{DOMAIN}_expiry_checked"
)


@callback
def announce_reading(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim: ConfigSubentry,
    read: BalanceRead,
    outlook: Outlook,
) -> None:
    """Tell of a balance that was read."""
    before = read.before.amount if read.before else None
    data = balance_data(hass, entry, sim, read.reading.amount, before, read.valid_until)
    if data is not None:
        news = ReadingNews(
            data=data,
            entity_ids=_entity_ids(hass, entry, sim),
            settings=sim.data,
            read=read,
            outlook=outlook,
        )
        async_dispatcher_send(hass, SIGNAL_BALANCE_TOLD, news)


@callback
def announce_expiry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim: ConfigSubentry,
    data: Mapping[str, Any],
    *,
    days: int,
    days_before: int | None,
) -> None:
    """Tell how long a SIM is still valid; `data` is its `balance_data`."""
    news = ExpiryNews(
        data=data,
        entity_ids=_entity_ids(hass, entry, sim),
        settings=sim.data,
        days=days,
        days_before=days_before,
    )
    async_dispatcher_send(hass, SIGNAL_EXPIRY_CHECKED, news)


@callback
def balance_data(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim: ConfigSubentry,
    balance: Decimal | None,
    previous: Decimal | None,
    valid_until: date | None,
) -> dict[str, Any] | None:
    """Return what outsiders see of a SIM's money; nothing of a SIM that is disabled."""
    device = async_device(hass, entry, sim.subentry_id)
    if device is None or device.disabled:
        return None
    return {
        "config_entry_id": entry.entry_id,
        "device_id": device.id,
        "gateway": entry.title,
        "channel": sim.data[CONF_CHANNEL],
        "sim": device.name_by_user or device.name,
        "balance": None if balance is None else float(balance),
        "currency": sim.data.get(CONF_CURRENCY),
        "previous": None if previous is None else float(previous),
        "valid_until": valid_until and valid_until.isoformat(),
    }


def _entity_ids(
    hass: HomeAssistant, entry: ConfigEntry, sim: ConfigSubentry
) -> tuple[str, ...]:
    registry = er.async_get(hass)
    found = (
        registry.async_get_entity_id(
            SENSOR_DOMAIN, DOMAIN, unique_id(entry, sim.subentry_id, key)
        )
        for key in _ENTITIES
    )
    return tuple(entity_id for entity_id in found if entity_id)
