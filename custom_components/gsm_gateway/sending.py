"""The one way by which every action hands messages to the queue."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
import voluptuous as vol

from .const import (
    CONF_EXPIRE_AFTER,
    CONF_FALLBACK,
    CONF_IMSI,
    CONF_NUMBER,
    CONF_PRIORITY,
    CONF_SIMS,
    DOMAIN,
    SUBENTRY_CONTACT,
    SUBENTRY_SIM,
)
from .devices import async_device, identifier
from .errors import not_a_sim, translated_errors
from .gateways.text import Encoding
from .messaging.countries import Country
from .messaging.messages import (
    Fallback,
    OutgoingMessage,
    Priority,
    Request,
    Route,
    State,
)
from .messaging.numbers import country_of, dialable, from_integer
from .messenger import MESSENGER
from .reasons import Reasoned, in_words, key_in_words

ATTR_ENCODING: Final = "encoding"
ATTR_WAIT_FOR: Final = "wait_for"

LONGEST_EXPIRY: Final = timedelta(days=7)
EXPIRY: Final = {
    Priority.ALARM: timedelta(hours=1),
    Priority.NORMAL: timedelta(hours=24),
}
"""How long a message may wait where nobody says otherwise."""

SEND_OPTIONS: Final[dict[vol.Marker, Any]] = {
    vol.Optional(CONF_PRIORITY): vol.All(
        cv.string, vol.Lower, vol.In([priority.name.lower() for priority in Priority])
    ),
    vol.Optional(CONF_EXPIRE_AFTER): vol.All(
        cv.positive_time_period,
        vol.Range(min=timedelta(seconds=1), max=LONGEST_EXPIRY),
    ),
}
"""What every action takes about how a message is to be treated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Treatment:
    """How a message is to be treated on its way."""

    route: Route
    priority: Priority
    expire_after: timedelta
    encoding: Encoding = Encoding.AUTO
    reach: State | None = None
    """Only SIMs that can tell of this state may send it."""

    @classmethod
    def of(cls, route: Route, options: Mapping[str, Any]) -> Treatment:
        """Return what the options of an action (`SEND_OPTIONS`) say."""
        priority = Priority[options.get(CONF_PRIORITY, Priority.NORMAL.name).upper()]
        expire_after = options.get(CONF_EXPIRE_AFTER, EXPIRY[priority])
        wait_for = options.get(ATTR_WAIT_FOR)
        return cls(
            route=route,
            priority=priority,
            expire_after=expire_after,
            encoding=Encoding(options.get(ATTR_ENCODING, Encoding.AUTO)),
            reach=State(wait_for) if wait_for else None,
        )

    @classmethod
    def of_contact(cls, entry: ConfigEntry, contact: ConfigSubentry) -> Treatment:
        """Return what the settings of a contact of this entry say.

        With no SIM chosen there is nothing to fall back from: any may send.
        """
        settings = contact.data
        order = tuple(settings.get(CONF_SIMS, ()))
        fallback = Fallback(settings[CONF_FALLBACK])
        if not order and fallback is Fallback.NONE:
            fallback = Fallback.ANY
        route = Route(order=order, then=fallback, box_id=entry.entry_id)
        priority = Priority[settings[CONF_PRIORITY].upper()]
        minutes = settings.get(CONF_EXPIRE_AFTER)
        return cls(
            route=route,
            priority=priority,
            expire_after=timedelta(minutes=minutes) if minutes else EXPIRY[priority],
        )


def recipients(value: object) -> list[object]:
    """Return one or many numbers as a list; a text is taken apart at its commas."""
    if isinstance(value, str):
        return [piece for part in value.split(",") if (piece := part.strip())]
    if isinstance(value, Iterable):
        return [piece for part in value for piece in recipients(part)]
    return [] if value is None else [value]


def with_title(message: str, title: str | None) -> str:
    """Return the text of an SMS, which has no title: it becomes the first line."""
    return f"{title}\n{message}" if title else message


async def async_send(
    hass: HomeAssistant,
    to: Iterable[object],
    text: str,
    treatment: Treatment,
    context: Context | None,
) -> list[OutgoingMessage]:
    """Queue a text for each number, for all or for none of them.

    Returns when they are safe on disk. Raises a translated error that names
    what is wrong; the context tells which automation to name.
    """
    if not text.strip():
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="empty_message"
        )
    with translated_errors(""):
        country = _country(hass, treatment.route)
        numbers = _numbers(hass, to, country)
        if not numbers:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_recipient"
            )
        return await hass.data[MESSENGER].outbox.submit(
            [
                Request(
                    to=number,
                    text=text,
                    route=treatment.route,
                    priority=treatment.priority,
                    expire_after=treatment.expire_after,
                    encoding=treatment.encoding,
                    reach=treatment.reach,
                    country=country,
                    cause=_cause(hass, context),
                )
                for number in numbers
            ]
        )


