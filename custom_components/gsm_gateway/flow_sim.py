"""The form about a SIM: its fields, and how they become subentry data."""

from collections.abc import Container, Mapping
from typing import Any, Final

from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    BooleanSelector,
    CountrySelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .balance.operators import Proposal, propose
from .balance_words import operator_country
from .const import (
    CONF_BALANCE_CODE,
    CONF_BALANCE_INTERVAL,
    CONF_BALANCE_SENDER,
    CONF_COUNTRY,
    CONF_IMSI,
    CONF_NUMBER_FORM,
    CONF_OPERATOR,
    CONF_PACING,
    CONF_PARTS_PER_DAY,
    CONF_PARTS_PER_HOUR,
    CONF_PARTS_PER_MONTH,
    CONF_RECIPIENTS_PER_DAY,
    CONF_REJECT_CALLS,
    CONF_ROAMING,
    CONF_TRUSTED_SENDERS,
    CONF_USE_FOR_SENDING,
    DEFAULT_BALANCE_INTERVAL,
)
from .flow_balance import balance_data, balance_fields, balance_input
from .flow_schemas import whole_number
from .flow_sections import Sections, section_data, section_fields, section_input
from .flow_senders import SENDERS, senders_data
from .flow_wishes import WISHES, checked_wishes
from .messaging.guard_budgets import Limits
from .messaging.messages import SendPolicy
from .messaging.numbers import NumberForm

SECTION_LIMITS: Final = "limits"
SECTION_SENDING: Final = "sending"
SECTION_RECEIVING: Final = "receiving"
SECTION_CALLS: Final = "calls"

LONGEST_INTERVAL = 31 * 24
"""Hours."""
HIGHEST_LIMIT = 100_000
LONGEST_PAUSE = 3600
"""Seconds."""
LIMITS = Limits()

INTERVAL = whole_number(LONGEST_INTERVAL, UnitOfTime.HOURS)
LIMIT = whole_number(HIGHEST_LIMIT)
PAUSE = whole_number(LONGEST_PAUSE, UnitOfTime.SECONDS)
USE_FOR_SENDING = SelectSelector(
    SelectSelectorConfig(
        options=list(SendPolicy),
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_USE_FOR_SENDING,
    )
)
NUMBER_FORM = SelectSelector(
    SelectSelectorConfig(
        options=list(NumberForm),
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_NUMBER_FORM,
    )
)
SECTIONS: Final[Sections] = {
    SECTION_LIMITS: {
        vol.Required(CONF_PARTS_PER_HOUR, default=LIMITS.parts_per_hour): LIMIT,
        vol.Required(CONF_PARTS_PER_DAY, default=LIMITS.parts_per_day): LIMIT,
        vol.Required(CONF_PARTS_PER_MONTH, default=LIMITS.parts_per_month): LIMIT,
        vol.Optional(CONF_RECIPIENTS_PER_DAY): LIMIT,
    },
    SECTION_SENDING: {
        vol.Optional(CONF_PACING): PAUSE,
        vol.Required(CONF_ROAMING, default=False): BooleanSelector(),
        vol.Required(CONF_NUMBER_FORM, default=NumberForm.AS_GIVEN.value): NUMBER_FORM,
    },
    SECTION_RECEIVING: {vol.Optional(CONF_TRUSTED_SENDERS, default=[]): SENDERS},
}
"""What few people ever change; each is folded."""
CALLS: Final[Sections] = {
    SECTION_CALLS: {vol.Required(CONF_REJECT_CALLS, default=False): BooleanSelector()}
}
"""The same for boxes that tell of calls and can reject them."""


def settings_schema(
    proposal: Proposal | None,
    *,
    open_sections: Container[str] = (),
    calls: bool = False,
) -> vol.Schema:
    """Return the fields of a SIM's settings; sections are folded but for `open_sections`.

    `calls`: whether its box tells of calls and can reject them.
    """
    return vol.Schema(
        {
            vol.Optional(CONF_COUNTRY): CountrySelector(),
            **balance_fields(proposal),
            vol.Required(
                CONF_BALANCE_INTERVAL, default=DEFAULT_BALANCE_INTERVAL
            ): INTERVAL,
            vol.Required(
                CONF_USE_FOR_SENDING, default=SendPolicy.ALWAYS.value
            ): USE_FOR_SENDING,
            **section_fields(WISHES, open_sections),
            **section_fields(SECTIONS, open_sections),
            **section_fields(CALLS if calls else {}, open_sections),
        }
    )


def settings_proposal(data: Mapping[str, Any]) -> Proposal | None:
    """Return what is proposed for a SIM whose settings nobody has looked at yet."""
    if data.get(CONF_BALANCE_CODE) or CONF_COUNTRY in data:
        return None
    return propose(imsi=data.get(CONF_IMSI), operator=data.get(CONF_OPERATOR))


def proposed_settings(proposal: Proposal | None, home_currency: str) -> dict[str, Any]:
    """Return what is known of an operator as settings, a code that is not sure as a guess."""
    proposed: dict[str, Any] = {**balance_input(proposal, home_currency)}
    if proposal is not None:
        proposed[CONF_COUNTRY] = proposal.country
        proposed[CONF_BALANCE_SENDER] = proposal.sms_sender
    return proposed


def settings_input(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as the form's input."""
    known = {key: value for key, value in data.items() if value is not None}
    if CONF_COUNTRY not in known and (country := operator_country(data)):
        known[CONF_COUNTRY] = country
    return known | section_input({**WISHES, **SECTIONS, **CALLS}, data)


def settings_data(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return a SIM's settings, None where a field was left empty. Raises `InvalidInput`."""
    plain = (CONF_BALANCE_INTERVAL, CONF_USE_FOR_SENDING)
    rare = section_data(SECTIONS, user_input)
    if SECTION_CALLS in user_input:
        rare |= section_data(CALLS, user_input)
    rare[CONF_TRUSTED_SENDERS] = senders_data(
        rare[CONF_TRUSTED_SENDERS], field=SECTION_RECEIVING
    )
    return {
        **{key: user_input[key] for key in plain},
        **rare,
        **checked_wishes(section_data(WISHES, user_input)),
        CONF_COUNTRY: user_input.get(CONF_COUNTRY),
        **balance_data(user_input),
    }
