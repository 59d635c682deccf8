"""What the platforms share."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import override

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import callback
from homeassistant.helpers import entity_platform, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import CONF_CHANNEL
from .coordinator import StatusCoordinator
from .devices import identifier, unique_id
from .gateways.model import ChannelStatus
from .runtime import GsmGatewayConfigEntry


class SubentryEntity(Entity):
    """An entity of a SIM or of a contact, available while the box is away."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(
        self,
        entry: GsmGatewayConfigEntry,
        subentry: ConfigSubentry,
        description: EntityDescription,
    ) -> None:
        """Take the description's key as the name everywhere."""
        self.entry = entry
        self.subentry_id = subentry.subentry_id
        self.entity_description = description
        self._attr_unique_id = unique_id(entry, subentry.subentry_id, description.key)
        self._attr_device_info = DeviceInfo(
            identifiers={identifier(entry, subentry.subentry_id)}
        )

    @property
    def worth_adding(self) -> bool:
        """Tell whether there is something to show, or has been before."""
        return True


class LiveEntity(CoordinatorEntity[StatusCoordinator], SubentryEntity):
    """An entity of a SIM that needs the box."""

    def __init__(
        self,
        entry: GsmGatewayConfigEntry,
        subentry: ConfigSubentry,
        description: EntityDescription,
    ) -> None:
        """Listen to the box's status and connection."""
        CoordinatorEntity.__init__(self, entry.runtime_data.status)
        SubentryEntity.__init__(self, entry, subentry, description)
        self._subentry = subentry

    @property
    def channel(self) -> int:
        """Return the port that the SIM is in, or was in until it was removed."""
        present = self.entry.subentries.get(self.subentry_id, self._subentry)
        self._subentry = present
        channel: int = present.data[CONF_CHANNEL]
        return channel

    @property
    def known(self) -> ChannelStatus | None:
        """Return what the box has told of the SIM's channel, even if it is silent now."""
        return self.coordinator.data.channel(self.channel)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what the channel tells by itself as well."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.async_follow(
                lambda: self.channel, self._handle_coordinator_update
            )
        )

    @property
    @override
    def available(self) -> bool:
        """Tell whether the box is within reach."""
        return self.coordinator.connection.connected


class BoxEntity(CoordinatorEntity[StatusCoordinator]):
    """An entity of a box that needs the box."""

    _attr_has_entity_name = True

    def __init__(
        self, entry: GsmGatewayConfigEntry, description: EntityDescription
    ) -> None:
        """Listen to the box's connection."""
        super().__init__(entry.runtime_data.status)
        self.entry = entry
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={identifier(entry)})

    @property
    @override
    def available(self) -> bool:
        """Tell whether the box is within reach."""
        return self.coordinator.connection.connected


class ToldEntity[ValueT](LiveEntity):
    """An entity of a SIM that shows what the box tells, if it tells it at all."""

    def __init__(
        self,
        entry: GsmGatewayConfigEntry,
        subentry: ConfigSubentry,
        description: EntityDescription,
        value_fn: Callable[[ChannelStatus], ValueT | None],
    ) -> None:
        """Show what `value_fn` finds in the status of the SIM's channel."""
        super().__init__(entry, subentry, description)
        self._value_fn = value_fn

    @property
    def told(self) -> ValueT | None:
        """Return what the box tells now."""
        status = self.coordinator.live(self.channel)
        return None if status is None else self._value_fn(status)

    @property
    @override
    def available(self) -> bool:
        """Tell whether the box says anything now."""
        return super().available and self.told is not None

    @property
    @override
    def worth_adding(self) -> bool:
        """Tell whether the box says such a thing."""
        return self.known is not None and self._value_fn(self.known) is not None


@callback
def async_follow_subentries(
    entry: GsmGatewayConfigEntry,
    subentry_type: str,
    async_add_entities: AddConfigEntryEntitiesCallback,
    build: Callable[[ConfigSubentry], Iterable[SubentryEntity]],
) -> None:
    """Add what `build` makes for each subentry of a type: now, and for those that come later.

    Called once by a platform's `async_setup_entry`. `build` is asked again when
    settings change or the box tells more; what was added is not added twice, and
    what it no longer makes is taken out of the entity registry.
    """
    platform = entity_platform.async_get_current_platform()
    registry = er.async_get(platform.hass)
    added: set[str] = set()

    @callback
    def refresh() -> None:
        if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            return  # what is added now, nobody takes away
        subentries = entry.get_subentries_of_type(subentry_type)
        ids = {subentry.subentry_id for subentry in subentries}
        registered = {
            entity.unique_id: entity.entity_id
            for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
            if entity.domain == platform.domain and entity.config_subentry_id in ids
        }
        wanted: set[str] = set()
        for subentry in subentries:
            known_as = partial(unique_id, entry, subentry.subentry_id)
            entities = {
                key: entity
                for entity in build(subentry)
                if (key := known_as(entity.entity_description.key)) in registered
                or entity.worth_adding
            }
            new = [entity for key, entity in entities.items() if key not in added]
            wanted.update(entities)
            async_add_entities(new, config_subentry_id=subentry.subentry_id)
        for key in registered.keys() - wanted:
            registry.async_remove(registered[key])
        added.clear()
        added.update(wanted)

    refresh()
    entry.async_on_unload(entry.runtime_data.status.async_add_listener(refresh))
