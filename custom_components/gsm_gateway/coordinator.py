"""Status of a box, read every now and then."""

import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .connection import Connection
from .const import DOMAIN, STATUS_INTERVAL
from .gateways.model import GatewayError, GatewayStatus, InvalidAuth, UnexpectedReply
from .gateways.ports import StatusReader

_LOGGER = logging.getLogger(__name__)

NOTHING_KNOWN: Final = GatewayStatus()


class StatusCoordinator(DataUpdateCoordinator[GatewayStatus]):
    """Reads what the box shows of itself; tells its listeners of the connection, too."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        reader: StatusReader,
        connection: Connection,
    ) -> None:
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=f"{entry.title} status",
            update_interval=STATUS_INTERVAL,
            always_update=False,
        )
        self._reader = reader
        self.connection = connection
        self.data = NOTHING_KNOWN
        self.looked = False
        """Whether the box was asked for its status since it is within reach."""

    @callback
    def async_connection_changed(self) -> None:
        """Tell the listeners, and read the status of a box that is back."""
        self.looked = False
        self.async_set_updated_data(NOTHING_KNOWN)
        if self.connection.connected:
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
            return await self._reader.read_status()
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
            return NOTHING_KNOWN
