"""The triggers; `gsm_gateway.sms_received` is at home here."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    NotTriggeredInfo,
    Trigger,
    TriggerActionRunner,
    TriggerNotTriggeredReporter,
)
import voluptuous as vol

from .announce import SIGNAL_SMS_RECEIVED, country_here
from .balance_trigger import (
    BalanceDroppedTrigger,
    BalanceLowTrigger,
    ExpiryNearTrigger,
)
from .call_trigger import CallReceivedTrigger
from .const import DOMAIN
from .failed_trigger import SmsFailedTrigger
from .messaging.messages import ReceivedMessage
from .messenger import MESSENGER
from .target_trigger import TargetTrigger, schema_with
from .targeting import numbers_and_names
from .trust import is_among

CONF_SENDER: Final = "sender"
CONF_TEXT: Final = "text"
CONF_MAX_AGE: Final = "max_age"
CONF_INCLUDE_LATE: Final = "include_late"
CONF_INCLUDE_REDELIVERED: Final = "include_redelivered"
CONF_INCLUDE_UNTRUSTED: Final = "include_untrusted"

DEFAULT_MAX_AGE: Final = timedelta(minutes=10)


class SmsReceivedTrigger(TargetTrigger):
    """Starts on a received message; `trigger.*` holds what the bus event holds.

    A private text is in it only where the trigger names its sender.
    """

    schema = schema_with(
        {
            vol.Optional(CONF_SENDER, default=[]): numbers_and_names,
            vol.Optional(CONF_TEXT, default=""): cv.string,
            vol.Optional(CONF_MAX_AGE, default=DEFAULT_MAX_AGE): vol.All(
                cv.positive_time_period, vol.Range(min=timedelta(seconds=1))
            ),
            vol.Optional(CONF_INCLUDE_LATE, default=True): cv.boolean,
            vol.Optional(CONF_INCLUDE_REDELIVERED, default=False): cv.boolean,
            vol.Optional(CONF_INCLUDE_UNTRUSTED, default=False): cv.boolean,
        }
    )

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action for each message that is meant."""

        @callback
        def received(data: Mapping[str, Any], message: ReceivedMessage) -> None:
            """Look at one message."""
            if not self._is_meant(data["device_id"], data["entity_id"]):
                return
            if not self._is_from_sender(data):
                return
            seen = dict(data)
            if self._options[CONF_SENDER]:
                seen["text"] = message.text
            if self._options[CONF_TEXT].casefold() not in seen["text"].casefold():
                return
            if reason := self._unwelcome(data):
                if did_not_trigger is not None:
                    did_not_trigger(NotTriggeredInfo(reason))
                return
            device = data["sim"] or data["gateway"]
            run_action(seen, f"SMS received by {device}")

        return _async_listen(self._hass, received)

    def _is_from_sender(self, message: Mapping[str, Any]) -> bool:
        """Tell whether the sender is one of those looked for."""
        senders = self._options[CONF_SENDER]
        if not senders:
            return True
        entry = self._hass.config_entries.async_get_entry(message["config_entry_id"])
        country = country_here(entry, message["channel"]) if entry else None
        return is_among(message["sender"], senders, country)

    def _unwelcome(self, message: Mapping[str, Any]) -> str | None:
        """Return why a message is no reason for the action, if it is none."""
        if not message["trusted"] and not self._options[CONF_INCLUDE_UNTRUSTED]:
            return "untrusted"
        if message["redelivered"] and not self._options[CONF_INCLUDE_REDELIVERED]:
            return "redelivered"
        if message["late"] and not self._options[CONF_INCLUDE_LATE]:
            return "late"
        received_at = datetime.fromisoformat(message["received_at"])
        age = self._hass.data[MESSENGER].clock.now() - received_at
        return "too_old" if age > self._options[CONF_MAX_AGE] else None


@callback
def _async_listen(
    hass: HomeAssistant, received: Callable[[Mapping[str, Any], ReceivedMessage], None]
) -> CALLBACK_TYPE:
    """Hear the messages of all boxes, through reloads, and of those added later."""
    listening: dict[str, CALLBACK_TYPE] = {}

    @callback
    def entry_changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Follow the boxes as they come and go."""
        if entry.domain != DOMAIN:
            return
        if change is ConfigEntryChange.REMOVED:
            if stop := listening.pop(entry.entry_id, None):
                stop()
        elif entry.entry_id not in listening:
            listening[entry.entry_id] = async_dispatcher_connect(
                hass, SIGNAL_SMS_RECEIVED.format(entry.entry_id), received
            )

    for entry in hass.config_entries.async_entries(DOMAIN):
        entry_changed(ConfigEntryChange.ADDED, entry)
    stop_following = async_dispatcher_connect(
        hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed
    )

    @callback
    def stop_listening() -> None:
        """Hear nothing any more."""
        stop_following()
        for stop in listening.values():
            stop()

    return stop_listening


TRIGGERS: dict[str, type[Trigger]] = {
    "balance_dropped": BalanceDroppedTrigger,
    "balance_low": BalanceLowTrigger,
    "call_received": CallReceivedTrigger,
    "expiry_near": ExpiryNearTrigger,
    "sms_received": SmsReceivedTrigger,
    "sms_failed": SmsFailedTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers of this integration."""
    return TRIGGERS
