"""The sensor that shows who wrote to a box last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .announce import SIGNAL_SMS_RECEIVED, country_here, is_private_here
from .card_change import SIGNAL_CARDS_MOVED
from .const import CONF_SHOW_TEXTS
from .contacts import contact_name
from .devices import device_name, identifier, sim_on_channel
from .messaging import history
from .messaging.history import Direction, Scope
from .messaging.messages import ReceivedMessage
from .messaging.store import StoreUnavailable
from .messenger import MESSENGER
from .runtime import GsmGatewayConfigEntry

SHOWN: Final = 10
LONGEST_STATE: Final = 255
LONGEST_TEXT: Final = 1600
"""Ten SMS; more is too much for a dashboard."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Message:
    """What the sensor remembers of a message."""

    message_id: str
    sender: str
    channel: int
    text: str
    received_at: datetime


class LastMessageSensor(SensorEntity):
    """Who wrote last; where the user wants it, with the texts of the last ten messages.

    What is private is looked up when it is shown, so that a changed setting
    counts at once.
    """

    _attr_has_entity_name = True
    _attr_should_poll = False
    _unrecorded_attributes = frozenset({"messages"})

    def __init__(
        self, entry: GsmGatewayConfigEntry, description: SensorEntityDescription
    ) -> None:
        """Belong to the box."""
        self.entry = entry
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={identifier(entry)})
        self._messages: list[_Message] = []
        """The newest first."""

    @override
    async def async_added_to_hass(self) -> None:
        """Read what came before, and listen to what comes and to changed settings."""
        signal = SIGNAL_SMS_RECEIVED.format(self.entry.entry_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, signal, self._received)
        )
        moved = SIGNAL_CARDS_MOVED.format(self.entry.entry_id)
        self.async_on_remove(
            async_dispatcher_connect(self.hass, moved, self._read_again)
        )
        status = self.entry.runtime_data.status
        self.async_on_remove(status.async_add_listener(self.async_write_ha_state))
        await self._recall()

    async def _read_again(self) -> None:
        """Show where messages came in now that cards have changed places."""
        self._messages = []
        await self._recall()
        self.async_write_ha_state()

    async def _recall(self) -> None:
        """Take up what an earlier run has written down."""
        try:
            entries = await history.messages(
                self.hass.data[MESSENGER].store,
                limit=SHOWN,
                scope=Scope(box_id=self.entry.entry_id),
                direction=Direction.RECEIVED,
            )
        except StoreUnavailable:
            return
        heard = {message.message_id for message in self._messages}
        self._messages += [
            _Message(
                message_id=entry.message_id,
                sender=entry.number,
                channel=entry.channel or 0,
                text=entry.text,
                received_at=entry.at,
            )
            for entry in entries
            if entry.message_id not in heard
        ]
        self._put_in_order()

    @callback
    def _received(self, _data: Mapping[str, Any], message: ReceivedMessage) -> None:
        """Show a message; one that was completed late takes the place of its first parts."""
        others = [m for m in self._messages if m.message_id != message.message_id]
        new = _Message(
            message_id=message.message_id,
            sender=message.sender,
            channel=message.channel,
            text=message.text,
            received_at=message.received_at,
        )
        self._messages = [new, *others]
        self._put_in_order()
        self.async_write_ha_state()

    def _put_in_order(self) -> None:
        self._messages.sort(key=lambda message: message.received_at, reverse=True)
        del self._messages[SHOWN:]

    @property
    @override
    def native_value(self) -> str | None:
        """Return the contact, or the number or name of the sender."""
        if not self._messages:
            return None
        last = self._messages[0]
        return (self._contact(last) or last.sender)[:LONGEST_STATE] or None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return when and where it came, and the last ten messages if the user wants them."""
        last = self._messages[0] if self._messages else None
        told: dict[str, Any] = {
            "received_at": last and last.received_at.isoformat(),
            "sim": last and self._sim(last),
        }
        if self.entry.options.get(CONF_SHOW_TEXTS):
            told["messages"] = [self._told(message) for message in self._messages]
        return told

    def _told(self, message: _Message) -> dict[str, Any]:
        country = country_here(self.entry, message.channel)
        private = is_private_here(self.entry, message.sender, country)
        return {
            "sender": message.sender,
            "contact": self._contact(message),
            "sim": self._sim(message),
            "received_at": message.received_at.isoformat(),
            "text": "" if private else message.text[:LONGEST_TEXT],
            "private": private,
        }

    def _contact(self, message: _Message) -> str | None:
        country = country_here(self.entry, message.channel)
        return contact_name(self.hass, message.sender, country)

    def _sim(self, message: _Message) -> str | None:
        sim = sim_on_channel(self.entry, message.channel)
        return device_name(self.hass, self.entry, sim.subentry_id) if sim else None
