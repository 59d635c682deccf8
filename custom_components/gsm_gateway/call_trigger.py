"""The trigger `gsm_gateway.call_received`."""

from collections.abc import Mapping
from typing import Any, Final, cast, override

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .announce import country_here
from .announce_call import SIGNAL_CALL_RECEIVED
from .targeting import async_is_targeted, numbers_and_names
from .trust import is_among

CONF_CALLER: Final = "caller"

_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Optional(CONF_OPTIONS, default={}): {
            vol.Optional(CONF_CALLER, default=[]): numbers_and_names,
        },
    }
)


class CallReceivedTrigger(Trigger):
    """Starts when a voice call rings; `trigger.*` holds what the bus event holds."""

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Validate target and options; without a target, all SIMs are meant."""
        return cast("ConfigType", _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the validated options."""
        super().__init__(hass, config)
        self._target = config.target
        self._callers: list[str] = (config.options or {})[CONF_CALLER]

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action for each call that is meant."""

        @callback
        def called(data: Mapping[str, Any]) -> None:
            """Look at one call."""
            if self._is_from_caller(data) and async_is_targeted(
                self._hass, self._target, data["device_id"], data["entity_id"]
            ):
                run_action(dict(data), f"Call to {data['sim'] or data['gateway']}")

        return async_dispatcher_connect(self._hass, SIGNAL_CALL_RECEIVED, called)

    def _is_from_caller(self, call: Mapping[str, Any]) -> bool:
        """Tell whether the caller is one of those looked for."""
        if not self._callers:
            return True
        entry = self._hass.config_entries.async_get_entry(call["config_entry_id"])
        country = country_here(entry, call["channel"]) if entry else None
        return is_among(call["caller"], self._callers, country)
