"""The conditions; `gsm_gateway.sim_registered` is at home here."""

from typing import override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .balance_condition import BalanceLowCondition
from .binary_sensor import REGISTRATION
from .const import DOMAIN


class SimRegisteredCondition(EntityStateConditionBase):
    """Whether SIMs are in a mobile network.

    A SIM of which nothing is known, because its box is away, is not: an alarm
    that depends on it would not leave.
    """

    _domain_specs = {BINARY_SENSOR: DomainSpec()}  # noqa: RUF012 # as the base has it
    _states = {STATE_ON}  # noqa: RUF012 # as the base has it
    _primary_entities_only = False

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Keep the registration of SIMs, whatever else an area or a device has."""
        registry = er.async_get(self._hass)
        return {
            entity_id
            for entity_id in super().entity_filter(entities)
            if (entity := registry.async_get(entity_id))
            and entity.platform == DOMAIN
            and entity.translation_key == REGISTRATION.translation_key
        }

    @override
    def _should_include(self, _state: State) -> bool:
        return True

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        """Let no condition be met because there is no such SIM any more."""
        return bool(states) and super()._check_all_match_state(states)


CONDITIONS: dict[str, type[Condition]] = {
    "balance_low": BalanceLowCondition,
    "sim_registered": SimRegisteredCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions of this integration."""
    return CONDITIONS
