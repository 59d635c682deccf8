"""The form about SMPP: its fields, and how they become entry data."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_HOST
import voluptuous as vol

from .const import (
    CONF_SMPP,
    CONF_SMPP_PASSWORD,
    CONF_SMPP_PORT,
    CONF_SMPP_SYSTEM_ID,
    DEFAULT_SMPP_PORT,
)
from .flow_schemas import PASSWORD, PORT, TEXT, InvalidInput

LONGEST_SYSTEM_ID = 15
"""SMPP 3.4 section 5.2.1: 16 octets with the NUL."""
LINE_SUFFIX = 2
"""Digits that name the line; they follow the system id (GoIP, section 3)."""
LONGEST_SMPP_PASSWORD = 8
"""SMPP 3.4 section 5.2.2: 9 octets with the NUL."""

SMPP_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_SMPP_SYSTEM_ID): TEXT,
        vol.Optional(CONF_SMPP_PASSWORD): PASSWORD,
        vol.Required(CONF_SMPP_PORT, default=DEFAULT_SMPP_PORT): PORT,
    }
)


def smpp_data(
    user_input: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the SMPP part of the entry data; a password left out is the `known` one.

    Raises `InvalidInput`.
    """
    system_id = user_input.get(CONF_SMPP_SYSTEM_ID) or ""
    password = user_input.get(CONF_SMPP_PASSWORD) or known.get(CONF_SMPP_PASSWORD, "")
    if not system_id:
        raise InvalidInput(**{CONF_SMPP_SYSTEM_ID: "smpp_id_missing"})
    if len(system_id) + LINE_SUFFIX > LONGEST_SYSTEM_ID:
        raise InvalidInput(**{CONF_SMPP_SYSTEM_ID: "smpp_id_too_long"})
    if len(password) > LONGEST_SMPP_PASSWORD:
        raise InvalidInput(**{CONF_SMPP_PASSWORD: "smpp_password_too_long"})
    if not system_id.isascii():
        raise InvalidInput(**{CONF_SMPP_SYSTEM_ID: "smpp_foreign_letters"})
    if not password.isascii():
        raise InvalidInput(**{CONF_SMPP_PASSWORD: "smpp_foreign_letters"})
    return {
        CONF_SMPP_PORT: user_input[CONF_SMPP_PORT],
        CONF_SMPP_SYSTEM_ID: system_id,
        CONF_SMPP_PASSWORD: password,
    }


def smpp_input(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return entry data as the form's input, without the password."""
    smpp = data.get(CONF_SMPP, {})
    return {key: smpp[key] for key in smpp if key != CONF_SMPP_PASSWORD}


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
