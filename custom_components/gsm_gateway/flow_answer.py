"""An operator's answer on a page: the words themselves, its numbers, and what a pattern reads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .balance.answer import readable
from .balance.parser import Balance
from .balance.pattern import Choice, PatternError, check_pattern, learn_pattern
from .balance_words import numbers_in, read_balance
from .const import CONF_BALANCE_PATTERN, CONF_CURRENCY
from .flow_schemas import InvalidInput

CONF_PICKED: Final = "picked_number"
NO_NUMBER: Final = "none"
"""The choice that none of the numbers is the balance."""
CONF_THEN: Final = "then"
SAVE: Final = "save_pattern"
SHOW: Final = "show_readings"

NOTHING: Final = "–"
"""Where nothing is known or was read."""

_LONGEST: Final = 500
"""Characters of an answer that are shown."""
_LONGEST_ROW: Final = 80

_THEN = SelectSelector(
    SelectSelectorConfig(
        options=[SAVE, SHOW], mode=SelectSelectorMode.LIST, translation_key=CONF_THEN
    )
)
PATTERN_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_BALANCE_PATTERN): TextSelector(),
        vol.Required(CONF_THEN, default=SAVE): _THEN,
    }
)


def money(settings: Mapping[str, Any], balance: Balance) -> str:
    """Return an amount with its currency, which may be that of the SIM."""
    currency = balance.currency or settings.get(CONF_CURRENCY) or ""
    return f"{balance.amount} {currency}".strip()


def learn(settings: Mapping[str, Any], answer: str, picked: str | None) -> str | None:
    """Return the pattern of the number that was picked; None if none is the balance.

    Raises `InvalidInput`.
    """
    if picked is None:
        raise InvalidInput(**{CONF_PICKED: "nothing_picked"})
    if picked == NO_NUMBER:
        return None
    try:
        return learn_pattern(answer, numbers_in(settings, answer)[int(picked)])
    except PatternError:
        raise InvalidInput(**{CONF_PICKED: "not_learned"}) from None


def rows(settings: Mapping[str, Any], answers: Iterable[str], pattern: str) -> str:
    """Return what a pattern reads in each answer as the rows of a table, each once."""
    tried = {**settings, CONF_BALANCE_PATTERN: pattern}
    return "\n".join(
        f"| {as_code(answer)} | {_amount(tried, answer)} |"
        for answer in dict.fromkeys(answers)
    )


def _amount(settings: Mapping[str, Any], answer: str) -> str:
    found = read_balance(settings, answer)
    return f"**{money(settings, found)}**" if found else NOTHING


def pattern_data(written: str, field: str = CONF_BALANCE_PATTERN) -> str | None:
    """Return a pattern as it is kept; None if nothing was written. Raises `InvalidInput`."""
    pattern = written.strip()
    if not pattern:
        return None
    try:
        check_pattern(pattern)
    except PatternError as err:
        raise InvalidInput(**{field: err.reason}) from None
    return pattern


def fitting_pattern(
    user_input: Mapping[str, Any], settings: Mapping[str, Any], answer: str
) -> str:
    """Return the pattern of the form, which reads the answer. Raises `InvalidInput`."""
    pattern = pattern_data(user_input[CONF_BALANCE_PATTERN])
    tried = {**settings, CONF_BALANCE_PATTERN: pattern}
    if pattern is None or read_balance(tried, answer) is None:
        raise InvalidInput(**{CONF_BALANCE_PATTERN: "pattern_no_match"})
    return pattern


def numbers_schema(choices: Sequence[Choice]) -> vol.Schema:
    """Return the choice of a number, or of none.

    It may be left open: a page picks the first choice of what has to be filled in.
    """
    options = [
        SelectOptionDict(value=str(index), label=_label(choice))
        for index, choice in enumerate(choices)
    ]
    options.append(SelectOptionDict(value=NO_NUMBER, label=NO_NUMBER))
    numbers = SelectSelector(
        SelectSelectorConfig(
            options=options, mode=SelectSelectorMode.LIST, translation_key=CONF_PICKED
        )
    )
    return vol.Schema({vol.Optional(CONF_PICKED): numbers})


def as_block(answer: str) -> str:
    """Return an operator's words for a code block: they may be hostile."""
    text = readable(answer).replace("`", "'").replace("\r\n", "\n").replace("\r", "\n")
    shown = (each if each.isprintable() or each == "\n" else " " for each in text)
    plain = "".join(shown)[:_LONGEST].strip()
    return plain or NOTHING


def as_code(answer: str) -> str:
    """Return the begin of an operator's words as code, for a row of a table."""
    line = " ".join(as_block(answer).replace("|", "/").split())
    short = line if len(line) <= _LONGEST_ROW else f"{line[: _LONGEST_ROW - 1]}…"
    return f"`{short}`"


def _label(choice: Choice) -> str:
    """Return a number with the words around it."""
    return f"{choice.text}   ({' '.join(as_block(choice.around).split())})"
