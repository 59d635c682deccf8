"""The trigger `gsm_gateway.sms_failed`."""

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

from .messaging.messages import State
from .report import SIGNAL_SMS_STATUS
from .targeting import async_is_targeted

FAILURES: Final = frozenset(
    state.value for state in (State.FAILED, State.UNKNOWN, State.EXPIRED)
)

_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Optional(CONF_OPTIONS, default={}): {},
    }
)


class SmsFailedTrigger(Trigger):
    """Starts when a message failed, expired, or nobody knows what became of it.

    `trigger.*` holds what the bus event `gsm_gateway_sms_status` holds.
    """

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Validate the target; without one, every message counts."""
        return cast("ConfigType", _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the validated target."""
        super().__init__(hass, config)
        self._target = config.target

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action for each message that is meant."""

        @callback
        def changed(data: Mapping[str, Any]) -> None:
            """Look at one state of one message."""
            if data["state"] not in FAILURES:
                return
            if not async_is_targeted(self._hass, self._target, data["device_id"]):
                return
            run_action(
                dict(data), f"SMS to {data['contact'] or data['to']} {data['state']}"
            )

        return async_dispatcher_connect(self._hass, SIGNAL_SMS_STATUS, changed)