@callback
def async_response(
    hass: HomeAssistant, messages: Iterable[OutgoingMessage]
) -> dict[str, Any]:
    """Return what an action answers about the messages that it queued."""
    return {
        "messages": [
            {
                "message_id": message.message_id,
                "to": message.to,
                "device_id": _device_id(hass, message.line_id),
                "parts": message.parts,
                "state": message.state.value,
                "reason": async_reason(hass, message),
                "dropped": message.dropped,
            }
            for message in messages
        ]
    }


class Listed(Reasoned, Protocol):
    """A message of which a list tells."""

    @property
    def message_id(self) -> str:
        """The message."""


@callback
def async_reason(hass: HomeAssistant, message: Listed) -> str | None:
    """Return why a message stands where it does, also one that waits."""
    waits = hass.data[MESSENGER].outbox.why_waiting(message.message_id)
    return in_words(hass, message) or key_in_words(hass, waits)


@callback
def async_route(hass: HomeAssistant, device_id: str | None) -> Route:
    """Return the way through a named SIM or box, loaded or not; without one, through any."""
    if device_id is None:
        return Route(then=Fallback.ANY)
    device, entry = device_and_entry(hass, device_id)
    if identifier(entry) in device.identifiers:
        return box_route(entry)
    if (sim := sim_of(entry, device)) is None:
        raise not_a_sim(device.name_by_user or device.name or device_id)
    return Route(order=(sim,))


def device_and_entry(
    hass: HomeAssistant, device_id: str
) -> tuple[dr.AnyDeviceEntry, ConfigEntry]:
    """Return a device of ours and its entry, loaded or not. Raises a translated error."""
    device, entry = dr.async_get_device_and_config_entry_for_domain(
        hass, device_id, domain=DOMAIN
    )
    if device is None or entry is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="device_unknown",
            translation_placeholders={"device": device_id},
        )
    return device, entry


def box_route(entry: ConfigEntry) -> Route:
    """Return the way through any SIM of a box."""
    return Route(then=Fallback.BOX, box_id=entry.entry_id)


def sim_of(entry: ConfigEntry, device: dr.AnyDeviceEntry) -> str | None:
    """Return the subentry id of the SIM that a device of this entry is, if it is one."""
    return next(
        (
            sim.subentry_id
            for sim in entry.get_subentries_of_type(SUBENTRY_SIM)
            if identifier(entry, sim.subentry_id) in device.identifiers
        ),
        None,
    )


def _cause(hass: HomeAssistant, context: Context | None) -> str:
    """Return the name of the automation or script that runs in a context."""
    if context is None:
        return ""
    runs = {context.id, context.parent_id} - {None}
    return next(
        (
            state.name
            for state in hass.states.async_all(("automation", "script"))
            if state.context.id in runs
        ),
        "",
    )


def _numbers(
    hass: HomeAssistant, to: Iterable[object], country: Country | None
) -> list[str]:
    """Return what is to be dialled, each number once. Raises `BadNumber`."""
    known = _known_numbers(hass)
    return list(
        dict.fromkeys(
            from_integer(number, known, country)
            if isinstance(number, int)
            else dialable(str(number))
            for number in to
        )
    )


def _country(hass: HomeAssistant, route: Route) -> Country | None:
    """Return the country of the SIM that will most likely send."""
    for line in hass.data[MESSENGER].router.candidates(route):
        entry = hass.config_entries.async_get_entry(line.box_id)
        sim = entry and entry.subentries.get(line.line_id)
        if sim and (country := country_of(sim.data.get(CONF_IMSI))):
            return country
    return None


def _known_numbers(hass: HomeAssistant) -> Callable[[str], bool]:
    """Return what tells whether a contact or a received message has exactly a number."""
    contacts = {
        contact.data[CONF_NUMBER]
        for entry in hass.config_entries.async_entries(DOMAIN)
        for contact in entry.get_subentries_of_type(SUBENTRY_CONTACT)
    }
    boxes = hass.data[MESSENGER].running
    return lambda number: (
        number in contacts or any(box.inbox.knows(number) for box in boxes)
    )


def _device_id(hass: HomeAssistant, line_id: str | None) -> str | None:
    """Return the device of the SIM that sends, once that is settled."""
    line = line_id and hass.data[MESSENGER].router.get(line_id)
    entry = line and hass.config_entries.async_get_entry(line.box_id)
    device = line and entry and async_device(hass, entry, line.line_id)
    return device.id if device else None
