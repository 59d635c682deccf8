"""What the settings of a SIM make of its operator's words."""

from collections.abc import Mapping
from typing import Any

from .balance.countries import COUNTRY_OF_MCC
from .balance.parser import Balance, parse_balance
from .balance.pattern import Choice, find_numbers
from .const import CONF_BALANCE_PATTERN, CONF_COUNTRY, CONF_CURRENCY, CONF_IMSI


def read_balance(settings: Mapping[str, Any], text: str) -> Balance | None:
    """Return the balance in an operator's answer, in whatever currency."""
    return parse_balance(
        text,
        country=operator_country(settings),
        currency=settings.get(CONF_CURRENCY),
        pattern=settings.get(CONF_BALANCE_PATTERN),
    )


def numbers_in(settings: Mapping[str, Any], text: str) -> list[Choice]:
    """Return the numbers of an answer that may be its balance."""
    currency = settings.get(CONF_CURRENCY)
    return find_numbers(text, country=operator_country(settings), currency=currency)


def has_number(settings: Mapping[str, Any], text: str) -> bool:
    """Tell whether an answer has a number that may be the balance."""
    return bool(numbers_in(settings, text))


def is_in_currency(settings: Mapping[str, Any], found: Balance) -> bool:
    """Tell whether a balance is in the SIM's currency, or names none."""
    return found.currency in (None, settings.get(CONF_CURRENCY))


def operator_country(settings: Mapping[str, Any]) -> str | None:
    """Return the country of the SIM's operator: as the user says, else as its card does."""
    mcc = (settings.get(CONF_IMSI) or "")[:3]
    return settings.get(CONF_COUNTRY) or COUNTRY_OF_MCC.get(mcc)
