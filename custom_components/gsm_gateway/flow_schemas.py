"""The form about a box: its fields, and how they become entry data."""

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
    CONF_SMPP_PASSWORD,
    CONF_SMPP_PORT,
    CONF_SMPP_SYSTEM_ID,
    CONF_TLS,
    CONF_USE_AMI,
    DEFAULT_AMI_PORT,
    DEFAULT_HTTP_PORT,
    DEFAULT_SMPP_PORT,
)

CONF_USE_SMPP: Final = "use_smpp"
SECTION_CONNECTION: Final = "connection"

LONGEST_SYSTEM_ID = 15
"""SMPP 3.4 section 5.2.1: 16 octets with the NUL."""
LINE_SUFFIX = 2
"""Digits that name the line; they follow the system id (GoIP, section 3)."""
LONGEST_SMPP_PASSWORD = 8
"""SMPP 3.4 section 5.2.2: 9 octets with the NUL."""

TEXT = TextSelector()
USERNAME = TextSelector(TextSelectorConfig(autocomplete="username"))
PASSWORD = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)


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
    brand: str, *, password_known: bool = False, open_sections: Container[str] = ()
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
        fields[vol.Required(CONF_SMPP)] = section(
            vol.Schema(
                {
                    vol.Required(CONF_USE_SMPP, default=False): BooleanSelector(),
                    vol.Optional(CONF_SMPP_SYSTEM_ID): TEXT,
                    vol.Optional(CONF_SMPP_PASSWORD): PASSWORD,
                }
            ),
            {"collapsed": CONF_SMPP not in open_sections},
        )
        ports[vol.Required(CONF_SMPP_PORT, default=DEFAULT_SMPP_PORT)] = PORT
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
    """Turn the form's input into entry data; `known` data has the passwords left out.

    Raises `InvalidInput`.
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
    if brand == BRAND_GOIP:
        if user_input[CONF_SMPP][CONF_USE_SMPP]:
            data[CONF_SMPP] = smpp_data(
                {**user_input[CONF_SMPP], CONF_SMPP_PORT: connection[CONF_SMPP_PORT]},
                known.get(CONF_SMPP, {}),
                field=CONF_SMPP,
            )
    else:
        data[CONF_AMI_PORT] = connection[CONF_AMI_PORT]
        data[CONF_USE_AMI] = connection[CONF_USE_AMI]
    return data


def smpp_data(
    user_input: Mapping[str, Any], known: Mapping[str, Any], *, field: str = "base"
) -> dict[str, Any]:
    """Return the SMPP part of the entry data. Raises `InvalidInput` at `field`."""
    system_id = user_input.get(CONF_SMPP_SYSTEM_ID) or ""
    password = user_input.get(CONF_SMPP_PASSWORD) or known.get(CONF_SMPP_PASSWORD, "")
    if not system_id:
        raise InvalidInput(**{field: "smpp_id_missing"})
    if len(system_id) + LINE_SUFFIX > LONGEST_SYSTEM_ID:
        raise InvalidInput(**{field: "smpp_id_too_long"})
    if len(password) > LONGEST_SMPP_PASSWORD:
        raise InvalidInput(**{field: "smpp_password_too_long"})
    if not (system_id + password).isascii():
        raise InvalidInput(**{field: "smpp_foreign_letters"})
    return {
        CONF_SMPP_PORT: user_input[CONF_SMPP_PORT],
        CONF_SMPP_SYSTEM_ID: system_id,
        CONF_SMPP_PASSWORD: password,
    }


def box_input(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return entry data as the form's input, without the passwords."""
    smpp = data.get(CONF_SMPP, {})
    ports = (CONF_HTTP_PORT, CONF_AMI_PORT, CONF_USE_AMI, CONF_VERIFY_SSL)
    known = {key: data[key] for key in ports if key in data}
    if smpp:
        known[CONF_SMPP_PORT] = smpp[CONF_SMPP_PORT]
    return {
        CONF_HOST: format_address(data[CONF_HOST], tls=data[CONF_TLS]),
        CONF_USERNAME: data[CONF_USERNAME],
        CONF_SMPP: {
            CONF_USE_SMPP: bool(smpp),
            **{key: smpp[key] for key in (CONF_SMPP_SYSTEM_ID,) if key in smpp},
        },
        SECTION_CONNECTION: known,
    }


def without_known_binds(
    data: Mapping[str, Any], known: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return entry data to try, without SMPP where nothing about it changed.

    The lines are bound already, and what a box makes of a second bind of the
    same line is not known (GoIP doubt D8).
    """
    if any(data.get(key) != known.get(key) for key in (CONF_HOST, CONF_SMPP)):
        return data
    return {key: value for key, value in data.items() if key != CONF_SMPP}


def login_schema(data: Mapping[str, Any]) -> vol.Schema:
    """Return the fields of a login that was refused; an empty password keeps the old one."""
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_USERNAME): USERNAME,
        vol.Optional(CONF_PASSWORD): PASSWORD,
    }
    if CONF_SMPP in data:
        fields[vol.Required(CONF_SMPP_SYSTEM_ID)] = TEXT
        fields[vol.Optional(CONF_SMPP_PASSWORD)] = PASSWORD
    return vol.Schema(fields)


def login_input(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return entry data as the login's input, without the passwords."""
    known = {**data.get(CONF_SMPP, {}), **data}
    return {key: known.get(key) for key in (CONF_USERNAME, CONF_SMPP_SYSTEM_ID)}


def login_data(
    user_input: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return entry data with another login. Raises `InvalidInput`."""
    data = {
        **known,
        CONF_USERNAME: user_input[CONF_USERNAME],
        CONF_PASSWORD: user_input.get(CONF_PASSWORD) or known[CONF_PASSWORD],
    }
    if smpp := known.get(CONF_SMPP):
        data[CONF_SMPP] = smpp_data({**smpp, **user_input}, smpp)
    return data
