"""The classic action `notify.<name>` of each box, which takes any numbers as `target`."""

import logging
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import ATTR_DEVICE_ID, Platform
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.service import async_set_service_schema
from homeassistant.util import slugify
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from .const import CONF_NOTIFY_NAME, DOMAIN
from .sending import (
    SEND_OPTIONS,
    Treatment,
    async_response,
    async_route,
    async_send,
    box_route,
    recipients,
    with_title,
)

_LOGGER = logging.getLogger(__name__)

ATTR_MESSAGE: Final = "message"
ATTR_TITLE: Final = "title"
ATTR_TARGET: Final = "target"
ATTR_DATA: Final = "data"

_OPTIONS: Final[dict[vol.Marker, Any]] = {
    vol.Optional(ATTR_DEVICE_ID): cv.string,
    **SEND_OPTIONS,
}
SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_MESSAGE): cv.string,
        vol.Optional(ATTR_TITLE): cv.string,
        vol.Optional(ATTR_TARGET): recipients,
        vol.Optional(ATTR_DATA): vol.Schema(_OPTIONS, extra=vol.ALLOW_EXTRA),
    }
)
_FIELDS: Final[dict[str, Any]] = {
    ATTR_MESSAGE: {
        "name": "Message",
        "description": "Text of the SMS.",
        "required": True,
        "example": "The freezer has been open for 10 minutes.",
        "selector": {"text": {"multiline": True}},
    },
    ATTR_TARGET: {
        "name": "Phone numbers",
        "description": "One or more phone numbers, best in international form.",
        "required": True,
        "example": "+491511234567",
        "selector": {"text": {"multiple": True}},
    },
    ATTR_TITLE: {
        "name": "Title",
        "description": "Becomes the first line of the SMS.",
        "selector": {"text": {}},
    },
    ATTR_DATA: {
        "name": "Data",
        "description": (
            "`device_id`: the SIM to send with, or another gateway; any SIM of"
            " this gateway without it. `priority`: `normal` or `alarm`."
            " `expire_after`: how long the message may wait for a SIM,"
            " such as `02:00:00`."
        ),
        "example": "{'priority': 'alarm', 'expire_after': '02:00:00'}",
        "selector": {"object": {}},
    },
}

_ACTIONS: HassKey[dict[str, ClassicAction]] = HassKey(f"{DOMAIN}_classic_notify")


@callback
def async_register(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Register the action of a box, unless it is there already.

    To be called before anything in the entry's set-up can fail. The action
    stays when the entry is unloaded, and goes when it is removed or disabled.
    """
    actions = hass.data.setdefault(_ACTIONS, {})
    if entry.entry_id not in actions:
        actions[entry.entry_id] = ClassicAction(hass, entry)


class ClassicAction:
    """The action of one box, as long as the entry is not removed or disabled."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Register under the name in the options, and follow it."""
        self._hass = hass
        self._entry = entry
        self._name = ""
        self._registered = False
        self._unfollow = async_dispatcher_connect(
            hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
        )
        self._register()

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Take another name, or leave with the entry."""
        if entry.entry_id != self._entry.entry_id:
            return
        if change is ConfigEntryChange.REMOVED or entry.disabled_by:
            self._unfollow()
            self._unregister()
            del self._hass.data[_ACTIONS][entry.entry_id]
        elif self._wanted_name() != self._name:
            self._unregister()
            self._register()

    def _wanted_name(self) -> str:
        name: str = self._entry.options.get(CONF_NOTIFY_NAME, "")
        return name or slugify(self._entry.title)

    def _register(self) -> None:
        self._name = self._wanted_name()
        if self._hass.services.has_service(Platform.NOTIFY, self._name):
            _LOGGER.warning(
                "%s has no action of its own: notify.%s exists already;"
                " choose another name in the options of the gateway",
                self._entry.title,
                self._name,
            )
            return
        self._registered = True
        self._hass.services.async_register(
            Platform.NOTIFY,
            self._name,
            self._async_send,
            schema=SCHEMA,
            supports_response=SupportsResponse.OPTIONAL,
        )
        description = {
            "name": f"Send an SMS with {self._entry.title}",
            "description": "Sends a text to phone numbers.",
            "fields": _FIELDS,
        }
        async_set_service_schema(self._hass, Platform.NOTIFY, self._name, description)

    def _unregister(self) -> None:
        if self._registered:
            self._registered = False
            self._hass.services.async_remove(Platform.NOTIFY, self._name)

    async def _async_send(self, call: ServiceCall) -> ServiceResponse:
        """Queue a text, for this box unless another device is named."""
        options = call.data.get(ATTR_DATA, {})
        if strange := options.keys() - {str(option) for option in _OPTIONS}:
            # Groups hand the same data to services of every kind.
            _LOGGER.warning("Ignoring unknown data: %s", ", ".join(sorted(strange)))
        device_id = options.get(ATTR_DEVICE_ID)
        route = (
            async_route(self._hass, device_id) if device_id else box_route(self._entry)
        )
        messages = await async_send(
            self._hass,
            call.data.get(ATTR_TARGET, []),
            with_title(call.data[ATTR_MESSAGE], call.data.get(ATTR_TITLE)),
            Treatment.of(route, options),
            call.context,
        )
        return async_response(self._hass, messages) if call.return_response else None
