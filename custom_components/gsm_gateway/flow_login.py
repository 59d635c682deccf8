"""The form about a login that was refused: its fields, and how they become entry data."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
import voluptuous as vol

from .const import (
    CONF_SMPP,
    CONF_SMPP_PASSWORD,
    CONF_SMPP_SYSTEM_ID,
    CONF_UDP,
    CONF_UDP_PASSWORD,
)
from .flow_schemas import PASSWORD, TEXT, USERNAME
from .flow_smpp_form import smpp_data
from .flow_udp_form import checked_password


def login_schema(data: Mapping[str, Any]) -> vol.Schema:
    """Return the fields of the login; an empty password keeps the old one."""
    fields: dict[vol.Marker, Any] = {
        vol.Required(CONF_USERNAME): USERNAME,
        vol.Optional(CONF_PASSWORD): PASSWORD,
    }
    if CONF_SMPP in data:
        fields[vol.Required(CONF_SMPP_SYSTEM_ID)] = TEXT
        fields[vol.Optional(CONF_SMPP_PASSWORD)] = PASSWORD
    if CONF_UDP in data:
        fields[vol.Optional(CONF_UDP_PASSWORD)] = PASSWORD
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
    if (udp := known.get(CONF_UDP)) and user_input.get(CONF_UDP_PASSWORD):
        data[CONF_UDP] = {**udp, CONF_UDP_PASSWORD: checked_password(user_input)}
    return data
