"""The people whom the user gave a name."""

from homeassistant.core import HomeAssistant, callback

from .const import CONF_NUMBER, DOMAIN, SUBENTRY_CONTACT
from .messaging.countries import Country
from .messaging.numbers import same


@callback
def contact_name(
    hass: HomeAssistant, number: str, country: Country | None
) -> str | None:
    """Return the name of the contact, of any box, that has a number."""
    return next(
        (
            contact.title
            for entry in hass.config_entries.async_entries(DOMAIN)
            for contact in entry.get_subentries_of_type(SUBENTRY_CONTACT)
            if same(contact.data[CONF_NUMBER], number, country)
        ),
        None,
    )
