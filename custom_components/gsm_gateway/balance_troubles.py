"""What the user should know or decide about balances, as repair issues."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .balance.parser import Balance
from .balance_sms import waits_for_sms
from .balance_store import SimBalance
from .balance_words import has_number, is_in_currency, read_balance
from .const import CONF_CURRENCY, DOMAIN
from .devices import device_name

SILENT: Final = 3
"""Questions in a row without a number in the answer after which the code is doubtful."""


class Problem(StrEnum):
    """What is wrong with a balance; the translation key, and the begin of the issue's id."""

    UNREAD = "balance_unread"
    OTHER_CURRENCY = "balance_other_currency"
    NO_ANSWER = "balance_no_answer"


def issue_id(problem: Problem, entry: ConfigEntry, sim_id: str) -> str:
    """Return the id of the issue about a problem of a SIM."""
    return f"{problem.value}_{entry.entry_id}_{sim_id}"


@callback
def async_look(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim: ConfigSubentry,
    known: SimBalance,
    now: datetime,
) -> str | None:
    """Raise the issues about what is wrong with a SIM's balance, and delete all others.

    Return in words why the last answer is not shown, if it is not.
    """
    found = read_balance(sim.data, known.unread) if known.unread else None
    if found is not None and is_in_currency(sim.data, found):
        known, found = replace(known, unread=None), None  # it is about to be taken
    told = {each for each in Problem if _is_told(hass, entry, sim.subentry_id, each)}
    waits = waits_for_sms(known, now)
    problems = _problems(sim, known, found)
    if waits:  # it may be an SMS that is the answer
        problems &= told
    _tell(hass, entry, sim, problems, found)
    if known.unread and found:
        own = sim.data.get(CONF_CURRENCY)
        return f"the answer is in {found.currency}, the SIM's currency is {own}"
    if known.unread and not waits:
        return "no amount was found in the answer"
    return None


def _problems(
    sim: ConfigSubentry, known: SimBalance, found: Balance | None
) -> set[Problem]:
    """Return what is wrong; `found` is what can be read in the unread answer."""
    problems: set[Problem] = set()
    if known.unread and not known.let_be:
        if found:
            problems.add(Problem.OTHER_CURRENCY)
        elif has_number(sim.data, known.unread):
            problems.add(Problem.UNREAD)
    if known.silent >= SILENT:
        problems.add(Problem.NO_ANSWER)
    return problems


@callback
def _tell(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim: ConfigSubentry,
    problems: Collection[Problem],
    found: Balance | None,
) -> None:
    async_settle(hass, entry, sim.subentry_id, besides=problems)
    placeholders = {
        "sim": device_name(hass, entry, sim.subentry_id),
        "currency": sim.data.get(CONF_CURRENCY) or "",
        "found_currency": (found and found.currency) or "",
    }
    for problem in problems:
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id(problem, entry, sim.subentry_id),
            data={"entry_id": entry.entry_id, "sim_id": sim.subentry_id},
            is_fixable=problem is not Problem.NO_ANSWER,
            severity=ir.IssueSeverity.WARNING,
            translation_key=problem.value,
            translation_placeholders=placeholders,
        )


@callback
def async_settle(
    hass: HomeAssistant,
    entry: ConfigEntry,
    sim_id: str,
    besides: Collection[Problem] = (),
) -> None:
    """Delete the issues about a SIM."""
    for problem in Problem:
        if problem not in besides:
            ir.async_delete_issue(hass, DOMAIN, issue_id(problem, entry, sim_id))


def _is_told(
    hass: HomeAssistant, entry: ConfigEntry, sim_id: str, problem: Problem
) -> bool:
    found = ir.async_get(hass).async_get_issue(DOMAIN, issue_id(problem, entry, sim_id))
    return found is not None and found.active
