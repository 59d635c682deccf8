"""The trigger `gsm_gateway.sms_failed`."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    TriggerActionRunner,
    TriggerNotTriggeredReporter,
)

from .messaging.messages import State
from .report import SIGNAL_SMS_STATUS
from .target_trigger import TargetTrigger, schema_with

FAILURES: Final = frozenset(
    state.value for state in (State.FAILED, State.UNKNOWN, State.EXPIRED)
)


class SmsFailedTrigger(TargetTrigger):
    """Starts when a message failed, expired, or nobody knows what became of it.

    `trigger.*` holds what the bus event `gsm_gateway_sms_status` holds.
    """

    schema = schema_with({})

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
            if not self._is_meant(data["device_id"]):
                return
            run_action(
                dict(data), f"SMS to {data['contact'] or data['to']} {data['state']}"
            )

        return async_dispatcher_connect(self._hass, SIGNAL_SMS_STATUS, changed)
