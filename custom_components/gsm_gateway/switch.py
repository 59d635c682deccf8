"""Switching the radio module of a SIM."""

from collections.abc import Iterator
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_SIM
from .devices import device_name
from .entity import LiveEntity, SubentryEntity, async_follow_subentries
from .errors import translated_errors
from .gateways.model import ChannelStatus
from .gateways.ports import ModuleSwitch
from .messaging.control import module_turn
from .runtime import GsmGatewayConfigEntry

PARALLEL_UPDATES = 1

MODULE: Final = SwitchEntityDescription(
    key="module",
    translation_key="module",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GsmGatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches of a box's SIMs."""

    def build(sim: ConfigSubentry) -> Iterator[SubentryEntity]:
        if (modules := entry.runtime_data.gateway.module_switch) is not None:
            yield ModuleSwitchEntity(entry, sim, modules)

    async_follow_subentries(entry, SUBENTRY_SIM, async_add_entities, build)


class ModuleSwitchEntity(LiveEntity, SwitchEntity):
    """The radio module of a SIM; one that is off is silent, and can still be switched on."""

    def __init__(
        self, entry: GsmGatewayConfigEntry, sim: ConfigSubentry, modules: ModuleSwitch
    ) -> None:
        """Switch by `modules`."""
        super().__init__(entry, sim, MODULE)
        self._modules = modules

    @property
    @override
    def is_on(self) -> bool | None:
        """Tell whether the module is on, as the box or the user said last."""
        return self.known.module_on if self.known else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch the module on."""
        await self._switch(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch the module off."""
        await self._switch(on=False)

    async def _switch(self, *, on: bool) -> None:
        """Switch the module, and believe it until the box tells."""
        runtime = self.entry.runtime_data
        line, clock = runtime.lines[self.subentry_id], runtime.messenger.clock
        with translated_errors(device_name(self.hass, self.entry, self.subentry_id)):
            async with module_turn(line, clock, ends_silent=not on):
                await self._modules.switch_module(self.channel, on=on)
        self.coordinator.async_heard(ChannelStatus(channel=self.channel, module_on=on))
