"""The trigger `gsm_gateway.call_received`."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    TriggerActionRunner,
    TriggerNotTriggeredReporter,
)
import voluptuous as vol

from .announce import country_here
from .announce_call import SIGNAL_CALL_RECEIVED
from .target_trigger import TargetTrigger, schema_with
from .targeting import numbers_and_names
from .trust import is_among

CONF_CALLER: Final = "caller"


class CallReceivedTrigger(TargetTrigger):
    """Starts when a voice call rings; `trigger.*` holds what the bus event holds."""

    schema = schema_with({vol.Optional(CONF_CALLER, default=[]): numbers_and_names})

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
            if self._is_from_caller(data) and self._is_meant(
                data["device_id"], data["entity_id"]
            ):
                run_action(dict(data), f"Call to {data['sim'] or data['gateway']}")

        return async_dispatcher_connect(self._hass, SIGNAL_CALL_RECEIVED, called)

    def _is_from_caller(self, call: Mapping[str, Any]) -> bool:
        """Tell whether the caller is one of those looked for."""
        callers = self._options[CONF_CALLER]
        if not callers:
            return True
        entry = self._hass.config_entries.async_get_entry(call["config_entry_id"])
        country = country_here(entry, call["channel"]) if entry else None
        return is_among(call["caller"], callers, country)
