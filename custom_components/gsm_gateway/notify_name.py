"""Names for the classic action `notify.<name>`, one per box."""

from itertools import count

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import slugify

from .const import CONF_NOTIFY_NAME, DOMAIN


@callback
def is_free(hass: HomeAssistant, name: str) -> bool:
    """Tell whether no action has a name and no box, loaded or not, has it reserved."""
    reserved = {
        entry.options.get(CONF_NOTIFY_NAME)
        for entry in hass.config_entries.async_entries(DOMAIN)
    }
    return name not in reserved and not hass.services.has_service(Platform.NOTIFY, name)


@callback
def free_name(hass: HomeAssistant, title: str) -> str:
    """Return the slug of a title, with the first number that makes it free."""
    slug = slugify(title)
    candidates = (slug if number == 1 else f"{slug}_{number}" for number in count(1))
    return next(name for name in candidates if is_free(hass, name))
