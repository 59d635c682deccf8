"""The first form about a box: its fields, and how they become entry data."""

from collections.abc import Container, Mapping
from typing import Any, Final

from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .address import MalformedAddress, format_address, parse_address
from .const import (
    BRAND_GOIP,
    CONF_AMI_PORT,
    CONF_BRAND,
    CONF_HTTP_PORT,
    CONF_SMPP,
    CONF_TLS,
    CONF_UDP,
    CONF_USE_AMI,
    DEFAULT_AMI_PORT,
    DEFAULT_HTTP_PORT,
)

CONF_TRANSPORT: Final = "transport"
"""How a GoIP and Home Assistant talk; the web pages are always used as well."""
TRANSPORT_UDP: Final = "udp"
TRANSPORT_SMPP: Final = "smpp"
TRANSPORT_WEB: Final = "web"
SECTION_CONNECTION: Final = "connection"

TEXT = TextSelector()
USERNAME = TextSelector(TextSelectorConfig(autocomplete="username"))
PASSWORD = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
TRANSPORT = SelectSelector(
    SelectSelectorConfig(
        options=[TRANSPORT_UDP, TRANSPORT_SMPP, TRANSPORT_WEB],
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_TRANSPORT,
    )
)
TRANSPORT_FIELD: Final[Mapping[vol.Marker, Any]] = {
    vol.Required(CONF_TRANSPORT, default=TRANSPORT_UDP): TRANSPORT
}


def whole_number(most: int, unit: str | None = None) -> vol.All[Any]:
    """Return a field for a whole number from 1 on."""
    config = NumberSelectorConfig(min=1, max=most, step=1, mode=NumberSelectorMode.BOX)
    if unit:
        config["unit_of_measurement"] = unit
    return vol.All(NumberSelector(config), vol.Coerce(int))


PORT = whole_number(65535)


class InvalidInput(ValueError):
    """What was filled in cannot be right."""

    def __init__(self, **errors: str) -> None:
        """Keep the error of each field."""
        super().__init__(errors)
        self.errors = errors
        self.placeholders: dict[str, str] = {}
        """What the errors' texts have in braces."""


def box_schema(
    brand: str,
    *,
    password_known: bool = False,
    open_sections: Container[str] = (),
    goip_fields: Mapping[vol.Marker, Any] = TRANSPORT_FIELD,
) -> vol.Schema:
    """Return the fields that say where a box is and how to log in.

    Sections are folded but for `open_sections`. A password that is known may
    be left empty.
    """
    password = vol.Optional if password_known else vol.Required
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_HOST): TEXT,
        vol.Required(CONF_USERNAME): USERNAME,
        password(CONF_PASSWORD): PASSWORD,
    }
    ports: dict[vol.Marker, Any] = {
        vol.Required(CONF_HTTP_PORT, default=DEFAULT_HTTP_PORT): PORT
    }
    if brand == BRAND_GOIP:
        fields |= goip_fields
    else:
        ports[vol.Required(CONF_AMI_PORT, default=DEFAULT_AMI_PORT)] = PORT
        ports[vol.Required(CONF_USE_AMI, default=True)] = BooleanSelector()
    ports[vol.Required(CONF_VERIFY_SSL, default=True)] = BooleanSelector()
    fields[vol.Required(SECTION_CONNECTION)] = section(
        vol.Schema(ports), {"collapsed": SECTION_CONNECTION not in open_sections}
    )
    return vol.Schema(fields)


def box_data(
    brand: str, user_input: Mapping[str, Any], known: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Turn the form's input into entry data; `known` data has the password left out.

    A GoIP's transport is not in it. Raises `InvalidInput`.
    """
    known = known or {}
    connection = user_input[SECTION_CONNECTION]
    try:
        address = parse_address(user_input[CONF_HOST])
    except MalformedAddress:
        raise InvalidInput(**{CONF_HOST: "malformed_address"}) from None
    data = {
        CONF_BRAND: brand,
        CONF_HOST: address.host,
        CONF_TLS: address.tls,
        CONF_VERIFY_SSL: connection[CONF_VERIFY_SSL],
        CONF_HTTP_PORT: address.web_port(connection[CONF_HTTP_PORT]),
        CONF_USERNAME: user_input[CONF_USERNAME],
        CONF_PASSWORD: user_input.get(CONF_PASSWORD) or known.get(CONF_PASSWORD, ""),
    }
    if brand != BRAND_GOIP:
        data[CONF_AMI_PORT] = connection[CONF_AMI_PORT]
        data[CONF_USE_AMI] = connection[CONF_USE_AMI]
    return data


def box_input(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return entry data as the form's input, without the password."""
    ports = (CONF_HTTP_PORT, CONF_AMI_PORT, CONF_USE_AMI, CONF_VERIFY_SSL)
    return {
        CONF_HOST: format_address(data[CONF_HOST], tls=data[CONF_TLS]),
        CONF_USERNAME: data[CONF_USERNAME],
        CONF_TRANSPORT: transport(data),
        SECTION_CONNECTION: {key: data[key] for key in ports if key in data},
    }


def transport(data: Mapping[str, Any]) -> str:
    """Return how a GoIP and Home Assistant talk by the entry data."""
    if CONF_UDP in data:
        return TRANSPORT_UDP
    return TRANSPORT_SMPP if CONF_SMPP in data else TRANSPORT_WEB
