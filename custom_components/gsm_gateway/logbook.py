"""Readable lines in the logbook for received messages, without their texts, and for calls."""

from collections.abc import Callable

from homeassistant.core import Event, HomeAssistant, callback

from .const import DOMAIN, EVENT_CALL_RECEIVED, EVENT_SMS_RECEIVED


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Say how the bus events read."""
    async_describe_event(DOMAIN, EVENT_SMS_RECEIVED, _describe_received)
    async_describe_event(DOMAIN, EVENT_CALL_RECEIVED, _describe_call)


@callback
def _describe_received(event: Event) -> dict[str, str]:
    """Tell who wrote to which SIM."""
    sender = event.data.get("contact") or event.data.get("sender")
    return _describe(event, f"received an SMS from {sender}")


@callback
def _describe_call(event: Event) -> dict[str, str]:
    """Tell who rang which SIM."""
    caller = event.data.get("contact") or event.data.get("caller") or "a hidden number"
    what = "rejected a call" if event.data.get("rejected") else "got a call"
    return _describe(event, f"{what} from {caller}")


def _describe(event: Event, message: str) -> dict[str, str]:
    """Return a line of the logbook about a SIM."""
    data = event.data  # anything, where a user fired the event
    description = {
        "name": data.get("sim") or data.get("gateway") or DOMAIN,
        "message": message,
    }
    if entity_id := data.get("entity_id"):
        description["entity_id"] = entity_id
    return description
