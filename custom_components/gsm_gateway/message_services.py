"""Actions on messages: `send_sms`, `cancel_sms`, `get_messages`."""

import asyncio
from datetime import timedelta
from typing import Final

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .devices import sim_on_channel
from .errors import translated_errors, unknown_message
from .gateways.text import Encoding
from .message_list import async_listed, async_scope
from .messaging import history
from .messaging.messages import OutgoingMessage, Route, State
from .messaging.numbers import reply_address
from .messaging.store import StoreUnavailable
from .messenger import MESSENGER
from .sending import (
    ATTR_ENCODING,
    ATTR_WAIT_FOR,
    SEND_OPTIONS,
    Treatment,
    async_response,
    async_route,
    async_send,
    box_route,
    recipients,
)

SERVICE_SEND_SMS: Final = "send_sms"
SERVICE_CANCEL_SMS: Final = "cancel_sms"
SERVICE_GET_MESSAGES: Final = "get_messages"

ATTR_TO: Final = "to"
ATTR_REPLY_TO: Final = "reply_to"
ATTR_MESSAGE: Final = "message"
ATTR_MESSAGE_ID: Final = "message_id"
ATTR_WAIT_TIMEOUT: Final = "wait_timeout"
ATTR_DIRECTION: Final = "direction"
ATTR_SINCE: Final = "since"
ATTR_LIMIT: Final = "limit"
ATTR_CONTACT: Final = "contact"

WAIT_TIMEOUT: Final = timedelta(seconds=60)
LONGEST_WAIT: Final = timedelta(hours=1)
DEFAULT_LIMIT: Final = 50
MOST: Final = 1000

SEND_SMS_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_TO): recipients,
        vol.Optional(ATTR_REPLY_TO): cv.string,
        vol.Required(ATTR_MESSAGE): cv.string,
        vol.Optional(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_ENCODING, default=Encoding.AUTO.value): vol.In(
            [encoding.value for encoding in Encoding]
        ),
        vol.Optional(ATTR_WAIT_FOR): vol.In(
            [State.ACCEPTED.value, State.SENT.value, State.DELIVERED.value]
        ),
        vol.Optional(ATTR_WAIT_TIMEOUT, default=WAIT_TIMEOUT): vol.All(
            cv.positive_time_period, vol.Range(max=LONGEST_WAIT)
        ),
        **SEND_OPTIONS,
    }
)
CANCEL_SMS_SCHEMA = vol.Schema({vol.Required(ATTR_MESSAGE_ID): cv.string})
GET_MESSAGES_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_DIRECTION): vol.In(
            [direction.value for direction in history.Direction]
        ),
        vol.Optional(ATTR_SINCE): cv.datetime,
        vol.Optional(ATTR_LIMIT, default=DEFAULT_LIMIT): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=MOST)
        ),
        vol.Optional(ATTR_CONTACT): cv.string,
    }
)


@callback
def async_setup_message_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_SEND_SMS,
        _async_send_sms,
        schema=SEND_SMS_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_CANCEL_SMS,
        _async_cancel_sms,
        schema=CANCEL_SMS_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    service.async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_GET_MESSAGES,
        _async_get_messages,
        schema=GET_MESSAGES_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _async_send_sms(call: ServiceCall) -> ServiceResponse:
    """Queue a text for one or many numbers, or as an answer to a message."""
    hass, data = call.hass, call.data
    if (ATTR_TO in data) is (ATTR_REPLY_TO in data):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="to_or_reply_to"
        )
    if ATTR_TO in data:
        to, route = data[ATTR_TO], async_route(hass, data.get(ATTR_DEVICE_ID))
    else:
        to, route = await _reply(hass, data[ATTR_REPLY_TO], data.get(ATTR_DEVICE_ID))
    treatment = Treatment.of(route, data)
    messages = await async_send(hass, to, data[ATTR_MESSAGE], treatment, call.context)
    if treatment.reach is not None:
        messages = await _wait(hass, messages, treatment.reach, data[ATTR_WAIT_TIMEOUT])
    return async_response(hass, messages) if call.return_response else None


async def _wait(
    hass: HomeAssistant,
    messages: list[OutgoingMessage],
    reach: State,
    timeout: timedelta,
) -> list[OutgoingMessage]:
    """Return the messages as they stand when all got far enough or the time is up."""
    outbox = hass.data[MESSENGER].outbox
    seconds = timeout.total_seconds()
    return await asyncio.gather(
        *(outbox.wait(message.message_id, reach, seconds) for message in messages)
    )


async def _reply(
    hass: HomeAssistant, message_id: str, device_id: str | None
) -> tuple[list[object], Route]:
    """Return the sender of a message, and the way through the SIM that received it.

    What came in on a port without a SIM of ours is answered by any SIM of that
    box. A named device has its way.
    """
    if (origin := await hass.data[MESSENGER].async_origin(message_id)) is None:
        raise unknown_message(message_id)
    if (entry := hass.config_entries.async_get_entry(origin.box_id)) is None:
        raise unknown_message(message_id)
    with translated_errors(entry.title):
        to: list[object] = [reply_address(origin.sender)]
    if device_id is not None:
        return to, async_route(hass, device_id)
    sim = sim_on_channel(entry, origin.channel)
    return to, Route(order=(sim.subentry_id,)) if sim else box_route(entry)


async def _async_cancel_sms(call: ServiceCall) -> ServiceResponse:
    """Take back a message that no SIM has begun to send."""
    with translated_errors(""):
        outbox = call.hass.data[MESSENGER].outbox
        message = await outbox.cancel(call.data[ATTR_MESSAGE_ID])
    return async_response(call.hass, [message]) if call.return_response else None


async def _async_get_messages(call: ServiceCall) -> ServiceResponse:
    """Return messages of the log, the newest first."""
    hass, data = call.hass, call.data
    scope = async_scope(hass, data.get(ATTR_DEVICE_ID), data.get(ATTR_CONTACT))
    direction = data.get(ATTR_DIRECTION)
    since = data.get(ATTR_SINCE)
    try:
        entries = await history.messages(
            hass.data[MESSENGER].store,
            direction=history.Direction(direction) if direction else None,
            since=dt_util.as_utc(since) if since else None,
            limit=data[ATTR_LIMIT],
            scope=scope,
        )
    except StoreUnavailable as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="log_unavailable"
        ) from error
    return {"messages": [async_listed(hass, entry) for entry in entries]}
