"""Sensors of a SIM's money, and of what its past says of its future."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .balance.readings import Outlook
from .balance_store import SimBalance
from .balances import SIGNAL_BALANCE
from .entity import SubentryEntity

type Value = date | datetime | Decimal | float | None
type Attributes = dict[str, str | float | bool | datetime | None]


@dataclass(frozen=True, kw_only=True)
class BalanceSensorEntityDescription(SensorEntityDescription):
    """A sensor of a SIM's money."""

    value_fn: Callable[[SimBalance, Outlook], Value]
    unit_fn: Callable[[str], str] | None = None
    """Makes the unit of the currency."""
    attributes_fn: Callable[[SimBalance, Outlook], Attributes] | None = None


class BalanceSensor(SubentryEntity, SensorEntity):
    """Something about the money on a SIM, unknown until it can be known.

    What is kept on disk is shown after a restart and while the box is away, and nothing
    while another card is in the port.
    """

    entity_description: BalanceSensorEntityDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to answers and to changes of the SIM's settings."""
        signal = SIGNAL_BALANCE.format(self.subentry_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self.async_write_ha_state)
        )

    @property
    def _known(self) -> SimBalance:
        return self.entry.runtime_data.balances.known(self.subentry_id)

    @property
    def _outlook(self) -> Outlook:
        return self.entry.runtime_data.balances.outlook(self.subentry_id)

    @property
    @override
    def native_value(self) -> Value:
        """Return what is known."""
        return self.entity_description.value_fn(self._known, self._outlook)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit, of money in the currency of the SIM."""
        make, currency = self.entity_description.unit_fn, self._known.currency
        if make is None:
            return super().native_unit_of_measurement
        return make(currency) if currency else None

    @property
    @override
    def extra_state_attributes(self) -> Attributes | None:
        """Return what belongs to the value."""
        find = self.entity_description.attributes_fn
        return find(self._known, self._outlook) if find else None


def balance_facts(known: SimBalance, _outlook: Outlook) -> Attributes:
    """Return when the balance was read right, and whether a newer answer could not be."""
    unread: Attributes = {"unread": True} if known.unread else {}
    return {"last_right": known.checked, **unread}


def cost_per_day(_known: SimBalance, outlook: Outlook) -> float | None:
    """Return the cost of a day, as exactly as anybody wants to know."""
    cost = outlook.cost_per_day
    return None if cost is None else round(float(cost), 4)


def days_left(_known: SimBalance, outlook: Outlook) -> float | None:
    """Return how long the money lasts, to an hour or two."""
    days = outlook.days_left
    return None if days is None else round(days, 1)


def top_up_at(_known: SimBalance, outlook: Outlook) -> datetime | None:
    """Return when money was put on the SIM last, as far as anybody saw."""
    return outlook.last_top_up.at if outlook.last_top_up else None


def top_up_facts(known: SimBalance, outlook: Outlook) -> Attributes:
    """Return how much was put on the SIM."""
    top_up = outlook.last_top_up
    if top_up is None:
        return {}
    return {"amount": float(top_up.amount), "currency": known.currency}
