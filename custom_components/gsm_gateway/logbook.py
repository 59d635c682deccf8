"""A readable line in the logbook for a received message, without its text."""

from collections.abc import Callable

from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_SMS_RECEIVED


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Say how the bus event reads."""
    async_describe_event(DOMAIN, EVENT_SMS_RECEIVED, _describe_received)


@callback
def _describe_received(event: Event) -> dict[str, str]:
    """Tell who wrote to which SIM."""
    data = event.data  # anything, where a user fired the event
    description = {
        "name": data.get("sim") or data.get("gateway") or DOMAIN,
        "message": f"received an SMS from {data.get('contact') or data.get('sender')}",
    }
    if entity_id := data.get("entity_id"):
        description["entity_id"] = entity_id
    return description
