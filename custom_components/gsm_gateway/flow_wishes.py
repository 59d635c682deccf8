"""What few people ever set about a SIM's balance: its fields, and what may stand in them."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TimeSelector,
)
import voluptuous as vol

from .const import (
    CONF_BALANCE_AFTER_SMS,
    CONF_BALANCE_LOW,
    CONF_BALANCE_ONLY_AFTER_SENT,
    CONF_BALANCE_PATTERN,
    CONF_BALANCE_PER_DAY,
    CONF_BALANCE_SENDER,
    CONF_EXPIRY_DAYS,
    CONF_KEEP_ALIVE_DAYS,
    CONF_KEEP_ALIVE_NUMBER,
    CONF_KEEP_ALIVE_TEXT,
    CONF_QUIET_FROM,
    CONF_QUIET_TO,
    DEFAULT_BALANCE_PER_DAY,
    DEFAULT_EXPIRY_DAYS,
)
from .flow_answer import pattern_data
from .flow_schemas import InvalidInput, whole_number
from .flow_sections import Sections
from .flow_senders import senders_data
from .trust import is_number

SECTION_ASKING: Final = "asking"
SECTION_READING: Final = "reading"
SECTION_WARNINGS: Final = "warnings"
SECTION_KEEP_ALIVE: Final = "keep_alive"

MOST_PER_DAY: Final = 48
LONGEST_WARNING: Final = 365
LONGEST_SILENCE: Final = 365
HIGHEST_BALANCE: Final = 1_000_000_000
LONGEST_TEXT: Final = 160
"""Characters; a keep-alive is to cost one SMS."""

PER_DAY = whole_number(MOST_PER_DAY)
TEXT = TextSelector()
LOW = NumberSelector(
    NumberSelectorConfig(
        min=0, max=HIGHEST_BALANCE, step="any", mode=NumberSelectorMode.BOX
    )
)
WISHES: Final[Sections] = {
    SECTION_ASKING: {
        vol.Required(CONF_BALANCE_AFTER_SMS, default=True): BooleanSelector(),
        vol.Required(CONF_BALANCE_ONLY_AFTER_SENT, default=False): BooleanSelector(),
        vol.Required(CONF_BALANCE_PER_DAY, default=DEFAULT_BALANCE_PER_DAY): PER_DAY,
        vol.Optional(CONF_QUIET_FROM): TimeSelector(),
        vol.Optional(CONF_QUIET_TO): TimeSelector(),
    },
    SECTION_READING: {
        vol.Optional(CONF_BALANCE_SENDER): TEXT,
        vol.Optional(CONF_BALANCE_PATTERN): TEXT,
    },
    SECTION_WARNINGS: {
        vol.Optional(CONF_BALANCE_LOW): LOW,
        vol.Required(CONF_EXPIRY_DAYS, default=DEFAULT_EXPIRY_DAYS): whole_number(
            LONGEST_WARNING, UnitOfTime.DAYS
        ),
    },
    SECTION_KEEP_ALIVE: {
        vol.Optional(CONF_KEEP_ALIVE_DAYS): whole_number(
            LONGEST_SILENCE, UnitOfTime.DAYS
        ),
        vol.Optional(CONF_KEEP_ALIVE_NUMBER): TEXT,
        vol.Optional(CONF_KEEP_ALIVE_TEXT): TEXT,
    },
}
"""The sections are folded; an error stands above the section that has it."""


def checked_wishes(wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was filled in as it is kept. Raises `InvalidInput` at a section."""
    if bool(wishes[CONF_QUIET_FROM]) != bool(wishes[CONF_QUIET_TO]):
        raise InvalidInput(**{SECTION_ASKING: "quiet_hours_half"})
    senders = senders_data([wishes[CONF_BALANCE_SENDER] or ""], field=SECTION_READING)
    pattern = pattern_data(wishes[CONF_BALANCE_PATTERN] or "", SECTION_READING)
    return {
        **wishes,
        CONF_BALANCE_SENDER: next(iter(senders), None),
        CONF_BALANCE_PATTERN: pattern,
        **_keep_alive(wishes),
    }


def _keep_alive(wishes: Mapping[str, Any]) -> dict[str, str | None]:
    """Return number and text; without a number there is nobody to send to."""
    number = (wishes[CONF_KEEP_ALIVE_NUMBER] or "").strip()
    text = (wishes[CONF_KEEP_ALIVE_TEXT] or "").strip()
    if number and not is_number(number):
        raise InvalidInput(**{SECTION_KEEP_ALIVE: "keep_alive_number_invalid"})
    if wishes[CONF_KEEP_ALIVE_DAYS] and not number:
        raise InvalidInput(**{SECTION_KEEP_ALIVE: "keep_alive_number_missing"})
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(**{SECTION_KEEP_ALIVE: "keep_alive_text_too_long"})
    return {CONF_KEEP_ALIVE_NUMBER: number or None, CONF_KEEP_ALIVE_TEXT: text or None}
