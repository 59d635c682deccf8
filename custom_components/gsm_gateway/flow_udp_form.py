"""The form about GoIP's push protocol: its fields, and how they become entry data."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
import re
import secrets
from typing import Any, Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from .const import (
    CONF_ONLY_ADDRESS,
    CONF_SEND_BY,
    CONF_UDP_IDS,
    CONF_UDP_PASSWORD,
    CONF_UDP_PORT,
    DEFAULT_UDP_PORT,
    SEND_BY_UDP,
    SEND_BY_WEB,
)
from .flow_schemas import PORT, TEXT, InvalidInput
from .gateways.model import ChannelStatus

SECTION_MORE: Final = "more"

PROPOSED_PREFIX = "home"
"""Short: it is typed into the box once per line."""
PROPOSED_LETTERS = "abcdefghkmnpqrstuvwxyz23456789"
"""Those that nobody mistakes for one another."""
PROPOSED_LENGTH = 10

_WORD = re.compile(r"[!-:<-_a-{}~]{1,32}")
"""What packets can carry as id and password, and a page can show to be typed into a box.

Pairs end with `;`, words with a blank; the cells of a table with `|`, code with a backtick.
"""

IDS = TextSelector(TextSelectorConfig(multiple=True))
SEND_BY = SelectSelector(
    SelectSelectorConfig(
        options=[SEND_BY_UDP, SEND_BY_WEB],
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_SEND_BY,
    )
)
UDP_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_UDP_PORT, default=DEFAULT_UDP_PORT): PORT,
        vol.Required(CONF_UDP_PASSWORD): TEXT,
        vol.Required(CONF_UDP_IDS): IDS,
        vol.Required(SECTION_MORE): section(
            vol.Schema(
                {
                    vol.Required(CONF_ONLY_ADDRESS, default=False): BooleanSelector(),
                    vol.Required(CONF_SEND_BY, default=SEND_BY_UDP): SEND_BY,
                }
            ),
            {"collapsed": True},
        ),
    }
)


def udp_proposal(
    lines: Sequence[ChannelStatus], taken: Iterable[str]
) -> dict[str, Any]:
    """Return the form's input for a box whose lines have no ids yet."""
    used = set(taken)
    prefixes = (
        PROPOSED_PREFIX if number == 1 else f"{PROPOSED_PREFIX}{number}"
        for number in count(1)
    )
    ids = next(
        ids
        for prefix in prefixes
        if used.isdisjoint(ids := [f"{prefix}-{line.channel}" for line in lines])
    )
    password = "".join(secrets.choice(PROPOSED_LETTERS) for _ in range(PROPOSED_LENGTH))
    return {
        CONF_UDP_PASSWORD: password,
        CONF_UDP_IDS: ids,
        SECTION_MORE: {},
    }


def udp_input(udp: Mapping[str, Any]) -> dict[str, Any]:
    """Return entry data as the form's input; the password has to be typed into the box."""
    more = {key: udp[key] for key in (CONF_ONLY_ADDRESS, CONF_SEND_BY)}
    return {**udp, SECTION_MORE: more}


def udp_data(
    user_input: Mapping[str, Any], lines: int, taken: Mapping[str, str]
) -> dict[str, Any]:
    """Return the UDP part of the entry data; `taken` names whose an id is already.

    Raises `InvalidInput`.
    """
    ids = [text.strip() for text in user_input[CONF_UDP_IDS]]
    while ids and not ids[-1]:
        ids.pop()
    wrong = InvalidInput()
    wrong.placeholders = {"lines": str(lines)}
    if error := _wrong_ids(ids, lines):
        wrong.errors[CONF_UDP_IDS] = error
    elif both := sorted({*ids} & taken.keys()):
        wrong.errors[CONF_UDP_IDS] = "udp_id_taken"
        wrong.placeholders |= {"id": both[0], "title": taken[both[0]]}
    if wrong.errors:
        raise wrong
    return {
        CONF_UDP_PORT: user_input[CONF_UDP_PORT],
        CONF_UDP_PASSWORD: checked_password(user_input),
        CONF_UDP_IDS: ids,
        **user_input[SECTION_MORE],
    }


def checked_password(user_input: Mapping[str, Any]) -> str:
    """Return the password of the lines. Raises `InvalidInput`."""
    password: str = user_input[CONF_UDP_PASSWORD].strip()
    if not _WORD.fullmatch(password):
        raise InvalidInput(**{CONF_UDP_PASSWORD: "udp_password_malformed"})
    return password


def line_ids(udp: Mapping[str, Any]) -> dict[int, str]:
    """Return what each line that is used calls itself, by its number."""
    return {line: text for line, text in enumerate(udp[CONF_UDP_IDS], start=1) if text}


def _wrong_ids(ids: Sequence[str], lines: int) -> str | None:
    """Return the form's word for what is wrong with the ids."""
    used = [text for text in ids if text]
    if not used:
        return "udp_ids_missing"
    if len(ids) > lines:
        return "udp_ids_too_many"
    if not all(map(_WORD.fullmatch, used)):
        return "udp_id_malformed"
    return "udp_id_twice" if len({*used}) < len(used) else None
