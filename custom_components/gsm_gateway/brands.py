"""Which driver speaks to which brand; nothing else in this half knows one from another."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import ClientSession
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import (
    BRAND_GOIP,
    BRAND_YEASTAR,
    CONF_AMI_PORT,
    CONF_BRAND,
    CONF_HTTP_PORT,
    CONF_MODULE_IMEIS,
    CONF_ONLY_ADDRESS,
    CONF_SEND_BY,
    CONF_SMPP,
    CONF_SMPP_PASSWORD,
    CONF_SMPP_PORT,
    CONF_SMPP_SYSTEM_ID,
    CONF_TLS,
    CONF_UDP,
    CONF_UDP_IDS,
    CONF_UDP_PASSWORD,
    CONF_UDP_PORT,
    CONF_USE_AMI,
    DEFAULT_AMI_PORT,
    SEND_BY_WEB,
)
from .gateways import goip, yeastar
from .gateways.clock import Clock
from .gateways.model import GatewayError, GatewayStatus, InvalidAuth, NoReply
from .gateways.ports import Gateway
from .sms_servers import server_for

BRAND_NAMES: Final = {BRAND_GOIP: "GoIP", BRAND_YEASTAR: "Yeastar TG"}

IDENTIFY_SECONDS = 15.0
"""A user waits in front of the form."""
SECOND_LOOK_SECONDS = 5.0
"""For finding out why the first one failed."""


def compose(
    hass: HomeAssistant, data: Mapping[str, Any], channels: Sequence[int], clock: Clock
) -> Gateway:
    """Return the driver of a box for the channels that have a SIM."""
    session = _session(hass, data)
    if data[CONF_BRAND] == BRAND_GOIP:
        settings = _goip_settings(data)
        server = server_for(hass, settings.udp.port) if settings.udp else None
        return goip.compose(
            session, settings, channels=channels, clock=clock, server=server
        )
    return yeastar.compose(
        session, _yeastar_settings(data), channels=channels, clock=clock
    )


async def identify(
    hass: HomeAssistant, data: Mapping[str, Any], seconds: float | None = None
) -> GatewayStatus:
    """Check every login that the entry data names and return what the box tells of itself.

    Sends nothing that costs. Raises `GatewayError`.
    """
    session, clock = _session(hass, data), Clock()
    try:
        async with clock.timeout(seconds or IDENTIFY_SECONDS):
            if data[CONF_BRAND] == BRAND_GOIP:
                return await goip.identify(session, _goip_settings(data), clock)
            return await yeastar.identify(session, _yeastar_settings(data), clock)
    except TimeoutError as err:
        raise NoReply("The box did not tell who it is in time") from err


async def recognise(hass: HomeAssistant, data: Mapping[str, Any]) -> str | None:
    """Return the brand that answers where another one was looked for; none if neither does."""
    for brand in BRAND_NAMES.keys() - {data[CONF_BRAND]}:
        ami = {CONF_USE_AMI: True, CONF_AMI_PORT: DEFAULT_AMI_PORT}
        guess = {**data, **ami, CONF_BRAND: brand}
        try:
            await identify(hass, guess, SECOND_LOOK_SECONDS)
        except InvalidAuth:
            return brand
        except GatewayError:
            continue
        return brand
    return None


def unique_id(brand: str, status: GatewayStatus) -> str | None:
    """Return what tells a box from all others; none if it does not say."""
    if brand == BRAND_GOIP:
        return status.serial or status.mac or None
    return min(status.module_imeis, default=None)


def identity_data(
    data: Mapping[str, Any], status: GatewayStatus
) -> dict[str, list[str]]:
    """Return the part of the entry data that the box is known by again, brought up to date."""
    if data[CONF_BRAND] == BRAND_GOIP:
        return {}
    imeis = status.module_imeis.union(data.get(CONF_MODULE_IMEIS, ()))
    return {CONF_MODULE_IMEIS: sorted(imeis)}


def is_same_box(entry: ConfigEntry, brand: str, status: GatewayStatus) -> bool | None:
    """Tell whether a box is the one of an entry; none where one of both tells nothing.

    A Yeastar is the same as long as one of its modules is.
    """
    if entry.data[CONF_BRAND] != brand:
        return False
    if (imeis := entry.data.get(CONF_MODULE_IMEIS)) and status.module_imeis:
        return not status.module_imeis.isdisjoint(imeis)
    found = unique_id(brand, status)
    return found == entry.unique_id if found and entry.unique_id else None


def connection_facts(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of the entry data that a link is made of; a change of it needs a reload."""
    return {key: value for key, value in data.items() if key != CONF_MODULE_IMEIS}


def _session(hass: HomeAssistant, data: Mapping[str, Any]) -> ClientSession:
    """Return the session that checks certificates as the user wants it."""
    return async_get_clientsession(hass, verify_ssl=data[CONF_VERIFY_SSL])


def _goip_settings(data: Mapping[str, Any]) -> goip.GoipSettings:
    """Return entry data as the driver takes it."""
    smpp = data.get(CONF_SMPP)
    return goip.GoipSettings(
        host=data[CONF_HOST],
        http_port=data[CONF_HTTP_PORT],
        tls=data[CONF_TLS],
        username=data[CONF_USERNAME],
        password=data[CONF_PASSWORD],
        smpp=smpp
        and goip.SmppSettings(
            port=smpp[CONF_SMPP_PORT],
            system_id=smpp[CONF_SMPP_SYSTEM_ID],
            password=smpp[CONF_SMPP_PASSWORD],
        ),
        udp=_udp_settings(data),
    )


def _udp_settings(data: Mapping[str, Any]) -> goip.UdpSettings | None:
    """Return how the lines of a box call us, if they do."""
    if (udp := data.get(CONF_UDP)) is None:
        return None
    ids = enumerate(udp[CONF_UDP_IDS], 1)
    return goip.UdpSettings(
        port=udp[CONF_UDP_PORT],
        password=udp[CONF_UDP_PASSWORD],
        ids={channel: line_id for channel, line_id in ids if line_id},
        only_address=udp[CONF_ONLY_ADDRESS],
        send_by_web=udp[CONF_SEND_BY] == SEND_BY_WEB,
    )


def _yeastar_settings(data: Mapping[str, Any]) -> yeastar.YeastarSettings:
    """Return entry data as the driver takes it."""
    return yeastar.YeastarSettings(
        host=data[CONF_HOST],
        http_port=data[CONF_HTTP_PORT],
        ami_port=data[CONF_AMI_PORT],
        tls=data[CONF_TLS],
        username=data[CONF_USERNAME],
        password=data[CONF_PASSWORD],
        use_ami=data[CONF_USE_AMI],
    )
