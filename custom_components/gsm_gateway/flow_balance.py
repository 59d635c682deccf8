"""Balance codes in forms: the fields, and the page that asks once per operator."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.data_entry_flow import section
from homeassistant.generated.currencies import ACTIVE_CURRENCIES
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .balance.countries import CURRENCY_OF
from .balance.operators import Proposal, propose
from .const import CONF_BALANCE_CODE, CONF_CURRENCY
from .flow_schemas import InvalidInput
from .gateways.model import ChannelStatus
from .ussd_path import is_path, join_path, split_path

MOST_OPERATORS: Final = 6
"""Operators that one page asks for; translations/en.json has a section for each."""
CONF_GUESSED_CODE: Final = "guessed_code"
"""The field of a code that is proposed but not sure: its label says so."""

CODE = TextSelector()
CURRENCY = SelectSelector(
    SelectSelectorConfig(
        options=sorted(ACTIVE_CURRENCIES.union(CURRENCY_OF.values())),
        mode=SelectSelectorMode.DROPDOWN,
    )
)


def proposal_for(channel: ChannelStatus) -> Proposal | None:
    """Return the balance code that is known for the SIM in a channel."""
    return propose(imsi=channel.imsi, operator=channel.operator)


def balance_fields(proposal: Proposal | None) -> dict[vol.Marker, Any]:
    """Return the fields of a balance code and its currency; both may be left out."""
    guessed = proposal is not None and not proposal.sure
    return {
        vol.Optional(CONF_GUESSED_CODE if guessed else CONF_BALANCE_CODE): CODE,
        vol.Optional(CONF_CURRENCY): CURRENCY,
    }


def balance_input(proposal: Proposal | None, home_currency: str) -> dict[str, str]:
    """Return what the fields are filled with at first."""
    if proposal is None:
        return {CONF_CURRENCY: home_currency}
    filled = {CONF_CURRENCY: proposal.currency}
    if proposal.code:
        filled[CONF_BALANCE_CODE if proposal.sure else CONF_GUESSED_CODE] = (
            proposal.code
        )
    return filled


def balance_data(user_input: Mapping[str, Any], *, field: str = "") -> dict[str, Any]:
    """Return the balance part of a SIM's data; without a code there is no balance.

    Raises `InvalidInput` at `field`, or at the field that is wrong.
    """
    key = CONF_GUESSED_CODE if CONF_GUESSED_CODE in user_input else CONF_BALANCE_CODE
    codes = split_path(user_input.get(key, ""))
    currency = user_input.get(CONF_CURRENCY)
    if codes == [""]:
        return {CONF_CURRENCY: None}
    if not is_path(codes):
        raise InvalidInput(**{field or key: "invalid_code"})
    if not currency:
        raise InvalidInput(**{field or CONF_CURRENCY: "currency_missing"})
    return {CONF_BALANCE_CODE: join_path(codes), CONF_CURRENCY: currency}


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """The SIMs of one operator in one box."""

    name: str
    channels: tuple[int, ...]
    proposal: Proposal | None


def find_operators(channels: Iterable[ChannelStatus]) -> list[Operator]:
    """Group SIMs by operator, the operators with the most SIMs first."""
    groups: defaultdict[str, list[ChannelStatus]] = defaultdict(list)
    for channel in channels:
        groups[_operator_name(channel).casefold()].append(channel)
    operators = [
        Operator(
            name=_operator_name(group[0]),
            channels=tuple(channel.channel for channel in group),
            proposal=proposal_for(group[0]),
        )
        for group in groups.values()
    ]
    return sorted(operators, key=lambda operator: -len(operator.channels))


def _operator_name(channel: ChannelStatus) -> str:
    """Return the name of a SIM's own operator, as well as it is known.

    The name that a roaming SIM shows is another operator's.
    """
    proposal = proposal_for(channel)
    known = proposal and proposal.operator
    shown = None if channel.roaming else channel.operator
    return known or shown or (channel.imsi or "")[:5] or "?"


def operators_schema(operators: Iterable[Operator]) -> vol.Schema:
    """Return a section for each operator that is asked for."""
    return vol.Schema(
        {
            vol.Required(f"operator_{number}"): section(
                vol.Schema(balance_fields(operator.proposal))
            )
            for number, operator in numbered(operators)
        }
    )


def operators_input(
    operators: Iterable[Operator], home_currency: str
) -> dict[str, dict[str, str]]:
    """Return what the sections are filled with at first."""
    return {
        f"operator_{number}": balance_input(operator.proposal, home_currency)
        for number, operator in numbered(operators)
    }


def operators_placeholders(operators: Iterable[Operator]) -> dict[str, str]:
    """Return the names that the page's sections show."""
    names: dict[str, str] = {}
    for number, operator in numbered(operators):
        names[f"operator_{number}"] = operator.name
        names[f"ports_{number}"] = ", ".join(map(str, operator.channels))
    return names


def operators_data(
    operators: Iterable[Operator], user_input: Mapping[str, Any]
) -> dict[int, dict[str, Any]]:
    """Return the balance part of each SIM's data by channel. Raises `InvalidInput`."""
    found: dict[int, dict[str, Any]] = {}
    errors: dict[str, str] = {}
    for number, operator in numbered(operators):
        field = f"operator_{number}"
        try:
            data = balance_data(user_input[field], field=field)
        except InvalidInput as err:
            errors |= err.errors
        else:
            found |= dict.fromkeys(operator.channels, data)
    if errors:
        raise InvalidInput(**errors)
    return found


def numbered(operators: Iterable[Operator]) -> Iterable[tuple[int, Operator]]:
    """Number the operators that are asked for."""
    return zip(range(1, MOST_OPERATORS + 1), operators, strict=False)
