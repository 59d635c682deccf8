"""A notify entity for each contact."""

from typing import Final, override

from homeassistant.components.notify import NotifyEntity, NotifyEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_NUMBER, SUBENTRY_CONTACT
from .entity import SubentryEntity, async_follow_subentries
from .runtime import GsmGatewayConfigEntry
from .sending import Treatment, async_send, with_title

PARALLEL_UPDATES = 1

CONTACT: Final = NotifyEntityDescription(key="notify", name=None)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: GsmGatewayConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the notify entities."""
    async_follow_subentries(
        entry,
        SUBENTRY_CONTACT,
        async_add_entities,
        lambda contact: [GsmGatewayNotifyEntity(entry, contact, CONTACT)],
    )


class GsmGatewayNotifyEntity(SubentryEntity, NotifyEntity):
    """One contact; there while the box is away, because messages wait for it."""

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Queue a message the way the contact's settings say now."""
        contact = self.entry.subentries[self.subentry_id]
        await async_send(
            self.hass,
            [contact.data[CONF_NUMBER]],
            with_title(message, title),
            Treatment.of_contact(self.entry, contact),
            self._context,
        )
