"""Asking for the balance of a SIM, and restarting modules and boxes."""

from collections.abc import Iterator
from typing import Final, override

from homeassistant.components.button import (
    ButtonDeviceClass,
    ButtonEntity,
    ButtonEntityDescription,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .balances import shows_balance
from .const import SUBENTRY_SIM
from .devices import device_name
from .entity import (
    BoxEntity,
    LiveEntity,
    SubentryEntity,
    async_follow_subentries,
)
from .errors import translated_errors
from .gateways.ports import ModuleRestarter, Restarter
from .messaging.control import box_turn, module_turn
from .runtime import GsmGatewayConfigEntry

PARALLEL_UPDATES = 1

REFRESH_BALANCE: Final = ButtonEntityDescription(
    key="refresh_balance", translation_key="refresh_balance"
)
RESTART: Final = ButtonEntityDescription(
    key="restart",
    translation_key="restart",
    device_class=ButtonDeviceClass.RESTART,
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)
RESTART_MODULE: Final = ButtonEntityDescription(
    key="restart_module",
    translation_key="restart_module",
    device_class=ButtonDeviceClass.RESTART,
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GsmGatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of a box and of its SIMs."""
    gateway = entry.runtime_data.gateway
    if gateway.restarter is not None:
        async_add_entities([RestartButton(entry, gateway.restarter)])

    def build(sim: ConfigSubentry) -> Iterator[SubentryEntity]:
        if shows_balance(sim):
            yield RefreshBalanceButton(entry, sim, REFRESH_BALANCE)
        if gateway.module_restarter is not None:
            yield RestartModuleButton(entry, sim, gateway.module_restarter)

    async_follow_subentries(entry, SUBENTRY_SIM, async_add_entities, build)


class RefreshBalanceButton(LiveEntity, ButtonEntity):
    """Asks the operator for the balance of a SIM."""

    @override
    async def async_press(self) -> None:
        """Dial the balance code and wait for the answer."""
        with translated_errors(device_name(self.hass, self.entry, self.subentry_id)):
            await self.entry.runtime_data.balances.refresh(self.subentry_id)


class RestartModuleButton(LiveEntity, ButtonEntity):
    """Restarts the radio module of a SIM."""

    def __init__(
        self,
        entry: GsmGatewayConfigEntry,
        sim: ConfigSubentry,
        modules: ModuleRestarter,
    ) -> None:
        """Restart by `modules`."""
        super().__init__(entry, sim, RESTART_MODULE)
        self._modules = modules

    @override
    async def async_press(self) -> None:
        """Restart the module."""
        runtime = self.entry.runtime_data
        line, clock = runtime.lines[self.subentry_id], runtime.messenger.clock
        with translated_errors(device_name(self.hass, self.entry, self.subentry_id)):
            async with module_turn(line, clock):
                await self._modules.restart_module(self.channel)


class RestartButton(BoxEntity, ButtonEntity):
    """Restarts the box."""

    def __init__(self, entry: GsmGatewayConfigEntry, box: Restarter) -> None:
        """Restart by `box`."""
        super().__init__(entry, RESTART)
        self._box = box

    @override
    async def async_press(self) -> None:
        """Restart the box."""
        runtime = self.entry.runtime_data
        lines, clock = [*runtime.lines.values()], runtime.messenger.clock
        with translated_errors(self.entry.title):
            async with box_turn(lines, clock):
                await self._box.restart()
