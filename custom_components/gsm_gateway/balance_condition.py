"""The condition `gsm_gateway.balance_low`."""

from decimal import Decimal, InvalidOperation
from typing import override

from homeassistant.components.sensor import DOMAIN as SENSOR
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    ConditionConfig,
    EntityConditionBase,
)
import voluptuous as vol

from .balance_trigger import CONF_BELOW, as_money
from .const import CONF_BALANCE_LOW, DOMAIN

BALANCE = "balance"
"""The translation key of the sensors that count."""


class BalanceLowCondition(EntityConditionBase):
    """Whether the balance of SIMs is below a threshold: that given here, or their own.

    A balance that is not known is not low, nor is that of a SIM without a threshold.
    """

    _domain_specs = {SENSOR: DomainSpec()}  # noqa: RUF012 # as the base has it
    _schema = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
        {
            vol.Required(CONF_OPTIONS, default={}): {
                vol.Optional(CONF_BELOW): vol.Maybe(as_money)
            }
        }
    )

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the validated options."""
        super().__init__(hass, config)
        self._below: float | None = (config.options or {}).get(CONF_BELOW)

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Keep the balances of SIMs, whatever else an area or a device has."""
        registry = er.async_get(self._hass)
        return {
            entity_id
            for entity_id in super().entity_filter(entities)
            if (entity := registry.async_get(entity_id))
            and entity.platform == DOMAIN
            and entity.translation_key == BALANCE
        }

    @property
    @override
    def needs_polling(self) -> bool:
        """The threshold of a SIM can change while no state does."""
        return self._below is None or super().needs_polling

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Tell whether a balance is low."""
        threshold = self._threshold(entity_state.entity_id)
        try:
            balance = Decimal(entity_state.state)
        except InvalidOperation:
            return False
        return threshold is not None and balance < Decimal(str(threshold))

    @override
    def _should_include(self, _state: State) -> bool:
        return True

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        """Let no condition be met because there is no such SIM any more."""
        return bool(states) and super()._check_all_match_state(states)

    def _threshold(self, entity_id: str) -> float | None:
        if self._below is not None:
            return self._below
        entity = er.async_get(self._hass).async_get(entity_id)
        if entity is None or entity.config_entry_id is None:
            return None
        entry = self._hass.config_entries.async_get_entry(entity.config_entry_id)
        sim = entry and entry.subentries.get(entity.config_subentry_id or "")
        return sim.data.get(CONF_BALANCE_LOW) if sim else None
