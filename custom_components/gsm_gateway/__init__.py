"""GSM gateways: boxes with SIM cards that send and receive SMS and USSD."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType
from homeassistant.setup import async_setup_component

from . import classic_notify
from .const import DOMAIN, SUBENTRY_SIM
from .devices import identifier
from .message_services import async_setup_message_services
from .messenger import MESSENGER, Messenger
from .runtime import GatewayRuntime, GsmGatewayConfigEntry
from .services import async_setup_services

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.NOTIFY,
    Platform.SENSOR,
    Platform.SWITCH,
]
CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the actions and what all boxes share."""
    hass.data[MESSENGER] = messenger = Messenger(hass)
    await messenger.async_open()
    async_setup_services(hass)
    async_setup_message_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: GsmGatewayConfigEntry) -> bool:
    """Set up a box; whether it answers is found out afterwards."""
    classic_notify.async_register(hass, entry)
    runtime = GatewayRuntime(hass, entry)
    entry.runtime_data = runtime
    await runtime.async_load()
    runtime.async_apply_settings()
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    runtime.async_start()
    return True


async def _async_updated(hass: HomeAssistant, entry: GsmGatewayConfigEntry) -> None:
    """Apply what the user changed."""
    await entry.runtime_data.async_entry_changed()


async def async_unload_entry(hass: HomeAssistant, entry: GsmGatewayConfigEntry) -> bool:
    """Take leave of a box; its SIMs keep their queue unless the user disabled it."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.async_stop()
    if entry.disabled_by:
        _forget_box(hass, entry)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: GsmGatewayConfigEntry) -> None:
    """Forget a box and its messages."""
    # Where all boxes are disabled, nobody has opened the log in this run.
    if await async_setup_component(hass, DOMAIN, {}):
        _forget_box(hass, entry)
        await hass.data[MESSENGER].async_forget(entry.entry_id)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: GsmGatewayConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Let the user delete a device that stands for nothing any more."""
    current = {identifier(entry), *(identifier(entry, key) for key in entry.subentries)}
    return current.isdisjoint(device.identifiers)


def _forget_box(hass: HomeAssistant, entry: GsmGatewayConfigEntry) -> None:
    """Let no message wait for the SIMs of a box that was removed or disabled."""
    messenger = hass.data[MESSENGER]
    messenger.receiving.pop(entry.entry_id, None)
    for sim in entry.get_subentries_of_type(SUBENTRY_SIM):
        messenger.router.remove(sim.subentry_id)
