"""Status of a box: read every now and then, or told by its channels."""

from collections.abc import Callable
from dataclasses import fields, replace
import logging
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .connection import Connection
from .const import DOMAIN, STATUS_INTERVAL
from .gateways.clock import Clock
from .gateways.model import (
    ChannelStatus,
    GatewayError,
    GatewayStatus,
    InvalidAuth,
    UnexpectedReply,
)
from .gateways.ports import Gateway
from .pulses import Pulses

_LOGGER = logging.getLogger(__name__)

NOTHING_KNOWN: Final = GatewayStatus()
_ITS_OWN: Final = frozenset({"signal_csq", "line_state", "heard_at", "address"})
"""What concerns nobody but those who look at this channel."""


class StatusCoordinator(DataUpdateCoordinator[GatewayStatus]):
    """Knows what the box tells of itself; tells its listeners of the connection, too.

    Where channels tell their status by themselves, the box is read once after each
    connect, and again when the user asks.
    """

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        gateway: Gateway,
        connection: Connection,
        clock: Clock,
    ) -> None:
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{entry.title} status",
            update_interval=STATUS_INTERVAL,
            always_update=False,
        )
        self._reader = gateway.status
        self._pushes = gateway.status_pushes
        self._followers: dict[CALLBACK_TYPE, Callable[[], int]] = {}
        self._told_by_calls: dict[int, set[str]] = {}
        """Which facts the calls of a channel have told."""
        self.pulses = Pulses(clock, self.async_update_listeners)
        self.connection = connection
        self.data = NOTHING_KNOWN
        self.looked = False
        """Whether the box was asked for its status since it is within reach."""

    def live(self, channel: int) -> ChannelStatus | None:
        """Return what is known of a channel now; nothing of one that has fallen silent."""
        if self._pushes and not self.pulses.alive(channel):
            return None
        return self.data.channel(channel)

    @callback
    def async_follow(
        self, channel: Callable[[], int], update: CALLBACK_TYPE
    ) -> CALLBACK_TYPE:
        """Hear also of news that concern one channel alone; returns how to end that."""
        self._followers[update] = channel

        @callback
        def end() -> None:
            self._followers.pop(update, None)

        return end

    @callback
    def async_heard(self, news: ChannelStatus) -> None:
        """Take over what a channel tells, and tell those whom it concerns."""
        number = news.channel
        before = self.data.channel(number) or ChannelStatus(channel=number)
        after = before.updated_by(news)
        if news.heard_at is not None:
            after = self._without_the_lost(after, news)
        self.data = _with(self.data, after)
        back = news.heard_at is not None and self.pulses.heard(number)
        if back or _concerns_all(before, after):
            self.async_update_listeners()
            return
        for update, channel in list(self._followers.items()):
            if channel() == number:
                update()

    def _without_the_lost(
        self, status: ChannelStatus, call: ChannelStatus
    ) -> ChannelStatus:
        """Forget what earlier calls told and this one does not: a card that was pulled."""
        told = {
            fact.name for fact in fields(call) if getattr(call, fact.name) is not None
        }
        calls = self._told_by_calls.setdefault(call.channel, set())
        lost: dict[str, Any] = dict.fromkeys(calls - told)
        calls |= told
        return replace(status, **lost)

    @callback
    def async_connection_changed(self) -> None:
        """Tell the listeners, and read the status of a box that is back."""
        self.looked = False
        self.update_interval = STATUS_INTERVAL
        connected = self.connection.connected
        if not connected:
            self.pulses.forget()
            self._told_by_calls.clear()
        self.async_set_updated_data(self.data if connected else NOTHING_KNOWN)
        if connected:
            self.config_entry.async_create_background_task(
                self.hass, self._async_look(), self.name
            )

    async def _async_look(self) -> None:
        """Read the status, and tell the listeners also if there is none."""
        await self.async_refresh()
        self.looked = True
        self.async_update_listeners()

    @override
    async def _async_update_data(self) -> GatewayStatus:
        """Read the status. That a box is away is said once, by its connection."""
        if not self.connection.connected:
            return NOTHING_KNOWN
        try:
            read = await self._reader.read_status()
        except InvalidAuth as err:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN,
                translation_key="invalid_auth",
                translation_placeholders={"name": self.config_entry.title},
            ) from err
        except UnexpectedReply as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="unexpected_reply",
                translation_placeholders={"name": self.config_entry.title},
            ) from err
        except GatewayError as err:
            _LOGGER.debug("%s could not be read: %s", self.name, err)
            return self.data if self._pushes else NOTHING_KNOWN
        if not self._pushes:
            return read
        self.update_interval = None
        for known in self.data.channels:
            told = read.channel(known.channel)
            read = _with(read, known.updated_by(told) if told else known)
        return read


def _with(status: GatewayStatus, channel: ChannelStatus) -> GatewayStatus:
    """Return the status of a box with another one of one of its channels."""
    others = {each.channel: each for each in status.channels}
    channels = sorted({**others, channel.channel: channel}.items())
    return replace(status, channels=tuple(each for _, each in channels))


def _concerns_all(before: ChannelStatus, after: ChannelStatus) -> bool:
    """Tell whether something is told for the first time, or lines and cards depend on it."""
    for fact in fields(ChannelStatus):
        old, new = getattr(before, fact.name), getattr(after, fact.name)
        if old != new and (old is None or fact.name not in _ITS_OWN):
            return True
    return False
