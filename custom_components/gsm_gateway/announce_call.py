"""The one place that turns an incoming voice call into event entity, bus event and trigger."""

from collections.abc import Mapping
from datetime import datetime
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .announce import country_here, place
from .const import CONF_REJECT_CALLS, EVENT_CALL_RECEIVED
from .contacts import contact_name
from .devices import async_device, sim_on_channel
from .gateways.clock import Clock
from .gateways.model import GatewayError, IncomingCall
from .gateways.ports import CallDropper, Gateway

_LOGGER = logging.getLogger(__name__)

KEY_INCOMING_CALL: Final = "incoming_call"
SIGNAL_CALL_RECEIVED: Final[SignalType[Mapping[str, Any]]] = SignalType(
    EVENT_CALL_RECEIVED
)
"""Brings what the bus event has, of every box."""

DROP_SECONDS: Final = 3.0
"""A gate that waits for the end of the call waits no longer."""


@callback
def async_take_call(
    hass: HomeAssistant,
    entry: ConfigEntry,
    gateway: Gateway,
    clock: Clock,
    call: IncomingCall,
) -> None:
    """Reject a call if its SIM is set so, and announce it.

    Before Home Assistant has started and while it stops, nobody would hear of
    it: it goes on ringing.
    """
    if hass.state is not CoreState.running:
        return
    at = clock.now()
    if gateway.call_dropper is None or not _is_rejected(hass, entry, call.channel):
        _announce(hass, entry, call, at, rejected=False)
        return
    entry.async_create_background_task(
        hass,
        _async_reject(hass, entry, gateway.call_dropper, clock, call, at),
        f"{entry.title} call on port {call.channel}",
    )


def _is_rejected(hass: HomeAssistant, entry: ConfigEntry, channel: int) -> bool:
    """Tell whether the user wants calls on a port rejected; a disabled SIM does nothing."""
    sim = sim_on_channel(entry, channel)
    if sim is None or not sim.data.get(CONF_REJECT_CALLS, False):
        return False
    device = async_device(hass, entry, sim.subentry_id)
    return device is not None and not device.disabled


async def _async_reject(
    hass: HomeAssistant,
    entry: ConfigEntry,
    dropper: CallDropper,
    clock: Clock,
    call: IncomingCall,
    at: datetime,
) -> None:
    """Reject a call and announce it, also if the box did not do it."""
    try:
        async with clock.timeout(DROP_SECONDS):
            await dropper.drop_call(call.channel)
    except (GatewayError, TimeoutError) as err:
        reason = str(err) or "no answer"
        _LOGGER.warning(
            "%s did not reject a call on port %s: %s",
            entry.title,
            call.channel,
            reason,
        )
        rejected = False
    else:
        rejected = True
    _announce(hass, entry, call, at, rejected=rejected)


@callback
def _announce(
    hass: HomeAssistant,
    entry: ConfigEntry,
    call: IncomingCall,
    at: datetime,
    *,
    rejected: bool,
) -> None:
    """Tell event entity and triggers (by the signal) and the bus; the names never change."""
    country = country_here(entry, call.channel)
    data = {
        **place(hass, entry, call.channel, KEY_INCOMING_CALL),
        "caller": call.caller,
        "contact": contact_name(hass, call.caller, country),
        "received_at": at.isoformat(),
        "rejected": rejected,
    }
    async_dispatcher_send(hass, SIGNAL_CALL_RECEIVED, data)
    hass.bus.async_fire(EVENT_CALL_RECEIVED, data)
