"""Incoming messages and calls of a SIM."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .announce import KEY_INCOMING_SMS, SIGNAL_SMS_RECEIVED
from .announce_call import KEY_INCOMING_CALL, SIGNAL_CALL_RECEIVED
from .const import SUBENTRY_SIM
from .entity import SubentryEntity, async_follow_subentries
from .messaging.messages import ReceivedMessage
from .runtime import GsmGatewayConfigEntry

PARALLEL_UPDATES = 0

RECEIVED: Final = "received"
RECEIVED_UNTRUSTED: Final = "received_untrusted"

INCOMING_SMS: Final = EventEntityDescription(
    key=KEY_INCOMING_SMS,
    translation_key=KEY_INCOMING_SMS,
    event_types=[RECEIVED, RECEIVED_UNTRUSTED],
)
INCOMING_CALL: Final = EventEntityDescription(
    key=KEY_INCOMING_CALL,
    translation_key=KEY_INCOMING_CALL,
    event_types=[RECEIVED],
)
SHOWN: Final = (
    "sender",
    "contact",
    "text",
    "kind",
    "private",
    "received_at",
    "time_guessed",
    "parts",
    "complete",
    "late",
    "redelivered",
    "message_id",
)
"""What of a message becomes an attribute; the rest says where it came in."""
SHOWN_OF_CALL: Final = ("caller", "contact", "received_at", "rejected")
"""The same of a call."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GsmGatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the incoming messages and calls of a box's SIMs."""
    tells_calls = entry.runtime_data.gateway.tells_calls

    def build(sim: ConfigSubentry) -> Iterator[SubentryEntity]:
        yield IncomingSmsEvent(entry, sim, INCOMING_SMS)
        if tells_calls:
            yield IncomingCallEvent(entry, sim, INCOMING_CALL)

    async_follow_subentries(entry, SUBENTRY_SIM, async_add_entities, build)


class IncomingSmsEvent(SubentryEntity, EventEntity):
    """The last message that a SIM received."""

    _unrecorded_attributes = frozenset({"contact", "sender", "text"})

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what the box receives."""
        signal = SIGNAL_SMS_RECEIVED.format(self.entry.entry_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self._received)
        )

    @callback
    def _received(self, data: Mapping[str, Any], _message: ReceivedMessage) -> None:
        """Show a message, if it is one of this SIM."""
        if data["entity_id"] != self.entity_id:
            return
        self._trigger_event(
            RECEIVED if data["trusted"] else RECEIVED_UNTRUSTED,
            {name: data[name] for name in SHOWN},
        )
        self.async_write_ha_state()


class IncomingCallEvent(SubentryEntity, EventEntity):
    """The last voice call that rang at a SIM."""

    _unrecorded_attributes = frozenset({"caller", "contact"})

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the calls of all boxes."""
        self.async_on_remove(
            async_dispatcher_connect(self.hass, SIGNAL_CALL_RECEIVED, self._called)
        )

    @callback
    def _called(self, data: Mapping[str, Any]) -> None:
        """Show a call, if it is one of this SIM."""
        if data["entity_id"] != self.entity_id:
            return
        self._trigger_event(RECEIVED, {name: data[name] for name in SHOWN_OF_CALL})
        self.async_write_ha_state()
