"""Asking for the balance of a SIM."""

from collections.abc import Iterator
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .balances import shows_balance
from .const import SUBENTRY_SIM
from .devices import device_name
from .entity import LiveEntity, SubentryEntity, async_follow_subentries
from .errors import translated_errors
from .runtime import GsmGatewayConfigEntry

PARALLEL_UPDATES = 1

REFRESH_BALANCE: Final = ButtonEntityDescription(
    key="refresh_balance", translation_key="refresh_balance"
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GsmGatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of a box's SIMs."""

    def build(sim: ConfigSubentry) -> Iterator[SubentryEntity]:
        if shows_balance(sim):
            yield RefreshBalanceButton(entry, sim, REFRESH_BALANCE)

    async_follow_subentries(entry, SUBENTRY_SIM, async_add_entities, build)


class RefreshBalanceButton(LiveEntity, ButtonEntity):
    """Asks the operator for the balance of a SIM."""

    @override
    async def async_press(self) -> None:
        """Dial the balance code and wait for the answer."""
        with translated_errors(device_name(self.hass, self.entry, self.subentry_id)):
            await self.entry.runtime_data.balances.refresh(self.subentry_id)
