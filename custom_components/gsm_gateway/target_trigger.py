"""What the triggers have in common: a target that may be left out, and options of their own."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast, override

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import Trigger, TriggerConfig
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .targeting import async_is_targeted


def schema_with(options: Mapping[vol.Marker, Any]) -> vol.Schema:
    """Return the schema of a trigger with these options."""
    return vol.Schema(
        {
            vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Optional(CONF_OPTIONS, default={}): dict(options),
        }
    )


class TargetTrigger(Trigger):
    """Starts for what concerns its target; without one, for all SIMs."""

    schema: ClassVar[vol.Schema]

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Validate target and options."""
        return cast("ConfigType", cls.schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the validated target and options."""
        super().__init__(hass, config)
        self._target = config.target
        self._options: dict[str, Any] = config.options or {}

    def _is_meant(self, device_id: str | None, *entity_ids: str | None) -> bool:
        """Tell whether the target means a SIM."""
        return async_is_targeted(self._hass, self._target, device_id, *entity_ids)
